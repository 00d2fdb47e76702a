import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type IPublishPacket, type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { deadLetter } from '../../../bridge/delivery/envelopes';
import { failure } from '../../../bridge/errors';
import { MosquittoProcess, mosquittoProblem } from '../../faults/mosquitto-process';
import { type CommandResult, startCommand } from '../support/command';

const missing = mosquittoProblem();
const note = missing === undefined ? '' : ` (skipped: ${missing})`;
const WHY = failure('BRIDGE_ERR_MODEL_BUSY', 'the model answered 503', 503);

function letter(changes: object = {}): Buffer {
  return deadLetter(
    {
      route: 'iris',
      topic: 'iris/input',
      payload: Buffer.from('{"instances":[]}'),
      requestId: 'r-1',
      attempts: 3,
      firstSeen: new Date(0),
      modelUrl: 'http://iris.example/',
      responseTopic: 'iris/output/cam',
      correlationData: Buffer.from([0, 255, 1]),
      userProperties: { traceparent: '00-ab-cd-01' },
      ...changes,
    },
    WHY,
  );
}

describe.skipIf(missing)(`replay${note}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'replay-'));
  let broker: MosquittoProcess;
  let url: string;
  beforeAll(async () => {
    broker = await MosquittoProcess.start({ directory, maxQueuedMessages: 1_000 });
    url = `mqtt://127.0.0.1:${broker.port}`;
  });
  afterAll(async () => {
    await broker?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  async function client(): Promise<MqttClient> {
    const connected = await mqtt.connectAsync(url, { protocolVersion: 5 });
    onTestFinished(async () => {
      await connected.endAsync(true);
    });
    return connected;
  }

  const run = (id: string, ...flags: string[]): Promise<CommandResult> =>
    startCommand('replay', '--broker', url, '--from', `${id}/dead`, '--client-id', id, '--quiet', '0.5', ...flags)
      .ended;

  /** What arrives on the request topic, as a bridge would take it. */
  async function requests(topic: string, taken: (packet: IPublishPacket) => void): Promise<void> {
    const bridge = await client();
    bridge.on('message', (_topic, _payload, packet) => taken(packet));
    await bridge.subscribeAsync(topic, { qos: 1 });
  }

  it('puts a request back as it was, with all that its answer needs', async () => {
    const found: IPublishPacket[] = [];
    await requests('one/input', (packet) => found.push(packet));
    await run('one', '--prepare');
    await (await client()).publishAsync('one/dead', letter({ topic: 'one/input' }), { qos: 1 });

    const { code, stdout } = await run('one');

    expect([code, stdout]).toStrictEqual([0, 'put back 1 request(s)\n']);
    expect(found.map(({ payload, properties }) => [payload.toString(), properties])).toEqual([
      [
        '{"instances":[]}',
        {
          contentType: 'application/json',
          responseTopic: 'iris/output/cam',
          correlationData: Buffer.from([0, 255, 1]),
          userProperties: { traceparent: '00-ab-cd-01', replay: expect.any(String) },
        },
      ],
    ]);
  });

  it('takes a letter off the topic: the next run finds none', async () => {
    await run('two', '--prepare');
    await (await client()).publishAsync('two/dead', letter({ topic: 'two/input' }), { qos: 1 });
    await run('two');

    expect((await run('two')).stdout).toBe('put back 0 request(s)\n');
  });

  it('says when nobody asked the broker to keep letters', async () => {
    const { code, stderr } = await run('three');

    expect([code, stderr]).toStrictEqual([0, 'the broker kept no letters: run it with --prepare first\n']);
  });

  it('stops when a request fails again, and leaves that letter for another run', async () => {
    await run('four', '--prepare');
    const bridge = await client();
    bridge.on('message', (topic, payload, { properties }) => {
      const { userProperties = {} } = properties ?? {};
      bridge.publish('four/dead', letter({ topic, payload, userProperties }), { qos: 1 });
    });
    await bridge.subscribeAsync('four/input', { qos: 1 });
    await bridge.publishAsync('four/dead', letter({ topic: 'four/input' }), { qos: 1 });

    const first = await run('four');
    const second = await run('four');

    expect([first.code, first.stdout, first.stderr]).toStrictEqual([
      1,
      'put back 1 request(s)\n',
      'request r-1 has failed again\n',
    ]);
    expect(second.stdout).toBe('put back 1 request(s)\n');
  });

  it.each([
    ['a letter without its payload', letter({ topic: 'x/input', payload: undefined }), 'base64OriginalPayload'],
    ['something else', Buffer.from('hello'), 'no dead letter'],
    ['a letter to nowhere', letter({ topic: 'x/#' }), 'topic'],
  ])('stops at %s, and loses neither it nor what is behind it', async (what, payload, reason) => {
    const id = `five-${what.length}`;
    await run(id, '--prepare');
    const sender = await client();
    await sender.publishAsync(`${id}/dead`, payload, { qos: 1 });
    await sender.publishAsync(`${id}/dead`, letter({ topic: `${id}/input` }), { qos: 1 });

    const [first, second] = [await run(id), await run(id)];

    expect([first.code, first.stdout]).toStrictEqual([1, 'put back 0 request(s)\n']);
    expect(first.stderr).toContain(reason);
    expect(second.stderr).toBe(first.stderr);
  });
});

describe('replay, wrongly called', () => {
  it.each([
    ['without a topic', [], '--from is missing'],
    ['with a filter', ['--from', 'a/#'], '--from is "a/#", but a topic name has no wildcard'],
    ['with a time that is none', ['--from', 'a', '--quiet', 'long'], '--quiet is "long"'],
  ])('exits with 2 and says so: %s', async (_what, flags, message) => {
    const { code, stderr } = await startCommand('replay', '--broker', 'mqtt://127.0.0.1:1', ...flags).ended;

    expect(code).toBe(2);
    expect(stderr).toContain(message);
  });
});
