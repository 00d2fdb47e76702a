import { describe, expect, it } from 'vitest';
import { parseConfig, parseProviderConfig } from '../../../bridge/config';
import { configInput } from '../support/config';
import { type AmqpRouteChanges, amqpRouteInput, providerInput } from '../support/provider-config';

/** The lines of what is wrong. */
function problems(value: unknown): string[] {
  try {
    parseConfig(value);
  } catch (error) {
    const [head = '', ...lines] = (error as Error).message.split('\n');
    expect(head).toMatch(/^BRIDGE_ERR_CONFIG: configuration/);
    return lines.map((line) => line.trim());
  }
  return [];
}

const withRoute = (...routes: AmqpRouteChanges[]) => providerInput({ routes: routes.map(amqpRouteInput) });
const withAmqp = (amqp: object) => ({ ...providerInput(), amqp: { ...providerInput().amqp, ...amqp } });

describe('the configuration of a provider', () => {
  it('has a default for everything but where things are', () => {
    expect(parseProviderConfig(providerInput())).toStrictEqual({
      amqp: {
        url: 'amqp://rabbitmq.example',
        username: 'provider',
        passwordFile: '/secrets/password',
        connectionName: 'edge-inference-{hostname}',
        heartbeatSeconds: 30,
        connectTimeoutSeconds: 10,
        watchdogSeconds: 60,
        reconnect: { minMs: 250, maxMs: 30_000 },
        declare: true,
        consumerTimeoutSeconds: 1_800,
      },
      delivery: { drainTimeoutSeconds: 310 },
      routes: [
        {
          name: 'fib',
          queue: {
            name: 'fib',
            type: 'quorum',
            exchange: 'ML.MQ',
            bindingKeys: ['predict.*'],
            deliveryLimit: 20,
          },
          captures: {},
          concurrency: 64,
          model: {
            url: 'http://mlx.example:8080/predict',
            timeoutSeconds: 300,
            retry: { attempts: 3, minMs: 200, maxMs: 5_000 },
            breaker: { failures: 20, openSeconds: 2 },
            maxReplyBytes: 16_777_216,
            headers: {},
          },
          reply: { allowedReplyTo: ['amq.rabbitmq.reply-to.*', 'amq.gen-*'] },
          headers: { toModel: ['RqUID'], toReply: ['RqUID'], fromModel: [] },
          retry: { attempts: 6, delaySeconds: 60, queue: 'fib.delay-60s' },
          parking: { queue: 'fib.parked' },
        },
      ],
      http: { host: '0.0.0.0', port: 9464 },
      log: { level: 'info' },
    });
  });

  it('is told from that of a bridge by its keys, and checked by its own rules', () => {
    expect(problems({ ...providerInput(), amqp: { ...providerInput().amqp, clientId: 'a' } })[0]).toMatch(
      /^amqp has the unknown key "clientId". Known here: url, username,/,
    );
    expect(problems(withRoute({ queue: { prefetch: 3 } as never }))[0]).toBe(
      'routes[0].queue has the unknown key "prefetch". Known here: name, type, exchange, bindingKeys, deliveryLimit, maxLength',
    );
    expect(problems({ ...configInput(), routes: [{ ...configInput().routes[0], queue: {} }] })[0]).toMatch(
      /^routes\[0\] has the unknown key "queue". Known here: name, requestTopic,/,
    );
  });

  it('has one broker', () => {
    expect(() => parseConfig({ ...configInput(), ...providerInput() })).toThrow(
      'has amqp and broker, but one process takes its requests from one broker. Run one for each',
    );
  });

  it.each([
    ['a password in the URL', { url: 'amqp://a:b@rabbitmq' }, 'Use amqp.username and amqp.passwordFile'],
    ['another protocol', { url: 'mqtt://rabbitmq' }, 'must be a URL that begins with amqp://, amqps://'],
    ['options in the URL', { url: 'amqp://rabbitmq?heartbeat=5' }, 'behind which nothing is looked at'],
    ['a path of several parts', { url: 'amqp://rabbitmq/a/b' }, 'Write %2F for it'],
    ['a path that cannot be read', { url: 'amqp://rabbitmq/%zz' }, 'Write %25 for a percent sign'],
    ['a user without a password', { passwordFile: undefined }, 'has one of username and passwordFile'],
    ['nobody who connects', { username: undefined, passwordFile: undefined }, 'says nowhere who connects'],
    ['certificates in clear', { tls: { caFile: 'ca.pem' } }, 'has tls and a URL that is not amqps://'],
    ['half a key pair', { url: 'amqps://rabbitmq', tls: { keyFile: 'a.key' } }, 'certFile and keyFile belong together'],
  ])('refuses %s', (_what, amqp, problem) => {
    expect(problems(withAmqp(amqp)).join('\n')).toContain(problem);
  });

  it('may connect by a certificate alone', () => {
    const tls = { certFile: 'a.pem', keyFile: 'a.key' };

    expect(problems(withAmqp({ url: 'amqps://r', username: undefined, passwordFile: undefined, tls }))).toEqual([]);
  });

  it('refuses a model that may take longer than the broker waits (X-6)', () => {
    const seconds = (timeoutSeconds: number) =>
      problems({
        ...withRoute({ model: { timeoutSeconds } }),
        amqp: { ...providerInput().amqp, consumerTimeoutSeconds: 900 },
      });

    expect(seconds(840)).toEqual([]);
    expect(seconds(841)).toEqual([
      'routes[0].model.timeoutSeconds is 841, but the broker waits 900 s for an acknowledgement (amqp.consumerTimeoutSeconds). Leave 60 s between them',
    ]);
  });

  it.each([
    ['a queue of the broker', { queue: { name: 'amq.x' } }, 'belong to the broker'],
    ['no binding', { queue: { bindingKeys: [] } }, 'routes[0].queue.bindingKeys'],
    ['half an address', { reply: { exchange: 'out' } }, 'has one of exchange and routingKey'],
    ['two addresses', { reply: { queue: 'a', exchange: 'b', routingKey: 'c' } }, 'Answers go to one of them'],
    [
      'a name that no word has',
      { model: { url: 'http://{model}.svc/' } },
      'has {model}, which the binding key "predict.*" has not',
    ],
    ['captures that no word has', { captures: { model: ['a'] } }, 'routes[0].captures has {model}'],
    ['headers that say who somebody is', { headers: { toModel: ['authorization'] } }, 'says who somebody is'],
    ['headers that copy messages', { headers: { toReply: ['BCC'] } }, 'where messages go'],
    ['headers of the bridge', { headers: { toReply: ['Status'] } }, 'the bridge writes itself'],
    ['headers twice', { headers: { toReply: ['A', 'a'] } }, 'is there twice'],
    ['headers that HTTP has not', { headers: { toModel: ['a b'] } }, 'HTTP does not allow'],
    [
      'headers of requests in a batch',
      { batch: {}, headers: { toModel: ['A'] } },
      'in a batch there are several requests',
    ],
    ['a header given already', { model: { headers: { a: '1' } }, headers: { toModel: ['A'] } }, 'Give it once'],
    [
      'a header that gRPC writes',
      { model: { url: 'grpc://h/m' }, headers: { toModel: ['grpc-x'] } },
      'gRPC writes itself',
    ],
    [
      'answers that are requests',
      { reply: { exchange: 'ML.MQ', routingKey: 'predict.out' } },
      'Answers and requests need different keys',
    ],
    ['answers among requests', { reply: { allowedReplyTo: ['fi*'] } }, 'is also the queue "fib" for requests'],
    ['answers among parked', { reply: { allowedReplyTo: ['*.parked'] } }, 'is also the queue "fib.parked" for parking'],
    ['one queue for two things', { parking: { queue: 'fib' } }, 'for requests and for parking'],
  ] as [string, AmqpRouteChanges, string][])('refuses %s', (_what, route, problem) => {
    expect(problems(withRoute(route)).join('\n')).toContain(problem);
  });

  it('forwards no header by itself where requests share calls', () => {
    const [route] = parseProviderConfig(withRoute({ batch: {} })).routes;

    expect(route?.headers.toModel).toEqual([]);
  });

  it('refuses routes that take the same requests', () => {
    const other = { name: 'all', queue: { name: 'all', bindingKeys: ['#'] } };

    expect(problems(withRoute({}, other))).toEqual([
      'routes routes "fib" and "all" both take requests with "predict.*" and "#" from "ML.MQ", but one message has one answer. Give each route its own binding keys',
    ]);
    expect(problems(withRoute({}, { ...other, queue: { ...other.queue, exchange: 'other' } }))).toEqual([]);
  });

  it('refuses routes that share a queue, other than one for answers that both declare alike', () => {
    const other = (changes: AmqpRouteChanges) => ({
      name: 'manage',
      ...changes,
      queue: { name: 'manage', bindingKeys: ['metrics.*'], ...changes.queue },
    });
    const answers = { reply: { queue: 'response' } };

    expect(problems(withRoute(answers, other(answers)))).toEqual([]);
    expect(problems(withRoute(answers, other({ ...answers, queue: { type: 'classic' } })))[0]).toContain(
      'use the queue "response" for replies',
    );
    expect(problems(withRoute({}, other({ parking: { queue: 'fib.parked' } })))[0]).toContain(
      'routes "fib" and "manage" use the queue "fib.parked" for parking',
    );
  });
});
