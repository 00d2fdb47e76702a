import { checksum } from '../../kubernetes/labels';
import { type Container, type PodTemplate, RESTRICTED_CONTAINER, restrictedPod } from '../../kubernetes/pod';
import { spreadPods } from '../../kubernetes/spread';
import { LOADER } from '../bridge-code';
import { OPERATIONS, BRIDGE_PATHS as paths } from '../bridge-workload';
import { NODE_ENVIRONMENT } from '../node-environment';
import type { SecretFolder } from './secret-folder';

/** User and group `node` of the official image. */
const NODE_UID = 1000;

/** A port that a container listens on, and that Service, probes and policies know by its name. */
export interface NamedPort {
  readonly name: string;
  readonly port: number;
}

export interface ConnectorPodProps {
  /** Of the workload and of its ServiceAccount. */
  readonly name: string;
  readonly labels: Record<string, string>;
  /** Of the container. */
  readonly role: string;
  /** What the program is to do, where that is not its default. */
  readonly command: string[];
  readonly image: string;
  readonly resources: object;
  readonly ports: NamedPort[];
  readonly spread: boolean;
  readonly configMap: string;
  /** ConfigMaps with the program; none when the image has it. */
  readonly codeConfigMaps: string[];
  readonly folders: SecretFolder[];
  /** Everything the process reads at its start only, and that is known at synth. */
  readonly startupFiles: string[];
  readonly graceSeconds: number;
}

/** A pod that keeps nothing: any other can take its place. */
export function connectorPod(props: ConnectorPodProps): PodTemplate {
  const { folders, codeConfigMaps } = props;
  const code = codeConfigMaps.map((name) => ({ configMap: { name } }));
  return {
    metadata: { labels: props.labels, annotations: checksum('config', ...props.startupFiles) },
    spec: {
      serviceAccountName: props.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: props.graceSeconds,
      securityContext: restrictedPod(NODE_UID),
      ...(props.spread && { topologySpreadConstraints: spreadPods(props.labels) }),
      containers: [container(props)],
      volumes: [
        { name: 'config', configMap: { name: props.configMap } },
        ...folders.map(({ name, source }) => ({ name, projected: { defaultMode: 0o440, sources: [source] } })),
        ...(code.length > 0 ? [{ name: 'code', projected: { sources: code } }] : []),
      ],
    },
  };
}

function container(props: ConnectorPodProps): Container {
  const bundled = props.codeConfigMaps.length > 0;
  const live = { httpGet: { path: '/livez', port: OPERATIONS } };
  return {
    name: props.role,
    image: props.image,
    command: bundled ? ['node', `${paths.code}/${LOADER}`] : undefined,
    args: [...props.command, '--config', `${paths.config}/${paths.configFile}`],
    env: NODE_ENVIRONMENT,
    ports: props.ports.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' })),
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      ...props.folders.map(({ name, mountPath }) => ({ name, mountPath, readOnly: true })),
      ...(bundled ? [{ name: 'code', mountPath: paths.code, readOnly: true }] : []),
    ],
    resources: props.resources,
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: { ...live, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { ...live, periodSeconds: 20, timeoutSeconds: 5, failureThreshold: 3 },
    // Knows whether there is a connection to the broker.
    readinessProbe: { httpGet: { path: '/readyz', port: OPERATIONS }, periodSeconds: 5, timeoutSeconds: 3 },
  };
}
