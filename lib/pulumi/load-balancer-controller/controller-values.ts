import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';

/** The name of the chart, and of the controller and its ServiceAccount in the cluster. */
export const CONTROLLER = 'aws-load-balancer-controller';
export const INGRESS_CLASS = 'alb';

/** What the values of the chart must say, as the role and its permissions are for it. */
export interface OwnValues {
  readonly clusterName: string;
  readonly region: string;
  readonly vpcId: pulumi.Output<string>;
}

type Values = Readonly<Record<string, unknown>>;

const DEFAULT_VALUES = {
  podDisruptionBudget: { maxUnavailable: 1 },
  // Else it takes every new Service of type LoadBalancer in the cluster, and no Service can be made while it is down.
  enableServiceMutatorWebhook: false,
  // The chart makes a certificate for its webhooks at each rendering: an upgrade would break them until pods restart.
  keepTLSSecret: true,
};

/**
 * The values of the chart.
 *
 * @see https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/helm/aws-load-balancer-controller/values.yaml
 */
export function controllerValues(own: OwnValues, further: Values | undefined): Record<string, unknown> {
  return { ...DEFAULT_VALUES, ...further, ...own, ...FIXED_VALUES };
}

const FIXED_VALUES = {
  serviceAccount: { create: false, name: CONTROLLER },
  ingressClass: INGRESS_CLASS,
  enableShield: false,
  enableWaf: false,
};

/** @throws EdgeError EDGE_ERR_VALUE for values that are the component's own */
export function validateValues(further: Values = {}): void {
  const own = ['clusterName', 'region', 'vpcId', ...Object.keys(FIXED_VALUES)].find((value) => value in further);
  if (own === undefined) return;
  const rule = 'the component sets it, together with what belongs to it';
  throw new EdgeError('EDGE_ERR_VALUE', { at: 'LoadBalancerController.values', value: own, rule, fix: 'Leave it out' });
}
