import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import type { StatefulSet } from '../kubernetes/objects';
import {
  type Container,
  type ProjectedSource,
  RESTRICTED_CONTAINER,
  type Volume,
  type VolumeMount,
} from '../kubernetes/pod';
import { type SinglePod, singlePod } from '../kubernetes/single-pod';
import type { SecretUser } from './broker-users';
import type { MosquittoListener } from './mosquitto-listeners';
import { MOSQUITTO_PATHS as paths } from './mosquitto-paths';

/** User and group `mosquitto` of the official image. */
const MOSQUITTO_UID = 1883;
/** Enough to write the queue of a busy broker to its volume. */
const GRACE_SECONDS = 60;
/** What looks for changes does nearly nothing, until there is a password to hash. */
const WATCHER_RESOURCES = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } };

export interface MosquittoWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly resources: object;
  readonly listeners: MosquittoListener[];
  readonly configMap: string;
  readonly usersSecret: string;
  readonly claim: string;
  /** The Secret with the certificate, where there is TLS. */
  readonly tlsSecret: string | undefined;
  /** The authority of clients that log in with certificates. */
  readonly clientAuthority: ProjectedSource | undefined;
  /** What the broker reads at its start only. */
  readonly startupFiles: () => string[];
  readonly secretUsers: () => SecretUser[];
  /** Passwords and authorities for connections to parents. */
  readonly parents: () => ProjectedSource[];
}

/** One broker pod. Mosquitto does not cluster, and two of them on one volume would destroy it. */
export function mosquittoWorkload(scope: Construct, id: string, props: MosquittoWorkloadProps): StatefulSet {
  const { namespace, name, labels } = props;
  return singlePod(scope, id, { namespace, name, labels, uid: MOSQUITTO_UID, pod: () => pod(props) });
}

function pod(props: MosquittoWorkloadProps): SinglePod {
  const shared = { image: props.image, securityContext: RESTRICTED_CONTAINER };
  const certificates = certificateVolumes(props);
  const files: VolumeMount[] = [
    { name: 'config', mountPath: paths.config, readOnly: true },
    { name: 'users', mountPath: paths.users, readOnly: true },
    { name: 'secrets', mountPath: paths.secrets, readOnly: true },
    ...certificates.map(({ mount }) => mount),
    { name: 'run', mountPath: paths.run },
    // mosquitto_passwd writes through a temporary file.
    { name: 'tmp', mountPath: '/tmp' },
  ];
  const prepare: Container = {
    ...shared,
    name: 'prepare',
    command: ['sh', `${paths.config}/prepare.sh`],
    resources: props.resources,
    volumeMounts: files,
  };
  const reload: Container = {
    ...shared,
    name: 'reload',
    command: ['sh', `${paths.config}/reload.sh`],
    resources: WATCHER_RESOURCES,
    volumeMounts: files,
  };
  return {
    annotations: checksum('config', ...props.startupFiles()),
    // So that one container can send the broker a signal.
    shareProcessNamespace: true,
    terminationGracePeriodSeconds: GRACE_SECONDS,
    initContainers: [prepare],
    containers: [broker(props, { ...shared, resources: props.resources }, certificates), reload],
    volumes: [
      { name: 'config', configMap: { name: props.configMap } },
      { name: 'users', secret: { secretName: props.usersSecret, defaultMode: 0o440 } },
      { name: 'secrets', projected: { defaultMode: 0o440, sources: props.secretUsers().map(passwordFile) } },
      ...certificates.map(({ volume }) => volume),
      { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
      { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
      { name: 'data', persistentVolumeClaim: { claimName: props.claim } },
    ],
  };
}

function broker(
  { listeners }: MosquittoWorkloadProps,
  shared: Pick<Container, 'image' | 'resources' | 'securityContext'>,
  certificates: MountedVolume[],
): Container {
  const [first] = listeners as [MosquittoListener];
  return {
    ...shared,
    name: 'mosquitto',
    command: ['mosquitto', '-c', `${paths.config}/mosquitto.conf`],
    ports: listeners.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      ...certificates.map(({ mount }) => mount),
      { name: 'run', mountPath: paths.run, readOnly: true },
      { name: 'data', mountPath: paths.data },
    ],
    // The start reads the whole queue from the volume.
    startupProbe: { tcpSocket: { port: first.name }, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { tcpSocket: { port: first.name }, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: first.name }, periodSeconds: 20, failureThreshold: 3 },
  };
}

interface MountedVolume {
  readonly volume: Volume;
  readonly mount: VolumeMount;
}

function certificateVolumes({ tlsSecret, clientAuthority, parents }: MosquittoWorkloadProps): MountedVolume[] {
  const certificate: ProjectedSource[] = tlsSecret
    ? [{ secret: { name: tlsSecret, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]
    : [];
  return [
    mounted('tls', paths.tls, certificate),
    mounted('client-authority', paths.clientAuthority, clientAuthority ? [clientAuthority] : []),
    mounted('parents', paths.parents, parents()),
  ].flat();
}

function mounted(name: string, mountPath: string, sources: ProjectedSource[]): MountedVolume[] {
  if (sources.length === 0) return [];
  return [{ volume: { name, projected: { defaultMode: 0o440, sources } }, mount: { name, mountPath, readOnly: true } }];
}

function passwordFile({ user, secretName, key }: SecretUser): ProjectedSource {
  return { secret: { name: secretName, items: [{ key, path: `${user}/password` }] } };
}
