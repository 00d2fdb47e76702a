import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseBridgeConfig, startBridge } from '../../../bridge';
import { MosquittoProcess, mosquittoProblem } from '../../faults/mosquitto-process';
import { routeInput } from '../support/config';
import { json, startModel } from '../support/http';
import { CapturedLog } from '../support/log';
import { gatewayInput } from './support/config';
import { runGateway } from './support/gateway';

const problem = mosquittoProblem();
const TRACEPARENT = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';
const PATH = '/v1/models/iris:predict';
const BODY = '{"instances":[[1]]}';

describe.skipIf(problem)(`a gateway in front of MQTT${problem ? ` (skipped: ${problem})` : ''}`, () => {
  let folder: string;
  let mosquitto: MosquittoProcess;
  let url: string;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'gateway-mqtt-'));
    mosquitto = await MosquittoProcess.start({ directory: folder, maxQueuedMessages: 1_000, maxPacketBytes: 100_000 });
    url = `mqtt://127.0.0.1:${mosquitto.port}`;
  });

  afterAll(async () => {
    await mosquitto?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const reconnect = { minMs: 10, maxMs: 50 };

  async function started(clientId = 'gateway-0') {
    const mqttWay = { requestTopic: 'staging/{model}/input' };
    const routes = [{ name: 'models', path: '/v1/models/{model}:predict', mqtt: mqttWay }];
    const gateway = await runGateway(gatewayInput({ routes }, { broker: { url, clientId, reconnect } }));
    await gateway.ready();
    return gateway;
  }

  /** A bridge from `staging/iris/input` to a model that answers what a test says. */
  async function bridged(answer: (response: ServerResponse, body: string) => void) {
    const model = await startModel((response, { body }) => answer(response, body));
    onTestFinished(() => model.close());
    const route = routeInput({
      requestTopic: 'staging/iris/input',
      model: { url: `${model.origin}/v1/models/iris:predict`, retry: { attempts: 1 } },
      reply: { topic: 'staging/iris/output', allowedResponseTopics: ['gateway/+/answers'] },
    });
    const log = new CapturedLog();
    const config = parseBridgeConfig({
      broker: { url, clientId: 'bridge-0', reconnect },
      routes: [route],
      http: { host: '127.0.0.1', port: 0 },
    });
    const bridge = await startBridge(config, log.logger);
    onTestFinished(async () => {
      await bridge.stop();
    });
    await bridge.connected;
    return model;
  }

  /** Somebody who hears requests, and answers them as a test says. */
  async function listener(topic: string): Promise<MqttClient> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 5, reconnectPeriod: 0 });
    onTestFinished(() => client.endAsync(true));
    await client.subscribeAsync(topic, { qos: 1 });
    return client;
  }

  it('asks a bridge, and hands its answer back', async () => {
    const model = await bridged((response) => json(response, { predictions: [1] }));
    const gateway = await started();

    const answer = await gateway.post({
      path: PATH,
      body: BODY,
      headers: { RqUID: 'seven', traceparent: TRACEPARENT },
    });

    expect([answer.status, answer.text]).toStrictEqual([200, '{"predictions":[1]}']);
    expect(answer.headers).toMatchObject({
      rquid: 'seven',
      traceparent: TRACEPARENT,
      'content-type': 'application/json',
    });
    expect(model.requests[0]).toMatchObject({ body: BODY, headers: { traceparent: TRACEPARENT } });
  });

  it('B-4, B-5: two replicas, all requests with one RqUID: everybody gets their own answer', async () => {
    await bridged((response, body) => {
      setTimeout(() => json(response, { predictions: JSON.parse(body).instances }), Math.random() * 30);
    });
    const replicas = [await started('gateway-0'), await started('gateway-1')];
    const numbers = Array.from({ length: 200 }, (_, i) => i);

    const answers = await Promise.all(
      numbers.map((i) =>
        replicas[i % 2]?.post({ path: PATH, body: `{"instances":[${i}]}`, headers: { RqUID: 'the-same' } }),
      ),
    );

    expect(answers.map((answer) => answer?.text)).toStrictEqual(numbers.map((i) => `{"predictions":[${i}]}`));
  });

  it.each([
    [400, 422, 'BRIDGE_ERR_MODEL_REJECTED'],
    [500, 502, 'BRIDGE_ERR_MODEL_BUSY'],
  ])('B-7: a model that answers %i is no 200', async (model, status, code) => {
    await bridged((response) => json(response, { error: 'so it is' }, model));
    const gateway = await started();

    expect(await gateway.post({ path: PATH, body: BODY })).toMatchObject({ status, code });
  });

  it('B-17: says at once that nobody is subscribed', async () => {
    const gateway = await started();

    const answer = await gateway.post({ path: '/v1/models/nobody:predict', body: BODY });

    expect(answer).toMatchObject({ status: 404, code: 'BRIDGE_ERR_UNROUTABLE' });
  });

  it('says what it publishes, and to whom the answer goes', async () => {
    const client = await listener('staging/heard/input');
    const heard = new Promise<unknown>((resolve) => {
      client.once('message', (_topic, payload, { qos, retain, properties }) => {
        resolve({
          payload: payload.toString(),
          qos,
          retain,
          properties: { ...properties, userProperties: { ...properties?.userProperties } },
        });
        client.publish(String(properties?.responseTopic), '[1]', {
          qos: 1,
          properties: { correlationData: properties?.correlationData },
        });
      });
    });
    const gateway = await started('gateway-7');

    const answer = await gateway.post({ path: '/v1/models/heard:predict', body: BODY, headers: { RqUID: 'seven' } });

    expect([answer.status, answer.text]).toStrictEqual([200, '[1]']);
    expect(await heard).toMatchObject({
      payload: BODY,
      qos: 1,
      retain: false,
      properties: {
        responseTopic: 'gateway/gateway-7/answers',
        contentType: 'application/json',
        messageExpiryInterval: 65,
        userProperties: { RqUID: 'seven' },
      },
    });
  });

  it('counts answers for which nobody waits', async () => {
    const client = await listener('nothing');
    const gateway = await started();

    await client.publishAsync('gateway/gateway-0/answers', '{}', { qos: 1 });
    await client.publishAsync('gateway/gateway-0/answers', '{}', {
      qos: 1,
      properties: { correlationData: Buffer.from('x') },
    });

    await expect.poll(() => gateway.metric('gateway_stray_answers_total{connection="mqtt"}')).toBe(2);
  });

  it('refuses what would be larger than a packet of the broker', async () => {
    await listener('staging/iris/input');
    const gateway = await started();

    const answer = await gateway.post({ path: PATH, body: `{"instances":["${'x'.repeat(100_000)}"]}` });

    expect(answer).toMatchObject({ status: 413, code: 'BRIDGE_ERR_REQUEST_TOO_LARGE' });
    expect((await gateway.operations('/readyz')).status).toBe(200);
  });

  it('leaves nobody waiting when the broker goes, and finds it again', async () => {
    const client = await listener('staging/iris/input');
    const taken = new Promise((resolve) => {
      client.once('message', resolve);
    });
    const gateway = await started();
    const waiting = gateway.post({ path: PATH, body: BODY });
    await taken;
    client.on('error', () => undefined);

    const restarted = mosquitto.restart({ signal: 'SIGKILL' });

    expect(await waiting).toMatchObject({ status: 503, code: 'BRIDGE_ERR_ANSWER_LOST' });
    await restarted;
    await gateway.ready();
    await bridged((response) => json(response, { predictions: [1] }));
    expect((await gateway.post({ path: PATH, body: BODY })).status).toBe(200);
  });
});
