import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../bridge/config';
import {
  type BridgeRouteOptions,
  BridgeScaling,
  type InferenceModel,
  InferenceProtocol,
  MqttQos,
  ReplyMapping,
  RequestMapping,
  RetainedRequests,
  type RouteBatchOptions,
  type RouteBreakerOptions,
  type RouteOptions,
  RouteOrdering,
  type RouteRetryOptions,
  TensorDatatype,
} from '../../../lib';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { IRIS, irisStack, stackWithoutRoute } from '../support/stacks';

type Options = Partial<BridgeRouteOptions>;

/** A route as it is written for the bridge, which takes it. */
function written(options: Options, model: (stack: ReturnType<typeof stackWithoutRoute>) => InferenceModel) {
  const stack = stackWithoutRoute();
  stack.bridge.addRoute({ model: model(stack), clients: [stack.camera], ...options });
  const config = parse(manifestOf(stack.app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);
  parseBridgeConfig(config);
  return config.routes[0];
}

const V2 = { ...IRIS, protocol: InferenceProtocol.V2 };
const ofIris = (options: Options) => written(options, ({ iris }) => iris);
const ofV2 = (options: Options) => written(options, ({ platform }) => platform.addModel('v2', V2));
const addRoute = (options: Options) => () => irisStack(options);
const addV2Route = (options: Options) => () => ofV2(options);

const TENSOR = { name: 'samples', datatype: TensorDatatype.FP32 };

describe('all options of a route that only a bridge has', () => {
  it('are in its configuration', () => {
    const retry: Required<RouteRetryOptions> = {
      attempts: 7,
      minDelay: Duration.millis(11),
      maxDelay: Duration.seconds(13),
    };
    const breaker: Required<RouteBreakerOptions> = { failures: 17, openFor: Duration.millis(1_900) };
    const batch: Required<RouteBatchOptions> = { maxItems: 23, maxDelay: Duration.millis(29), maxBytes: 31_337 };
    const all: Required<Omit<BridgeRouteOptions, keyof RouteOptions>> = {
      ordering: RouteOrdering.perUserProperty('device'),
      retained: RetainedRequests.PROCESS,
      requestQos: MqttQos.EXACTLY_ONCE,
      replyQos: MqttQos.EXACTLY_ONCE,
      request: RequestMapping.v1({ path: '$.data' }),
      replyBody: ReplyMapping.path('$.predictions[0]'),
      replyUserProperties: ['device', 'site'],
      batch,
      retry,
      breaker,
      headers: { 'x-tenant': 'hall-3' },
      maxReplyBytes: 37_000,
    };

    const { name, requestTopic, deadLetter, ...route } = ofIris(all);

    expect(route).toStrictEqual({
      qos: 2,
      retained: 'process',
      ordering: { userProperty: 'device' },
      model: {
        url: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
        timeoutSeconds: 60,
        retry: { attempts: 7, minMs: 11, maxMs: 13_000 },
        breaker: { failures: 17, openSeconds: 1.9 },
        maxReplyBytes: 37_000,
        headers: { 'x-tenant': 'hall-3' },
      },
      request: { as: 'v1', path: '$.data' },
      batch: { maxItems: 23, maxDelayMs: 29, maxBytes: 31_337 },
      reply: {
        topic: 'staging/iris/output',
        body: { path: '$.predictions[0]' },
        qos: 2,
        allowedResponseTopics: ['staging/iris/output/+'],
        userProperties: ['device', 'site'],
      },
    });
  });
});

describe('the ordering of a route', () => {
  it.each([
    ['none', RouteOrdering.none(), 'none'],
    ['of all its requests', RouteOrdering.perTopic(), 'topic'],
    ['of those with one value of a user property', RouteOrdering.perUserProperty('device'), { userProperty: 'device' }],
  ])('may be %s', (_, ordering, config) => {
    expect(ofIris({ ordering }).ordering).toStrictEqual(config);
  });

  it('may not be by a user property without a name', () => {
    expectRefusal(() => RouteOrdering.perUserProperty(''), {
      code: 'EDGE_ERR_NAME',
      value: '""',
      rule: 'requests are told apart by its value',
    });
  });

  it.each([
    ['topic', RouteOrdering.perTopic()],
    ['device', RouteOrdering.perUserProperty('device')],
  ])('cannot be kept by several pods (%s)', (value, ordering) => {
    expectRefusal(() => irisStack({ ordering }, { scaling: BridgeScaling.fixed(2) }), {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: `"${value}"`,
      rule: "the pods of a bridge share its routes' requests",
    });
  });

  it('may be said to be none in a bridge of several pods', () => {
    expect(() => irisStack({ ordering: RouteOrdering.none() }, { scaling: BridgeScaling.fixed(2) })).not.toThrow();
  });

  it('of all requests leaves no use for several calls at a time, nor for a batch', () => {
    const rule = 'with RouteOrdering.perTopic() a route asks about one request at a time';
    const ordering = RouteOrdering.perTopic();

    expectRefusal(addRoute({ ordering, concurrency: 2 }), { code: 'EDGE_ERR_ROUTE_OPTIONS', value: '2', rule });
    expectRefusal(addRoute({ ordering, batch: {} }), { code: 'EDGE_ERR_ROUTE_OPTIONS', value: '"set"', rule });
  });

  it('of all requests may be said along with one call at a time', () => {
    expect(ofIris({ ordering: RouteOrdering.perTopic(), concurrency: 1 }).concurrency).toBe(1);
  });
});

describe('retained requests', () => {
  it('never come to the pods of a group, so nobody can ask for them there', () => {
    const options = { retained: RetainedRequests.PROCESS };

    expectRefusal(() => irisStack(options, { scaling: BridgeScaling.fixed(2) }), {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: '"process"',
      rule: 'brokers deliver no retained messages to clients that share a subscription',
    });
  });
});

describe('a mapping', () => {
  it.each([
    ['V2', addRoute({ request: RequestMapping.v2([TENSOR]) }), 'model staging/iris speaks V1'],
    ['V1', addV2Route({ request: RequestMapping.v1() }), 'model staging/v2 speaks V2'],
  ])('to %s is not for a model of the other protocol', (protocol, action, rule) => {
    expectRefusal(action, { code: 'EDGE_ERR_ROUTE_OPTIONS', value: `"a mapping to ${protocol}"`, rule });
  });

  it('of a reply finds no outputs in what V1 answers', () => {
    expectRefusal(addRoute({ replyBody: ReplyMapping.output('probabilities') }), {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: '"probabilities"',
      rule: 'model staging/iris speaks V1, whose answers have no outputs',
    });
  });

  it('to bare bytes is nothing for gRPC', () => {
    const add = () =>
      written({ request: RequestMapping.rawBytes() }, ({ platform }) =>
        platform.addModel('grpc', { ...V2, grpcPort: 8081 }),
      );

    expectRefusal(add, {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: '"RequestMapping.rawBytes()"',
      rule: 'model staging/grpc is asked by gRPC',
    });
  });
});

describe('a batch', () => {
  it.each([
    ['bytes', addRoute({ batch: {}, request: RequestMapping.rawBytes() })],
    ['fields', addRoute({ batch: {}, request: RequestMapping.v1({ fields: { signature_name: 'raw' } }) })],
    ['binary tensors', addV2Route({ batch: {}, request: RequestMapping.v2([{ ...TENSOR, binary: true }]) })],
  ])('takes no requests with %s', (what, action) => {
    expectRefusal(action, {
      code: 'EDGE_ERR_ROUTE_OPTIONS',
      value: `"a mapping ${what === 'fields' ? 'with' : 'to'} ${what}"`,
      rule: 'only bodies of nothing but instances, or inputs in JSON, can share a call',
    });
  });

  it('takes requests that are mapped to instances, or to inputs in JSON', () => {
    expect(ofIris({ batch: {}, request: RequestMapping.v1({ fields: {} }) }).batch).toStrictEqual({});
    expect(ofV2({ batch: {}, request: RequestMapping.v2([TENSOR]) }).batch).toStrictEqual({});
  });

  it.each([
    [15, 16],
    [15, undefined],
    [2, 3],
  ])('that %i calls at a time never fill is worth a warning', (concurrency, maxItems) => {
    const { app } = irisStack({ concurrency, batch: { maxItems } });

    expect(app.warnings.filter((warning) => warning.includes('no batch is ever full'))).toHaveLength(1);
  });

  it('that is filled is worth none', () => {
    const { app } = irisStack({ concurrency: 16, batch: {} });

    expect(app.warnings.filter((warning) => warning.includes('batch'))).toStrictEqual([]);
  });
});

describe('headers of a route', () => {
  it.each(['Authorization', 'cookie', 'Proxy-Authorization'])('are no place for %s', (name) => {
    expectRefusal(addRoute({ headers: { 'x-tenant': 'a', [name]: 'the secret itself' } }), {
      code: 'EDGE_ERR_PLAIN_SECRET',
      value: `"${name}"`,
      rule: 'everybody who may read the ConfigMap',
    });
  });
});

describe('what the bridge would not start with', () => {
  it.each<[string, Options]>([
    ['model.retry.attempts is 0', { retry: { attempts: 0 } }],
    ['model.retry.attempts is 101', { retry: { attempts: 101 } }],
    ['model.retry has a minMs above its maxMs', { retry: { minDelay: Duration.seconds(6) } }],
    ['model.breaker.failures is 0', { breaker: { failures: 0 } }],
    ['model.breaker.openSeconds is 0', { breaker: { openFor: Duration.seconds(0) } }],
    ['model.maxReplyBytes is 0', { maxReplyBytes: 0 }],
    ['model.headers has the header "x y"', { headers: { 'x y': 'a' } }],
    ['batch.maxItems is 1', { batch: { maxItems: 1 } }],
    ['batch.maxDelayMs is 1001', { batch: { maxDelay: Duration.millis(1_001) } }],
    ['qos is 3', { requestQos: 3 as MqttQos }],
    ['reply.qos is 0', { replyQos: MqttQos.AT_MOST_ONCE }],
    ['retained is "all"', { retained: 'all' as RetainedRequests }],
    ['reply.userProperties[0] is ""', { replyUserProperties: [''] }],
    ['request.path is "data"', { request: RequestMapping.v1({ path: 'data' }) }],
    ['request.schema is no JSON Schema', { request: RequestMapping.raw({ schema: { type: 'thing' } }) }],
    ['request.maxPayloadBytes is 0', { request: RequestMapping.rawBytes({ maxPayloadBytes: 0 }) }],
    ['request.fields.a is nothing that JSON can write', { request: RequestMapping.v1({ fields: { a: () => 1 } }) }],
    ['reply.body.path is "x"', { replyBody: ReplyMapping.path('x') }],
  ])('is refused with what it would say: %s', (problem, options) => {
    expect(addRoute(options)).toThrow(/^EDGE_ERR_BRIDGE_CONFIG: what the bridge says to route staging\/iris is "/);
    expect(addRoute(options)).toThrow(problem);
  });

  it.each<[string, Options]>([
    ['FP16', { request: RequestMapping.v2([{ name: 'a', datatype: TensorDatatype.FP16 }]) }],
    ['shape', { request: RequestMapping.v2([{ ...TENSOR, shape: [-1, -1] }]) }],
    ['two tensors "samples"', { request: RequestMapping.v2([TENSOR, TENSOR]) }],
    ['request.tensors is []', { request: RequestMapping.v2([]) }],
  ])('is refused of a model that speaks V2 too: %s', (problem, options) => {
    expect(addV2Route(options)).toThrow(/^EDGE_ERR_BRIDGE_CONFIG/);
    expect(addV2Route(options)).toThrow(problem);
  });

  it('leaves no trace: the route can be added right', () => {
    const stack = stackWithoutRoute();
    const route = { model: stack.iris, clients: [stack.camera] };
    expect(() => stack.bridge.addRoute({ ...route, maxReplyBytes: 0 })).toThrow('EDGE_ERR_BRIDGE_CONFIG');

    stack.bridge.addRoute(route);

    expect(stack.bridge.routes.map(({ name }) => name)).toStrictEqual(['staging/iris']);
  });
});

describe('a route to a model that is asked by gRPC', () => {
  it('leads to the name of the model at the server', () => {
    const { model } = written({}, ({ platform }) => platform.addModel('digits', { ...V2, grpcPort: 8081 }));

    expect(model).toStrictEqual({ url: 'grpc://digits.staging.svc.cluster.local/digits', timeoutSeconds: 60 });
  });

  it('has no header that gRPC writes itself', () => {
    const add = () =>
      written({ headers: { te: 'trailers' } }, ({ platform }) => platform.addModel('a', { ...V2, grpcPort: 8081 }));

    expect(add).toThrow(/^EDGE_ERR_BRIDGE_CONFIG.*has a header "te", which gRPC writes itself/);
  });
});
