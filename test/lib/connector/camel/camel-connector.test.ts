import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CamelConnector,
  type CamelConnectorProps,
  CamelRendering,
  Credentials,
  EdgeApp,
  MosquittoTls,
} from '../../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../../lib/testing';
import { camelObjects, camelStack, camelStackWithoutRoute } from '../../support/camel';
import { manifestOf, namesOf, ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { brokerIn, deviceOf, IRIS, platformIn } from '../../support/stacks';

const PASSWORD = 'hunter2-hunter2-hunter2';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('a CamelConnector without props but its broker', () => {
  it('consists of these objects, in the namespace of the broker', () => {
    expect(namesOf(camelObjects(camelStack().app))).toStrictEqual([
      'ServiceAccount mosquitto/camel',
      'Integration mosquitto/camel-staging-iris',
      'NetworkPolicy mosquitto/camel-staging-iris',
    ]);
  });

  it('is named after its id', () => {
    const { connector, broker } = camelStackWithoutRoute();
    const { name, connectorNamespace, rendering, user, routes } = connector;

    expect({ name, connectorNamespace, rendering, user: user.name, routes, broker: connector.broker }).toStrictEqual({
      name: 'camel',
      connectorNamespace: 'mosquitto',
      rendering: 'Integration',
      user: 'camel',
      routes: [],
      broker,
    });
  });

  it('gives its pods to no one who could use the API server', () => {
    const { app } = camelStack();

    expect(manifestOf(app, 'ServiceAccount', 'camel').automountServiceAccountToken).toBe(false);
    expect(manifestOf(app, 'Integration', 'camel-staging-iris').spec.serviceAccountName).toBe('camel');
  });

  it('takes its password from a Secret of its name, which the broker reads too (A-7)', () => {
    const { app, connector } = camelStack();

    const { traits } = manifestOf(app, 'Integration', 'camel-staging-iris').spec;

    expect(traits.mount).toStrictEqual({ configs: ['secret:camel-mqtt/password'] });
    expect(JSON.stringify(manifestOf(app, 'StatefulSet', 'mosquitto'))).toContain('"camel-mqtt"');
    expect(connector.credentialsSecret).toBeUndefined();
  });

  it('says at synth what it promises less than a bridge', () => {
    const { app } = camelStack();

    const warnings = app.warnings.filter((warning) => warning.startsWith('[camel] '));

    expect(warnings).toHaveLength(1);
    for (const part of ['one request at a time', 'no error reply', 'response topics are ignored', 'stay unanswered']) {
      expect(warnings[0]).toContain(part);
    }
  });

  it('has a problem as long as it has no route', () => {
    expectProblem(problemsOf(camelStackWithoutRoute().app), 'camel', {
      code: 'EDGE_ERR_NO_ROUTES',
      value: '0',
      rule: 'a connector without one has nothing to do',
    });
  });
});

describe('the props of CamelConnector', () => {
  function synthesizeAll() {
    vi.stubEnv('CAMEL_PASSWORD', PASSWORD);
    const app = new EdgeApp();
    const broker = brokerIn(app, { name: 'hub', namespace: 'messaging' });
    const all: Required<CamelConnectorProps> = {
      broker,
      name: 'carrier',
      namespace: 'camels',
      createNamespace: true,
      rendering: CamelRendering.INTEGRATION,
      credentials: Credentials.fromEnv('CAMEL_PASSWORD'),
      maximumRedeliveries: 17,
      redeliveryDelay: Duration.millis(4_321),
      servingNamespaces: ['gateways', 'activators'],
      resources: {
        cpu: { request: Cpu.millis(150), limit: Cpu.units(2) },
        memory: { request: Size.mebibytes(300), limit: Size.gibibytes(3) },
      },
    };
    const connector = new CamelConnector(app, 'id', all);
    connector.addRoute({ model: platformIn(app).addModel('iris', IRIS), clients: [deviceOf(broker, 'camera')] });
    return { app, all, connector, manifests: synthesize(app) };
  }

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { all, manifests } = synthesizeAll();
    const { broker, credentials, createNamespace, redeliveryDelay, resources, ...plain } = all;

    expect(unseenProps({ ...plain, redeliveryDelay: redeliveryDelay.toMilliseconds() }, manifests)).toStrictEqual([]);
  });

  it('name and namespace are in the name of every object (A-15)', () => {
    const { manifests } = synthesizeAll();

    expect(namesOf(manifests.filter(({ metadata }) => metadata.namespace === 'camels'))).toStrictEqual([
      'Secret camels/carrier-mqtt',
      'ServiceAccount camels/carrier',
      'Integration camels/carrier-staging-iris',
      'NetworkPolicy camels/carrier-staging-iris',
    ]);
  });

  it('namespace is created when it is another than that of the broker, and its pods are restricted', () => {
    const { manifests, connector } = synthesizeAll();

    expect(findManifest(manifests, 'Namespace', 'camels').metadata.labels).toStrictEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(connector.namespaceObject?.name).toBe('camels');
    const { container } = findManifest(manifests, 'Integration', 'carrier-staging-iris').spec.traits;
    expect(container.runAsNonRoot).toBe(true);
  });

  it('createNamespace leaves it to others', () => {
    const { app } = camelStack({}, { namespace: 'camels', createNamespace: false });

    expect(namesOf(ofKind(synthesize(app), 'Namespace'))).not.toContain('Namespace -/camels');
  });

  it('credentials from the environment are in one Secret of the connector, and nowhere else in clear (A-T7)', () => {
    const { manifests } = synthesizeAll();

    const withPassword = manifests.filter((manifest) => JSON.stringify(manifest).includes(PASSWORD));

    expect(withPassword.map(({ kind, metadata, stringData }) => [kind, metadata.name, stringData])).toStrictEqual([
      ['Secret', 'carrier-mqtt', { password: PASSWORD }],
    ]);
  });

  it('credentials from a Secret may have another key, which is then the property that Camel asks for', () => {
    const { app } = camelStack({}, { credentials: Credentials.fromSecret('logins', 'of-camel') });

    const { traits, flows } = manifestOf(app, 'Integration', 'camel-staging-iris').spec;

    expect(traits.mount.configs).toStrictEqual(['secret:logins/of-camel']);
    expect(JSON.stringify(flows).match(/password=[^&]*/g)).toStrictEqual([
      'password=RAW({{of-camel}})',
      'password=RAW({{of-camel}})',
      'password=RAW({{of-camel}})',
    ]);
  });

  it('resources are the limits and requests of the container', () => {
    const { manifests } = synthesizeAll();

    const { container } = findManifest(manifests, 'Integration', 'carrier-staging-iris').spec.traits;

    expect(container).toStrictEqual({
      runAsNonRoot: true,
      requestCPU: '150m',
      requestMemory: '300Mi',
      limitCPU: '2',
      limitMemory: '3Gi',
    });
  });

  it.each([0, 100])('maximumRedeliveries may be %i', (maximumRedeliveries) => {
    const { flows } = manifestOf(camelStack({}, { maximumRedeliveries }).app, 'Integration', 'camel-staging-iris').spec;

    expect(flows[0].errorHandler.deadLetterChannel.redeliveryPolicy.maximumRedeliveries).toBe(maximumRedeliveries);
  });

  it.each([-1, 101, 1.5, Number.NaN])('maximumRedeliveries may not be %d', (maximumRedeliveries) => {
    expectRefusal(() => camelStack({}, { maximumRedeliveries }), {
      code: 'EDGE_ERR_VALUE',
      value: String(maximumRedeliveries),
      rule: 'it is a whole number from 0 to 100',
    });
  });

  it.each([
    ['maximumRedeliveries', { maximumRedeliveries: 3 }, '3'],
    ['redeliveryDelay', { redeliveryDelay: Duration.seconds(1) }, '"1000 ms"'],
  ])('%s is refused for Pipes, whose operator would drop it', (_, props, value) => {
    expectRefusal(() => camelStack({}, { ...props, rendering: CamelRendering.PIPE }), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: "drops the parameters of a Pipe's error handler",
    });
  });

  it.each(['a', 'camel-2', 'a'.repeat(50)])('name may be %j', (name) => {
    expect(camelStackWithoutRoute({ name }).connector.name).toBe(name);
  });

  it.each([
    ['name', 'Camel', 'only a-z'],
    ['name', 'a.b', 'only a-z'],
    ['name', '7-camel', 'begins with a letter'],
    ['namespace', 'Camels', 'only a-z'],
    ['namespace', 'a'.repeat(64), 'at most 63 characters'],
  ])('%s may not be %j', (prop, value, rule) => {
    expectRefusal(() => camelStack({}, { [prop]: value }), { code: 'EDGE_ERR_NAME', value: `"${value}"`, rule });
  });

  it('servingNamespaces are names of namespaces', () => {
    expectRefusal(() => camelStack({}, { servingNamespaces: ['gateways', 'a_b'] }), {
      code: 'EDGE_ERR_NAME',
      value: '"a_b"',
      rule: 'only a-z',
    });
  });

  it('name may not be that of a user the broker has', () => {
    expectRefusal(() => camelStackWithoutRoute({ name: 'camera' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camera"',
      rule: 'there is one already by this name',
    });
  });

  it('credentials may not be an entry that Camel reads as a list of properties', () => {
    expectRefusal(() => camelStack({}, { credentials: Credentials.fromSecret('logins', 'mqtt.properties') }), {
      code: 'EDGE_ERR_VALUE',
      value: '"mqtt.properties"',
      rule: 'as a list of properties',
    });
  });

  it('credentials may not be a password that a URI would end, and the refusal does not give it away', () => {
    vi.stubEnv('CAMEL_PASSWORD', 'hunter2-hunter)&qos=0');
    const credentials = Credentials.fromEnv('CAMEL_PASSWORD');

    expectRefusal(() => camelStack({}, { credentials }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"a password with one of these"',
      rule: 'Camel reads it from a URI',
    });
    expect(() => camelStack({}, { credentials })).not.toThrow('hunter2');
  });

  it('credentials may not be a certificate', () => {
    expectRefusal(() => camelStack({}, { credentials: Credentials.fromCertificate() }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"Credentials.fromCertificate()"',
      rule: 'Camel logs in with a password',
    });
  });

  it('broker may not be one that speaks TLS only', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app, { tls: MosquittoTls.fromSecret('hub-tls'), plainListeners: false });

    expectRefusal(() => new CamelConnector(app, 'camel', { broker }), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: `"${broker.mqttUrl}"`,
      rule: "Camel trusts the Java runtime's authorities only",
    });
  });

  it('resources may not limit what Camel K has no word for', () => {
    const resources = { ephemeralStorage: { limit: Size.gibibytes(1) } };

    expectRefusal(() => camelStack({}, { resources }), {
      code: 'EDGE_ERR_VALUE',
      value: '"set"',
      rule: 'Camel K has no trait for it',
    });
  });
});

describe('CamelRendering', () => {
  const kinds = (rendering: CamelRendering) =>
    camelObjects(camelStack({}, { rendering }).app).map(({ apiVersion, kind, metadata }) => [
      apiVersion,
      kind,
      metadata.name,
    ]);

  it.each([
    [CamelRendering.INTEGRATION, [['camel.apache.org/v1', 'Integration', 'camel-staging-iris']]],
    [
      CamelRendering.PIPE,
      [
        ['camel.apache.org/v1', 'Kamelet', 'camel-ask'],
        ['camel.apache.org/v1', 'Pipe', 'camel-staging-iris'],
      ],
    ],
    [
      CamelRendering.KAMELET_BINDING,
      [
        ['camel.apache.org/v1alpha1', 'Kamelet', 'camel-ask'],
        ['camel.apache.org/v1alpha1', 'KameletBinding', 'camel-staging-iris'],
      ],
    ],
  ])('%s is made of these objects', (rendering, expected) => {
    expect(kinds(rendering).filter(([apiVersion]) => apiVersion?.startsWith('camel.apache.org'))).toStrictEqual(
      expected,
    );
  });

  it.each([CamelRendering.INTEGRATION, CamelRendering.PIPE])('%s has nothing of Camel K 1 (A-6)', (rendering) => {
    const text = JSON.stringify(synthesize(camelStack({}, { rendering }).app));

    expect(text).not.toMatch(/v1alpha1.*Kamelet|KameletBinding|Spectrum/);
  });

  it('PIPE says at synth that failed calls are not repeated (A-13)', () => {
    const { warnings } = camelStack({}, { rendering: CamelRendering.PIPE }).app;

    expect(warnings.filter((warning) => warning.includes('repeat no failed calls of a Pipe'))).toHaveLength(1);
  });

  it('KAMELET_BINDING is let through synth, and says that it is for Camel K 1', () => {
    const { app } = camelStack({}, { rendering: CamelRendering.KAMELET_BINDING });

    expect(() => synthesize(app)).not.toThrow();
    expect(app.warnings.filter((warning) => warning.includes('KameletBindings are for Camel K 1.12'))).toHaveLength(1);
  });

  it('KAMELET_BINDING leaves its namespace unenforced, as Camel K 1 cannot make restricted pods', () => {
    const brokers = camelStack({}, { rendering: CamelRendering.KAMELET_BINDING }).app;
    const own = camelStack({}, { rendering: CamelRendering.KAMELET_BINDING, namespace: 'camels' }).app;

    expect(manifestOf(brokers, 'Namespace', 'mosquitto').metadata.labels).toBeUndefined();
    expect(manifestOf(own, 'Namespace', 'camels').metadata.labels).toBeUndefined();
    expect(manifestOf(own, 'Namespace', 'mosquitto').metadata.labels).toBeDefined();
  });

  it('KAMELET_BINDING does not bring back a namespace that is left to others', () => {
    const app = new EdgeApp();
    const broker = brokerIn(app, { createNamespace: false });
    camelStackWithoutRoute({ broker, rendering: CamelRendering.KAMELET_BINDING }, app);

    expect(app.node.findAll().filter(({ node }) => node.id === 'mosquitto')).toStrictEqual([]);
  });
});

describe('two connectors of one broker', () => {
  it.each([CamelRendering.INTEGRATION, CamelRendering.PIPE])('do not take one topic, in %s', (rendering) => {
    const { app, broker, iris, camera } = camelStack();
    const second = new CamelConnector(app, 'second', { broker, rendering });

    expectRefusal(() => second.addRoute({ model: iris, clients: [camera] }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris/input"',
      rule: 'camel takes requests from it already',
    });
  });
});
