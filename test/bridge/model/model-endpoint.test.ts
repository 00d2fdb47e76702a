import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Answer, ModelClient } from '../../../bridge/model/model-client';
import { routeConfig } from '../support/config';
import { json, startModel } from '../support/http';
import { SecretFiles } from '../support/secret-files';

type ModelChanges = NonNullable<NonNullable<Parameters<typeof routeConfig>[0]>['model']>;

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function ask(url: string, changes: ModelChanges): Promise<Answer> {
  const client = clientOf(url, changes);
  closing.push(() => client.close());
  return askOf(client);
}

function clientOf(url: string, changes: ModelChanges): ModelClient {
  return new ModelClient(routeConfig({ model: { url, ...changes } }), url, () => undefined);
}

function askOf(client: ModelClient): Promise<Answer> {
  return client.predict({ body: Buffer.from('{}'), requestId: 'r' }, 5_000);
}

describe('a model that is called by the address of its gateway', () => {
  it('is asked for by its own host (D-3)', async () => {
    const gateway = await startModel((response) => json(response, {}));
    closing.push(() => gateway.close());

    await ask(`${gateway.origin}/v1/models/iris:predict`, { hostHeader: 'iris.staging.example.com' });

    expect(gateway.requests).toMatchObject([
      { url: '/v1/models/iris:predict', headers: { host: 'iris.staging.example.com' } },
    ]);
  });

  it('is asked for by the address when nobody says otherwise', async () => {
    const gateway = await startModel((response) => json(response, {}));
    closing.push(() => gateway.close());

    await ask(gateway.origin, {});

    expect(gateway.requests[0]?.headers.host).toBe(new URL(gateway.origin).host);
  });
});

describe('a model over TLS', () => {
  const files = new SecretFiles();
  const certificates = new Map<string, { readonly private: string; readonly cert: string }>();
  let url: string;
  let requests: IncomingMessage[];
  let close: () => void;

  beforeAll(async () => {
    for (const name of ['localhost', 'iris.example.com', 'bridge', 'stranger']) {
      const pair = await certificate(name);
      certificates.set(name, pair);
      files.write(`${name}.crt`, pair.cert);
      files.write(`${name}.key`, pair.private);
    }
  });

  afterAll(() => files.removeAll());

  afterEach(() => close());

  /** A model with a certificate for a host; with `clients` it wants one from who calls. */
  async function serve(host: string, clients?: string): Promise<void> {
    requests = [];
    const { private: key, cert } = pairOf(host);
    const ca = clients === undefined ? {} : { ca: pairOf(clients).cert, requestCert: true, rejectUnauthorized: true };
    const server = createServer({ key, cert, ...ca }, (request, response) => {
      requests.push(request);
      json(
        response.on('error', () => undefined),
        { predictions: [1] },
      );
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `https://localhost:${(server.address() as AddressInfo).port}/predict`;
    close = () => {
      server.close();
      server.closeAllConnections();
    };
  }

  it('answers when the bridge knows who signs its certificate', async () => {
    await serve('localhost');

    expect(await ask(url, { tls: { caFile: files.path('localhost.crt') } })).toMatchObject({ ok: true });
  });

  it.each([
    ['an authority that the bridge was not told of', undefined, /self.signed certificate/],
    ['another authority', { caFile: 'stranger.crt' }, /self.signed certificate/],
    ['a certificate for another host', { caFile: 'localhost.crt', serverName: 'iris.example.com' }, /altnames/i],
  ])('is refused with %s', async (_, tls, says) => {
    await serve('localhost');

    const answer = await ask(url, tls ? { tls: { ...tls, caFile: files.path(tls.caFile) } } : {});

    expect(answer).toMatchObject({ ok: false, failure: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE' } });
    expect(!answer.ok && answer.failure.message).toMatch(says);
    expect(requests).toHaveLength(0);
  });

  it('may have a certificate for another name than its host', async () => {
    await serve('iris.example.com');
    const caFile = files.path('iris.example.com.crt');

    expect(await ask(url, { tls: { caFile, serverName: 'iris.example.com' } })).toMatchObject({ ok: true });
  });

  it('has a certificate for the host that it is asked for', async () => {
    await serve('iris.example.com');
    const caFile = files.path('iris.example.com.crt');

    expect(await ask(url, { tls: { caFile }, hostHeader: 'iris.example.com' })).toMatchObject({ ok: true });
    expect(connection().servername).toBe('iris.example.com');
  });

  it('has a certificate for serverName, even when it is asked for another host', async () => {
    await serve('localhost');
    const tls = { caFile: files.path('localhost.crt'), serverName: 'localhost' };

    expect(await ask(url, { tls, hostHeader: 'iris.example.com' })).toMatchObject({ ok: true });
    expect(requests[0]?.headers.host).toBe('iris.example.com');
  });

  it('that wants a certificate gets the bridge’s', async () => {
    await serve('localhost', 'bridge');
    const pair = { certFile: files.path('bridge.crt'), keyFile: files.path('bridge.key') };

    const answer = await ask(url, { tls: { caFile: files.path('localhost.crt'), ...pair } });

    expect(answer).toMatchObject({ ok: true });
    expect(connection().getPeerCertificate().subject.CN).toBe('bridge');
  });

  it('that wants a certificate refuses who has none', async () => {
    await serve('localhost', 'bridge');

    const answer = await ask(url, { tls: { caFile: files.path('localhost.crt') } });

    expect(answer).toMatchObject({ ok: false, failure: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE', retryable: true } });
  });

  it('is called with a renewed certificate from the next connection on', async () => {
    await serve('localhost');
    files.write('renewed.crt', pairOf('stranger').cert);
    const client = clientOf(url, { tls: { caFile: files.path('renewed.crt') } });
    closing.push(() => client.close());
    const before = await askOf(client);

    files.write('renewed.crt', pairOf('localhost').cert);

    expect([before.ok, (await askOf(client)).ok]).toStrictEqual([false, true]);
  });

  it('is not called when a file is gone, and may be later', async () => {
    await serve('localhost');
    files.write('gone.crt', pairOf('localhost').cert);
    const client = clientOf(url, { tls: { caFile: files.path('gone.crt') } });
    closing.push(() => client.close());
    files.remove('gone.crt');

    expect(await askOf(client)).toMatchObject({
      ok: false,
      failure: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE', retryable: true },
    });
  });

  it('lets no bridge start without the files', async () => {
    await serve('localhost');

    expect(() => clientOf(url, { tls: { caFile: files.path('nowhere.crt') } })).toThrow(
      /^BRIDGE_ERR_CONFIG: model\.tls of route "iris" cannot be used: ENOENT.*nowhere\.crt/,
    );
  });

  /** The one that the last request came on. */
  function connection() {
    const [request] = requests.slice(-1);
    if (!request) throw new Error('the model was not asked');
    return request.socket as TLSSocket & { readonly servername: string };
  }

  function pairOf(name: string) {
    const pair = certificates.get(name);
    if (!pair) throw new Error(`no certificate for ${name}`);
    return pair;
  }

  function certificate(name: string) {
    const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: name }] }];
    return generate([{ name: 'commonName', value: name }], { keySize: 2048, algorithm: 'sha256', extensions });
  }
});
