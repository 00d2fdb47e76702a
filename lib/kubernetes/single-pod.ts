import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { StatefulSet } from './objects';
import type { Container, PodTemplate, Volume } from './pod';
import { restrictedPod } from './pod';

export interface SinglePodProps {
  readonly namespace: string;
  /** Of the StatefulSet, and of its Service and ServiceAccount too. */
  readonly name: string;
  readonly labels: Record<string, string>;
  /** User and group that the image is made for. */
  readonly uid: number;
  /** Asked for at synth, when the whole tree is there. */
  readonly pod: () => SinglePod;
}

export interface SinglePod {
  readonly annotations: Record<string, string>;
  /** Lets the containers see, and signal, each other's processes. */
  readonly shareProcessNamespace?: true;
  readonly terminationGracePeriodSeconds: number;
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: Volume[];
}

/**
 * A workload of exactly one pod that never calls the API server. A StatefulSet does not run two pods of one name, also
 * while it replaces one; a Deployment's rolling update would.
 */
export function singlePod(scope: Construct, id: string, props: SinglePodProps): StatefulSet {
  const { namespace, name, labels } = props;
  return new StatefulSet(scope, id, {
    metadata: { name, namespace, labels },
    spec: {
      replicas: 1,
      // Otherwise a pod that never gets ready is not replaced by one with the mended template.
      podManagementPolicy: 'Parallel',
      serviceName: name,
      selector: { matchLabels: labels },
      template: Lazy.any({ produce: () => template(props) }),
    },
  });
}

function template({ name, labels, uid, pod }: SinglePodProps): PodTemplate {
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
