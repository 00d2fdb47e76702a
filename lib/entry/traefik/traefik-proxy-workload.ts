import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { Deployment } from '../../kubernetes/deployment';
import { RESTRICTED_CONTAINER, restrictedPod } from '../../kubernetes/pod';
import { entryPointArguments } from './command-line';
import type { TraefikEntryPoint } from './traefik-entry-point';

/** User of the official image of Traefik, and the one that its chart runs it as. */
const TRAEFIK_UID = 65_532;
const GRACE_SECONDS = 60;

/** The two ports of HTTP, outside and inside of the pod. */
export const WEB = { name: 'web', port: 8000, exposedPort: 80 };
export const WEBSECURE = { name: 'websecure', port: 8443, exposedPort: 443 };
/** Health and metrics; never in a Service. */
export const INTERNAL: TraefikEntryPoint = { name: 'traefik', port: 8080 };

export interface TraefikProxyWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly replicas: number;
  readonly resources: object;
  readonly ingressClass: string;
  readonly additionalArguments: readonly string[];
  readonly entryPoints: () => TraefikEntryPoint[];
}

export function traefikProxyWorkload(scope: Construct, id: string, props: TraefikProxyWorkloadProps): Deployment {
  const { namespace, name, labels, replicas } = props;
  return new Deployment(scope, id, {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      // A pod that goes takes its connections with it; the next one is ready before.
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
      selector: { matchLabels: labels },
      template: Lazy.any({ produce: () => ({ metadata: { labels }, spec: podSpec(props) }) }),
    },
  });
}

/** What Traefik is started with. Nothing else configures it: it reads its own settings from one source only. */
function proxyArguments(props: TraefikProxyWorkloadProps): string[] {
  const { namespace, name, ingressClass, additionalArguments, entryPoints } = props;
  return [
    '--global.checkNewVersion=false',
    '--global.sendAnonymousUsage=false',
    '--log.level=INFO',
    '--log.format=json',
    '--ping=true',
    '--metrics.prometheus=true',
    `--metrics.prometheus.entryPoint=${INTERNAL.name}`,
    ...entryPointArguments([INTERNAL, WEB, WEBSECURE]),
    ...[WEB, WEBSECURE].map((entryPoint) => `--entryPoints.${entryPoint.name}.asDefault=true`),
    `--entryPoints.${WEBSECURE.name}.http.tls=true`,
    ...entryPointArguments(entryPoints()),
    '--providers.kubernetesCRD=true',
    `--providers.kubernetesCRD.ingressClass=${ingressClass}`,
    '--providers.kubernetesIngress=true',
    `--providers.kubernetesIngress.ingressClass=${ingressClass}`,
    `--providers.kubernetesIngress.ingressEndpoint.publishedService=${namespace}/${name}`,
    ...additionalArguments,
  ];
}

function podSpec(props: TraefikProxyWorkloadProps): object {
  const { name, labels, image, replicas, resources, entryPoints } = props;
  const health = { httpGet: { path: '/ping', port: INTERNAL.name } };
  const spread = {
    maxSkew: 1,
    topologyKey: 'kubernetes.io/hostname',
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  };
  return {
    serviceAccountName: name,
    // Traefik reads routes from the API server.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    securityContext: restrictedPod(TRAEFIK_UID),
    ...(replicas > 1 && { topologySpreadConstraints: [spread] }),
    containers: [
      {
        name: 'traefik',
        image,
        args: proxyArguments(props),
        ports: [INTERNAL, WEB, WEBSECURE, ...entryPoints()].map((entryPoint) => ({
          name: entryPoint.name,
          containerPort: entryPoint.port,
          protocol: 'TCP',
        })),
        resources,
        securityContext: RESTRICTED_CONTAINER,
        readinessProbe: { ...health, periodSeconds: 10 },
        livenessProbe: { ...health, periodSeconds: 20, failureThreshold: 3 },
        // Bodies of requests that middlewares buffer.
        volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
      },
    ],
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: '64Mi' } }],
  };
}
