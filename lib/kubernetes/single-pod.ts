import type { Construct } from 'constructs';
import type { StatefulSet } from './objects';
import { type StatefulPod, type StatefulPodsProps, statefulPods } from './stateful-pods';

export type SinglePod = StatefulPod;

/**
 * A workload of exactly one pod that never calls the API server. A StatefulSet does not run two pods of one name, also
 * while it replaces one; a Deployment's rolling update would.
 */
export function singlePod(scope: Construct, id: string, props: Omit<StatefulPodsProps, 'replicas'>): StatefulSet {
  return statefulPods(scope, id, { ...props, replicas: 1 });
}
