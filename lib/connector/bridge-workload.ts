import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import type { StatefulSet } from '../kubernetes/objects';
import { type Container, type ProjectedSource, RESTRICTED_CONTAINER } from '../kubernetes/pod';
import { spreadPods } from '../kubernetes/spread';
import { type StatefulPod, statefulPods } from '../kubernetes/stateful-pods';
import { LOADER } from './bridge-code';
import type { ModelLogin } from './model-login';

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
  modelLogin: '/var/run/model-login',
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
  /** Nothing where models ask for none. */
  readonly modelLogin: ModelLogin | undefined;
  /** Everything the pod reads at its start and that is known at synth. */
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
  const bridge: Container = {
    name: 'bridge',
    image: props.image,
    command: bundled ? ['node', `${BRIDGE_PATHS.code}/${LOADER}`] : undefined,
    args: ['--config', `${BRIDGE_PATHS.config}/${BRIDGE_PATHS.configFile}`],
    ports: [{ name: OPERATIONS, containerPort: props.operationsPort, protocol: 'TCP' }],
    volumeMounts: [
      { name: 'config', mountPath: BRIDGE_PATHS.config, readOnly: true },
      { name: 'credentials', mountPath: BRIDGE_PATHS.credentials, readOnly: true },
      ...(props.brokerAuthority
        ? [{ name: 'broker-authority', mountPath: BRIDGE_PATHS.brokerAuthority, readOnly: true }]
        : []),
      ...(props.modelLogin ? [{ name: 'model-login', mountPath: BRIDGE_PATHS.modelLogin, readOnly: true }] : []),
      ...(bundled ? [{ name: 'code', mountPath: BRIDGE_PATHS.code, readOnly: true }] : []),
    ],
    resources: props.resources,
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: { httpGet: { path: '/livez', port: OPERATIONS }, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { httpGet: { path: '/livez', port: OPERATIONS }, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: OPERATIONS }, periodSeconds: 5 },
  };
  const { secretName, key } = props.password;
  const password = { secret: { name: secretName, items: [{ key, path: BRIDGE_PATHS.passwordFile }] } };
  const code = props.codeConfigMaps.map((name) => ({ configMap: { name } }));
  return {
    annotations: checksum('config', ...props.startupFiles()),
    terminationGracePeriodSeconds: props.terminationGracePeriodSeconds(),
    ...(props.replicas !== 1 && { topologySpreadConstraints: spreadPods(props.labels) }),
    containers: [bridge],
    volumes: [
      { name: 'config', configMap: { name: props.configMap } },
      { name: 'credentials', projected: { defaultMode: 0o440, sources: [password] } },
      ...(props.brokerAuthority ? [{ name: 'broker-authority', projected: { sources: [props.brokerAuthority] } }] : []),
      ...(props.modelLogin
        ? [{ name: 'model-login', projected: { defaultMode: 0o440, sources: [props.modelLogin._source()] } }]
        : []),
      ...(bundled ? [{ name: 'code', projected: { sources: code } }] : []),
    ],
  };
}
