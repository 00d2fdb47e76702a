import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AedesOptions } from 'aedes';
import { afterEach, describe, expect, it } from 'vitest';
import { type BridgeConfigInput, parseBridgeConfig, type RunningBridge, startBridge } from '../../bridge';
import { connectClient, startBroker, type TestBroker } from './support/broker';
import { routeInput } from './support/config';
import { freePort, json, startModel } from './support/http';
import { CapturedLog, type LogLine } from './support/log';

const closing: (() => Promise<unknown>)[] = [];
const releasing: (() => void)[] = [];
afterEach(async () => {
  for (const release of releasing.splice(0)) release();
  for (const close of closing.splice(0).reverse()) await close();
});

async function broker(options?: AedesOptions, port?: number): Promise<TestBroker> {
  const started = await startBroker(options, port);
  closing.push(() => started.close());
  return started;
}

/** A model whose answers the test gives by hand, unless it is told how to answer. */
async function model(answer?: (response: ServerResponse) => void) {
  const waiting: ServerResponse[] = [];
  const arrivals: (() => void)[] = [];
  let answerNow = answer;
  const started = await startModel((response) => {
    if (answerNow) answerNow(response);
    else waiting.push(response);
    arrivals.shift()?.();
  });
  closing.push(() => started.close());
  // A bridge that stops at the end of a test must not wait for answers that the test did not give.
  releasing.push(() => {
    answerNow = predicting;
    for (const response of waiting) if (!response.writableEnded) predicting(response);
  });
  return {
    ...started,
    waiting,
    /** Resolves when the next request has arrived. */
    asked: () =>
      new Promise<void>((resolve) => {
        arrivals.push(resolve);
      }),
  };
}

const predicting = (response: ServerResponse) => json(response, { predictions: [1] });

interface Started {
  readonly bridge: RunningBridge;
  readonly log: CapturedLog;
  readonly get: (path: string) => Promise<{ status: number; text: string }>;
  readonly metric: (name: string) => Promise<number>;
  /** Resolves when both connections to the broker are open. */
  readonly ready: () => Promise<void>;
}

async function bridgeFor(
  brokerUrl: string,
  modelUrl: string,
  changes: {
    broker?: Partial<BridgeConfigInput['broker']>;
    route?: Parameters<typeof routeInput>[0];
    delivery?: BridgeConfigInput['delivery'];
  } = {},
): Promise<Started> {
  const log = new CapturedLog();
  const config = parseBridgeConfig({
    broker: {
      url: brokerUrl,
      clientId: 'bridge-0',
      protocolVersion: 4,
      reconnect: { minMs: 10, maxMs: 20 },
      ...changes.broker,
    },
    delivery: changes.delivery,
    routes: [routeInput({ ...changes.route, model: { url: modelUrl, ...changes.route?.model } })],
    http: { host: '127.0.0.1', port: 0 },
  });
  const bridge = await startBridge(config, log.logger);
  closing.push(() => bridge.stop());
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${bridge.operationsPort}${path}`);
    return { status: response.status, text: await response.text() };
  };
  return {
    bridge,
    log,
    get,
    metric: async (name) => sumOf((await get('/metrics')).text, name),
    ready: async () => {
      await Promise.all(['requests', 'replies'].map((connection) => log.line({ msg: 'connected', connection })));
    },
  };
}

/** The sum of a metric over all labels; `name` may go on into the labels. */
function sumOf(text: string, name: string): number {
  return text
    .split('\n')
    .filter((line) => line.startsWith(name) && !/^[a-z_]/.test(line.slice(name.length)))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0);
}

/** Somebody who asks, and hears whatever the bridge publishes. */
async function requester(url: string) {
  const client = await connectClient(url);
  closing.push(() => client.endAsync(true));
  await client.subscribeAsync(['iris/output', 'iris/dead', 'iris/input/unrelated'], { qos: 1 });
  const heard: { topic: string; body: unknown }[] = [];
  const waiting: { count: number; resolve: () => void }[] = [];
  client.on('message', (topic, payload) => {
    heard.push({ topic, body: JSON.parse(payload.toString()) });
    for (const { count, resolve } of waiting) if (heard.length >= count) resolve();
  });
  return {
    client,
    ask: (body: unknown, topic = 'iris/input') => client.publishAsync(topic, JSON.stringify(body), { qos: 1 }),
    /** The first messages, as many as asked for, by topic. */
    hears: async (count: number) => {
      if (heard.length < count) {
        await new Promise<void>((resolve) => {
          waiting.push({ count, resolve });
        });
      }
      return heard.slice(0, count).sort((a, b) => a.topic.localeCompare(b.topic));
    },
  };
}

const REQUEST = { instances: [[6.8, 2.8, 4.8, 1.4]] };

describe('a running bridge', () => {
  it('answers a request with the prediction of the model', async () => {
    const { url } = await broker();
    const { origin, requests } = await model(predicting);
    const { ready } = await bridgeFor(url, `${origin}/v1/models/iris:predict`);
    const { ask, hears } = await requester(url);
    await ready();

    await ask(REQUEST);

    expect(await hears(1)).toEqual([{ topic: 'iris/output', body: { predictions: [1] } }]);
    expect(requests).toMatchObject([{ url: '/v1/models/iris:predict', body: JSON.stringify(REQUEST) }]);
  });

  it.each([0, 2] as const)('answers a request that comes with QoS %i', async (qos) => {
    const { url } = await broker();
    const { origin } = await model(predicting);
    const { ready } = await bridgeFor(url, origin, { route: { qos } });
    const { client, hears } = await requester(url);
    await ready();

    await client.publishAsync('iris/input', JSON.stringify(REQUEST), { qos });

    expect(await hears(1)).toEqual([{ topic: 'iris/output', body: { predictions: [1] } }]);
  });

  it('stays ready when the model is down, and gives an error reply and a dead letter (A-13, A-T5)', async () => {
    const { url } = await broker();
    const { ready, get, log } = await bridgeFor(url, `http://127.0.0.1:${await freePort()}`);
    const { ask, hears } = await requester(url);
    await ready();

    await ask(REQUEST);

    const [letter, reply] = await hears(2);
    expect(reply).toMatchObject({
      topic: 'iris/output',
      body: { error: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE', status: 503, retryable: true } },
    });
    expect(letter).toMatchObject({
      topic: 'iris/dead',
      body: {
        ruleName: 'iris',
        base64OriginalPayload: Buffer.from(JSON.stringify(REQUEST)).toString('base64'),
      },
    });
    expect(await get('/readyz')).toEqual({ status: 200, text: 'ok\n' });
    expect(await log.line({ code: 'BRIDGE_ERR_MODEL_UNREACHABLE' })).toMatchObject({ level: 'warn', route: 'iris' });
  });

  it('starts without a broker, says that it is not ready and why, and is ready when the broker comes up', async () => {
    const port = await freePort();
    const { origin } = await model(predicting);
    const { ready, get, log } = await bridgeFor(`mqtt://127.0.0.1:${port}`, origin);
    await log.line({ code: 'BRIDGE_ERR_BROKER_CONNECTION' });
    expect(await get('/readyz')).toEqual({
      status: 503,
      text: `no connection for requests to mqtt://127.0.0.1:${port}\nno connection for replies to mqtt://127.0.0.1:${port}\n`,
    });
    expect((await get('/livez')).status).toBe(200);

    await broker({}, port);
    await ready();

    expect((await get('/readyz')).status).toBe(200);
  });

  it('is not ready any more when the broker goes away', async () => {
    const started = await broker();
    const { origin } = await model(predicting);
    const { ready, get, log } = await bridgeFor(started.url, origin);
    await ready();

    await started.close();
    await Promise.all(
      ['requests', 'replies'].map((connection) => log.line({ code: 'BRIDGE_ERR_BROKER_CONNECTION', connection })),
    );

    expect((await get('/readyz')).status).toBe(503);
  });

  it('gets an answer through although the connections broke while the model worked', async () => {
    const started = await broker();
    const { origin, asked, waiting } = await model();
    const { ready, log } = await bridgeFor(started.url, origin);
    const asker = await requester(started.url);
    await ready();
    const arrived = asked();
    await asker.ask(REQUEST);
    await arrived;

    const back = ['requests', 'replies'].map((connection) => log.next({ msg: 'connected', connection }));
    started.dropConnections();
    await Promise.all(back);
    const { hears } = await requester(started.url);
    predicting(waiting[0] as ServerResponse);

    expect(await hears(1)).toEqual([{ topic: 'iris/output', body: { predictions: [1] } }]);
  });

  it('counts so that received = settled + in flight at any moment', async () => {
    const { url } = await broker();
    const { origin, asked, waiting } = await model();
    const { ready, metric } = await bridgeFor(url, origin);
    const { ask, hears } = await requester(url);
    await ready();
    const identity = async () => ({
      received: await metric('bridge_messages_received_total'),
      settled: await metric('bridge_messages_settled_total'),
      inflight: await metric('bridge_inflight'),
    });

    const arrived = [asked(), asked(), asked()];
    for (let i = 0; i < 3; i += 1) await ask(REQUEST);
    await Promise.all(arrived);
    expect(await identity()).toEqual({ received: 3, settled: 0, inflight: 3 });
    expect(await metric('bridge_unacked')).toBe(3);

    predicting(waiting[0] as ServerResponse);
    await hears(1);
    waiting[1]?.writeHead(400).end();
    await hears(3);
    const { received, settled, inflight } = await identity();
    expect({ received, sum: settled + inflight }).toEqual({ received: 3, sum: 3 });
  });

  it('counts outcomes and calls by route and status', async () => {
    const { url, aedes } = await broker();
    const { origin } = await model(predicting);
    const { ready, metric } = await bridgeFor(url, origin);
    const { ask } = await requester(url);
    await ready();
    const acknowledged = new Promise((resolve) => {
      aedes.once('ack', resolve);
    });

    await ask(REQUEST);
    await acknowledged;

    expect(await metric('bridge_messages_received_total{route="iris",qos="1",dup="false"}')).toBe(1);
    expect(await metric('bridge_messages_settled_total{route="iris",outcome="reply"}')).toBe(1);
    expect(await metric('bridge_http_requests_total{route="iris",code="200"}')).toBe(1);
    expect(await metric('bridge_broker_connected{connection="requests"}')).toBe(1);
    expect(await metric('bridge_broker_connected{connection="replies"}')).toBe(1);
  });

  it('does not answer a retained message, which would be answered again at every new session', async () => {
    const { url } = await broker();
    const { origin, requests } = await model(predicting);
    const { client, ask, hears } = await requester(url);
    await client.publishAsync('iris/input', '"retained"', { qos: 1, retain: true });

    const { ready, metric } = await bridgeFor(url, origin);
    await ready();
    await ask(REQUEST);
    await hears(1);

    expect(requests.map(({ body }) => body)).toEqual([JSON.stringify(REQUEST)]);
    expect(await metric('bridge_messages_settled_total{route="iris",outcome="retained"}')).toBe(1);
  });

  it('acknowledges without an answer what an earlier configuration had subscribed to', async () => {
    const { url, aedes } = await broker();
    const { origin, requests } = await model(predicting);
    const before = await bridgeFor(url, origin, { route: { requestTopic: 'iris/former' } });
    await before.ready();
    await before.bridge.stop();
    const { ask } = await requester(url);
    await ask(REQUEST, 'iris/former');
    const acknowledged = new Promise((resolve) => {
      aedes.once('ack', resolve);
    });

    const unsubscribed = new Promise((resolve) => {
      aedes.once('unsubscribe', (topics: string[]) => resolve(topics));
    });

    const { log, metric } = await bridgeFor(url, origin);
    await acknowledged;

    expect(await unsubscribed).toEqual(['iris/former']);
    expect(await log.line({ topic: 'iris/former' })).toMatchObject({ level: 'warn' });
    expect(await metric('bridge_messages_settled_total{route="none",outcome="unrouted"}')).toBe(1);
    expect(requests).toEqual([]);
  });

  describe('that is stopped', () => {
    it('answers what it has taken first', async () => {
      const { url } = await broker();
      const { origin, asked, waiting } = await model();
      const { ready, bridge } = await bridgeFor(url, origin);
      const { ask, hears } = await requester(url);
      await ready();
      const arrived = asked();
      await ask(REQUEST);
      await arrived;

      const stopped = bridge.stop();
      predicting(waiting[0] as ServerResponse);

      await expect(stopped).resolves.toBe(0);
      expect((await hears(1)).map(({ topic }) => topic)).toEqual(['iris/output']);
    });

    it('leaves what arrives meanwhile to the next bridge, with nothing answered twice (A-14, A-T6)', async () => {
      const { url } = await broker();
      const { origin, asked, waiting, requests } = await model();
      const first = await bridgeFor(url, origin);
      const { ask, hears } = await requester(url);
      await first.ready();
      const arrived = asked();
      await ask('taken');
      await arrived;

      const stopped = first.bridge.stop();
      await ask('left');
      predicting(waiting[0] as ServerResponse);
      await stopped;
      const next = asked();
      await bridgeFor(url, origin);
      await next;
      predicting(waiting[1] as ServerResponse);
      await hears(2);

      expect(requests.map(({ body }) => body)).toEqual(['"taken"', '"left"']);
    });

    it('says how many requests it could not answer in time', async () => {
      const { url } = await broker();
      const { origin, asked } = await model();
      const { ready, bridge } = await bridgeFor(url, origin, { delivery: { drainTimeoutSeconds: 0.05 } });
      const { ask } = await requester(url);
      await ready();
      const arrived = [asked(), asked()];
      await ask(REQUEST);
      await ask(REQUEST);
      await Promise.all(arrived);

      await expect(bridge.stop()).resolves.toBe(2);
    });

    it('leaves the broker, and no longer answers probes', async () => {
      const { url, aedes } = await broker();
      const { origin } = await model(predicting);
      const { ready, bridge, get } = await bridgeFor(url, origin);
      await ready();
      expect(aedes.connectedClients).toBe(2);

      await bridge.stop();

      expect(aedes.connectedClients).toBe(0);
      await expect(get('/livez')).rejects.toThrow();
    });

    it('stops without a broker, too', async () => {
      const { origin } = await model(predicting);
      const { bridge, log } = await bridgeFor(`mqtt://127.0.0.1:${await freePort()}`, origin);
      await log.line({ code: 'BRIDGE_ERR_BROKER_CONNECTION' });

      await expect(bridge.stop()).resolves.toBe(0);
    });
  });

  describe('whose login is refused', () => {
    it('says so, and keeps trying until the broker knows the password', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'bridge-login-'));
      closing.push(async () => rmSync(folder, { recursive: true }));
      const passwordFile = join(folder, 'password');
      writeFileSync(passwordFile, 'old');
      const { url } = await broker({
        authenticate: (_client, username, password, done) => {
          done(null, username === 'bridge' && String(password) === 'new');
        },
      });
      const { origin } = await model(predicting);
      const { log, ready, get } = await bridgeFor(url, origin, { broker: { username: 'bridge', passwordFile } });

      const line: LogLine = await log.line({ code: 'BRIDGE_ERR_BROKER_LOGIN', connection: 'requests' });
      expect(line.level).toBe('error');
      expect(line.msg).toContain(`${url} refuses user "bridge"`);
      expect(line.msg).toContain('Check broker.username and the file broker.passwordFile');
      expect((await get('/readyz')).status).toBe(503);

      writeFileSync(passwordFile, 'new');
      await ready();
      expect((await get('/readyz')).status).toBe(200);
    });
  });

  it('is not ready while the broker refuses its subscription, and keeps trying', async () => {
    let allowed = false;
    const { url } = await broker({
      authorizeSubscribe: (_client, subscription, callback) => callback(null, allowed ? subscription : null),
    });
    const { origin } = await model(predicting);
    const { log, get, ready } = await bridgeFor(url, origin);
    await log.line({ msg: 'connected', connection: 'replies' });
    await log.line({ code: 'BRIDGE_ERR_BROKER_CONNECTION', connection: 'requests' });
    expect(await get('/readyz')).toEqual({ status: 503, text: `no connection for requests to ${url}\n` });

    allowed = true;
    await ready();
    expect((await get('/readyz')).status).toBe(200);
  });
});

describe('startBridge', () => {
  it('refuses a port for probes that is taken, and says how to help it', async () => {
    const { url } = await broker();
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    closing.push(() => new Promise((resolve) => other.close(resolve)));
    const { port } = other.address() as { port: number };
    const config = parseBridgeConfig({
      broker: { url, clientId: 'bridge-0', protocolVersion: 4 },
      routes: [routeInput()],
      http: { host: '127.0.0.1', port },
    });

    const started = startBridge(config, new CapturedLog().logger);

    await expect(started).rejects.toMatchObject({ code: 'BRIDGE_ERR_CONFIG' });
    await expect(started).rejects.toThrow(
      new RegExp(`no probes on 127\\.0\\.0\\.1:${port}: .*EADDRINUSE.*\\. Choose another http\\.port`),
    );
  });
});
