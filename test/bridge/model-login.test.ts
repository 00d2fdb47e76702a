import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type BridgeConfig, parseBridgeConfig, startBridge } from '../../bridge';
import { connectClient, startBroker } from './support/broker';
import { routeInput } from './support/config';
import { json, startModel } from './support/http';
import { CapturedLog } from './support/log';

const closing: (() => Promise<unknown>)[] = [];
let folder: string;
let tokenFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-model-login-'));
  tokenFile = join(folder, 'token');
  renew('first-token');
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
  rmSync(folder, { recursive: true });
});

/** Puts a new token in place of the old one, as a kubelet does. */
function renew(token: string): void {
  writeFileSync(`${tokenFile}.new`, token);
  renameSync(`${tokenFile}.new`, tokenFile);
}

function configFor(brokerUrl: string, modelUrl: string): BridgeConfig {
  return parseBridgeConfig({
    broker: { url: brokerUrl, clientId: 'bridge-0', protocolVersion: 4 },
    routes: [routeInput({ model: { url: modelUrl, login: { bearerTokenFile: tokenFile } } })],
    http: { host: '127.0.0.1', port: 0 },
  });
}

/** A bridge, a gateway that it calls, and a client that asks and hears the answers. */
async function running(gateway: (response: ServerResponse) => void) {
  const broker = await startBroker();
  closing.push(() => broker.close());
  const model = await startModel(gateway);
  closing.push(() => model.close());
  const log = new CapturedLog();
  const bridge = await startBridge(configFor(broker.url, model.origin), log.logger);
  closing.push(() => bridge.stop());
  await Promise.all(['requests', 'replies'].map((connection) => log.line({ msg: 'connected', connection })));
  const client = await connectClient(broker.url);
  closing.push(() => client.endAsync(true));
  await client.subscribeAsync('iris/output', { qos: 1 });
  const ask = async () => {
    const answer = new Promise((resolve) => {
      client.once('message', (_topic, payload) => resolve(JSON.parse(payload.toString())));
    });
    await client.publishAsync('iris/input', '{"instances":[]}', { qos: 1 });
    return answer;
  };
  return { ask, model, log };
}

const predicting = (response: ServerResponse) => json(response, { predictions: [1] });

describe('a bridge whose models are behind a gateway that asks for a token', () => {
  it('sends the token, and the new one after a rotation, without a restart (D-T7)', async () => {
    const { ask, model } = await running(predicting);

    await ask();
    renew('second-token');
    await ask();

    expect(model.requests.map(({ headers }) => headers.authorization)).toStrictEqual([
      'Bearer first-token',
      'Bearer second-token',
    ]);
  });

  it('asks nobody without a token, and says that it may work later', async () => {
    const { ask, model } = await running(predicting);
    rmSync(tokenFile);

    const answer = await ask();

    expect(answer).toStrictEqual({
      error: {
        code: 'BRIDGE_ERR_MODEL_LOGIN',
        status: 503,
        message: `there is no login to the model: cannot read ${tokenFile}: ENOENT`,
        retryable: true,
        attempts: 3,
      },
    });
    expect(model.requests).toStrictEqual([]);
  });

  it('goes on as soon as there is a token again', async () => {
    const { ask } = await running(predicting);
    renew('');
    await ask();

    renew('third-token');

    expect(await ask()).toStrictEqual({ predictions: [1] });
  });

  it.each([401, 403])('takes a %i of the gateway for final: the token is not the one it wants', async (status) => {
    const { ask } = await running((response) => response.writeHead(status).end('RBAC: access denied'));

    expect(await ask()).toMatchObject({ error: { code: 'BRIDGE_ERR_MODEL_REJECTED', status, retryable: false } });
  });

  it('never logs the token', async () => {
    const { ask, log } = await running((response) => response.writeHead(403).end());

    await ask();

    expect(JSON.stringify(log.lines)).toContain('BRIDGE_ERR_MODEL_REJECTED');
    expect(JSON.stringify(log.lines)).not.toContain('first-token');
  });

  it('does not start without a token, so that requests stay at the broker', async () => {
    renew('\n');
    const config = configFor('mqtt://127.0.0.1:1', 'http://127.0.0.1:1');

    const start = startBridge(config, new CapturedLog().logger);

    await expect(start).rejects.toMatchObject({
      code: 'BRIDGE_ERR_CONFIG',
      message: `BRIDGE_ERR_CONFIG: model.login of route "iris" is none: ${tokenFile} is empty`,
    });
  });
});
