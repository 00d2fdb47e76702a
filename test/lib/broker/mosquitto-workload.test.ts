import { afterEach, describe, expect, it, vi } from 'vitest';
import { Credentials, EdgeApp, type Mosquitto, type MosquittoProps } from '../../../lib';
import { findManifest, synthesize } from '../../../lib/testing';
import { checksumOf, manifestOf } from '../support/manifests';
import { containersOf, portNames, probedPorts, restrictedProblems } from '../support/pods';
import { brokerIn, deviceOf, IRIS, irisStack } from '../support/stacks';

afterEach(() => {
  vi.unstubAllEnvs();
});

function workload(props: MosquittoProps = {}, use: (broker: Mosquitto) => void = () => undefined) {
  const app = new EdgeApp();
  use(brokerIn(app, props));
  return manifestOf(app, 'StatefulSet', 'mosquitto');
}

function addSensor(broker: Mosquitto) {
  return broker.addUser('sensor', Credentials.fromEnv('SENSOR_PASSWORD'));
}

describe("the broker's pod", () => {
  it('is one, of a StatefulSet that is selected by its own labels', () => {
    const { spec } = workload();

    const labels = { 'app.kubernetes.io/name': 'mosquitto', 'app.kubernetes.io/instance': 'mosquitto' };
    expect({ ...spec, template: spec.template.metadata.labels }).toStrictEqual({
      replicas: 1,
      podManagementPolicy: 'Parallel',
      serviceName: 'mosquitto',
      selector: { matchLabels: labels },
      template: labels,
    });
  });

  it('meets the restricted Pod Security Standard', () => {
    expect(restrictedProblems(workload())).toStrictEqual([]);
  });

  it('has no file system to write to but its volumes', () => {
    expect(
      containersOf(workload()).map(({ securityContext }) => securityContext?.readOnlyRootFilesystem),
    ).toStrictEqual([true, true, true]);
  });

  it('belongs to the user of the image, as do its volumes', () => {
    expect(workload().spec.template.spec.securityContext).toStrictEqual({
      runAsNonRoot: true,
      runAsUser: 1883,
      runAsGroup: 1883,
      fsGroup: 1883,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    });
  });

  it('has no way to the API server', () => {
    const app = new EdgeApp();
    brokerIn(app);
    const manifests = synthesize(app);

    const { serviceAccountName, automountServiceAccountToken, enableServiceLinks } = findManifest(
      manifests,
      'StatefulSet',
      'mosquitto',
    ).spec.template.spec;

    expect({ serviceAccountName, automountServiceAccountToken, enableServiceLinks }).toStrictEqual({
      serviceAccountName: 'mosquitto',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(findManifest(manifests, 'ServiceAccount', 'mosquitto').automountServiceAccountToken).toBe(false);
  });

  it('is probed at ports that it declares', () => {
    const broker = workload();

    expect(probedPorts(broker)).toStrictEqual([
      ['mosquitto.startupProbe', 'mqtt'],
      ['mosquitto.livenessProbe', 'mqtt'],
      ['mosquitto.readinessProbe', 'mqtt'],
    ]);
    expect(portNames(broker)).toContain('mqtt');
  });

  it("declares every port that its Service's ports lead to, and listens on it", () => {
    const app = new EdgeApp();
    brokerIn(app);
    const manifests = synthesize(app);

    const ports = findManifest(manifests, 'Service', 'mosquitto').spec.ports;

    const pod = findManifest(manifests, 'StatefulSet', 'mosquitto');
    const declared = Object.fromEntries(
      containersOf(pod).flatMap(({ ports = [] }) => ports.map(({ name, containerPort }) => [name, containerPort])),
    );
    const conf: string = findManifest(manifests, 'ConfigMap', 'mosquitto-config').data['mosquitto.conf'];
    const listeners = [...conf.matchAll(/^listener (\d+)$/gm)].map(([, port]) => Number(port));
    expect(ports.map(({ targetPort }: { targetPort: string }) => declared[targetPort])).toStrictEqual(listeners);
    expect(listeners).toStrictEqual([1883, 8080]);
  });

  it("is found by its Service's selector", () => {
    const app = new EdgeApp();
    brokerIn(app, { name: 'hub' });
    const manifests = synthesize(app);

    expect(findManifest(manifests, 'StatefulSet', 'hub').spec.template.metadata.labels).toStrictEqual(
      findManifest(manifests, 'Service', 'hub').spec.selector,
    );
  });

  it('has a volume for every mount, and every volume has its object', () => {
    const app = new EdgeApp();
    brokerIn(app);
    const manifests = synthesize(app);
    const pod = findManifest(manifests, 'StatefulSet', 'mosquitto').spec.template.spec;

    const mounted = [...pod.initContainers, ...pod.containers].flatMap(
      ({ volumeMounts }: { volumeMounts: { name: string }[] }) => volumeMounts.map(({ name }) => name),
    );

    const volumes = new Map(pod.volumes.map((volume: { name: string }) => [volume.name, volume]));
    expect([...new Set(mounted)].sort()).toStrictEqual([...volumes.keys()].sort());
    expect(volumes.get('config')).toStrictEqual({ name: 'config', configMap: { name: 'mosquitto-config' } });
    expect(volumes.get('users')).toStrictEqual({
      name: 'users',
      secret: { secretName: 'mosquitto-users', defaultMode: 0o440 },
    });
    expect(volumes.get('data')).toStrictEqual({
      name: 'data',
      persistentVolumeClaim: { claimName: 'mosquitto-data' },
    });
  });

  it('hands its login files over in memory, which the broker itself cannot write', () => {
    const { initContainers, containers, volumes } = workload().spec.template.spec;

    const run = ({ name }: { name: string }) => name === 'run';
    expect(volumes.find(run)).toStrictEqual({ name: 'run', emptyDir: { medium: 'Memory', sizeLimit: '8Mi' } });
    expect(initContainers[0].volumeMounts.find(run)).toStrictEqual({ name: 'run', mountPath: '/mosquitto/run' });
    expect(containers[0].volumeMounts.find(run).readOnly).toBe(true);
    expect(containers[1].volumeMounts).toStrictEqual(initContainers[0].volumeMounts);
  });

  it('A-9 has a container that sees changed files, and can tell the broker of them', () => {
    const { shareProcessNamespace, containers } = workload().spec.template.spec;

    const { name, command, resources } = containers[1];
    expect({ shareProcessNamespace, name, command, resources }).toStrictEqual({
      shareProcessNamespace: true,
      name: 'reload',
      command: ['sh', '/mosquitto/config/reload.sh'],
      resources: { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } },
    });
  });

  it('A-8 mounts folders and no single files, in which a kubelet would show no change', () => {
    const mounts = containersOf(workload()).flatMap(({ volumeMounts }) => volumeMounts as object[]);

    expect(mounts.filter((mount) => 'subPath' in mount)).toStrictEqual([]);
  });

  it('has no password in an argument or a variable', () => {
    vi.stubEnv('CAMERA_PASSWORD', 'a1b2c3d4e5f6');

    const pod = workload({}, (broker) => broker.addUser('camera', Credentials.fromEnv('CAMERA_PASSWORD')));

    expect(JSON.stringify(pod)).not.toContain('a1b2c3d4e5f6');
    expect(containersOf(pod).map(({ env }) => env)).toStrictEqual([undefined, undefined, undefined]);
  });
});

describe('the checksum that makes a rollout of a changed configuration', () => {
  const before = checksumOf(workload());

  it('is the same for the same broker', () => {
    expect(checksumOf(workload())).toBe(before);
  });

  it.each([
    ['a user with a password from the environment', (broker: Mosquitto) => addSensor(broker)],
    ['a grant', (broker: Mosquitto) => addSensor(broker).allowPublish('a')],
  ])('A-9 stays with %s: the running broker is given it', (_, use) => {
    vi.stubEnv('SENSOR_PASSWORD', 'a1b2c3d4e5f6');

    expect(checksumOf(workload({}, use))).toBe(before);
  });

  it('stays with a user whose password is in a Secret; that pod is replaced because it mounts another', () => {
    const user = workload({}, (broker) => deviceOf(broker, 'camera'));

    expect(checksumOf(user)).toBe(before);
    expect(user.spec.template).not.toStrictEqual(workload().spec.template);
  });

  it('changes with a setting of the broker', () => {
    expect(checksumOf(workload({ maxPacketBytes: 3_000_000 }))).not.toBe(before);
  });

  it('stays with a password', () => {
    const withPassword = (password: string) => {
      vi.stubEnv('SENSOR_PASSWORD', password);
      return workload({}, addSensor);
    };

    expect(withPassword('a1b2c3d4e5f6')).toStrictEqual(withPassword('f6e5d4c3b2a1'));
  });

  it('stays with a route', () => {
    const { app, platform, bridge, camera } = irisStack();
    const one = manifestOf(app, 'StatefulSet', 'mosquitto');

    bridge.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    expect(manifestOf(app, 'StatefulSet', 'mosquitto')).toStrictEqual(one);
  });

  it('stays when only the image changes, which is a rollout by itself', () => {
    expect(checksumOf(workload({ image: 'registry.example.com/mosquitto:2.1.2' }))).toBe(before);
  });
});
