import type { Construct } from 'constructs';
import { checksum } from '../../kubernetes/labels';
import type { PersistentVolumeClaimProps, StatefulSet } from '../../kubernetes/objects';
import {
  type Container,
  type ProjectedSource,
  RESTRICTED_CONTAINER,
  type Volume,
  type VolumeMount,
} from '../../kubernetes/pod';
import { spreadPods } from '../../kubernetes/spread';
import { type StatefulPod, statefulPods } from '../../kubernetes/stateful-pods';
import type { SecretUser } from '../broker-users';
import type { SecretReference } from '../credentials';
import { CLUSTER_RPC, EPMD, PROMETHEUS, type RabbitMqListener } from './rabbitmq-listeners';
import { RABBITMQ_PATHS as paths } from './rabbitmq-paths';
import { stopScript } from './rabbitmq-scripts';

/** User and group `rabbitmq` of the official image on Debian. */
const RABBITMQ_UID = 999;
/** What a node may wait for others before it stops, and for its own clients. */
const STOP_PATIENCE_SECONDS = 300;
const GRACE_SECONDS = 2 * STOP_PATIENCE_SECONDS + 60;
/** What looks for changes does nearly nothing, until there is one: then it runs RabbitMQ's tools. */
const WATCHER_RESOURCES = { requests: { cpu: '10m', memory: '64Mi' }, limits: { memory: '384Mi' } };

export interface RabbitMqWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  /** The headless Service by which nodes have names. */
  readonly nodes: string;
  readonly labels: Record<string, string>;
  readonly replicas: number;
  readonly image: string;
  readonly resources: object;
  readonly listeners: RabbitMqListener[];
  readonly configMap: string;
  readonly accessSecret: string;
  readonly cookie: SecretReference;
  readonly volumeClaimTemplate: PersistentVolumeClaimProps;
  /** The Secret with the certificate, where there is TLS. */
  readonly tlsSecret: string | undefined;
  /** Who signs the certificates of clients. */
  readonly clientAuthority: ProjectedSource | undefined;
  /** Whether nodes ask Kubernetes for each other. */
  readonly asksKubernetes: boolean;
  /** What a node reads at its start only. */
  readonly startupFiles: () => string[];
  readonly secretUsers: () => SecretUser[];
}

/** The nodes of a cluster, each with a name and a volume of its own. */
export function rabbitMqWorkload(scope: Construct, id: string, props: RabbitMqWorkloadProps): StatefulSet {
  const { namespace, name, nodes, labels, replicas, volumeClaimTemplate } = props;
  return statefulPods(scope, id, {
    ...{ namespace, name, labels, replicas },
    serviceName: nodes,
    uid: RABBITMQ_UID,
    volumeClaimTemplates: [volumeClaimTemplate],
    pod: () => pod(props),
  });
}

function pod(props: RabbitMqWorkloadProps): StatefulPod {
  const { nodes, namespace, labels, replicas, cookie } = props;
  const domain = `${nodes}.${namespace}.svc.cluster.local`;
  const shared = {
    image: props.image,
    securityContext: RESTRICTED_CONTAINER,
    env: [
      { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
      { name: 'RABBITMQ_USE_LONGNAME', value: 'true' },
      { name: 'RABBITMQ_NODENAME', value: `rabbit@$(POD_NAME).${domain}` },
    ],
  };
  const mounted = mountedVolumes(props);
  const home: VolumeMount[] = [
    { name: 'etc', mountPath: paths.etc },
    { name: 'home', mountPath: paths.home },
  ];
  const files: VolumeMount[] = [
    ...home,
    { name: 'config', mountPath: paths.config, readOnly: true },
    { name: 'access', mountPath: paths.access, readOnly: true },
    { name: 'secrets', mountPath: paths.secrets, readOnly: true },
  ];
  const prepare: Container = {
    ...shared,
    name: 'prepare',
    command: ['sh', `${paths.config}/prepare.sh`],
    resources: WATCHER_RESOURCES,
    volumeMounts: [...files, { name: 'cookie', mountPath: paths.cookie, readOnly: true }],
  };
  const definitions: Container = {
    ...shared,
    name: 'definitions',
    command: ['sh', `${paths.config}/definitions.sh`],
    resources: WATCHER_RESOURCES,
    volumeMounts: files,
  };
  return {
    annotations: checksum('config', ...props.startupFiles()),
    terminationGracePeriodSeconds: GRACE_SECONDS,
    ...(replicas > 1 && { topologySpreadConstraints: spreadPods(labels) }),
    initContainers: [prepare],
    containers: [node(props, { ...shared, resources: props.resources }, home, mounted), definitions],
    volumes: [
      { name: 'config', configMap: { name: props.configMap } },
      { name: 'access', secret: { secretName: props.accessSecret, defaultMode: 0o440 } },
      { name: 'secrets', projected: { defaultMode: 0o440, sources: props.secretUsers().map(passwordFile) } },
      { name: 'cookie', projected: { defaultMode: 0o440, sources: [cookieFile(cookie)] } },
      ...mounted.map(({ volume }) => volume),
      { name: 'etc', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } },
      { name: 'home', emptyDir: { medium: 'Memory', sizeLimit: '32Mi' } },
    ],
  };
}

function node(
  { listeners, replicas }: RabbitMqWorkloadProps,
  shared: Pick<Container, 'image' | 'env' | 'resources' | 'securityContext'>,
  home: VolumeMount[],
  mounted: MountedVolume[],
): Container {
  const [first] = listeners as [RabbitMqListener];
  const ports = [...listeners, PROMETHEUS, EPMD, CLUSTER_RPC];
  return {
    ...shared,
    name: 'rabbitmq',
    command: ['rabbitmq-server'],
    ports: ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    volumeMounts: [
      ...home,
      // Below `home`, and after it: otherwise it would lie under it.
      { name: 'data', mountPath: paths.data },
      { name: 'config', mountPath: paths.config, readOnly: true },
      ...mounted.map(({ mount }) => mount),
    ],
    // Open when the node has found its cluster, and has read its queues.
    readinessProbe: { tcpSocket: { port: first.name }, periodSeconds: 5 },
    // Open as long as Erlang runs, also while the node waits for others, for which it must not be killed.
    livenessProbe: { tcpSocket: { port: CLUSTER_RPC.name }, periodSeconds: 20, failureThreshold: 6 },
    ...(replicas > 1 && {
      lifecycle: { preStop: { exec: { command: ['sh', '-c', stopScript(STOP_PATIENCE_SECONDS)] } } },
    }),
  };
}

interface MountedVolume {
  readonly volume: Volume;
  readonly mount: VolumeMount;
}

function mountedVolumes({ tlsSecret, clientAuthority, asksKubernetes }: RabbitMqWorkloadProps): MountedVolume[] {
  const certificate: ProjectedSource[] = tlsSecret
    ? [{ secret: { name: tlsSecret, items: ['tls.crt', 'tls.key'].map((key) => ({ key, path: key })) } }]
    : [];
  // The same token that a pod gets when nothing is said, for this container only.
  const kubernetes: ProjectedSource[] = asksKubernetes
    ? [
        { serviceAccountToken: { path: 'token', expirationSeconds: 3_600 } },
        { configMap: { name: 'kube-root-ca.crt', items: [{ key: 'ca.crt', path: 'ca.crt' }] } },
      ]
    : [];
  return [
    mounted('tls', paths.tls, certificate),
    mounted('client-authority', paths.clientAuthority, clientAuthority ? [clientAuthority] : []),
    mounted('kubernetes', paths.kubernetes, kubernetes),
  ].flat();
}

function mounted(name: string, mountPath: string, sources: ProjectedSource[]): MountedVolume[] {
  if (sources.length === 0) return [];
  return [{ volume: { name, projected: { defaultMode: 0o440, sources } }, mount: { name, mountPath, readOnly: true } }];
}

function passwordFile({ user, secretName, key }: SecretUser): ProjectedSource {
  return { secret: { name: secretName, items: [{ key, path: `${user}/password` }] } };
}

function cookieFile({ secretName, key }: SecretReference): ProjectedSource {
  return { secret: { name: secretName, items: [{ key, path: 'cookie' }] } };
}
