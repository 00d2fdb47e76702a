import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { MosquittoProcess, mosquittoProblem } from '../../faults/mosquitto-process';
import { startBroker } from '../support/broker';
import { type CommandResult, startCommand } from '../support/command';
import { freePort } from '../support/http';

const PREDICTION = '{"predictions":[1]}';
const ERROR = '{"error":{"code":"BRIDGE_ERR_MODEL_TIMEOUT","status":504,"message":"too slow","retryable":true}}';
const missing = mosquittoProblem();
const note = missing === undefined ? '' : ` (skipped: ${missing})`;

type Reply = (request: IPublishPacket) => { readonly payload: string; readonly status: string } | undefined;

/** Something that answers requests as a bridge does. */
async function answering(url: string, protocolVersion: 4 | 5, reply: Reply): Promise<void> {
  const client: MqttClient = await mqtt.connectAsync(url, { protocolVersion });
  onTestFinished(async () => {
    await client.endAsync(true);
  });
  client.on('message', (_topic, _payload, packet) => {
    const answer = reply(packet);
    if (!answer) return;
    const { responseTopic = 'iris/output', correlationData } = packet.properties ?? {};
    const properties = { correlationData, userProperties: { status: answer.status } };
    client.publish(responseTopic, answer.payload, { qos: 1, ...(protocolVersion === 5 && { properties }) });
  });
  await client.subscribeAsync('iris/input', { qos: 1 });
}

function ask(url: string, ...flags: string[]): Promise<CommandResult> {
  return startCommand('request', '--broker', url, '--topic', 'iris/input', '--data', '{"instances":[]}', ...flags)
    .ended;
}

describe('request, over MQTT 3.1.1', () => {
  it('prints the prediction and exits with 0', async () => {
    const broker = await startBroker();
    onTestFinished(() => broker.close());
    await answering(broker.url, 4, ({ payload }) => ({ payload: `${payload}${PREDICTION}`, status: '200' }));

    const result = await ask(broker.url, '--mqtt-version', '3');

    expect(result).toStrictEqual({ code: 0, stdout: `{"instances":[]}${PREDICTION}\n`, stderr: '' });
  });

  it('prints an error reply to standard error and exits with 1', async () => {
    const broker = await startBroker();
    onTestFinished(() => broker.close());
    await answering(broker.url, 4, () => ({ payload: ERROR, status: '504' }));

    expect(await ask(broker.url, '--mqtt-version', '3')).toStrictEqual({ code: 1, stdout: '', stderr: `${ERROR}\n` });
  });

  it('exits with 3 when nobody answers in time', async () => {
    const broker = await startBroker();
    onTestFinished(() => broker.close());

    const { code, stderr } = await ask(broker.url, '--mqtt-version', '3', '--timeout', '0.2');

    expect([code, stderr]).toStrictEqual([3, 'no answer on iris/output within 0.2 s\n']);
  });
});

describe.skipIf(missing)(`request, over MQTT 5${note}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'request-'));
  let broker: MosquittoProcess;
  let url: string;
  beforeAll(async () => {
    broker = await MosquittoProcess.start({ directory, maxQueuedMessages: 100 });
    url = `mqtt://127.0.0.1:${broker.port}`;
  });
  afterAll(async () => {
    await broker?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it('takes the answer with its own correlation data, and no other', async () => {
    await answering(url, 5, () => ({ payload: PREDICTION, status: '200' }));
    const stranger = await mqtt.connectAsync(url, { protocolVersion: 5 });
    onTestFinished(async () => {
      await stranger.endAsync(true);
    });
    await stranger.publishAsync('iris/output', 'for another', {
      qos: 1,
      retain: true,
      properties: { correlationData: Buffer.from('another') },
    });
    onTestFinished(async () => {
      await stranger.publishAsync('iris/output', '', { qos: 1, retain: true });
    });

    expect(await ask(url)).toStrictEqual({ code: 0, stdout: `${PREDICTION}\n`, stderr: '' });
  });

  it('tells an error reply by its status', async () => {
    await answering(url, 5, () => ({ payload: 'the model is busy', status: '503' }));

    expect(await ask(url)).toStrictEqual({ code: 1, stdout: '', stderr: 'the model is busy\n' });
  });

  it('asks on the topics that it is told', async () => {
    const heard = new Promise<IPublishPacket>((resolve) => {
      answering(url, 5, (packet) => {
        resolve(packet);
        return { payload: PREDICTION, status: '200' };
      });
    });

    const result = await ask(url, '--reply-topic', 'elsewhere');

    const { properties, qos, payload } = await heard;
    expect(result.code).toBe(0);
    expect([properties?.responseTopic, properties?.contentType, qos, payload.toString()]).toStrictEqual([
      'elsewhere',
      'application/json',
      1,
      '{"instances":[]}',
    ]);
  });
});

describe('request, wrongly called', () => {
  const good = ['--broker', 'mqtt://127.0.0.1:1', '--topic', 'iris/input', '--data', '{}'];
  const without = (flag: string) => good.filter((argument, i) => argument !== flag && good[i - 1] !== flag);

  it.each([
    ['without a topic', without('--topic'), '--topic is missing'],
    ['without a request', without('--data'), 'a request comes from --data or from --file'],
    ['without a broker', without('--broker'), 'broker.url is missing'],
    ['with two requests', [...good, '--file', 'x'], 'Give one of them'],
    ['with a file that is not there', [...without('--data'), '--file', '/nowhere'], 'cannot read the request'],
    ['with a wildcard for a topic', [...good, '--topic', '+/input'], 'a topic name has no wildcard'],
    ['with a topic whose answers it cannot guess', [...good, '--topic', 'iris'], '--reply-topic is missing'],
    ['with a QoS that is none', [...good, '--qos', '3'], '--qos is "3", but MQTT knows 0, 1 and 2'],
    ['with a time that is none', [...good, '--timeout', 'soon'], '--timeout is "soon", but it is a number above 0'],
    ['with a version that is none', [...good, '--mqtt-version', '6'], 'broker.protocolVersion is 6'],
    ['with a flag that is none', [...good, '--retain'], "Unknown option '--retain'"],
  ])('exits with 2 and says so: %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await startCommand('request', ...args).ended;

    expect([code, stdout]).toStrictEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('exits with 2 and says so when there is no broker', async () => {
    const { code, stderr } = await ask(`mqtt://127.0.0.1:${await freePort()}`);

    expect(code).toBe(2);
    expect(stderr).toMatch(/^BRIDGE_ERR_BROKER_CONNECTION: no connection to mqtt:\/\/127\.0\.0\.1:\d+: .*ECONNREFUSED/);
  });
});
