import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { type PersistentVolumeClaimProps, StatefulSet } from './objects';
import type { Container, PodTemplate, Volume } from './pod';
import { restrictedPod } from './pod';

export interface StatefulPodsProps {
  readonly namespace: string;
  /** Of the StatefulSet, and of its Service and ServiceAccount too. */
  readonly name: string;
  /** The Service by which each pod has a name. @default - `name` */
  readonly serviceName?: string;
  readonly labels: Record<string, string>;
  /** Nothing where an autoscaler sets it: every apply would undo what it has decided. */
  readonly replicas: number | undefined;
  /** User and group that the image is made for. */
  readonly uid: number;
  /** @default - no volumes of their own */
  readonly volumeClaimTemplates?: PersistentVolumeClaimProps[];
  /** Asked for at synth, when the whole tree is there. */
  readonly pod: () => StatefulPod;
}

export interface StatefulPod {
  readonly annotations: Record<string, string>;
  /** Lets the containers see, and signal, each other's processes. */
  readonly shareProcessNamespace?: true;
  readonly terminationGracePeriodSeconds: number;
  readonly topologySpreadConstraints?: object[];
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: Volume[];
}

/**
 * Pods with a name of their own each, that never call the API server. The controller does not run two of one name, and
 * at an update it replaces one at a time, the next when the one before is ready.
 */
export function statefulPods(scope: Construct, id: string, props: StatefulPodsProps): StatefulSet {
  const { namespace, name, labels, replicas } = props;
  return new StatefulSet(scope, id, {
    metadata: { name, namespace, labels },
    spec: {
      replicas,
      // Is for starting and for changes of their number. Without it a pod that never gets ready is not replaced by one
      // with the mended template.
      podManagementPolicy: 'Parallel',
      serviceName: props.serviceName ?? name,
      selector: { matchLabels: labels },
      template: Lazy.any({ produce: () => template(props) }),
      volumeClaimTemplates: props.volumeClaimTemplates,
    },
  });
}

function template({ name, labels, uid, pod }: StatefulPodsProps): PodTemplate {
  const { annotations, ...spec } = pod();
  return {
    metadata: { labels, annotations },
    spec: {
      ...spec,
      serviceAccountName: name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      securityContext: restrictedPod(uid),
    },
  };
}
