import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import type { StatefulSet } from '../kubernetes/objects';
import { type Container, type ProjectedSource, RESTRICTED_CONTAINER } from '../kubernetes/pod';
import { spreadPods } from '../kubernetes/spread';
import { type StatefulPod, statefulPods } from '../kubernetes/stateful-pods';
import { LOADER } from './bridge-code';
import { NODE_ENVIRONMENT } from './node-environment';

/** User and group `node` of the official image. */
const NODE_UID = 1000;

/** The port for probes and metrics, by its name. */
export const OPERATIONS = 'operations';

export const BRIDGE_PATHS = {
  config: '/etc/bridge',
  configFile: 'bridge.yaml',
  credentials: '/var/run/bridge-credentials',
  passwordFile: 'password',
  brokerAuthority: '/var/run/broker-authority',
  authorityFile: 'ca.crt',
  brokerCertificate: '/var/run/broker-certificate',
  modelLogin: '/var/run/model-login',
  tracing: '/var/run/tracing',
  code: '/opt/bridge',
} as const;

export interface BridgeWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Nothing where an autoscaler decides. */
  readonly replicas: number | undefined;
  readonly image: string;
  readonly resources: object;
  readonly operationsPort: number;
  readonly configMap: string;
  /** ConfigMaps with the program; none when the image has it. */
  readonly codeConfigMaps: string[];
  readonly password: { readonly secretName: string; readonly key: string };
  /** Who signs the broker's certificate, unless it is a public authority or there is none. */
  readonly brokerAuthority: ProjectedSource | undefined;
  /** What the bridge shows the broker, where that asks for a certificate. */
  readonly brokerCertificate: ProjectedSource | undefined;
  /** What the bridge logs in to models with. */
  readonly modelLogin: ProjectedSource | undefined;
  /** What the collector of traces asks for. */
  readonly tracing: ProjectedSource | undefined;
  /** Everything the pod reads at its start only, and that is known at synth. */
  readonly startupFiles: () => string[];
  /** Longer than any prediction may take: a request that was taken is answered before the pod goes. */
  readonly terminationGracePeriodSeconds: () => number;
}

/** Pods with a session each: the broker keeps it under the client id, so there may never be two with the same. */
export function bridgeWorkload(scope: Construct, id: string, props: BridgeWorkloadProps): StatefulSet {
  const { namespace, name, labels, replicas } = props;
  return statefulPods(scope, id, { namespace, name, labels, replicas, uid: NODE_UID, pod: () => pod(props) });
}

function pod(props: BridgeWorkloadProps): StatefulPod {
  const bundled = props.codeConfigMaps.length > 0;
  const secrets = secretFolders(props);
  const bridge: Container = {
    name: 'bridge',
    image: props.image,
    command: bundled ? ['node', `${BRIDGE_PATHS.code}/${LOADER}`] : undefined,
    args: ['--config', `${BRIDGE_PATHS.config}/${BRIDGE_PATHS.configFile}`],
    env: NODE_ENVIRONMENT,
    ports: [{ name: OPERATIONS, containerPort: props.operationsPort, protocol: 'TCP' }],
    volumeMounts: [
      { name: 'config', mountPath: BRIDGE_PATHS.config, readOnly: true },
      ...secrets.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
      ...(bundled ? [{ name: 'code', mountPath: BRIDGE_PATHS.code, readOnly: true }] : []),
    ],
    resources: props.resources,
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: { httpGet: { path: '/livez', port: OPERATIONS }, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: {
      httpGet: { path: '/livez', port: OPERATIONS },
      periodSeconds: 20,
      timeoutSeconds: 5,
      failureThreshold: 3,
    },
    readinessProbe: { httpGet: { path: '/readyz', port: OPERATIONS }, periodSeconds: 5, timeoutSeconds: 3 },
  };
  const code = props.codeConfigMaps.map((name) => ({ configMap: { name } }));
  return {
    annotations: checksum('config', ...props.startupFiles()),
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds(),
    ...(props.replicas !== 1 && { topologySpreadConstraints: spreadPods(props.labels) }),
    containers: [bridge],
    volumes: [
      { name: 'config', configMap: { name: props.configMap } },
      ...secrets.map(({ name, source }) => ({ name, projected: { defaultMode: 0o440, sources: [source] } })),
      ...(bundled ? [{ name: 'code', projected: { sources: code } }] : []),
    ],
  };
}

interface SecretFolder {
  readonly name: string;
  readonly mountPath: string;
  readonly source: ProjectedSource;
}

/** Folders and no single files: what the kubelet renews shows in them only. */
function secretFolders({
  password,
  brokerAuthority,
  brokerCertificate,
  modelLogin,
  tracing,
}: BridgeWorkloadProps): SecretFolder[] {
  const { secretName, key } = password;
  const credentials = { secret: { name: secretName, items: [{ key, path: BRIDGE_PATHS.passwordFile }] } };
  return [
    folder('credentials', BRIDGE_PATHS.credentials, credentials),
    folder('broker-authority', BRIDGE_PATHS.brokerAuthority, brokerAuthority),
    folder('broker-certificate', BRIDGE_PATHS.brokerCertificate, brokerCertificate),
    folder('model-login', BRIDGE_PATHS.modelLogin, modelLogin),
    folder('tracing', BRIDGE_PATHS.tracing, tracing),
  ].flat();
}

function folder(name: string, mountPath: string, source: ProjectedSource | undefined): SecretFolder[] {
  return source ? [{ name, mountPath, source }] : [];
}
