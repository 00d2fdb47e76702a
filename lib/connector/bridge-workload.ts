import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import { StatefulSet } from '../kubernetes/objects';
import { type Container, type PodTemplate, RESTRICTED_CONTAINER, restrictedPod } from '../kubernetes/pod';

/** User and group `node` of the official image. */
const NODE_UID = 1000;

export const BRIDGE_PATHS = {
  config: '/etc/bridge',
  configFile: 'bridge.yaml',
  credentials: '/var/run/bridge-credentials',
  passwordFile: 'password',
  code: '/opt/bridge',
  loader: 'bridge.cjs',
} as const;

export interface BridgeWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly resources: object;
  readonly operationsPort: number;
  readonly configMap: string;
  /** ConfigMaps with the program; none when the image has it. */
  readonly codeConfigMaps: string[];
  readonly password: { readonly secretName: string; readonly key: string };
  /** Everything the pod reads at its start and that is known at synth. */
  readonly startupFiles: () => string[];
  /** Longer than any prediction may take: a request that was taken is answered before the pod goes. */
  readonly terminationGracePeriodSeconds: () => number;
}

/**
 * One bridge pod. The broker keeps its session under its client id, so never two of one name: a StatefulSet sees to
 * that, also while it replaces the pod.
 */
export function bridgeWorkload(scope: Construct, id: string, props: BridgeWorkloadProps): StatefulSet {
  return new StatefulSet(scope, id, {
    metadata: { name: props.name, namespace: props.namespace, labels: props.labels },
    spec: {
      replicas: 1,
      serviceName: props.name,
      selector: { matchLabels: props.labels },
      template: Lazy.any({ produce: () => template(props) }),
    },
  });
}

function template(props: BridgeWorkloadProps): PodTemplate {
  const bundled = props.codeConfigMaps.length > 0;
  const config = `${BRIDGE_PATHS.config}/${BRIDGE_PATHS.configFile}`;
  const bridge: Container = {
    name: 'bridge',
    image: props.image,
    command: bundled ? ['node', `${BRIDGE_PATHS.code}/${BRIDGE_PATHS.loader}`] : undefined,
    args: ['--config', config],
    ports: [{ name: 'operations', containerPort: props.operationsPort, protocol: 'TCP' }],
    volumeMounts: [
      { name: 'config', mountPath: BRIDGE_PATHS.config, readOnly: true },
      { name: 'credentials', mountPath: BRIDGE_PATHS.credentials, readOnly: true },
      ...(bundled ? [{ name: 'code', mountPath: BRIDGE_PATHS.code, readOnly: true }] : []),
    ],
    resources: props.resources,
    securityContext: RESTRICTED_CONTAINER,
    startupProbe: { httpGet: { path: '/livez', port: 'operations' }, periodSeconds: 1, failureThreshold: 60 },
    livenessProbe: { httpGet: { path: '/livez', port: 'operations' }, periodSeconds: 20, failureThreshold: 3 },
    readinessProbe: { httpGet: { path: '/readyz', port: 'operations' }, periodSeconds: 5 },
  };
  return {
    metadata: { labels: props.labels, annotations: checksum('config', ...props.startupFiles()) },
    spec: {
      serviceAccountName: props.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: props.terminationGracePeriodSeconds(),
      securityContext: restrictedPod(NODE_UID),
      containers: [bridge],
      volumes: [
        { name: 'config', configMap: { name: props.configMap } },
        {
          name: 'credentials',
          projected: {
            defaultMode: 0o440,
            sources: [
              {
                secret: {
                  name: props.password.secretName,
                  items: [{ key: props.password.key, path: BRIDGE_PATHS.passwordFile }],
                },
              },
            ],
          },
        },
        ...(bundled
          ? [{ name: 'code', projected: { sources: props.codeConfigMaps.map((name) => ({ configMap: { name } })) } }]
          : []),
      ],
    },
  };
}
