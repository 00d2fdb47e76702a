import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  BridgeCode,
  Credentials,
  EdgeApp,
  InferenceBridge,
  Mosquitto,
  type MosquittoProps,
  MosquittoVersion,
} from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { manifestOf, namesOf, ofKind } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { BRIDGE_IMAGE, brokerIn, deviceOf, IRIS, irisStack, platformIn } from '../support/stacks';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a Mosquitto without props', () => {
  it('consists of these objects, and these are their names', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    expect(namesOf(synthesize(app)).sort()).toStrictEqual([
      'ConfigMap mosquitto/mosquitto-config',
      'Namespace -/mosquitto',
      'NetworkPolicy mosquitto/mosquitto',
      'PersistentVolumeClaim mosquitto/mosquitto-data',
      'Secret mosquitto/mosquitto-users',
      'Service mosquitto/mosquitto',
      'ServiceAccount mosquitto/mosquitto',
      'StatefulSet mosquitto/mosquitto',
    ]);
  });

  it('tells where it is found inside the cluster', () => {
    const { name, brokerNamespace, host, mqttPort, websocketPort, mqttUrl, websocketUrl } = new Mosquitto(
      new EdgeApp(),
      'broker',
    );

    expect({ name, brokerNamespace, host, mqttPort, websocketPort, mqttUrl, websocketUrl }).toStrictEqual({
      name: 'mosquitto',
      brokerNamespace: 'mosquitto',
      host: 'mosquitto.mosquitto.svc.cluster.local',
      mqttPort: 1883,
      websocketPort: 8080,
      mqttUrl: 'mqtt://mosquitto.mosquitto.svc.cluster.local:1883',
      websocketUrl: 'ws://mosquitto.mosquitto.svc.cluster.local:8080',
    });
  });

  it('lets everybody look at its objects', () => {
    const { configMap, usersSecret, serviceAccount, volumeClaim, service, statefulSet, networkPolicy } = new Mosquitto(
      new EdgeApp(),
      'broker',
    );

    const kinds = [configMap, usersSecret, serviceAccount, volumeClaim, service, statefulSet, networkPolicy].map(
      ({ kind, name }) => `${kind} ${name}`,
    );

    expect(kinds).toStrictEqual([
      'ConfigMap mosquitto-config',
      'Secret mosquitto-users',
      'ServiceAccount mosquitto',
      'PersistentVolumeClaim mosquitto-data',
      'Service mosquitto',
      'StatefulSet mosquitto',
      'NetworkPolicy mosquitto',
    ]);
  });

  it('keeps sessions and queues on a volume of 5Gi of the default class', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    expect(manifestOf(app, 'PersistentVolumeClaim', 'mosquitto-data').spec).toStrictEqual({
      accessModes: ['ReadWriteOnce'],
      resources: { requests: { storage: '5Gi' } },
    });
  });

  it('lets nobody connect, and calls nobody', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    expect(manifestOf(app, 'NetworkPolicy', 'mosquitto').spec).toStrictEqual({
      podSelector: {
        matchLabels: { 'app.kubernetes.io/name': 'mosquitto', 'app.kubernetes.io/instance': 'mosquitto' },
      },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [],
    });
  });

  it('lets everything in its namespace run under the restricted standard only', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    expect(manifestOf(app, 'Namespace', 'mosquitto').metadata.labels).toStrictEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('asks for little and is limited', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    const { initContainers, containers } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    const resources = { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } };
    const ofWatcher = { requests: { cpu: '10m', memory: '16Mi' }, limits: { memory: '64Mi' } };
    expect([...initContainers, ...containers].map((container) => container.resources)).toStrictEqual([
      resources,
      resources,
      ofWatcher,
    ]);
  });

  it('runs a version by its number', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker');

    const { initContainers, containers } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    expect(new Set([...initContainers, ...containers].map(({ image }) => image))).toStrictEqual(
      new Set(['docker.io/library/eclipse-mosquitto:2.0.22']),
    );
  });

  it('runs another version when told to', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker', { version: MosquittoVersion.V2_1 });

    expect(manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec.containers[0].image).toBe(
      'docker.io/library/eclipse-mosquitto:2.1.2-alpine',
    );
  });
});

describe('the props of Mosquitto', () => {
  // What has to do with TLS is in mosquitto-tls.test.ts.
  const all: Required<Omit<MosquittoProps, 'tls' | 'clientCertificates' | 'plainListeners'>> = {
    namespace: 'messaging',
    createNamespace: false,
    name: 'hub',
    image: 'registry.example.com/mosquitto@sha256:abcdef',
    version: MosquittoVersion.V2_1,
    storage: Size.gibibytes(7),
    storageClassName: 'fast-ssd',
    resources: {
      cpu: { request: Cpu.millis(150), limit: Cpu.units(2) },
      memory: { request: Size.mebibytes(300), limit: Size.gibibytes(3) },
      ephemeralStorage: { request: Size.mebibytes(40), limit: Size.mebibytes(80) },
    },
    maxConnections: 3_456,
    maxPacketBytes: 1_234_567,
    maxInflightMessages: 543,
    persistentClientExpiration: Duration.hours(678),
    maxQueuedMessages: 7_654_321,
    maxQueuedBytes: 98_765_432,
    autosaveIntervalSeconds: 4_321,
    passwordIterations: 23_456,
  };

  function synthesizeAll() {
    vi.stubEnv('CAMERA_PASSWORD', 'a1b2c3d4e5f6');
    const app = new EdgeApp();
    new Mosquitto(app, 'broker', all).addUser('camera', Credentials.fromEnv('CAMERA_PASSWORD'));
    return synthesize(app);
  }

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { createNamespace, storage, resources, version, persistentClientExpiration, ...plain } = all;

    expect(unseenProps(plain, synthesizeAll())).toStrictEqual([]);
  });

  it('createNamespace: false leaves the namespace to others', () => {
    expect(ofKind(synthesizeAll(), 'Namespace')).toStrictEqual([]);
  });

  it('storage and storageClassName shape the volume', () => {
    expect(findManifest(synthesizeAll(), 'PersistentVolumeClaim', 'hub-data').spec).toStrictEqual({
      accessModes: ['ReadWriteOnce'],
      storageClassName: 'fast-ssd',
      resources: { requests: { storage: '7Gi' } },
    });
  });

  it('resources count for the broker and for what prepares it', () => {
    const { initContainers, containers } = findManifest(synthesizeAll(), 'StatefulSet', 'hub').spec.template.spec;

    const resources = {
      requests: { cpu: '150m', memory: '300Mi', 'ephemeral-storage': '40Mi' },
      limits: { cpu: '2', memory: '3Gi', 'ephemeral-storage': '80Mi' },
    };
    expect(initContainers[0].resources).toStrictEqual(resources);
    expect(containers[0].resources).toStrictEqual(resources);
  });

  it('name and namespace are in the name of every object', () => {
    expect(namesOf(synthesizeAll()).sort()).toStrictEqual([
      'ConfigMap messaging/hub-config',
      'NetworkPolicy messaging/hub',
      'PersistentVolumeClaim messaging/hub-data',
      'Secret messaging/hub-users',
      'Service messaging/hub',
      'ServiceAccount messaging/hub',
      'StatefulSet messaging/hub',
    ]);
  });

  it.each([
    ['1Gi without a limit of memory', {}, 268_435_456],
    ['the memory limit', { resources: { memory: { limit: Size.mebibytes(400) } } }, 104_857_600],
  ])('maxQueuedBytes is a quarter of %s', (_, props, bytes) => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker', props);

    const conf = manifestOf(app, 'ConfigMap', 'mosquitto-config').data['mosquitto.conf'];

    expect(conf).toContain(`\nmax_queued_bytes ${bytes}\n`);
  });

  it.each(['a', 'hub-2', 'a'.repeat(52)])('name may be %j', (name) => {
    expect(new Mosquitto(new EdgeApp(), 'broker', { name }).name).toBe(name);
  });

  it.each([
    ['', 'only a-z, 0-9 and -'],
    ['Hub', 'only a-z, 0-9 and -'],
    ['hub.a', 'only a-z, 0-9 and -'],
    ['hub-', 'begins and ends with a letter or a digit'],
    ['7-hub', "a Service's name begins with a letter"],
    ['a'.repeat(53), 'at most 52 characters, because its pods are labelled with it and a hash, and this one has 53'],
    ['a'.repeat(64), 'at most 63 characters, and this one has 64'],
  ])('name may not be %j', (name, rule) => {
    expectRefusal(() => new Mosquitto(new EdgeApp(), 'broker', { name }), {
      code: 'EDGE_ERR_NAME',
      value: `"${name}"`,
      rule,
    });
  });

  it('namespace may have 63 characters', () => {
    const namespace = 'a'.repeat(63);

    expect(new Mosquitto(new EdgeApp(), 'broker', { namespace }).brokerNamespace).toBe(namespace);
  });

  it.each([
    ['a'.repeat(64), 'at most 63 characters, and this one has 64'],
    ['Messaging', 'only a-z, 0-9 and -'],
    ['a.b', 'only a-z, 0-9 and -'],
  ])('namespace may not be %j', (namespace, rule) => {
    expectRefusal(() => new Mosquitto(new EdgeApp(), 'broker', { namespace }), {
      code: 'EDGE_ERR_NAME',
      value: `"${namespace}"`,
      rule,
    });
  });

  it.each([
    ['maxPacketBytes', 1_024],
    ['maxQueuedMessages', 1],
    ['maxQueuedBytes', 1_024],
    ['autosaveIntervalSeconds', 1],
    ['passwordIterations', 1_000],
  ])('%s is at least %i, and a whole number', (prop, least) => {
    const create = (value: number) => () => new Mosquitto(new EdgeApp(), 'broker', { [prop]: value });

    expect(create(least)).not.toThrow();
    for (const value of [least - 1, 0, -1, least + 0.5, Number.NaN, Number.POSITIVE_INFINITY]) {
      expectRefusal(create(value), {
        code: 'EDGE_ERR_VALUE',
        value: String(value),
        rule: `it is a whole number of at least ${least}`,
      });
    }
  });

  it.each(['maxPacketBytes', 'maxQueuedMessages', 'autosaveIntervalSeconds', 'passwordIterations'])(
    '%s is at most 2147483647, beyond which Mosquitto reads a negative number',
    (prop) => {
      const create = (value: number) => () => new Mosquitto(new EdgeApp(), 'broker', { [prop]: value });

      expect(create(2_147_483_647)).not.toThrow();
      expectRefusal(create(2_147_483_648), {
        code: 'EDGE_ERR_VALUE',
        value: '2147483648',
        rule: 'at most 2147483647',
      });
    },
  );

  it('maxQueuedBytes may be more than that', () => {
    const app = new EdgeApp();
    new Mosquitto(app, 'broker', { maxQueuedBytes: 9_000_000_000 });

    expect(manifestOf(app, 'ConfigMap', 'mosquitto-config').data['mosquitto.conf']).toContain(
      '\nmax_queued_bytes 9000000000\n',
    );
  });
});

describe("the broker's NetworkPolicy", () => {
  const ports = [
    { port: 'mqtt', protocol: 'TCP' },
    { port: 'websockets', protocol: 'TCP' },
  ];
  const namespaced = (...values: string[]) => ({
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
  });

  it('lets in the namespaces that were allowed', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app);
    broker.allowConnectionsFrom('dashboards');
    broker.allowConnectionsFrom('jobs');

    expect(manifestOf(app, 'NetworkPolicy', 'mosquitto').spec.ingress).toStrictEqual([
      { from: [namespaced('dashboards'), namespaced('jobs')], ports },
    ]);
  });

  it.each(['Dashboards', '', 'a'.repeat(64)])('refuses to let in namespace %j, which cannot be', (namespace) => {
    expectRefusal(() => brokerIn(new EdgeApp()).allowConnectionsFrom(namespace), {
      code: 'EDGE_ERR_NAME',
      value: `"${namespace}"`,
      rule: 'a name here has',
    });
  });

  it("lets in Traefik's namespace where Traefik exposes the broker", () => {
    const app = new EdgeApp();
    brokerIn(app).exposeThroughTraefik();

    expect(manifestOf(app, 'NetworkPolicy', 'mosquitto').spec.ingress).toStrictEqual([
      { from: [namespaced('traefik')], ports },
    ]);
  });

  it("lets in a bridge's pods only, not their namespace", () => {
    const app = new EdgeApp();
    const broker = brokerIn(app);
    const bridge = new InferenceBridge(app, 'bridge', {
      broker,
      namespace: 'bridges',
      code: BridgeCode.fromImage(BRIDGE_IMAGE),
    });
    const model = platformIn(app).addModel('iris', IRIS);
    bridge.addRoute({ model, clients: [deviceOf(broker, 'camera')] });

    const bridgePods = {
      'app.kubernetes.io/name': 'inference-bridge',
      'app.kubernetes.io/instance': 'bridge',
    };
    expect(manifestOf(app, 'NetworkPolicy', 'mosquitto').spec.ingress).toStrictEqual([
      { from: [{ ...namespaced('bridges'), podSelector: { matchLabels: bridgePods } }], ports },
    ]);
    expect(manifestOf(app, 'StatefulSet', 'bridge').spec.template.metadata.labels).toStrictEqual(bridgePods);
  });
});

describe('the passwords of users', () => {
  const PASSWORD = 'hunter2-hunter2-hunter2';

  it('are hashed when they come from the environment: no manifest has them in clear, nor encoded', () => {
    vi.stubEnv('CAMERA_PASSWORD', PASSWORD);
    const app = new EdgeApp();
    brokerIn(app).addUser('camera', Credentials.fromEnv('CAMERA_PASSWORD'));

    const text = JSON.stringify(synthesize(app));

    expect(text).toContain('camera:$7$1000$');
    expect(text).not.toContain(PASSWORD);
    expect(text).not.toContain(Buffer.from(PASSWORD).toString('base64'));
  });

  it('are hashed 100000 times unless told otherwise', () => {
    vi.stubEnv('CAMERA_PASSWORD', PASSWORD);
    const app = new EdgeApp();
    new Mosquitto(app, 'broker').addUser('camera', Credentials.fromEnv('CAMERA_PASSWORD'));

    expect(manifestOf(app, 'Secret', 'mosquitto-users').stringData.passwd).toMatch(/^camera:\$7\$100000\$/);
  });

  it('have one line each, sorted by user, in the Secret and nowhere else', () => {
    vi.stubEnv('CAMERA_PASSWORD', PASSWORD);
    const app = new EdgeApp();
    const broker = brokerIn(app);
    for (const name of ['z', 'a', 'm']) broker.addUser(name, Credentials.fromEnv('CAMERA_PASSWORD'));

    const manifests = synthesize(app);

    const { stringData } = findManifest(manifests, 'Secret', 'mosquitto-users');
    expect(stringData.passwd).toMatch(/^a:\S+\nm:\S+\nz:\S+\n$/);
    const others = manifests.filter(({ kind }) => kind !== 'Secret');
    expect(JSON.stringify(others)).not.toContain('$7$');
  });

  it('are the same file in two stacks that are the same', () => {
    vi.stubEnv('CAMERA_PASSWORD', PASSWORD);
    const secret = () => {
      const app = new EdgeApp();
      brokerIn(app).addUser('camera', Credentials.fromEnv('CAMERA_PASSWORD'));
      return manifestOf(app, 'Secret', 'mosquitto-users');
    };

    expect(secret()).toStrictEqual(secret());
  });

  it('of Secrets are projected into the pod, each into a folder of its user', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app);
    broker.addUser('camera', Credentials.fromSecret('camera-login', 'passphrase'));
    broker.addUser('alarm', Credentials.fromSecret('alarm-login'));

    const { volumes, initContainers } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    expect(volumes.find(({ name }: { name: string }) => name === 'secrets')).toStrictEqual({
      name: 'secrets',
      projected: {
        defaultMode: 0o440,
        sources: [
          { secret: { name: 'alarm-login', items: [{ key: 'password', path: 'alarm/password' }] } },
          { secret: { name: 'camera-login', items: [{ key: 'passphrase', path: 'camera/password' }] } },
        ],
      },
    });
    expect(initContainers[0].volumeMounts).toContainEqual({
      name: 'secrets',
      mountPath: '/mosquitto/secrets',
      readOnly: true,
    });
  });

  it('of Secrets are not in the password file, which the pod completes', () => {
    const { app } = irisStack();

    expect(manifestOf(app, 'Secret', 'mosquitto-users').stringData).toStrictEqual({ passwd: '' });
  });
});
