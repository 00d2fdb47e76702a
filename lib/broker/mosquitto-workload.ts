import { Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import { StatefulSet } from '../kubernetes/objects';
import { type Container, type PodTemplate, RESTRICTED_CONTAINER, restrictedPod } from '../kubernetes/pod';
import { MOSQUITTO_PATHS as paths } from './mosquitto-files';

/** User and group `mosquitto` of the official image. */
const MOSQUITTO_UID = 1883;
/** Enough to write the queue of a busy broker to its volume. */
const GRACE_SECONDS = 60;

export interface SecretUser {
  readonly user: string;
  readonly secretName: string;
  readonly key: string;
}

export interface MosquittoWorkloadProps {
  readonly namespace: string;
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly image: string;
  readonly resources: object;
  readonly mqttPort: number;
  readonly websocketPort: number;
  readonly configMap: string;
  readonly usersSecret: string;
  readonly claim: string;
  /** Everything the pod reads at its start and that is known at synth. */
  readonly startupFiles: () => string[];
  readonly secretUsers: () => SecretUser[];
}

/**
 * One broker pod. Mosquitto does not cluster, and two of them on one volume would destroy it: a StatefulSet never runs
 * two pods of one name, where a Deployment's rolling update would.
 */
export function mosquittoWorkload(scope: Construct, id: string, props: MosquittoWorkloadProps): StatefulSet {
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

function template(props: MosquittoWorkloadProps): PodTemplate {
  const shared = { image: props.image, resources: props.resources, securityContext: RESTRICTED_CONTAINER };
  const prepare: Container = {
    ...shared,
    name: 'prepare',
    command: ['sh', `${paths.config}/prepare.sh`],
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      { name: 'users', mountPath: paths.users, readOnly: true },
      { name: 'secrets', mountPath: paths.secrets, readOnly: true },
      { name: 'run', mountPath: paths.run },
      // mosquitto_passwd writes through a temporary file.
      { name: 'tmp', mountPath: '/tmp' },
    ],
  };
  const broker: Container = {
    ...shared,
    name: 'mosquitto',
    command: ['mosquitto', '-c', `${paths.config}/mosquitto.conf`],
    ports: [
      { name: 'mqtt', containerPort: props.mqttPort, protocol: 'TCP' },
      { name: 'websockets', containerPort: props.websocketPort, protocol: 'TCP' },
    ],
    volumeMounts: [
      { name: 'config', mountPath: paths.config, readOnly: true },
      { name: 'run', mountPath: paths.run, readOnly: true },
      { name: 'data', mountPath: paths.data },
    ],
    // The start reads the whole queue from the volume.
    startupProbe: { tcpSocket: { port: 'mqtt' }, periodSeconds: 2, failureThreshold: 90 },
    readinessProbe: { tcpSocket: { port: 'mqtt' }, periodSeconds: 10 },
    livenessProbe: { tcpSocket: { port: 'mqtt' }, periodSeconds: 20, failureThreshold: 3 },
  };
  return {
    metadata: { labels: props.labels, annotations: checksum('config', ...props.startupFiles()) },
    spec: {
      serviceAccountName: props.name,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      terminationGracePeriodSeconds: GRACE_SECONDS,
      securityContext: restrictedPod(MOSQUITTO_UID),
      initContainers: [prepare],
      containers: [broker],
      volumes: [
        { name: 'config', configMap: { name: props.configMap } },
        { name: 'users', secret: { secretName: props.usersSecret, defaultMode: 0o440 } },
        { name: 'secrets', projected: { defaultMode: 0o440, sources: props.secretUsers().map(passwordFile) } },
        { name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
        { name: 'tmp', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } },
        { name: 'data', persistentVolumeClaim: { claimName: props.claim } },
      ],
    },
  };
}

function passwordFile({ user, secretName, key }: SecretUser) {
  return { secret: { name: secretName, items: [{ key, path: `${user}/password` }] } };
}
