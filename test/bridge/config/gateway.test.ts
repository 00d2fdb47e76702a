import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../bridge';
import { type GatewayConfigInput, loadGatewayConfig, parseGatewayConfig } from '../../../bridge/config/gateway';
import { gatewayInput, throughRabbitMq, toModel } from '../gateway/support/config';

const MQTT = { requestTopic: 'staging/iris/input' };

function refused(input: GatewayConfigInput): string {
  try {
    parseGatewayConfig(input);
  } catch (error) {
    expect(error).toBeInstanceOf(BridgeError);
    return (error as BridgeError).message;
  }
  throw new Error('it was accepted');
}

describe('a gateway configuration', () => {
  it('has a default for everything but the routes and where the broker is', () => {
    const { gateway, http, log } = parseGatewayConfig(gatewayInput());

    expect(gateway).toStrictEqual({
      host: '0.0.0.0',
      port: 5050,
      maxBodyBytes: 4 * 1024 * 1024,
      maxHeaderBytes: 16 * 1024,
      maxHeaders: 100,
      maxInFlight: 1_000,
      maxInFlightBytes: 256 * 1024 * 1024,
      maxConnections: 10_000,
      keepAliveTimeoutSeconds: 72,
      receiveTimeoutSeconds: 30,
      confirmTimeoutSeconds: 10,
      headers: { request: [], answer: [] },
      answerTopic: 'gateway/{clientId}/answers',
      results: { ttlSeconds: 300, maxResults: 1_000, maxBytes: 64 * 1024 * 1024 },
      drain: { delaySeconds: 5, timeoutSeconds: 60 },
      accessLog: true,
      routes: [
        {
          name: 'predict',
          path: '/v1/predict',
          captures: {},
          json: 'object',
          contentTypes: ['application/json'],
          timeoutSeconds: 305,
          amqp: { exchange: 'ML.MQ', modelTimeoutSeconds: 300 },
        },
      ],
    });
    expect([http.port, log.level]).toStrictEqual([9464, 'info']);
  });

  it.each([
    ['RabbitMQ', throughRabbitMq({ amqp: { exchange: 'ML.MQ', modelTimeoutSeconds: 20 } }), 25],
    ['MQTT', { name: 'iris', path: '/v1/predict', mqtt: MQTT }, 65],
    ['the model', toModel({ direct: { model: { url: 'http://iris.example/', timeoutSeconds: 7 } } }), 12],
  ])('B-6: gives requests that go over %s 5 s more than the model has', (_way, route, seconds) => {
    const { gateway } = parseGatewayConfig(gatewayInput({ routes: [route] }));

    expect(gateway.routes[0]?.timeoutSeconds).toBe(seconds);
  });

  it.each([
    ['RabbitMQ', throughRabbitMq({ amqp: { exchange: 'ML.MQ' }, timeoutSeconds: 90 }), 305],
    ['MQTT', { name: 'iris', path: '/v1/predict', mqtt: MQTT, timeoutSeconds: 64.9 }, 65],
    [
      'the model',
      toModel({ direct: { model: { url: 'http://iris.example/', timeoutSeconds: 60 } }, timeoutSeconds: 60 }),
      65,
    ],
  ])('B-6, B-T2: gives no request over %s less time than its model has', (_way, route, least) => {
    expect(refused(gatewayInput({ routes: [route] }))).toContain(
      `gateway.routes[0].timeoutSeconds is ${route.timeoutSeconds}, but the model has ${least - 5} s`,
    );
    expect(() => parseGatewayConfig(gatewayInput({ routes: [{ ...route, timeoutSeconds: least }] }))).not.toThrow();
  });

  it.each<[what: string, input: GatewayConfigInput, says: string]>([
    ['no way to go', gatewayInput({ routes: [{ name: 'a', path: '/a' }] }), 'routes[0] needs one way to go'],
    ['two ways to go', gatewayInput({ routes: [throughRabbitMq({ mqtt: MQTT })] }), 'routes[0] needs one way to go'],
    [
      'routing keys to choose from where there is no choice',
      gatewayInput({ routes: [throughRabbitMq({ amqp: { exchange: 'X', routingKey: 'a', routingKeys: ['b'] } })] }),
      'routes[0].amqp.routingKeys says what requests may choose, but requests choose none',
    ],
    [
      'a routing key that is no pattern',
      gatewayInput({ routes: [throughRabbitMq({ amqp: { exchange: 'X', routingKeys: ['a*'] } })] }),
      'routes[0].amqp.routingKeys[0] is "a*", but "a*" is no word',
    ],
    [
      'a routing key with a name in it',
      gatewayInput({ routes: [throughRabbitMq({ amqp: { exchange: 'X', routingKeys: ['a.{b}'] } })] }),
      'routes[0].amqp.routingKeys[0] is "a.{b}", but words have no names here',
    ],
    ['no route', gatewayInput({ routes: [] }), 'gateway.routes is []'],
    ['no broker for a route', gatewayInput({}, { amqp: undefined }), 'the file needs amqp: route "predict" goes there'],
    [
      'no MQTT broker for a route',
      gatewayInput({ routes: [{ name: 'a', path: '/a', mqtt: MQTT }] }, { broker: undefined }),
      'the file needs broker: route "a" goes there',
    ],
    [
      'a broker that no route needs',
      gatewayInput({}, { broker: { url: 'mqtt://broker.example', clientId: 'x' } }),
      'broker leads to a broker, but no route goes there',
    ],
    [
      'MQTT 3.1.1',
      gatewayInput(
        { routes: [{ name: 'a', path: '/a', mqtt: MQTT }] },
        { broker: { url: 'mqtt://broker.example', clientId: 'x', protocolVersion: 4 } },
      ),
      'broker.protocolVersion is 4, but only in MQTT 5',
    ],
    [
      'two routes of a name',
      gatewayInput({ routes: [toModel(), toModel({ path: '/b' })] }),
      'routes[1].name is "iris", but another route is called so',
    ],
    [
      'two routes that take the same',
      gatewayInput({
        routes: [toModel({ path: '/v1/models/{a}:predict' }), toModel({ name: 'b', path: '/v1/models/{b}:predict' })],
      }),
      'routes[1].path is "/v1/models/{b}:predict", but route "iris" takes the same requests',
    ],
    [
      'a path of its own results',
      gatewayInput({ routes: [toModel({ path: 'v1' })] }),
      'routes[0].path is "v1", but a path begins with /',
    ],
    ['a path with a query', gatewayInput({ routes: [toModel({ path: '/a?b' })] }), '"a?b" is no part of a path'],
    ['a path that ends in nothing', gatewayInput({ routes: [toModel({ path: '/a/' })] }), '"" is no part of a path'],
    ['a path upwards', gatewayInput({ routes: [toModel({ path: '/a/..' })] }), 'parts that are only dots'],
    ['a name twice', gatewayInput({ routes: [toModel({ path: '/{a}/{a}' })] }), 'two parts have the name {a}'],
    [
      'a name that the path does not have',
      gatewayInput({ routes: [throughRabbitMq({ amqp: { exchange: 'ML.MQ', routingKey: 'predict.{model}' } })] }),
      'amqp.routingKey has {model}, but the path "/v1/predict" has no names',
    ],
    [
      'values for a name that the path does not have',
      gatewayInput({ routes: [toModel({ path: '/{a}', captures: { b: ['x'] } })] }),
      'captures has {b}, but the path "/{a}" has {a}',
    ],
    [
      'the exchange through which every queue is reached',
      gatewayInput({ routes: [throughRabbitMq({ amqp: { exchange: '' } })] }),
      'amqp.exchange is "", but',
    ],
    [
      'a topic that is none',
      gatewayInput({ routes: [{ name: 'a', path: '/a', mqtt: { requestTopic: 'a/+' } }] }),
      'no wildcard',
    ],
    [
      'a content type with parameters',
      gatewayInput({ routes: [toModel({ contentTypes: ['application/json; charset=utf-8'] })] }),
      'without parameters',
    ],
    [
      'one answer topic for all replicas',
      gatewayInput({ answerTopic: 'answers' }),
      'each replica needs one of its own',
    ],
    ['an answer topic that is none', gatewayInput({ answerTopic: '{clientId}/#' }), 'no wildcard'],
    [
      'bodies larger than all its memory',
      gatewayInput({ maxInFlightBytes: 10 }),
      'maxInFlightBytes is 10, but one body',
    ],
    ['results at no URL', gatewayInput({ results: { baseUrl: 'gateway' } }), 'results.baseUrl is "gateway"'],
    [
      'results at a URL of another name',
      gatewayInput({ results: { baseUrl: 'https://{pod}.example' } }),
      'has {pod}, but knows {hostname} only',
    ],
    [
      'an unknown key',
      gatewayInput({ prot: 1 } as never),
      'gateway has the unknown key "prot". Known here: host, port, tls,',
    ],
    [
      'an unknown key in a route',
      gatewayInput({ routes: [{ ...toModel(), timeout: 1 } as never] }),
      'routes[0] has the unknown key "timeout". Known here: name, path,',
    ],
  ])('is refused with %s', (_what, input, says) => {
    expect(refused(input)).toContain(says);
  });

  it.each([
    'Authorization',
    'cookie',
    'Proxy-Authorization',
    'connection',
    'Transfer-Encoding',
    'X-Forwarded-For',
    'x-api-key',
    'CC',
    'prefer',
    'RqUID',
    'bad name',
  ])('B-16: hands the header %s on for nobody', (name) => {
    expect(refused(gatewayInput({ headers: { request: [name] } }))).toContain(`gateway.headers.request has "${name}"`);
    expect(refused(gatewayInput({ headers: { answer: [name] } }))).toContain(`gateway.headers.answer has "${name}"`);
  });

  it('hands other headers on, whatever their case', () => {
    const { gateway } = parseGatewayConfig(gatewayInput({ headers: { request: ['X-Tenant'] } }));

    expect(gateway.headers.request).toStrictEqual(['x-tenant']);
  });

  it('is read from a file, and every problem of it is told at once', () => {
    const folder = mkdtempSync(join(tmpdir(), 'gateway-config-'));
    const file = join(folder, 'gateway.yaml');

    try {
      writeFileSync(file, JSON.stringify(gatewayInput()));
      expect(loadGatewayConfig(file).gateway.port).toBe(5050);
      writeFileSync(file, 'gateway: { port: 70000, maxHeaders: 1, routes: [] }');
      expect(() => loadGatewayConfig(file)).toThrow(
        /^BRIDGE_ERR_CONFIG: .*gateway\.yaml is not a gateway configuration:\n {2}gateway\.port .*\n {2}gateway\.maxHeaders .*\n {2}gateway\.routes /,
      );
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
