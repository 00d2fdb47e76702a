import { once } from 'node:events';
import { request } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { generate } from 'selfsigned';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BridgeError } from '../../../../bridge/errors';
import { SecretFiles } from '../../support/secret-files';
import { startApp } from '../support/app';

interface Pair {
  readonly key: string;
  readonly cert: string;
}

const EXPIRED = { notBeforeDate: new Date('2020-01-01'), notAfterDate: new Date('2021-01-01') };
const FOR_LATER = { notBeforeDate: new Date('2120-01-01'), notAfterDate: new Date('2121-01-01') };

async function authority(name: string): Promise<Pair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
  });
  return { key, cert };
}

async function certificate(
  name: string,
  ca?: Pair,
  dates: { notBeforeDate?: Date; notAfterDate?: Date } = {},
): Promise<Pair> {
  const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
    ...(ca && { ca }),
    ...dates,
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [{ name: 'subjectAltName', altNames: [{ type: 2, value: 'localhost' }] }],
  });
  return { key, cert };
}

describe('over TLS', () => {
  let files: SecretFiles;
  let ca: Pair;
  beforeEach(async () => {
    files = new SecretFiles();
    ca = await authority('our authority');
    files.write('ca.pem', ca.cert);
    renew(await certificate('gateway', ca));
  });
  afterEach(() => files.removeAll());

  function renew({ cert, key }: Pair): void {
    files.write('cert.pem', cert);
    files.write('key.pem', key);
  }

  async function secured(clients = true, limits = {}) {
    const tls = {
      certFile: files.path('cert.pem'),
      keyFile: files.path('key.pem'),
      ...(clients && { clientCaFile: files.path('ca.pem') }),
    };
    const app = await startApp({ config: { tls, ...limits } });
    await app.fastify.listen({ host: '127.0.0.1', port: 0 });
    const { port } = app.server.address() as AddressInfo;
    return { ...app, port, ask: (own?: Pair, options = {}) => ask(port, { ca: ca.cert, ...own, ...options }) };
  }

  function ask(port: number, tls: object): Promise<{ status: number | undefined; certificate: string }> {
    return new Promise((resolve, reject) => {
      const asking = request(
        { host: '127.0.0.1', servername: 'localhost', port, path: '/v2/health/live', agent: false, ...tls },
        (response) => {
          const { fingerprint256 } = (
            response.socket as never as { getPeerCertificate(): { fingerprint256: string } }
          ).getPeerCertificate();
          response.resume().on('end', () => resolve({ status: response.statusCode, certificate: fingerprint256 }));
        },
      );
      asking.on('error', reject).end();
    });
  }

  it('B-8: takes a requester whose certificate our authority has signed, and the log says who that was', async () => {
    const app = await secured();

    const { status } = await app.ask(await certificate('initiator-7', ca));

    expect(status).toBe(200);
    expect(app.visits[0]?.visitor.subject).toBe('CN=initiator-7');
  });

  it.each([
    ['none', () => undefined],
    ['that of another authority', async () => certificate('initiator-7', await authority('our authority'))],
    ['that it signed itself', () => certificate('initiator-7')],
    ['one that has expired', () => certificate('initiator-7', ca, EXPIRED)],
    ['one for later', () => certificate('initiator-7', ca, FOR_LATER)],
  ])('B-8: takes no requester whose certificate is %s', async (_what, own) => {
    const app = await secured();

    await expect(app.ask(await own())).rejects.toThrow(/alert|ECONNRESET|EPIPE|socket hang up/);

    expect(app.visits).toStrictEqual([]);
  });

  it('takes everybody where no authority for requesters is named', async () => {
    const app = await secured(false);

    expect((await app.ask()).status).toBe(200);
    expect(app.visits[0]?.visitor.subject).toBeUndefined();
  });

  it('speaks nothing older than TLS 1.2', async () => {
    const app = await secured(false);

    await expect(app.ask(undefined, { maxVersion: 'TLSv1.1', minVersion: 'TLSv1' })).rejects.toThrow();
  });

  it('waits no longer for a handshake than for a request', async () => {
    const { port } = await secured(true, { receiveTimeoutSeconds: 0.2 });
    const silent = connect(port, '127.0.0.1').on('error', () => undefined);

    await once(silent.resume(), 'close');
  });

  it('uses a renewed certificate without a restart', async () => {
    const app = await secured(false);
    const before = (await app.ask()).certificate;

    renew(await certificate('gateway', ca));

    await expect.poll(async () => (await app.ask()).certificate, { timeout: 10_000 }).not.toBe(before);
  });

  it('goes on with those before while a certificate and its key do not fit', async () => {
    const app = await secured(false);
    const before = (await app.ask()).certificate;
    const next = await certificate('gateway', ca);

    files.write('cert.pem', next.cert);
    await expect.poll(() => app.renewals.length, { timeout: 10_000 }).toBe(1);

    expect(app.renewals[0]?.message).toMatch(/gateway\.tls cannot be used: .*key values mismatch/);
    expect((await app.ask()).certificate).toBe(before);
    files.write('key.pem', next.key);
    await expect.poll(async () => (await app.ask()).certificate, { timeout: 10_000 }).not.toBe(before);
  });

  it.each([
    ['a certificate that is not there', () => files.remove('cert.pem')],
    ['an authority that is not there', () => files.remove('ca.pem')],
    ['a key of another certificate', async () => files.write('key.pem', (await certificate('x')).key)],
  ])('does not start with %s', async (_what, spoil) => {
    await spoil();

    const start = secured();

    await expect(start).rejects.toThrow(BridgeError);
    await expect(start).rejects.toMatchObject({ code: 'BRIDGE_ERR_CONFIG' });
  });
});
