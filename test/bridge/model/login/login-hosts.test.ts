import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { generate } from 'selfsigned';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Gateway } from '../../../../bridge/model/gateway';
import { ClientCredentials } from '../../../../bridge/model/login/client-credentials';
import { LoginBrowser, type LoginBrowserOptions } from '../../../../bridge/model/login/login-browser';
import { ONE_LINE, SecretFile } from '../../../../bridge/model/login/secret-file';
import { startModel } from '../../support/http';
import { SecretFiles } from '../../support/secret-files';

const closing: (() => Promise<unknown>)[] = [];
const files = new SecretFiles();
let key: string;
let cert: string;
let caFile: string;

beforeAll(async () => {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: 'localhost' }] }];
  const name = [{ name: 'commonName', value: 'localhost' }];
  ({ private: key, cert } = await generate(name, { keySize: 2048, algorithm: 'sha256', extensions }));
  caFile = files.write('ca.crt', cert);
});
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});
afterAll(() => files.removeAll());

/** Something that answers everything with JSON, over TLS. */
async function startTls(body: object): Promise<string> {
  const server = createServer({ key, cert }, (_, response) => {
    response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(async () => {
    server.close();
    server.closeAllConnections();
  });
  return `https://localhost:${(server.address() as AddressInfo).port}`;
}

function browserAt(gateway: string, changes: Partial<LoginBrowserOptions> = {}): LoginBrowser {
  const options = { gateway: new Gateway(new URL(gateway)), tls: {}, allowedHosts: [], timeoutMs: 5_000, ...changes };
  const browser = new LoginBrowser(options);
  closing.push(() => browser.close());
  return browser;
}

describe('a login that begins over TLS', () => {
  it('does not leave it, though the host be allowed', async () => {
    const browser = browserAt('https://iris.example.com', { allowedHosts: ['dex.example.com'] });

    await expect(browser.get(new URL('http://dex.example.com/dex/auth'))).rejects.toMatchObject({
      message: 'the login leads away from TLS, to http://dex.example.com',
      retryable: false,
    });
  });

  it('stays on it when its gateway does not know that it is on it', async () => {
    const origin = await startTls({});
    const browser = browserAt(origin, { tls: { caFile } });

    const { url } = await browser.get(new URL(`${origin.replace('https', 'http')}/dex/auth`));

    expect(url.href).toBe(`${origin}/dex/auth`);
  });

  it('trusts whom it was told to trust, at the gateway and at other hosts', async () => {
    const [gateway, dex] = [await startTls({}), await startTls({})];
    const allowedHosts = [new URL(dex).host];
    const trusting = browserAt(gateway, { tls: { caFile }, allowedHosts, caFile });
    const doubting = browserAt(gateway, { tls: { caFile }, allowedHosts });

    expect((await trusting.get(new URL(gateway))).status).toBe(200);
    expect((await trusting.get(new URL(dex))).status).toBe(200);
    await expect(doubting.get(new URL(dex))).rejects.toThrow(/cannot be reached: .*self.signed certificate/);
  });
});

describe('a page', () => {
  it('may be longer than anybody reads', async () => {
    const server = await startModel((response) => response.writeHead(200).end(Buffer.alloc(8 * 1024 * 1024)));
    closing.push(() => server.close());

    expect((await browserAt(server.origin).get(new URL(server.origin))).status).toBe(200);
  });

  it('that does not come is given up', async () => {
    const server = await startModel(() => undefined);
    closing.push(() => server.close());

    await expect(
      browserAt(server.origin, { timeoutMs: 50 }).get(new URL(`${server.origin}/x?state=s`)),
    ).rejects.toMatchObject({
      message: `${server.origin}/x did not answer within 0.05 s`,
      retryable: true,
    });
  });

  it('that leads to what is no URL leads nowhere', async () => {
    const server = await startModel((response) => response.writeHead(302, { location: 'http://' }).end());
    closing.push(() => server.close());

    expect((await browserAt(server.origin).get(new URL(server.origin))).location).toBeUndefined();
  });
});

describe('client credentials over TLS', () => {
  const issuerOf = (tokenUrl: string, changes: { readonly caFile?: string } = {}) =>
    new ClientCredentials({
      tokenUrl,
      clientId: 'bridge',
      clientSecret: new SecretFile(files.write('secret', 's'), ONE_LINE),
      authentication: 'basic',
      ...changes,
    });

  it('go to an issuer whose authority is known', async () => {
    const origin = await startTls({ access_token: 't', token_type: 'bearer' });

    expect(await issuerOf(origin, { caFile }).issue()).toStrictEqual({ headers: { authorization: 'Bearer t' } });
  });

  it('go to no issuer whose authority is not', async () => {
    const origin = await startTls({ access_token: 't', token_type: 'bearer' });

    await expect(issuerOf(origin).issue()).rejects.toThrow(/cannot be reached: .*self.signed certificate/);
  });

  it('do not leave TLS when the issuer says so', async () => {
    const body = { issuer: '', token_endpoint: 'http://login.example.com/token' };
    const origin = await startTls(body);
    body.issuer = origin;
    const credentials = new ClientCredentials({
      issuer: origin,
      clientId: 'bridge',
      clientSecret: new SecretFile(files.write('secret', 's'), ONE_LINE),
      authentication: 'basic',
      caFile,
    });

    await expect(credentials.issue()).rejects.toMatchObject({
      message: expect.stringContaining('leads away from TLS'),
      retryable: false,
    });
  });
});
