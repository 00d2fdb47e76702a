import type { Construct } from 'constructs';
import { checksum } from '../kubernetes/labels';
import type { StatefulSet } from '../kubernetes/objects';
import { type Container, RESTRICTED_CONTAINER } from '../kubernetes/pod';
import { type SinglePod, singlePod } from '../kubernetes/single-pod';
import { MOSQUITTO_PATHS as paths } from './mosquitto-files';
import type { SecretUser } from './mosquitto-users';

/** User and group `mosquitto` of the official image. */
const MOSQUITTO_UID = 1883;
/** Enough to write the queue of a busy broker to its volume. */
const GRACE_SECONDS = 60;

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

/** One broker pod. Mosquitto does not cluster, and two of them on one volume would destroy it. */
export function mosquittoWorkload(scope: Construct, id: string, props: MosquittoWorkloadProps): StatefulSet {
  const { namespace, name, labels } = props;
  return singlePod(scope, id, { namespace, name, labels, uid: MOSQUITTO_UID, pod: () => pod(props) });
}

function pod(props: MosquittoWorkloadProps): SinglePod {
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
    annotations: checksum('config', ...props.startupFiles()),
    terminationGracePeriodSeconds: GRACE_SECONDS,
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
  };
}

function passwordFile({ user, secretName, key }: SecretUser) {
  return { secret: { name: secretName, items: [{ key, path: `${user}/password` }] } };
}
