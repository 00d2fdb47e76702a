import { createHash } from 'node:crypto';
import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../bridge/config';
import {
  BridgeCode,
  BridgeScaling,
  Credentials,
  EdgeApp,
  InferenceBridge,
  type InferenceBridgeProps,
  InferencePlatform,
  ModelLogin,
} from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { checksumOf, manifestOf, namesOf, ofKind } from '../support/manifests';
import { containersOf, portNames, probedPorts, restrictedProblems } from '../support/pods';
import { expectProblem, expectRefusal, problemsOf } from '../support/refusals';
import { BRIDGE_IMAGE, brokerIn, deviceOf, IRIS, irisStack, platformIn, stackWithoutRoute } from '../support/stacks';

const PASSWORD = 'hunter2-hunter2-hunter2';

afterEach(() => {
  vi.unstubAllEnvs();
});

function configOf(app: EdgeApp, name = 'bridge') {
  return parseBridgeConfig(parse(manifestOf(app, 'ConfigMap', `${name}-config`).data['bridge.yaml']));
}

describe('an InferenceBridge without props but its broker', () => {
  it('consists of these objects, in the namespace of the broker', () => {
    const { app, platform, broker, camera } = irisStack();
    const bridge = new InferenceBridge(app, 'carrier', { broker });
    bridge.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    const own = synthesize(app).filter(({ metadata }) => metadata.name.startsWith('carrier'));

    expect(namesOf(own)).toStrictEqual([
      ...bridge.codeConfigMaps.map((_, i) => `ConfigMap mosquitto/carrier-code-${i}`),
      'ConfigMap mosquitto/carrier-config',
      'ServiceAccount mosquitto/carrier',
      'Service mosquitto/carrier',
      'StatefulSet mosquitto/carrier',
      'NetworkPolicy mosquitto/carrier',
    ]);
  });

  it('is named after its id', () => {
    const { bridge, broker } = stackWithoutRoute();
    const { name, bridgeNamespace, clientId, user } = bridge;

    expect({ name, bridgeNamespace, clientId, user: user.name, broker: bridge.broker }).toStrictEqual({
      name: 'bridge',
      bridgeNamespace: 'mosquitto',
      clientId: 'mosquitto/bridge',
      user: 'bridge',
      broker,
    });
  });

  it('has a configuration that the bridge reads, and it says this', () => {
    const { app } = irisStack();
    const { routes, ...written } = parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);

    expect(configOf(app).routes.map(({ name }) => name)).toStrictEqual(['staging/iris']);
    expect(routes).toHaveLength(1);
    expect(written).toStrictEqual({
      broker: {
        url: 'mqtt://mosquitto.mosquitto.svc.cluster.local:1883',
        clientId: 'mosquitto/bridge',
        username: 'bridge',
        passwordFile: '/var/run/bridge-credentials/password',
        maxPacketBytes: 2_000_000,
        droppedMessagesTopic: '$SYS/broker/publish/messages/dropped',
      },
      delivery: { window: 1024, drainTimeoutSeconds: 70 },
      http: { port: 9464 },
    });
  });

  it('takes its password from a Secret of its name that the cluster has', () => {
    const { app, bridge } = irisStack();
    const manifests = synthesize(app);

    const { volumes } = findManifest(manifests, 'StatefulSet', 'bridge').spec.template.spec;
    const broker = findManifest(manifests, 'StatefulSet', 'mosquitto').spec.template.spec;

    const source = { name: 'bridge-mqtt', items: [{ key: 'password', path: 'password' }] };
    expect(volumes).toContainEqual({
      name: 'credentials',
      projected: { defaultMode: 0o440, sources: [{ secret: source }] },
    });
    const { projected } = broker.volumes.find(({ name }: { name: string }) => name === 'secrets');
    expect(projected.sources).toContainEqual({
      secret: { name: 'bridge-mqtt', items: [{ key: 'password', path: 'bridge/password' }] },
    });
    expect(bridge.credentialsSecret).toBeUndefined();
    expect(namesOf(ofKind(manifests, 'Secret'))).toStrictEqual(['Secret mosquitto/mosquitto-users']);
  });

  it('mounts the password where its configuration looks for it', () => {
    const { app } = irisStack();
    const { passwordFile } = configOf(app).broker;

    const [container] = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec.containers;

    const credentials = container.volumeMounts.find(({ name }: { name: string }) => name === 'credentials');
    expect(`${credentials.mountPath}/password`).toBe(passwordFile);
  });

  it('creates no namespace beside that of the broker', () => {
    const { app } = irisStack();

    expect(namesOf(ofKind(synthesize(app), 'Namespace')).sort()).toStrictEqual([
      'Namespace -/mosquitto',
      'Namespace -/prod',
      'Namespace -/staging',
    ]);
  });

  it('lets everybody look at its objects', () => {
    const { bridge } = irisStack();
    const { configMap, serviceAccount, service, statefulSet, networkPolicy } = bridge;

    expect([configMap, serviceAccount, service, statefulSet, networkPolicy].map(({ kind }) => kind)).toStrictEqual([
      'ConfigMap',
      'ServiceAccount',
      'Service',
      'StatefulSet',
      'NetworkPolicy',
    ]);
  });
});

describe('the props of InferenceBridge', () => {
  function synthesizeAll() {
    vi.stubEnv('BRIDGE_PASSWORD', PASSWORD);
    const app = new EdgeApp();
    const broker = brokerIn(app, { name: 'hub', namespace: 'messaging' });
    const all: Required<InferenceBridgeProps> = {
      createNamespace: true,
      broker,
      name: 'carrier',
      namespace: 'bridges',
      credentials: Credentials.fromEnv('BRIDGE_PASSWORD'),
      code: BridgeCode.fromImage(BRIDGE_IMAGE),
      window: 54_321,
      servingNamespaces: ['gateways', 'activators'],
      modelLogin: ModelLogin.serviceAccountToken({ audience: 'models' }),
      resources: {
        cpu: { request: Cpu.millis(150), limit: Cpu.units(2) },
        memory: { request: Size.mebibytes(300), limit: Size.gibibytes(3) },
        ephemeralStorage: { request: Size.mebibytes(40), limit: Size.mebibytes(80) },
      },
      tracing: { endpoint: 'http://collector.observability.svc:4318', sampleRatio: 0.017 },
      scaling: BridgeScaling.fixed(4),
    };
    const bridge = new InferenceBridge(app, 'id', all);
    bridge.addRoute({ model: platformIn(app).addModel('iris', IRIS), clients: [deviceOf(broker, 'camera')] });
    return { app, all, bridge, manifests: synthesize(app) };
  }

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { all, manifests } = synthesizeAll();
    const { broker, credentials, resources, code, ...plain } = all;

    expect(unseenProps({ ...plain, image: code.image }, manifests)).toStrictEqual([]);
  });

  it('name and namespace are in the name of every object, and in what the broker knows it by', () => {
    const { manifests, bridge } = synthesizeAll();

    const own = manifests.filter(({ metadata }) => metadata.namespace === 'bridges');

    expect(namesOf(own)).toStrictEqual([
      'ConfigMap bridges/carrier-config',
      'Secret bridges/carrier-mqtt',
      'ServiceAccount bridges/carrier',
      'Service bridges/carrier',
      'StatefulSet bridges/carrier',
      'PodDisruptionBudget bridges/carrier',
      'NetworkPolicy bridges/carrier',
    ]);
    expect([bridge.clientId, bridge.user.name]).toStrictEqual(['bridges/carrier/{ordinal}', 'carrier']);
  });

  it('namespace is created when it is another than that of the broker', () => {
    expect(findManifest(synthesizeAll().manifests, 'Namespace', 'bridges').metadata.labels).toStrictEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
  });

  it('broker is where the configuration leads', () => {
    expect(configOf(synthesizeAll().app, 'carrier').broker.url).toBe('mqtt://hub.messaging.svc.cluster.local:1883');
  });

  it('credentials from the environment are in one Secret of the bridge, and nowhere else in clear', () => {
    const { manifests, bridge } = synthesizeAll();

    const withPassword = manifests.filter((manifest) => JSON.stringify(manifest).includes(PASSWORD));

    expect(withPassword).toStrictEqual([
      {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: {
          name: 'carrier-mqtt',
          namespace: 'bridges',
          labels: { 'app.kubernetes.io/name': 'inference-bridge', 'app.kubernetes.io/instance': 'carrier' },
        },
        type: 'Opaque',
        stringData: { password: PASSWORD },
      },
    ]);
    expect(bridge.credentialsSecret?.name).toBe('carrier-mqtt');
    expect(findManifest(manifests, 'Secret', 'hub-users').stringData.passwd).toMatch(/^carrier:\$7\$/);
  });

  it('credentials from a Secret may have another key', () => {
    const { app } = irisStack({}, { credentials: Credentials.fromSecret('logins', 'of-the-bridge') });

    const { volumes } = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;

    const source = { name: 'logins', items: [{ key: 'of-the-bridge', path: 'password' }] };
    expect(volumes).toContainEqual({
      name: 'credentials',
      projected: { defaultMode: 0o440, sources: [{ secret: source }] },
    });
  });

  it('window is how many requests the bridge takes at a time', () => {
    expect(configOf(synthesizeAll().app, 'carrier').delivery.window).toBe(54_321);
  });

  it('resources count for the bridge', () => {
    const [container] = containersOf(findManifest(synthesizeAll().manifests, 'StatefulSet', 'carrier'));

    expect(container?.resources).toStrictEqual({
      requests: { cpu: '150m', memory: '300Mi', 'ephemeral-storage': '40Mi' },
      limits: { cpu: '2', memory: '3Gi', 'ephemeral-storage': '80Mi' },
    });
  });

  it('has room for new objects, whatever the container is limited to', () => {
    const [container] = containersOf(manifestOf(irisStack().app, 'StatefulSet', 'bridge'));

    expect(container?.env).toContainEqual({ name: 'NODE_OPTIONS', value: '--max-semi-space-size=8' });
  });

  it('resources are few, and limited, when nobody says otherwise', () => {
    const [container] = containersOf(manifestOf(irisStack().app, 'StatefulSet', 'bridge'));

    expect(container?.resources).toStrictEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { memory: '512Mi' },
    });
  });

  it.each(['a', 'bridge-2', 'a'.repeat(52)])('name may be %j', (name) => {
    expect(stackWithoutRoute({ name }).bridge.name).toBe(name);
  });

  it.each([
    ['name', 'Bridge', 'only a-z'],
    ['name', 'a.b', 'only a-z'],
    ['name', '7-bridge', "a Service's name begins with a letter"],
    ['name', 'a'.repeat(53), 'at most 52 characters'],
    ['name', 'a'.repeat(64), 'at most 63 characters'],
    ['namespace', 'Bridges', 'only a-z'],
    ['namespace', 'a'.repeat(64), 'at most 63 characters'],
  ])('%s may not be %j', (prop, value, rule) => {
    expectRefusal(() => stackWithoutRoute({ [prop]: value }), { code: 'EDGE_ERR_NAME', value: `"${value}"`, rule });
  });

  it('name may not be that of a user the broker has', () => {
    expectRefusal(() => stackWithoutRoute({ name: 'camera' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camera"',
      rule: 'there is one already by this name',
    });
  });

  it.each([1, 65_535])('window may be %i', (window) => {
    expect(configOf(irisStack({}, { window }).app).delivery.window).toBe(window);
  });

  it.each([0, -1, 65_536, 1.5, Number.NaN])('window may not be %d', (window) => {
    expectRefusal(() => stackWithoutRoute({ window }), {
      code: 'EDGE_ERR_VALUE',
      value: String(window),
      rule: 'MQTT has message ids for 1 to 65535 messages at a time',
    });
  });
});

describe("the bridge's pod", () => {
  const { app } = irisStack();
  const manifests = synthesize(app);
  const workload = findManifest(manifests, 'StatefulSet', 'bridge');
  const pod = workload.spec.template.spec;

  it('is one, as the broker keeps one session', () => {
    const { replicas, serviceName, selector } = workload.spec;

    expect({ replicas, serviceName, selector }).toStrictEqual({
      replicas: 1,
      serviceName: 'bridge',
      selector: { matchLabels: workload.spec.template.metadata.labels },
    });
  });

  it('meets the restricted Pod Security Standard', () => {
    expect(restrictedProblems(workload)).toStrictEqual([]);
  });

  it('has no file system to write to', () => {
    expect(pod.containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
    expect(pod.containers[0].volumeMounts.filter(({ readOnly }: { readOnly?: boolean }) => !readOnly)).toStrictEqual(
      [],
    );
  });

  it('has no way to the API server', () => {
    const { serviceAccountName, automountServiceAccountToken, enableServiceLinks } = pod;

    expect({ serviceAccountName, automountServiceAccountToken, enableServiceLinks }).toStrictEqual({
      serviceAccountName: 'bridge',
      automountServiceAccountToken: false,
      enableServiceLinks: false,
    });
    expect(findManifest(manifests, 'ServiceAccount', 'bridge').automountServiceAccountToken).toBe(false);
  });

  it('is probed at ports that it declares', () => {
    expect(probedPorts(workload)).toStrictEqual([
      ['bridge.startupProbe', 'operations'],
      ['bridge.livenessProbe', 'operations'],
      ['bridge.readinessProbe', 'operations'],
    ]);
    expect(portNames(workload)).toStrictEqual(['operations']);
  });

  it('declares the port that its Service leads to, and listens on it', () => {
    const { ports, selector, clusterIP } = findManifest(manifests, 'Service', 'bridge').spec;

    expect({ ports, selector, clusterIP }).toStrictEqual({
      ports: [{ name: 'operations', port: 9464, targetPort: 'operations', protocol: 'TCP' }],
      selector: workload.spec.template.metadata.labels,
      clusterIP: 'None',
    });
    expect(pod.containers[0].ports).toStrictEqual([{ name: 'operations', containerPort: 9464, protocol: 'TCP' }]);
    expect(configOf(app).http.port).toBe(9464);
  });

  it('reads a configuration and credentials that exist', () => {
    const [config] = pod.volumes;

    expect(config).toStrictEqual({ name: 'config', configMap: { name: 'bridge-config' } });
    expect(findManifest(manifests, 'ConfigMap', 'bridge-config', 'mosquitto').data).toHaveProperty(['bridge.yaml']);
  });
});

describe('the time a bridge gets to end', () => {
  const times = (...timeouts: number[]) => {
    const { app, bridge, platform, camera } = stackWithoutRoute();
    for (const [i, seconds] of timeouts.entries()) {
      const timeout = Duration.seconds(seconds);
      bridge.addRoute({ model: platform.addModel(`model-${i}`, { ...IRIS, timeout }), clients: [camera] });
    }
    return {
      drain: configOf(app).delivery.drainTimeoutSeconds,
      grace: manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec.terminationGracePeriodSeconds,
    };
  };

  it.each([
    [[60], 60],
    [[600], 600],
    [[1], 1],
    [[5, 300, 20], 300],
  ])('is longer than draining takes, which is longer than the slowest of models with %j s', (timeouts, longest) => {
    const { drain, grace } = times(...timeouts);

    expect(drain).toBeGreaterThan(longest);
    expect(grace).toBeGreaterThan(drain);
  });

  it('is in whole seconds, as Kubernetes has them', () => {
    const { app } = irisStack({ timeout: Duration.millis(62_500) });

    expect(manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec.terminationGracePeriodSeconds).toBe(83);
    expect(configOf(app).delivery.drainTimeoutSeconds).toBe(72.5);
  });
});

describe("the bridge's NetworkPolicy", () => {
  const namespaces = (...values: string[]) => ({
    namespaceSelector: { matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values }] },
  });

  it('lets it ask names, the broker, and the namespaces on the way to its models', () => {
    const { app, bridge, platform, camera } = irisStack();
    bridge.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });
    bridge.addRoute({ model: platform.addModel('third', { ...IRIS, namespace: 'prod' }), clients: [camera] });

    const { egress, ingress } = manifestOf(app, 'NetworkPolicy', 'bridge').spec;

    const brokerPods = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.metadata.labels;
    expect(ingress).toStrictEqual([{ ports: [{ port: 'operations', protocol: 'TCP' }] }]);
    expect(egress).toStrictEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      {
        to: [{ ...namespaces('mosquitto'), podSelector: { matchLabels: brokerPods } }],
        ports: [{ port: 1883, protocol: 'TCP' }],
      },
      { to: [namespaces('staging', 'prod', 'istio-system', 'knative-serving', 'kourier-system')] },
    ]);
  });

  it('names other namespaces on the way when told so', () => {
    const { app } = irisStack({}, { servingNamespaces: ['gateways'] });

    expect(manifestOf(app, 'NetworkPolicy', 'bridge').spec.egress[2]).toStrictEqual({
      to: [namespaces('staging', 'gateways')],
    });
  });
});

describe('the checksum that makes a rollout of a changed configuration', () => {
  const checksum = ({ app }: { app: EdgeApp }) => checksumOf(manifestOf(app, 'StatefulSet', 'bridge'));

  it('is the same for the same bridge', () => {
    expect(checksum(irisStack())).toBe(checksum(irisStack()));
  });

  it('stays when a route is added, which a running bridge reads from its file', () => {
    const stack = irisStack();
    const before = checksum(stack);

    stack.bridge.addRoute({ model: stack.platform.addModel('other', IRIS), clients: [stack.camera] });

    expect(checksum(stack)).toBe(before);
  });

  it.each<[string, Partial<InferenceBridgeProps>]>([
    ['the window', { window: 7 }],
    ['tracing', { tracing: { endpoint: 'http://collector.observability.svc:4318' } }],
    ['the number of its pods, and with it the id of its session', { scaling: BridgeScaling.fixed(2) }],
  ])('changes with %s, which a running bridge refuses to be told anew', (_, props) => {
    expect(checksum(irisStack({}, props))).not.toBe(checksum(irisStack()));
  });

  it('changes with the program', () => {
    expect(checksum(irisStack({}, { code: BridgeCode.bundled() }))).not.toBe(checksum(irisStack()));
  });

  it('changes with the password', () => {
    const withPassword = (password: string) => {
      vi.stubEnv('BRIDGE_PASSWORD', password);
      return checksum(irisStack({}, { credentials: Credentials.fromEnv('BRIDGE_PASSWORD') }));
    };

    expect(withPassword(PASSWORD)).not.toBe(withPassword(`${PASSWORD}!`));
  });

  it('stays when somebody else may use a route, which only the broker has to know', () => {
    const stack = stackWithoutRoute();
    const clients = [stack.camera, deviceOf(stack.broker, 'alarm')];
    stack.bridge.addRoute({ model: stack.iris, clients });

    expect(checksum(stack)).toBe(checksum(irisStack()));
  });
});

describe('the configuration of a bridge', () => {
  it('is mounted as a folder, as the kubelet never updates a single file', () => {
    const { app } = irisStack();

    const [container] = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec.containers;

    expect(container.volumeMounts).toContainEqual({ name: 'config', mountPath: '/etc/bridge', readOnly: true });
    expect(JSON.stringify(container.volumeMounts)).not.toContain('subPath');
  });

  it('is held against the rules of the bridge at synth', () => {
    const { app, broker } = irisStack();

    Object.assign(broker, { maxPacketBytes: 1 });

    expectProblem(problemsOf(app), 'bridge', {
      code: 'EDGE_ERR_BRIDGE_CONFIG',
      value: '"broker.maxPacketBytes is 1. Too small: expected number to be >=128"',
      rule: 'it would not start with it',
    });
  });
});

describe('the probes of a bridge', () => {
  it('give a process that is busy some seconds to answer', () => {
    const [bridge] = containersOf(manifestOf(irisStack().app, 'StatefulSet', 'bridge'));

    expect(bridge).toMatchObject({ livenessProbe: { timeoutSeconds: 5 }, readinessProbe: { timeoutSeconds: 3 } });
  });
});

describe('a bridge without a route', () => {
  it('is refused at synth, so that routes may be added until then', () => {
    const { app } = stackWithoutRoute();

    expectProblem(problemsOf(app), 'bridge', {
      code: 'EDGE_ERR_NO_ROUTES',
      value: '0',
      rule: 'a bridge without one has nothing to do',
    });
  });
});

describe('two bridges of one broker', () => {
  it('have sessions, users and objects of their own', () => {
    const { app, broker, platform, camera, bridge } = irisStack();
    const second = new InferenceBridge(app, 'second', { broker, code: BridgeCode.fromImage(BRIDGE_IMAGE) });
    second.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    expect([bridge.clientId, second.clientId]).toStrictEqual(['mosquitto/bridge', 'mosquitto/second']);
    expect(namesOf(ofKind(synthesize(app), 'StatefulSet'))).toStrictEqual([
      'StatefulSet mosquitto/mosquitto',
      'StatefulSet mosquitto/bridge',
      'StatefulSet mosquitto/second',
    ]);
  });

  it('may not take requests from one topic, as each would be answered twice', () => {
    const { app, broker, iris, camera } = irisStack();
    const second = new InferenceBridge(app, 'second', { broker, code: BridgeCode.fromImage(BRIDGE_IMAGE) });

    expectRefusal(() => second.addRoute({ model: iris, clients: [camera] }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris/input"',
      rule: 'bridge bridge takes requests from it already, and every request would be answered twice',
    });
  });

  it('may not feed each other in a circle', () => {
    const { app, broker, platform, camera } = irisStack({ requestTopic: 'a', replyTopic: 'b' });
    const second = new InferenceBridge(app, 'second', { broker, code: BridgeCode.fromImage(BRIDGE_IMAGE) });
    const model = platform.addModel('other', IRIS);

    expectRefusal(() => second.addRoute({ model, clients: [camera], requestTopic: 'b', replyTopic: 'a' }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/other"',
      rule: 'what it publishes comes back to its request topic "b" through routes of other bridges',
    });
  });

  it.each([
    ['dead letters', 'a', { replyTopic: 'c', deadLetterTopic: 'a' }],
    ['the reply topics of single clients', 'x/a', { replyTopic: 'x' }],
  ])('may not feed each other in a circle through %s', (_, requestTopic, topics) => {
    const { app, broker, platform, camera } = irisStack({ requestTopic, replyTopic: 'b' });
    const second = new InferenceBridge(app, 'second', { broker, code: BridgeCode.fromImage(BRIDGE_IMAGE) });
    const model = platform.addModel('other', IRIS);

    expectRefusal(() => second.addRoute({ model, clients: [camera], requestTopic: 'b', ...topics }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/other"',
      rule: 'what it publishes comes back to its request topic "b"',
    });
  });

  it('may feed one another in a row: one model asks the next', () => {
    const { app, broker, platform, camera } = irisStack({ requestTopic: 'a', replyTopic: 'b' });
    const second = new InferenceBridge(app, 'second', { broker, code: BridgeCode.fromImage(BRIDGE_IMAGE) });
    const model = platform.addModel('other', IRIS);

    second.addRoute({ model, clients: [camera], requestTopic: 'b', replyTopic: 'c' });

    expect(configOf(app, 'second').routes[0]?.requestTopic).toBe('b');
  });
});

describe('two bridges of two brokers', () => {
  it('may take requests from topics of one name', () => {
    const { app, iris } = irisStack();
    const other = brokerIn(app, { name: 'other', namespace: 'elsewhere' }, 'other');
    const second = new InferenceBridge(app, 'second', { broker: other, code: BridgeCode.fromImage(BRIDGE_IMAGE) });

    second.addRoute({ model: iris, clients: [deviceOf(other, 'camera')] });

    expect(configOf(app, 'second').broker.url).toBe('mqtt://other.elsewhere.svc.cluster.local:1883');
    expect(manifestOf(app, 'ConfigMap', 'other-config').data.acl).toContain('user second\n');
  });
});

describe('a bridge away from its broker', () => {
  function bridgeInTheirs(app: EdgeApp, props: { createNamespace?: boolean } = {}) {
    const broker = brokerIn(app);
    const code = BridgeCode.fromImage(BRIDGE_IMAGE);
    const bridge = new InferenceBridge(app, 'bridge', { broker, code, namespace: 'theirs', ...props });
    return { bridge, camera: deviceOf(broker, 'camera') };
  }

  it('leaves the namespace to others when it is told to', () => {
    const app = new EdgeApp();
    const { bridge, camera } = bridgeInTheirs(app, { createNamespace: false });
    bridge.addRoute({ model: platformIn(app).addModel('iris', IRIS), clients: [camera] });

    expect(namesOf(synthesize(app))).not.toContain('Namespace -/theirs');
    expect(bridge.namespaceObject).toBeUndefined();
  });

  it('leaves the namespace to others when a platform of the app does', () => {
    const app = new EdgeApp();
    const props = { domain: 'example.com', namespaces: ['theirs'], createNamespaces: false };
    const platform = new InferencePlatform(app, 'platform', props);
    const { bridge, camera } = bridgeInTheirs(app);
    bridge.addRoute({ model: platform.addModel('iris', { ...IRIS, namespace: 'theirs' }), clients: [camera] });

    expect(namesOf(synthesize(app))).not.toContain('Namespace -/theirs');
  });
});

describe('the checksum of a bridge whose password is known', () => {
  function podOf(password: string) {
    vi.stubEnv('BRIDGE_PASSWORD', password);
    const { app } = irisStack({}, { credentials: Credentials.fromEnv('BRIDGE_PASSWORD') });
    const { annotations } = manifestOf(app, 'StatefulSet', 'bridge').spec.template.metadata;
    const config = manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml'];
    return { checksum: annotations['edge-inference.cdk8s.io/config-checksum'], config };
  }

  it('changes with the password, so that the pod does', () => {
    expect(podOf('a-first-password').checksum).not.toBe(podOf('a-second-password').checksum);
  });

  it('cannot be made from a guess and what everybody may read', () => {
    const { checksum, config } = podOf('a-first-password');

    const guess = createHash('sha256').update(`${config}\0a-first-password\0[]\0`).digest('hex');
    expect(checksum).not.toBe(guess);
  });
});
