import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { type BridgeConfigInput, parseBridgeConfig } from '../../../bridge/config';
import { EdgeApp, type InferenceModel, InferenceProtocol, type RouteOptions } from '../../../lib';
import { unseenProps } from '../../../lib/testing';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { brokerIn, deviceOf, IRIS, type IrisStack, irisStack, platformIn, stackWithoutRoute } from '../support/stacks';

/** The routes as they are written for the bridge, which takes them. */
function configuredRoutes({ app }: IrisStack): BridgeConfigInput['routes'] {
  const config = parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);
  parseBridgeConfig(config);
  return config.routes;
}

function aclOf({ app }: IrisStack): string {
  return manifestOf(app, 'ConfigMap', 'mosquitto-config').data.acl;
}

const addRoute = (options: Partial<RouteOptions>) => () => irisStack(options);

describe('a route without options', () => {
  it('leads from the input topic of the model through the model to its output topic', () => {
    expect(configuredRoutes(irisStack())).toStrictEqual([
      {
        name: 'staging/iris',
        requestTopic: 'staging/iris/input',
        model: {
          url: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
          timeoutSeconds: 60,
        },
        reply: { topic: 'staging/iris/output', allowedResponseTopics: ['staging/iris/output/+'] },
        deadLetter: { topic: 'staging/iris/dead-letter' },
      },
    ]);
  });

  it('tells what it has become', () => {
    const { bridge, iris, camera } = stackWithoutRoute();

    const route = bridge.addRoute({ model: iris, clients: [camera] });

    expect({ ...route, timeout: route.timeout.toSeconds() }).toStrictEqual({
      name: 'staging/iris',
      model: iris,
      clients: [camera],
      requestTopic: 'staging/iris/input',
      replyTopic: 'staging/iris/output',
      deadLetterTopic: 'staging/iris/dead-letter',
      allowedResponseTopics: ['staging/iris/output/+'],
      timeout: 60,
    });
    expect(bridge.routes).toStrictEqual([route]);
  });

  it('asks a model that speaks V2 by V2', () => {
    const stack = stackWithoutRoute();
    const model = stack.platform.addModel('v2', { ...IRIS, protocol: InferenceProtocol.V2 });
    stack.bridge.addRoute({ model, clients: [stack.camera] });

    expect(configuredRoutes(stack)[0]?.model.url).toBe('http://v2.staging.svc.cluster.local/v2/models/v2/infer');
  });

  it("waits as long as the model's own timeout", () => {
    const stack = stackWithoutRoute();
    const model = stack.platform.addModel('slow', { ...IRIS, timeout: Duration.minutes(5) });
    stack.bridge.addRoute({ model, clients: [stack.camera] });

    expect(configuredRoutes(stack)[0]?.model.timeoutSeconds).toBe(300);
  });
});

describe('the options of a route', () => {
  const stack = stackWithoutRoute();
  const all: Required<RouteOptions> = {
    name: 'detect objects',
    model: stack.iris,
    clients: [stack.camera],
    requestTopic: 'hall/frames',
    replyTopic: 'hall/objects',
    deadLetterTopic: 'hall/failed',
    timeout: Duration.seconds(75),
    concurrency: 987,
  };
  stack.bridge.addRoute(all);

  it('are all found in the manifests, as far as they are texts and numbers', () => {
    const { model, clients, timeout, ...plain } = all;

    expect(unseenProps(plain, [manifestOf(stack.app, 'ConfigMap', 'bridge-config')])).toStrictEqual([]);
  });

  it('are all in the configuration', () => {
    expect(configuredRoutes(stack)).toStrictEqual([
      {
        name: 'detect objects',
        requestTopic: 'hall/frames',
        concurrency: 987,
        model: {
          url: 'http://iris.staging.svc.cluster.local/v1/models/iris:predict',
          timeoutSeconds: 75,
        },
        reply: { topic: 'hall/objects', allowedResponseTopics: ['hall/objects/+'] },
        deadLetter: { topic: 'hall/failed' },
      },
    ]);
  });

  it('are what the ACL follows', () => {
    expect(aclOf(stack)).toBe(
      [
        'user bridge',
        'topic read $SYS/broker/publish/messages/dropped',
        'topic write hall/failed',
        'topic read hall/frames',
        'topic write hall/objects',
        'topic write hall/objects/+',
        '',
        'user camera',
        'topic write hall/frames',
        'topic read hall/objects',
        'topic read hall/objects/camera',
        '',
      ].join('\n'),
    );
  });

  it('clients are those of the call: a list that grows later changes nothing', () => {
    const { bridge, iris, camera, broker } = stackWithoutRoute();
    const clients = [camera];
    const route = bridge.addRoute({ model: iris, clients });

    clients.push(deviceOf(broker, 'late'));

    expect(route.clients).toStrictEqual([camera]);
  });

  it('name tells the second route to a model from the first', () => {
    const { bridge, iris, camera } = irisStack();

    const second = bridge.addRoute({ name: 'night', model: iris, clients: [camera], requestTopic: 'night/input' });

    expect(bridge.routes.map(({ name }) => name)).toStrictEqual(['staging/iris', 'night']);
    expect(second.replyTopic).toBe('staging/iris/output');
  });

  it('name may not be missing for the second route to a model', () => {
    const { bridge, iris, camera } = irisStack();

    expectRefusal(() => bridge.addRoute({ model: iris, clients: [camera], requestTopic: 'night/input' }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris"',
      rule: 'two routes are named "staging/iris"',
    });
  });

  it('name may not be empty', () => {
    expectRefusal(addRoute({ name: '' }), {
      code: 'EDGE_ERR_NAME',
      value: '""',
      rule: 'metrics and logs tell routes apart by name',
    });
  });

  it.each(['requestTopic', 'replyTopic', 'deadLetterTopic'])(
    '%s names one topic that clients may publish to',
    (prop) => {
      for (const [topic, rule] of [
        ['', 'at least one character'],
        ['a/+', 'no wildcard (+ or #)'],
        ['a/#', 'no wildcard (+ or #)'],
        ['$SYS/a', 'topics that begin with $ belong to the broker'],
        ['a\nb', 'no control characters'],
        ['a'.repeat(65_536), 'at most 65535 bytes'],
      ] as const) {
        expectRefusal(addRoute({ [prop]: topic }), { code: 'EDGE_ERR_ROUTE_TOPIC', value: `"${topic}"`, rule });
      }
    },
  );

  it.each(['requestTopic', 'replyTopic', 'deadLetterTopic'])('%s is named in the refusal', (prop) => {
    expect(addRoute({ [prop]: '+' })).toThrow(`EDGE_ERR_ROUTE_TOPIC: ${prop} of route staging/iris is "+"`);
  });

  it.each([60_000, 61_500, 600_000])('timeout may be %i ms', (milliseconds) => {
    const [route] = configuredRoutes(irisStack({ timeout: Duration.millis(milliseconds) }));

    expect(route?.model.timeoutSeconds).toBe(milliseconds / 1000);
  });

  it("timeout may not be shorter than the model's (X-6)", () => {
    expectRefusal(addRoute({ timeout: Duration.seconds(59) }), {
      code: 'EDGE_ERR_TIMEOUT',
      value: '"59 s"',
      rule: 'model staging/iris may take 60 s',
    });
  });

  it('timeout may not be nothing', () => {
    expectRefusal(addRoute({ timeout: Duration.seconds(0) }), {
      code: 'EDGE_ERR_VALUE',
      value: '"0 s"',
      rule: 'a model needs some time to answer',
    });
  });

  it('timeout may not be longer than timers run', () => {
    expectRefusal(addRoute({ timeout: Duration.days(30) }), {
      code: 'EDGE_ERR_VALUE',
      value: '"2592000 s"',
      rule: 'timers run for at most',
    });
  });

  it.each([2_147_473, 2_147_474, 2_147_483])(
    'timeout of %i s is refused, or it leaves a configuration that the bridge takes, with the time it drains',
    (seconds) => {
      const configure = () => configuredRoutes(irisStack({ timeout: Duration.seconds(seconds) }));

      expect(configure).not.toThrow('BRIDGE_ERR_CONFIG');
    },
  );

  it.each([1, 10_000])('concurrency may be %i', (concurrency) => {
    expect(configuredRoutes(irisStack({ concurrency }))[0]?.concurrency).toBe(concurrency);
  });

  it.each([0, -1, 10_001, 1.5, Number.NaN])('concurrency may not be %d', (concurrency) => {
    expectRefusal(addRoute({ concurrency }), {
      code: 'EDGE_ERR_VALUE',
      value: String(concurrency),
      rule: 'it is a whole number from 1 to 10000',
    });
  });
});

describe('the model of a route', () => {
  const add = (model: unknown) => () => irisStack({ model: model as InferenceModel });

  it.each([
    ['staging/iris', '"staging/iris"'],
    [undefined, 'undefined'],
    [null, 'null'],
    [{}, '[object Object]'],
  ])('may not be %s', (model, value) => {
    const stack = stackWithoutRoute();
    const options = { model: model as unknown as InferenceModel, clients: [stack.camera] };

    expectRefusal(() => stack.bridge.addRoute(options), {
      code: 'EDGE_ERR_ROUTE_MODEL',
      value,
      rule: 'the models of this app are: staging/iris',
    });
  });

  it('may not be one of another app', () => {
    const stranger = platformIn(new EdgeApp()).addModel('stranger', IRIS);

    expectRefusal(add(stranger), {
      code: 'EDGE_ERR_ROUTE_MODEL',
      value: '"staging/stranger of another app"',
      rule: 'the models of this app are: staging/iris',
    });
  });

  it('may be one that was added after the bridge', () => {
    const stack = stackWithoutRoute();
    const model = stack.platform.addModel('late', { ...IRIS, namespace: 'prod' });

    expect(stack.bridge.addRoute({ model, clients: [stack.camera] }).requestTopic).toBe('prod/late/input');
  });
});

describe('the clients of a route', () => {
  it('may not be none', () => {
    expectRefusal(addRoute({ clients: [] }), {
      code: 'EDGE_ERR_ROUTE_CLIENT',
      value: '"[]"',
      rule: 'the request topic would be one that nobody may publish to',
    });
  });

  it('may not include a user of another broker, also not one of the same name', () => {
    const stack = stackWithoutRoute();
    const stranger = deviceOf(brokerIn(stack.app, { name: 'other' }, 'other'), 'camera');

    expectRefusal(() => stack.bridge.addRoute({ model: stack.iris, clients: [stack.camera, stranger] }), {
      code: 'EDGE_ERR_ROUTE_CLIENT',
      value: '"camera"',
      rule: 'it is no user of broker broker',
    });
  });

  it('may be several, of which each reads its own reply topic only', () => {
    const stack = stackWithoutRoute();
    const clients = [stack.camera, deviceOf(stack.broker, 'alarm')];
    stack.bridge.addRoute({ model: stack.iris, clients });

    const acl = aclOf(stack);

    expect(acl).toContain('user alarm\ntopic write staging/iris/input\ntopic read staging/iris/output\n');
    expect(acl.match(/^topic read staging\/iris\/output\/.*$/gm)).toStrictEqual([
      'topic read staging/iris/output/alarm',
      'topic read staging/iris/output/camera',
    ]);
  });

  it('gain nothing from a route that is refused', () => {
    const stack = irisStack();
    const before = aclOf(stack);
    const wrong = { model: stack.iris, clients: [deviceOf(stack.broker, 'alarm')], replyTopic: '+' };

    expect(() => stack.bridge.addRoute({ ...wrong, name: 'wrong', requestTopic: 'other' })).toThrow(/^EDGE_ERR_ROUTE/);

    expect(aclOf(stack)).toBe(`user alarm\n\n${before}`);
  });
});

describe('two routes', () => {
  it('may not take requests from one topic within a bridge', () => {
    const { bridge, iris, camera } = irisStack();

    expectRefusal(
      () => bridge.addRoute({ name: 'again', model: iris, clients: [camera], requestTopic: 'staging/iris/input' }),
      {
        code: 'EDGE_ERR_ROUTE_CONFLICT',
        value: '"again"',
        rule: 'routes "staging/iris" and "again" both take requests from "staging/iris/input"',
      },
    );
  });

  it.each([
    ['replies', { replyTopic: 'a' }],
    ['dead letters', { deadLetterTopic: 'a' }],
    ['allowed response topics', { replyTopic: 'b', requestTopic: 'b/a' }],
  ])('may not be one that takes its own %s for requests', (what, topics) => {
    expectRefusal(addRoute({ requestTopic: 'a', ...topics }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"staging/iris"',
      rule: `publishes its ${what} to`,
    });
  });

  it('may not feed each other', () => {
    const { bridge, iris, camera } = irisStack({ replyTopic: 'x' });

    expectRefusal(() => bridge.addRoute({ name: 'back', model: iris, clients: [camera], requestTopic: 'x' }), {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"back"',
      rule: 'route "staging/iris" publishes its replies to "x", which route "back" takes as requests',
    });
  });

  it('may share their reply topic and their dead letters', () => {
    const { bridge, iris, camera } = irisStack({ replyTopic: 'x', deadLetterTopic: 'y' });

    const shared = { requestTopic: 'other', replyTopic: 'x', deadLetterTopic: 'y' };
    bridge.addRoute({ name: 'other', model: iris, clients: [camera], ...shared });

    expect(bridge.routes).toHaveLength(2);
  });
});
