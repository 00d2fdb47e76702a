import type { SecretReference } from '../broker/credentials';
import { type Container, type PodTemplate, RESTRICTED_CONTAINER, restrictedPod, type Volume } from '../kubernetes/pod';
import type { SharedVolume } from './shared-volume';

/** Of the container's port, which Service, probes and NetworkPolicy refer to. */
export const HTTP_PORT_NAME = 'http';

/** For requests that still come while the pod is taken off the list of endpoints, and for those under way. */
const GRACE_SECONDS = 30;

export interface HttpServicePodProps {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly args: string[] | undefined;
  readonly env: Record<string, string>;
  readonly secretEnv: Record<string, SecretReference>;
  readonly port: number;
  readonly livePath: string;
  readonly readyPath: string;
  readonly volumes: SharedVolume[];
  readonly uid: number;
  readonly resources: object;
}

/** A pod of one container that answers at one port. */
export function httpServicePod(props: HttpServicePodProps): PodTemplate {
  return {
    metadata: { labels: props.labels, annotations: {} },
    spec: {
      serviceAccountName: props.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: restrictedPod(props.uid),
      topologySpreadConstraints: [
        {
          maxSkew: 1,
          topologyKey: 'kubernetes.io/hostname',
          // A cluster of one node has to run them too.
          whenUnsatisfiable: 'ScheduleAnyway',
          labelSelector: { matchLabels: props.labels },
        },
      ],
      containers: [container(props)],
      volumes: volumes(props),
    },
  };
}

function container({ port, livePath, readyPath, ...props }: HttpServicePodProps): Container {
  const live = { httpGet: { path: livePath, port: HTTP_PORT_NAME } };
  return {
    name: 'service',
    image: props.image,
    args: props.args,
    env: [
      ...Object.entries(props.env).map(([name, value]) => ({ name, value })),
      ...Object.entries(props.secretEnv).map(([name, { secretName, key }]) => ({
        name,
        valueFrom: { secretKeyRef: { name: secretName, key } },
      })),
    ],
    ports: [{ name: HTTP_PORT_NAME, containerPort: port, protocol: 'TCP' }],
    volumeMounts: [
      { name: 'tmp', mountPath: '/tmp' },
      ...props.volumes.map(({ mountPath, isReadOnly }, i) => ({
        name: `shared-${i}`,
        mountPath,
        ...(isReadOnly && { readOnly: true }),
      })),
    ],
    resources: props.resources,
    securityContext: RESTRICTED_CONTAINER,
    // A model may take its time to load.
    startupProbe: { ...live, periodSeconds: 2, failureThreshold: 60 },
    livenessProbe: { ...live, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: readyPath, port: HTTP_PORT_NAME }, periodSeconds: 5 },
  };
}

function volumes({ volumes }: HttpServicePodProps): Volume[] {
  return [
    // The root is read-only, and hardly a program does without it.
    { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ...volumes.map(({ claim }, i) => ({ name: `shared-${i}`, persistentVolumeClaim: { claimName: claim.name } })),
  ];
}
