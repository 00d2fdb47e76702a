import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BridgeError, type BridgeErrorCode, loadBridgeConfig, parseBridgeConfig } from '../../../bridge';
import { configInput, routeInput } from '../support/config';

/** What a user is told about a configuration that is not one. */
function refusal(check: () => unknown): { code: BridgeErrorCode; message: string } {
  try {
    check();
  } catch (error) {
    if (error instanceof BridgeError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('the configuration was accepted');
}

/** The problems of a configuration, one per line. */
function problemsOf(value: unknown): string[] {
  const { code, message } = refusal(() => parseBridgeConfig(value));
  const [head, ...problems] = message.split('\n');
  expect(code).toBe('BRIDGE_ERR_CONFIG');
  expect(head).toBe('BRIDGE_ERR_CONFIG: configuration is not a bridge configuration:');
  return problems.map((line) => line.trim());
}

describe('loadBridgeConfig', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-config-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const written = (text: string) => {
    const file = join(folder, 'bridge.yaml');
    writeFileSync(file, text);
    return file;
  };

  it('reads YAML', () => {
    const file = written(`
broker: { url: mqtt://broker.example, clientId: bridge-0 }
routes:
  - name: iris
    requestTopic: iris/input
    model: { url: http://iris.example/v1/models/iris:predict }
    reply: { topic: iris/output }
    deadLetter: { topic: iris/dead }
`);

    expect(loadBridgeConfig(file)).toStrictEqual(parseBridgeConfig(configInput()));
  });

  it('reads JSON', () => {
    const file = written(JSON.stringify(configInput(), null, 2));

    expect(loadBridgeConfig(file)).toStrictEqual(parseBridgeConfig(configInput()));
  });

  it('names a file that does not exist, and why it cannot be read', () => {
    const file = join(folder, 'none.yaml');

    const { code, message } = refusal(() => loadBridgeConfig(file));

    expect(code).toBe('BRIDGE_ERR_CONFIG');
    expect(message).toContain(`cannot read ${file}: ENOENT`);
  });

  it('refuses a folder in place of a file', () => {
    expect(refusal(() => loadBridgeConfig(folder)).message).toContain(`cannot read ${folder}: EISDIR`);
  });

  it.each([
    ['an unclosed list', 'routes: [1', 'line 1, column 11'],
    ['a key written twice', 'log: {}\nlog: {}', 'Map keys must be unique at line 2'],
    ['two documents', 'log: {}\n---\nlog: {}', 'multiple documents'],
    ['a tag that means nothing here', 'log: {}\nbroker: !env BROKER', '!env'],
  ])('refuses YAML with %s, and says where', (_what, text, where) => {
    const file = written(text);

    const { code, message } = refusal(() => loadBridgeConfig(file));

    expect(code).toBe('BRIDGE_ERR_CONFIG');
    expect(message).toContain(`${file} is not a bridge configuration`);
    expect(message).toContain(where);
  });

  it('refuses YAML with an alias that has no anchor', () => {
    const file = written('broker: *defaults');

    const { code, message } = refusal(() => loadBridgeConfig(file));

    expect(code).toBe('BRIDGE_ERR_CONFIG');
    expect(message).toContain(file);
    expect(message).toContain('defaults');
  });

  it('refuses an empty file', () => {
    const file = written('');

    expect(refusal(() => loadBridgeConfig(file)).message).toContain('the file is null');
  });

  it('says which file has the problem', () => {
    const file = written('broker: {}');

    expect(refusal(() => loadBridgeConfig(file)).message).toContain(`${file} is not a bridge configuration`);
  });
});

describe('parseBridgeConfig', () => {
  it('fills in the defaults', () => {
    expect(parseBridgeConfig(configInput())).toStrictEqual({
      broker: {
        url: 'mqtt://broker.example',
        clientId: 'bridge-0',
        protocolVersion: 5,
        keepaliveSeconds: 30,
        connectTimeoutSeconds: 10,
        watchdogSeconds: 120,
        sessionExpirySeconds: 604_800,
        reconnect: { minMs: 250, maxMs: 30_000 },
      },
      delivery: { window: 1024, windowBytes: 67_108_864, onStop: 'keep', drainTimeoutSeconds: 60 },
      routes: [
        {
          name: 'iris',
          requestTopic: 'iris/input',
          qos: 1,
          retained: 'ignore',
          ordering: 'none',
          captures: {},
          concurrency: 64,
          model: {
            url: 'http://iris.example/v1/models/iris:predict',
            timeoutSeconds: 60,
            retry: { attempts: 3, minMs: 200, maxMs: 5_000 },
            breaker: { failures: 20, openSeconds: 2 },
            maxReplyBytes: 16_777_216,
            headers: {},
          },
          reply: { topic: 'iris/output', qos: 1, allowedResponseTopics: [], userProperties: [] },
          deadLetter: { topic: 'iris/dead' },
        },
      ],
      http: { host: '0.0.0.0', port: 9464 },
      log: { level: 'info' },
    });
  });

  it('keeps every value that is given', () => {
    const given = {
      broker: {
        url: 'wss://broker.example:8443/mqtt',
        clientId: 'bridge-7',
        protocolVersion: 5 as const,
        username: 'bridge',
        passwordFile: '/run/secrets/password',
        keepaliveSeconds: 15,
        connectTimeoutSeconds: 5,
        watchdogSeconds: 30,
        sessionExpirySeconds: 3600,
        reconnect: { minMs: 100, maxMs: 5_000 },
        tls: { caFile: 'ca.pem', certFile: 'tls.crt', keyFile: 'tls.key', serverName: 'mosquitto' },
      },
      delivery: { window: 20, windowBytes: 1_000, onStop: 'retire' as const, drainTimeoutSeconds: 1.5 },
      routes: [
        {
          name: 'digits',
          requestTopic: '{site}/digits/input',
          share: 'digits',
          qos: 2 as const,
          retained: 'process' as const,
          ordering: 'none' as const,
          captures: { site: ['paris', 'rome'] },
          concurrency: 3,
          model: {
            url: 'https://digits.example/v2/models/digits/infer',
            timeoutSeconds: 0.25,
            retry: { attempts: 5, minMs: 10, maxMs: 100 },
            breaker: { failures: 7, openSeconds: 3 },
            maxReplyBytes: 1000,
            headers: { 'x-tenant': 'a' },
            login: { bearerTokenFile: '/run/secrets/token' },
          },
          reply: {
            topic: '{site}/digits/output',
            qos: 2 as const,
            allowedResponseTopics: ['clients/+/answers'],
            userProperties: ['device'],
          },
          deadLetter: { topic: 'digits/dead' },
        },
      ],
      http: { host: '127.0.0.1', port: 0 },
      tracing: {
        endpoint: 'https://collector.example',
        headersFile: '/run/secrets/headers',
        sampleRatio: 0.1,
        serviceName: 'bridge-of-plant-7',
      },
      log: { level: 'debug' as const },
    };

    expect(parseBridgeConfig(given)).toStrictEqual(given);
  });

  it.each([
    ['the file', { ...configInput(), rutes: [] }, '"rutes". Known here: broker, delivery, routes, http, tracing, log'],
    [
      'delivery',
      configInput({ delivery: { windw: 1 } as object }),
      '"windw". Known here: window, windowBytes, onStop, drainTimeoutSeconds',
    ],
    [
      'routes[0].model',
      configInput({ routes: [routeInput({ model: { timeout: 1 } as object })] }),
      '"timeout". Known here: url, timeoutSeconds, retry, breaker, maxReplyBytes, headers, login, hostHeader, tls',
    ],
    [
      'broker.tls',
      configInput({ broker: { url: 'mqtts://b.example', clientId: 'b', tls: { insecure: true } as object } }),
      '"insecure". Known here: caFile, certFile, keyFile, serverName',
    ],
  ])('refuses an unknown key in %s, and lists the known ones', (where, value, problem) => {
    expect(problemsOf(value)).toEqual([`${where} has the unknown key ${problem}`]);
  });

  it.each([
    ['broker', { routes: [routeInput()] }],
    ['routes', { broker: configInput().broker }],
    ['routes[0].model.url', configInput({ routes: [routeInput({ model: { url: undefined } })] })],
    ['broker.clientId', configInput({ broker: { url: 'mqtt://b.example' } as never })],
  ])('says that %s is missing', (path, value) => {
    const [problem, ...others] = problemsOf(value);

    expect(others).toEqual([]);
    expect(problem).toMatch(`${path} is missing. `);
  });

  it.each([
    ['delivery.window', configInput({ delivery: { window: 'many' as never } }), 'is "many"', 'expected number'],
    ['delivery.window', configInput({ delivery: { window: 0 } }), 'is 0', '>=1'],
    ['delivery.window', configInput({ delivery: { window: 65_536 } }), 'is 65536', '<=65535'],
    ['delivery.window', configInput({ delivery: { window: 1.5 } }), 'is 1.5', 'expected int'],
    ['http.port', configInput({ http: { port: 65_536 } }), 'is 65536', '<=65535'],
    ['log.level', configInput({ log: { level: 'loud' as never } }), 'is "loud"', '"debug"|"info"|"warn"|"error"'],
    ['routes', configInput({ routes: [] }), 'is []', '>=1'],
    ['routes[0].name', configInput({ routes: [routeInput({ name: '' })] }), 'is ""', '>=1'],
    [
      'routes[0].model.timeoutSeconds',
      configInput({ routes: [routeInput({ model: { timeoutSeconds: 0 } })] }),
      'is 0',
      '>0',
    ],
    [
      'routes[0].model.headers.accept',
      configInput({ routes: [routeInput({ model: { headers: { accept: 1 as never } } })] }),
      'is 1',
      'expected string',
    ],
  ])('says about a wrong %s which value it has and which rule it breaks', (path, value, found, rule) => {
    const [problem, ...others] = problemsOf(value);

    expect(others).toEqual([]);
    expect(problem).toMatch(`${path} ${found}. `);
    expect(problem).toContain(rule);
  });

  it.each([
    ['routes[0].qos', configInput({ routes: [routeInput({ qos: 3 as never })] }), /\b0\b.*\b1\b.*\b2\b/],
    [
      'broker.protocolVersion',
      configInput({ broker: { url: 'mqtt://b.example', clientId: 'b', protocolVersion: 3 as never } }),
      /\b4\b.*\b5\b/,
    ],
  ])('says which values %s may have', (path, value, known) => {
    const [problem] = problemsOf(value);

    expect(problem).toMatch(`${path} is 3. `);
    expect(problem).toMatch(known);
  });

  it.each([
    [
      'routes[0].requestTopic',
      routeInput({ requestTopic: 'iris/a+' }),
      'iris/a+',
      'a + stands for a whole topic level',
    ],
    ['routes[0].requestTopic', routeInput({ requestTopic: 'iris/x{a}' }), 'iris/x{a}', '"x{a}" is no name of a level'],
    ['routes[0].requestTopic', routeInput({ requestTopic: '{a}/{a}' }), '{a}/{a}', 'two levels have the name {a}'],
    ['routes[0].reply.topic', routeInput({ reply: { topic: 'iris/+' } }), 'iris/+', 'no wildcard'],
    ['routes[0].reply.topic', routeInput({ reply: { topic: 'answers/#' } }), 'answers/#', 'no wildcard'],
    [
      'routes[0].deadLetter.topic',
      routeInput({ deadLetter: { topic: '$SYS/dead' } }),
      '$SYS/dead',
      'belong to the broker',
    ],
    [
      'routes[0].reply.allowedResponseTopics[1]',
      routeInput({ reply: { allowedResponseTopics: ['a/#', 'a+'] } }),
      'a+',
      'a + stands for a whole topic level',
    ],
  ])('refuses the topic at %s that MQTT does not allow there', (path, route, topic, rule) => {
    const [problem, ...others] = problemsOf(configInput({ routes: [route] }));

    expect(others).toEqual([]);
    expect(problem).toMatch(`${path} is "${topic}", but `);
    expect(problem).toContain(rule);
  });

  it.each([
    'http://broker.example',
    'broker.example:1883',
    'tcp://broker.example',
    '',
    'mqtt://',
    'mqtt:broker.example',
  ])('refuses the broker URL %j, and lists the ways there are', (url) => {
    expect(problemsOf(configInput({ broker: { url, clientId: 'b' } }))).toEqual([
      `broker.url is "${url}", but must be a URL that begins with mqtt://, mqtts://, ws://, wss://`,
    ]);
  });

  it('refuses a model URL that is not HTTP', () => {
    expect(problemsOf(configInput({ routes: [routeInput({ model: { url: 'ftp://iris.example' } })] }))).toEqual([
      'routes[0].model.url is "ftp://iris.example", but must be a URL that begins with http://, https://, grpc://, grpcs://',
    ]);
  });

  it('refuses a broker URL with a password in it, which would be ignored and logged', () => {
    const broker = { url: 'mqtt://user:secret@broker.example', clientId: 'b' };

    const problems = problemsOf(configInput({ broker })).join('\n');

    expect(problems).toContain('broker.url');
    expect(problems).toContain('passwordFile');
    expect(problems).not.toContain('secret');
  });

  it('refuses a model URL with a password in it, which would be ignored, logged and published in dead letters', () => {
    const model = { url: 'http://user:secret@iris.example' };

    const problems = problemsOf(configInput({ routes: [routeInput({ model })] })).join('\n');

    expect(problems).toContain('routes[0].model.url');
    expect(problems).not.toContain('secret');
  });

  it.each([{ certFile: 'tls.crt' }, { keyFile: 'tls.key' }])('refuses half a client certificate: %o', (tls) => {
    expect(problemsOf(configInput({ broker: { url: 'mqtts://b.example', clientId: 'b', tls } }))).toEqual([
      'broker.tls certFile and keyFile belong together. Give both or neither',
    ]);
  });

  it('refuses a password without a user name, which MQTT 3.1.1 cannot send', () => {
    const broker = { url: 'mqtt://b.example', clientId: 'b', protocolVersion: 4 as const, passwordFile: 'password' };

    const problems = problemsOf(configInput({ broker })).join('\n');

    expect(problems).toContain('passwordFile');
    expect(problems).toContain('username');
  });

  it.each([
    ['routes[0].model.url', { model: { url: 'http://{model}.svc/' } }],
    ['routes[0].reply.topic', { reply: { topic: 'a/{model}/out' } }],
    ['routes[0].deadLetter.topic', { deadLetter: { topic: 'a/{model}/dead' } }],
    ['routes[0].captures', { captures: { model: ['iris'] } }],
  ])('refuses in %s a name that the request topic does not have', (path, changes) => {
    const [problem, ...others] = problemsOf(
      configInput({ routes: [routeInput({ ...changes, requestTopic: '{a}/in' })] }),
    );

    expect(others).toEqual([]);
    expect(problem).toBe(`${path} has {model}, but the request topic "{a}/in" has {a}. Use one of them`);
  });

  it('refuses a reply topic that begins with what is not the first level: it could become one of the broker', () => {
    const route = routeInput({ requestTopic: 'in/{device}', reply: { topic: '{device}/out/x' } });

    expect(problemsOf(configInput({ routes: [route] }))).toEqual([
      'routes[0].reply.topic begins with {device}, which is not the first level of the request topic. Begin with a fixed level',
    ]);
  });

  it.each([
    ['overlap', 'a/{x}', '+/b'],
    ['overlap', '#', 'iris/other'],
  ])('refuses routes whose request topics %s: %s and %s', (_, one, other) => {
    const routes = [
      routeInput({ requestTopic: one, reply: { topic: 'r/1/x/y' }, deadLetter: { topic: 'd/1/x/y' } }),
      routeInput({ name: 'b', requestTopic: other, reply: { topic: 'r/2/x/y' }, deadLetter: { topic: 'd/2/x/y' } }),
    ];

    expect(problemsOf(configInput({ routes })).join()).toContain('both take requests from');
  });

  it.each(['topic', { userProperty: 'device' }] as const)('refuses ordering %j in a group', (ordering) => {
    const routes = [routeInput({ share: 'bridges', ordering })];

    expect(problemsOf(configInput({ routes }))).toEqual([
      'routes[0] has ordering and share, but nobody keeps the order among the bridges of a group. Leave one of them out',
    ]);
  });

  it('takes ordering by a user property', () => {
    const ordering = { userProperty: 'device' };

    expect(parseBridgeConfig(configInput({ routes: [routeInput({ ordering })] })).routes[0]?.ordering).toEqual(
      ordering,
    );
  });

  it('refuses to retire where nobody else takes requests, and where a session cannot be ended', () => {
    const broker = { url: 'mqtt://b.example', clientId: 'b', protocolVersion: 4 as const };

    expect(problemsOf(configInput({ broker, delivery: { onStop: 'retire' } }))).toEqual([
      'delivery.onStop is "retire", but route "iris" has no share: its requests would be lost while no bridge runs',
      'delivery.onStop is "retire", but only MQTT 5 can end a session. Use broker.protocolVersion 5',
    ]);
  });

  it('refuses a route that takes its own answers for requests', () => {
    const [problem, ...others] = problemsOf(configInput({ routes: [routeInput({ reply: { topic: 'iris/input' } })] }));

    expect(others).toEqual([]);
    expect(problem).toContain('route "iris" publishes its replies to "iris/input"');
    expect(problem).toContain('Answers and requests need different topics');
  });

  it('refuses two routes on one topic', () => {
    const routes = [routeInput(), routeInput({ name: 'flowers' })];

    const [problem, ...others] = problemsOf(configInput({ routes }));

    expect(others).toEqual([]);
    expect(problem).toContain('routes "iris" and "flowers" both take requests from "iris/input"');
    expect(problem).toContain('Give each route its own request topic');
  });

  it('says everything that is wrong in one message', () => {
    const problems = problemsOf({
      extra: 1,
      broker: { url: 'http://b.example', clientId: 'b' },
      delivery: { window: 'many' },
      routes: [{ ...routeInput({ requestTopic: 'iris/+x' }), deadLetter: undefined }],
    });

    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      'broker.url is',
      'delivery.window is',
      'routes[0].requestTopic is',
      'routes[0].deadLetter is',
      'the file',
    ]);
  });

  it('reports routes in each other’s way together with everything else', () => {
    const routes = [routeInput(), routeInput({ name: 'flowers' })];

    const problems = problemsOf(configInput({ delivery: { window: 'many' as never }, routes })).join('\n');

    expect(problems).toContain('delivery.window is "many"');
    expect(problems).toContain('both take requests from "iris/input"');
  });
});
