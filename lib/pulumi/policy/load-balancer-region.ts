import type { JudgedResource } from './policy-manifest';
import { unlessUnknown } from './unless-unknown';

const RELEASE = 'kubernetes:helm.sh/v3:Release';
const CONTROLLER = 'aws-load-balancer-controller';
const HOSTNAME = /\.([a-z0-9-]+)\.elb\.amazonaws\.com(\.cn)?$/;

/** Where the stack's load balancers are, if it tells (in a preview it may not): its controller's region, or a load balancer's own host name. */
export function loadBalancerRegion(resources: readonly JudgedResource[]): string | undefined {
  const told = [
    ...resources.filter(({ type }) => type === RELEASE).map(controllerRegion),
    ...resources.filter(({ type }) => type.endsWith(':Ingress')).map(ingressRegion),
  ];
  return told.find((region) => region !== undefined);
}

function controllerRegion({ props }: JudgedResource): string | undefined {
  return unlessUnknown(() => {
    const { chart, values } = props as { chart?: unknown; values?: { region?: string } };
    return chart === CONTROLLER ? values?.region : undefined;
  });
}

function ingressRegion({ props }: JudgedResource): string | undefined {
  return unlessUnknown(() => {
    const { status } = props as { status?: { loadBalancer?: { ingress?: { hostname?: string }[] } } };
    return HOSTNAME.exec(status?.loadBalancer?.ingress?.[0]?.hostname ?? '')?.[1];
  });
}
