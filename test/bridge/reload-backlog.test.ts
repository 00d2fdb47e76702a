import { mkdtempSync, rmSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import pino from 'pino';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseBridgeConfig, startBridge } from '../../bridge';
import { MosquittoProcess, mosquittoProblem } from '../faults/mosquitto-process';
import { configInput, routeInput } from './support/config';
import { json, startModel } from './support/http';

const missing = mosquittoProblem();
const note = missing === undefined ? '' : ` (skipped: ${missing})`;
const REQUESTS = 50;
const WINDOW = 10;
const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';

describe.skipIf(missing)(`a route that is removed${note}`, () => {
  it('still answers everything that waited for it at the broker, and nothing that came later', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'reload-'));
    const broker = await MosquittoProcess.start({ directory, maxQueuedMessages: 1_000 });
    onTestFinished(async () => {
      await broker.close();
      rmSync(directory, { recursive: true, force: true });
    });
    let held: ServerResponse[] | undefined = [];
    const model = await startModel((response) => {
      if (held) held.push(response);
      else json(response, { predictions: [1] });
    });
    onTestFinished(() => model.close());
    const url = `mqtt://127.0.0.1:${broker.port}`;
    const route = (name: string) =>
      routeInput({
        name,
        requestTopic: `${name}/input`,
        model: { url: model.origin },
        reply: { topic: `${name}/output` },
        deadLetter: { topic: `${name}/dead` },
      });
    const config = (...names: string[]) =>
      parseBridgeConfig(
        configInput({
          broker: { url, clientId: 'bridge-0' },
          delivery: { window: WINDOW },
          routes: names.map(route),
          http: { host: '127.0.0.1', port: 0 },
        }),
      );
    const bridge = await startBridge(config('iris', 'digits'), pino({ level: 'silent' }));
    onTestFinished(async () => {
      await bridge.stop();
    });
    await bridge.connected;
    const client = await mqtt.connectAsync(url, { protocolVersion: 5, properties: { receiveMaximum: 1_000 } });
    onTestFinished(() => client.endAsync(true));
    await client.subscribeAsync(['iris/output', 'digits/output'], { qos: 1 });
    const traces: unknown[] = [];
    const answered = { iris: Promise.withResolvers<void>(), digits: Promise.withResolvers<void>() };
    client.on('message', (topic, _payload, { properties }) => {
      if (topic === 'digits/output') answered.digits.resolve();
      else traces.push(properties?.userProperties?.traceparent);
      if (traces.length === REQUESTS) answered.iris.resolve();
    });
    const options = { qos: 1, properties: { userProperties: { traceparent } } } as const;
    for (let i = 0; i < REQUESTS; i += 1) await client.publishAsync('iris/input', String(i), options);

    await bridge.reload(() => config('digits'));
    const taken = held;
    held = undefined;
    for (const response of taken) json(response, { predictions: [1] });
    await answered.iris.promise;
    await client.publishAsync('iris/input', 'late', options);
    await client.publishAsync('digits/input', 'later', options);
    await answered.digits.promise;

    expect(taken.length).toBe(WINDOW);
    expect(model.requests).toHaveLength(REQUESTS + 1);
    // The trace goes the whole way, over MQTT 5 and HTTP.
    expect(new Set(traces)).toEqual(new Set([traceparent]));
    expect(new Set(model.requests.map(({ headers }) => headers.traceparent))).toEqual(new Set([traceparent]));
  });
});
