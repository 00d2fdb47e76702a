import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import pino from 'pino';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseBridgeConfig, type RunningBridge, startBridge } from '../../bridge';
import { MosquittoProcess, mosquittoProblem } from '../faults/mosquitto-process';
import { configInput, routeInput } from './support/config';
import { json, startModel } from './support/http';

const missing = mosquittoProblem();
const note = missing === undefined ? '' : ` (skipped: ${missing})`;
const SILENT = pino({ level: 'silent' });

describe.skipIf(missing)(`two bridges of one group${note}`, () => {
  const directory = mkdtempSync(join(tmpdir(), 'group-'));
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

  function config(clientId: string, origin: string, group: string, onStop: 'keep' | 'retire') {
    return parseBridgeConfig(
      configInput({
        broker: { url, clientId: `${group}-${clientId}` },
        http: { host: '127.0.0.1', port: 0 },
        delivery: { onStop },
        routes: [
          routeInput({
            share: group,
            requestTopic: `${group}/input`,
            reply: { topic: `${group}/output` },
            deadLetter: { topic: `${group}/dead` },
            model: { url: `${origin}/${clientId}` },
          }),
        ],
      }),
    );
  }

  async function member(clientId: string, origin: string, group: string, onStop: 'keep' | 'retire' = 'retire') {
    const bridge: RunningBridge = await startBridge(config(clientId, origin, group, onStop), SILENT);
    await bridge.connected;
    return bridge;
  }

  async function requester(
    group: string,
  ): Promise<{ client: MqttClient; answers: string[]; ask: (n: number) => Promise<void> }> {
    const client = await mqtt.connectAsync(url, { protocolVersion: 5 });
    onTestFinished(async () => {
      await client.endAsync(true);
    });
    const answers: string[] = [];
    client.on('message', (_topic, payload) => answers.push(payload.toString()));
    await client.subscribeAsync(`${group}/output`, { qos: 1 });
    const ask = async (n: number) => {
      for (let i = 0; i < n; i += 1) await client.publishAsync(`${group}/input`, `{"n":${i}}`, { qos: 1 });
    };
    return { client, answers, ask };
  }

  const until = async (condition: () => boolean) => {
    while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
  };

  it('share the requests, and answer each of them once', async () => {
    const model = await startModel((response) => json(response, {}));
    onTestFinished(() => model.close());
    const bridges = [await member('a', model.origin, 'g1'), await member('b', model.origin, 'g1')];
    const { answers, ask } = await requester('g1');

    await ask(20);
    await until(() => answers.length >= 20);
    await Promise.all(bridges.map((bridge) => bridge.stop()));

    const asked = new Set(model.requests.map(({ url }) => url));
    expect([answers.length, [...asked].sort()]).toStrictEqual([20, ['/a', '/b']]);
  });

  it('lose nothing when one retires: it answers what waits for it, and its session ends', async () => {
    const model = await startModel((response) => setTimeout(() => json(response, {}), 50));
    onTestFinished(() => model.close());
    const [leaving, staying] = [await member('a', model.origin, 'g2'), await member('b', model.origin, 'g2')];
    const { answers, ask } = await requester('g2');

    const asking = ask(40);
    const unanswered = await leaving.stop();
    await asking;
    await ask(10);
    await until(() => answers.length >= 50);
    await staying.stop();

    const again = await mqtt.connectAsync(url, { protocolVersion: 5, clientId: 'g2-a', clean: false });
    const sessionPresent = await new Promise((resolve) => {
      again.once('connect', ({ sessionPresent }) => resolve(sessionPresent));
      if (again.connected) resolve(undefined);
    });
    await again.endAsync(true);
    expect([unanswered, answers.length]).toStrictEqual([0, 50]);
    expect(sessionPresent).not.toBe(true);
  });

  it('get back what waits for one that is gone, when it is retired from elsewhere', async () => {
    const model = await startModel((response) => json(response, {}));
    onTestFinished(() => model.close());
    const gone = await member('a', model.origin, 'g3', 'keep');
    const staying = await member('b', model.origin, 'g3');
    const { answers, ask } = await requester('g3');
    await gone.stop();
    await ask(20);
    await until(() => answers.length > 0);

    const retiring = await startBridge(config('a', model.origin, 'g3', 'retire'), SILENT, { leaving: true });
    await retiring.connected;
    const unanswered = await retiring.stop();
    await until(() => answers.length >= 20);
    await staying.stop();

    expect([unanswered, answers.length]).toStrictEqual([0, 20]);
  });
});
