import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { Aedes } from 'aedes';
import type { MqttClient } from 'mqtt';
import pino from 'pino';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createWebSocketStream, WebSocketServer } from 'ws';
import { type BridgeConfigInput, parseBridgeConfig, startBridge } from '../../bridge';
import { connectClient, eventOf } from './support/broker';
import { routeInput } from './support/config';
import { type FakeModel, json, startModel } from './support/http';

type Tls = NonNullable<BridgeConfigInput['broker']['tls']>;

/** A broker whose certificate is for `localhost`, and an authority that signed none of it. */
describe('a bridge over TLS', () => {
  const ends: (() => unknown)[] = [];
  let folder: string;
  let ca: string;
  let mqttsPort: number;
  let wssPort: number;
  let model: FakeModel;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-tls-'));
    const { private: key, cert } = await certificate();
    ca = cert;
    writeFileSync(join(folder, 'ca.pem'), cert);
    writeFileSync(join(folder, 'stranger.pem'), (await certificate()).cert);

    const broker = await Aedes.createBroker();
    const mqtts = createTlsServer({ key, cert }, (socket) => broker.handle(socket));
    const https = createHttpsServer({ key, cert });
    new WebSocketServer({ server: https }).on('connection', (socket) => broker.handle(createWebSocketStream(socket)));
    [mqttsPort, wssPort] = [await listen(mqtts), await listen(https)];
    model = await startModel((response) => json(response, { predictions: [1] }));
  });

  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
  });

  afterAll(async () => {
    await model.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(['mqtts', 'wss'])('answers over %s when it knows the authority', async (scheme) => {
    const { client } = await bridgeAndClient(scheme, { caFile: join(folder, 'ca.pem') });
    const answered = eventOf(client, 'message');

    await client.publishAsync('iris/input', '{"instances":[[1]]}', { qos: 1 });

    const [topic, payload] = await answered;
    expect([topic, String(payload)]).toEqual(['iris/output', '{"predictions":[1]}']);
  });

  it.each([
    { what: 'an authority it was not told of', tls: () => undefined, says: /self.signed certificate/ },
    {
      what: 'another authority',
      tls: () => ({ caFile: join(folder, 'stranger.pem') }),
      says: /self.signed certificate/,
    },
    {
      what: 'a certificate for another host',
      tls: () => ({ caFile: join(folder, 'ca.pem'), serverName: 'broker.example.com' }),
      says: /altnames/i,
    },
  ])('refuses a broker with $what, says so, and stays unready', async ({ tls, says }) => {
    const { readyz, logged } = await startUnready('mqtts', tls());

    await expect.poll(() => logged.join('')).toMatch(says);

    expect((await readyz()).status).toBe(503);
    expect(logged.join('')).toContain('BRIDGE_ERR_BROKER_CONNECTION');
  });

  async function bridgeAndClient(scheme: string, tls: Tls) {
    const { readyz } = await startUnready(scheme, tls);
    await expect.poll(async () => (await readyz()).status).toBe(200);
    const client: MqttClient = await connectClient(`mqtts://localhost:${mqttsPort}`, { ca });
    ends.push(() => client.endAsync());
    await client.subscribeAsync('iris/output', { qos: 1 });
    return { client };
  }

  async function startUnready(scheme: string, tls: Tls | undefined) {
    const port = scheme === 'wss' ? wssPort : mqttsPort;
    const config = parseBridgeConfig({
      broker: { url: `${scheme}://localhost:${port}`, clientId: 'bridge', protocolVersion: 4, tls },
      http: { host: '127.0.0.1', port: 0 },
      routes: [routeInput({ model: { url: `${model.origin}/v1/models/iris:predict` } })],
    });
    const logged: string[] = [];
    const bridge = await startBridge(config, pino({}, { write: (line: string) => logged.push(line) }));
    ends.push(() => bridge.stop());
    return { logged, readyz: () => fetch(`http://127.0.0.1:${bridge.operationsPort}/readyz`) };
  }

  function certificate() {
    const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] }];
    return generate([{ name: 'commonName', value: 'localhost' }], { keySize: 2048, algorithm: 'sha256', extensions });
  }
});

async function listen(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}
