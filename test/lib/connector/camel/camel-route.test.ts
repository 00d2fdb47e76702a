import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  BridgeCode,
  type BridgeRouteOptions,
  CamelConnector,
  CamelRendering,
  EdgeApp,
  InferenceBridge,
  InferenceProtocol,
  MqttQos,
  ReplyMapping,
  RequestMapping,
  RetainedRequests,
  type RouteOptions,
  RouteOrdering,
} from '../../../../lib';
import { synthesize, unseenProps } from '../../../../lib/testing';
import { camelObjects, camelStack, camelStackWithoutRoute, parametersOf, urisOf } from '../../support/camel';
import { manifestOf, ofKind } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';
import { BRIDGE_IMAGE, brokerIn, deviceOf, IRIS } from '../../support/stacks';

const RENDERINGS = [CamelRendering.INTEGRATION, CamelRendering.PIPE, CamelRendering.KAMELET_BINDING];
const MQTT =
  'brokerUrl=tcp://mosquitto.mosquitto.svc.cluster.local:1883&qos=1&userName=camel&password=RAW({{password}})';
const SOURCE =
  `paho-mqtt5:staging/iris/input?${MQTT}` +
  '&clientId=mosquitto/camel-staging-iris/requests&cleanStart=false&sessionExpiryInterval=604800&maxReconnectDelay=30000';
const SINK = `paho-mqtt5:staging/iris/output?${MQTT}&maxReconnectDelay=30000`;
const DEAD_LETTERS = `paho-mqtt5:staging/iris/dead-letter?${MQTT}&maxReconnectDelay=30000`;
const URL = 'http://iris.staging.svc.cluster.local/v1/models/iris:predict';
const TRAITS = {
  container: { runAsNonRoot: true, requestCPU: '100m', requestMemory: '256Mi', limitMemory: '512Mi' },
  deployment: { strategy: 'Recreate' },
  mount: { configs: ['secret:camel-mqtt/password'] },
};

function specOf(rendering: CamelRendering, route: Partial<RouteOptions> = {}) {
  return manifestOf(camelStack(route, { rendering }).app, rendering, 'camel-staging-iris').spec;
}

function add(route: Partial<RouteOptions>) {
  return () => camelStack(route);
}

describe('a route as an Integration', () => {
  it('is this', () => {
    const status = `$\{exception.statusCode}`;

    expect(specOf(CamelRendering.INTEGRATION)).toStrictEqual({
      flows: [
        {
          errorHandler: {
            deadLetterChannel: {
              deadLetterUri: DEAD_LETTERS,
              useOriginalMessage: true,
              redeliveryPolicy: { maximumRedeliveries: 3, redeliveryDelay: 2000 },
            },
          },
        },
        {
          onException: {
            exception: ['org.apache.camel.http.base.HttpOperationFailedException'],
            onWhen: { simple: `${status} < 500 && ${status} != 408 && ${status} != 429` },
            useOriginalMessage: true,
            redeliveryPolicy: { maximumRedeliveries: 0 },
          },
        },
        {
          route: {
            id: 'camel-staging-iris',
            from: {
              uri: SOURCE,
              steps: [
                { setHeader: { name: 'Content-Type', constant: 'application/json' } },
                { to: `${URL}?httpMethod=POST&connectTimeout=60000&responseTimeout=60000` },
                { removeHeaders: { pattern: '*', excludePattern: 'CamelPahoMqtt5MsgProperties' } },
                { to: SINK },
              ],
            },
          },
        },
      ],
      dependencies: ['camel:bean'],
      replicas: 1,
      serviceAccountName: 'camel',
      traits: TRAITS,
    });
  });
});

describe('a route as a Pipe', () => {
  it('is this: source, the call as a Kamelet, sink, and an error handler without parameters', () => {
    expect(specOf(CamelRendering.PIPE)).toStrictEqual({
      source: { uri: SOURCE },
      steps: [
        {
          ref: { apiVersion: 'camel.apache.org/v1', kind: 'Kamelet', name: 'camel-ask' },
          properties: { url: URL, timeoutMs: 60_000 },
        },
      ],
      sink: { uri: SINK },
      errorHandler: { sink: { endpoint: { uri: DEAD_LETTERS } } },
      replicas: 1,
      serviceAccountName: 'camel',
      traits: TRAITS,
    });
  });

  it('calls the model in the Kamelet, where the operator does not turn HTTP into CloudEvents', () => {
    const { app } = camelStack({}, { rendering: CamelRendering.PIPE });

    const { definition, template, dependencies } = manifestOf(app, 'Kamelet', 'camel-ask').spec;

    expect(template).toStrictEqual({
      from: {
        uri: 'kamelet:source',
        steps: [
          { setHeader: { name: 'Content-Type', constant: 'application/json' } },
          { to: '{{url}}?httpMethod=POST&connectTimeout={{timeoutMs}}&responseTimeout={{timeoutMs}}' },
          { removeHeaders: { pattern: '*', excludePattern: 'CamelPahoMqtt5MsgProperties' } },
        ],
      },
    });
    expect(Object.keys(definition.properties).toSorted()).toStrictEqual(definition.required.toSorted());
    expect(dependencies).toStrictEqual(['camel:core', 'camel:http', 'camel:kamelet']);
  });
});

describe('a route as a KameletBinding', () => {
  it('is this: as a Pipe, but with traits where Camel K 1 reads them, and calls that are repeated', () => {
    const { runAsNonRoot, ...container } = TRAITS.container;

    expect(specOf(CamelRendering.KAMELET_BINDING)).toStrictEqual({
      source: { uri: SOURCE },
      steps: [
        {
          ref: { apiVersion: 'camel.apache.org/v1alpha1', kind: 'Kamelet', name: 'camel-ask' },
          properties: { url: URL, timeoutMs: 60_000 },
        },
      ],
      sink: { uri: SINK },
      errorHandler: {
        sink: {
          endpoint: { uri: DEAD_LETTERS },
          parameters: { maximumRedeliveries: 3, redeliveryDelay: 2000 },
        },
      },
      replicas: 1,
      serviceAccountName: 'camel',
      integration: { traits: { ...TRAITS, container } },
    });
  });

  it('calls the model in the words of Camel 3', () => {
    const { app } = camelStack({}, { rendering: CamelRendering.KAMELET_BINDING });

    const { template } = manifestOf(app, 'Kamelet', 'camel-ask').spec;

    expect(template.from.steps[1]).toStrictEqual({
      to: '{{url}}?httpMethod=POST&httpClient.connectTimeout={{timeoutMs}}&httpClient.socketTimeout={{timeoutMs}}',
    });
  });
});

describe.each(RENDERINGS)('a route of a CamelConnector, as %s,', (rendering) => {
  it('has topics, model and namespace from one object: the model (A-T10, A-15)', () => {
    const stack = camelStackWithoutRoute({ rendering });
    const model = stack.platform.addModel('other', { ...IRIS, namespace: 'prod' });
    stack.connector.addRoute({ model, clients: [stack.camera] });

    const topics = urisOf(stack.app, 'paho-mqtt5').map((uri) => /^paho-mqtt5:([^?]*)/.exec(uri)?.[1]);
    expect(topics.toSorted()).toStrictEqual(['prod/other/dead-letter', 'prod/other/input', 'prod/other/output']);
    const [url] = urisOf(stack.app, 'http');
    expect(url?.split('?')[0]).toBe(model.predictUrl);
    expect(model.inferenceService.metadata.name).toBe('other');
  });

  it('has no password, neither in clear nor as a hash, but a property of a mounted Secret (A-7, A-T7)', () => {
    const { app } = camelStack({}, { rendering });

    for (const uri of urisOf(app, 'paho-mqtt5')) expect(parametersOf(uri).password).toBe('RAW({{password}})');
    expect(JSON.stringify(camelObjects(app))).toContain('secret:camel-mqtt/password');
    expect(ofKind(camelObjects(app), 'Secret')).toStrictEqual([]);
  });

  it('takes requests and publishes answers at QoS 1 (A-12)', () => {
    const qos = urisOf(camelStack({}, { rendering }).app, 'paho-mqtt5').map((uri) => parametersOf(uri).qos);

    expect(qos).toStrictEqual(['1', '1', '1']);
  });

  it('publishes the answer of the model itself: models need no broker (A-11)', () => {
    const { app } = camelStack({}, { rendering });

    expect(JSON.stringify(manifestOf(app, 'InferenceService', 'iris'))).not.toMatch(/mqtt|mosquitto/i);
    expect(urisOf(app, 'paho-mqtt5').filter((uri) => uri.startsWith('paho-mqtt5:staging/iris/output?'))).toHaveLength(
      1,
    );
  });

  it('has somewhere for requests that get no answer (A-13)', () => {
    const text = JSON.stringify(specOf(rendering));

    expect(text).toContain('paho-mqtt5:staging/iris/dead-letter?');
  });

  it('keeps its session, and shares its client id with no other (A-14, A-T3)', () => {
    const { app, platform, connector, camera } = camelStack({}, { rendering });
    connector.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    const sessions = urisOf(app, 'paho-mqtt5')
      .map(parametersOf)
      .filter(({ cleanStart }) => cleanStart === 'false');

    expect(sessions.map(({ clientId }) => clientId)).toStrictEqual([
      'mosquitto/camel-staging-iris/requests',
      'mosquitto/camel-staging-other/requests',
    ]);
    expect(sessions.every(({ sessionExpiryInterval }) => Number(sessionExpiryInterval) > 0)).toBe(true);
    expect(connector.routes.map(({ clientId }) => clientId)).toStrictEqual(sessions.map(({ clientId }) => clientId));
  });

  it('runs in one pod, which is gone before the next one comes (A-T3)', () => {
    const { replicas, traits, integration } = specOf(rendering);

    expect(replicas).toBe(1);
    expect((traits ?? integration.traits).deployment).toStrictEqual({ strategy: 'Recreate' });
  });
});

describe('the pods of a route', () => {
  const { app } = camelStack();
  const pods = { 'camel.apache.org/integration': 'camel-staging-iris' };

  it('are let in by the broker', () => {
    const { ingress } = manifestOf(app, 'NetworkPolicy', 'mosquitto').spec;

    expect(JSON.stringify(ingress)).toContain(JSON.stringify({ matchLabels: pods }));
  });

  it('ask names, the broker, and the namespaces on the way to their model, and nobody asks them', () => {
    const { podSelector, ingress, egress } = manifestOf(app, 'NetworkPolicy', 'camel-staging-iris').spec;

    expect({ podSelector, ingress }).toStrictEqual({ podSelector: { matchLabels: pods }, ingress: [] });
    expect(egress).toHaveLength(3);
    expect(egress[1].ports).toStrictEqual([{ port: 1883, protocol: 'TCP' }]);
    expect(egress[2].to[0].namespaceSelector.matchExpressions[0].values).toStrictEqual([
      'staging',
      'istio-system',
      'knative-serving',
      'kourier-system',
    ]);
  });
});

describe('the options of a route', () => {
  const all: Required<Omit<RouteOptions, 'model' | 'clients'>> = {
    name: 'night',
    requestTopic: 'hall/frames',
    replyTopic: 'hall/objects',
    deadLetterTopic: 'hall/failed',
    timeout: Duration.millis(65_678),
    concurrency: 1,
  };

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { timeout, concurrency, ...plain } = all;

    expect(unseenProps({ ...plain, timeoutMs: 65_678 }, camelObjects(camelStack(all).app))).toStrictEqual([]);
  });

  it('are what the ACL follows; clients read the reply topic, and no topic of their own', () => {
    const acl: string = manifestOf(camelStack(all).app, 'ConfigMap', 'mosquitto-config').data.acl;

    expect(acl).toContain(
      ['user camel', 'topic write hall/failed', 'topic read hall/frames', 'topic write hall/objects'].join('\n'),
    );
    expect(acl).toContain(['user camera', 'topic write hall/frames', 'topic read hall/objects'].join('\n'));
    expect(acl).not.toContain('hall/objects/');
  });

  it('are what the route says of itself', () => {
    const { route, iris, camera } = camelStack(all);
    const { name, model, clients, requestTopic, replyTopic, deadLetterTopic, timeout, objectName } = route;

    expect({ name, requestTopic, replyTopic, deadLetterTopic, timeout, objectName }).toStrictEqual({
      name: 'night',
      requestTopic: 'hall/frames',
      replyTopic: 'hall/objects',
      deadLetterTopic: 'hall/failed',
      timeout: all.timeout,
      objectName: 'camel-night',
    });
    expect([model, clients]).toStrictEqual([iris, [camera]]);
  });

  it('model is asked by the protocol it speaks', () => {
    const stack = camelStackWithoutRoute();
    const model = stack.platform.addModel('v2', { ...IRIS, protocol: InferenceProtocol.V2 });
    stack.connector.addRoute({ model, clients: [stack.camera] });

    expect(urisOf(stack.app, 'http')[0]).toContain('http://v2.staging.svc.cluster.local/v2/models/v2/infer?');
  });

  it.each<[string, Partial<BridgeRouteOptions>]>([
    ['ordering', { ordering: RouteOrdering.none() }],
    ['retained', { retained: RetainedRequests.PROCESS }],
    ['requestQos', { requestQos: MqttQos.EXACTLY_ONCE }],
    ['replyQos', { replyQos: MqttQos.EXACTLY_ONCE }],
    ['request', { request: RequestMapping.raw() }],
    ['replyBody', { replyBody: ReplyMapping.path('$') }],
    ['replyUserProperties', { replyUserProperties: ['device'] }],
    ['batch', { batch: {} }],
    ['retry', { retry: { attempts: 2 } }],
    ['breaker', { breaker: {} }],
    ['headers', { headers: {} }],
    ['maxReplyBytes', { maxReplyBytes: 1_000 }],
  ])('%s is for bridges', (option, route) => {
    expectRefusal(add(route), {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: `"${option}"`,
      rule: 'Camel hands requests and answers on as they are',
    });
  });

  it('the model may not be one that is asked by gRPC', () => {
    const stack = camelStackWithoutRoute();
    const grpc = { ...IRIS, protocol: InferenceProtocol.V2, grpcPort: 8081 };
    const model = stack.platform.addModel('grpc', grpc);

    expectRefusal(() => stack.connector.addRoute({ model, clients: [stack.camera] }), {
      code: 'EDGE_ERR_ROUTE_MODEL',
      value: '"staging/grpc"',
      rule: 'it is asked by gRPC, and Camel asks by HTTP',
    });
  });

  it.each([2, 64, 10_000])('concurrency may not be %i: Camel answers one request at a time', (concurrency) => {
    expectRefusal(add({ concurrency }), {
      code: 'EDGE_ERR_VALUE',
      value: String(concurrency),
      rule: 'Camel answers one request before it takes the next',
    });
  });

  it.each(['requestTopic', 'replyTopic', 'deadLetterTopic'])('%s may not be one that a URI would change', (prop) => {
    for (const topic of ['/a', 'a b', 'a?b', 'a%20b', 'a//b']) {
      expectRefusal(add({ [prop]: topic }), {
        code: 'EDGE_ERR_ROUTE_TOPIC',
        value: `"${topic}"`,
        rule: 'Camel reads it from a URI',
      });
    }
  });

  it.each([
    [{ requestTopic: 'a/#' }, 'EDGE_ERR_ROUTE_TOPIC', '"a/#"', 'no wildcard'],
    [{ timeout: Duration.seconds(0) }, 'EDGE_ERR_VALUE', '"0 s"', 'a model needs some time to answer'],
    [{ clients: [] }, 'EDGE_ERR_ROUTE_CLIENT', '"[]"', 'nobody may publish to'],
    [{ model: undefined }, 'EDGE_ERR_ROUTE_MODEL', 'undefined', 'the models of this app are: staging/iris'],
    [{ requestTopic: 'a', replyTopic: 'a' }, 'EDGE_ERR_ROUTE_CONFLICT', '"staging/iris"', 'takes as requests'],
  ] as const)('%j is refused as by a bridge', (options, code, value, rule) => {
    expectRefusal(add(options as unknown as Partial<RouteOptions>), { code, value, rule });
  });

  it('name may not be one that the object of the route cannot have', () => {
    expectRefusal(add({ name: 'detect objects' }), {
      code: 'EDGE_ERR_NAME',
      value: '"camel-detect objects"',
      rule: 'only a-z',
    });
    expectRefusal(add({ name: 'a'.repeat(58) }), {
      code: 'EDGE_ERR_NAME',
      value: `"camel-${'a'.repeat(58)}"`,
      rule: 'at most 63 characters',
    });
    expect(add({ name: 'a'.repeat(57) })).not.toThrow();
  });

  it('name may not lead to the object of another route', () => {
    const { connector, iris, camera } = camelStack();
    const options = { model: iris, clients: [camera], requestTopic: 'x' };

    expectRefusal(() => connector.addRoute({ ...options, name: 'staging-iris' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"camel-staging-iris"',
      rule: 'route staging/iris has it',
    });
    expectRefusal(() => connector.addRoute(options), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris"',
      rule: 'two routes are named "staging/iris"',
    });
  });

  it('clients gain nothing from a route that is refused, and it leaves no object', () => {
    const stack = camelStack();
    const before = synthesize(stack.app);
    const late = { model: stack.iris, clients: [stack.camera], name: 'late', requestTopic: 'late' };

    expect(() => stack.connector.addRoute({ ...late, concurrency: 2 })).toThrow('EDGE_ERR_VALUE');
    expect(() => stack.connector.addRoute({ ...late, replyTopic: 'late' })).toThrow('EDGE_ERR_ROUTE_CONFLICT');

    expect(synthesize(stack.app)).toStrictEqual(before);
    expect(stack.connector.routes).toHaveLength(1);
  });
});

describe('a bridge and a CamelConnector of one broker', () => {
  const code = BridgeCode.fromImage(BRIDGE_IMAGE);

  it('do not take requests from one topic, whichever comes first', () => {
    const { app, broker, iris, camera, connector } = camelStackWithoutRoute();
    const bridge = new InferenceBridge(app, 'bridge', { broker, code });
    bridge.addRoute({ model: iris, clients: [camera] });
    connector.addRoute({ model: iris, clients: [camera], name: 'other', requestTopic: 'other' });

    const refusal = { code: 'EDGE_ERR_ROUTE_CONFLICT', rule: 'every request would be answered twice' } as const;
    expectRefusal(() => connector.addRoute({ model: iris, clients: [camera] }), {
      ...refusal,
      value: '"staging/iris/input"',
    });
    expectRefusal(() => bridge.addRoute({ model: iris, clients: [camera], name: 'b', requestTopic: 'other' }), {
      ...refusal,
      value: '"other"',
    });
  });

  it('do not send a request round for ever', () => {
    const { app, broker, iris, camera, connector } = camelStackWithoutRoute();
    const bridge = new InferenceBridge(app, 'bridge', { broker, code });
    bridge.addRoute({ model: iris, clients: [camera], requestTopic: 'a', replyTopic: 'b' });

    expectRefusal(() => connector.addRoute({ model: iris, clients: [camera], requestTopic: 'b', replyTopic: 'a' }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris"',
      rule: 'comes back to its request topic "b"',
    });
  });

  it('have different client ids, also when they are called the same (A-T3)', () => {
    const app = new EdgeApp();
    const { broker, iris, camera, connector } = camelStackWithoutRoute({ broker: brokerIn(app) }, app);
    const bridge = new InferenceBridge(app, 'bridge', { broker, code, name: 'camel-staging-iris' });
    const route = connector.addRoute({ model: iris, clients: [camera] });

    expect([bridge.clientId, `${bridge.clientId}/replies`]).not.toContain(route.clientId);
  });
});

describe('two brokers', () => {
  it('may have a connector each for one model', () => {
    const { app, iris } = camelStack();
    const other = brokerIn(app, { name: 'other', namespace: 'elsewhere' }, 'other');
    const connector = new CamelConnector(app, 'second', { broker: other });

    connector.addRoute({ model: iris, clients: [deviceOf(other, 'camera')] });

    expect(() => synthesize(app)).not.toThrow();
  });
});
