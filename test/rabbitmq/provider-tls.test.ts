import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openConnection } from '../../bridge/amqp/connection';
import { parseAmqpConfig } from '../../bridge/config';
import { freePort } from '../faults/free-port';
import { TestAuthority } from '../lib/support/certificates';
import { RabbitMqProcess, rabbitMqProblem } from './rabbitmq-process';

const problem = rabbitMqProblem();

describe.skipIf(problem)(`connections over TLS to a real RabbitMQ${problem ? ` (skipped: ${problem})` : ''}`, () => {
  const directory = mkdtempSync(path.join(tmpdir(), 'rabbitmq-tls-'));
  let broker: RabbitMqProcess;
  let port: number;
  const file = (name: string) => path.join(directory, name);

  beforeAll(async () => {
    const authority = await TestAuthority.create();
    const stranger = await TestAuthority.create('stranger');
    const server = await authority.sign('localhost');
    const pairs = {
      server,
      provider: await authority.sign('provider'),
      nobody: await authority.sign('nobody'),
      forged: await stranger.sign('provider'),
    };
    for (const [name, { key, cert }] of Object.entries(pairs)) {
      writeFileSync(file(`${name}.key`), key);
      writeFileSync(file(`${name}.pem`), cert);
    }
    writeFileSync(file('ca.pem'), authority.certificate);
    writeFileSync(file('stranger.pem'), stranger.certificate);
    writeFileSync(file('password'), 'guest');
    port = await freePort();
    broker = await RabbitMqProcess.start({
      directory,
      plugins: ['rabbitmq_auth_mechanism_ssl'],
      config: [
        `listeners.ssl.1 = 127.0.0.1:${port}`,
        `ssl_options.cacertfile = ${file('ca.pem')}`,
        `ssl_options.certfile = ${file('server.pem')}`,
        `ssl_options.keyfile = ${file('server.key')}`,
        'ssl_options.verify = verify_peer',
        'ssl_options.fail_if_no_peer_cert = true',
        'ssl_options.versions.1 = tlsv1.2',
        'ssl_cert_login_from = common_name',
        'auth_mechanisms.1 = EXTERNAL',
        'auth_mechanisms.2 = PLAIN',
      ],
    });
    await broker.ctl('add_user', 'provider', 'unused-and-unknown');
    await broker.ctl('set_permissions', 'provider', '.*', '.*', '.*');
  }, 180_000);

  afterAll(async () => {
    await broker?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  const connect = (tls: object, more: object = {}, host = 'localhost') =>
    openConnection(parseAmqpConfig({ url: `amqps://${host}:${port}`, tls, ...more }, 'the test'), 'test');
  const pair = (name: string) => ({ certFile: file(`${name}.pem`), keyFile: file(`${name}.key`) });
  const caFile = file('ca.pem');

  it('logs in by its certificate where there is no user name', async () => {
    const connection = await connect({ caFile, ...pair('provider') });

    const listed = await broker.ctl('list_connections', 'user', 'auth_mechanism', 'ssl');
    await connection.close();

    expect(listed.trim()).toBe('provider\tEXTERNAL\ttrue');
  });

  it('logs in by user name and password where there is one, and shows its certificate too', async () => {
    const login = { username: 'guest', passwordFile: file('password') };
    const connection = await connect({ caFile, ...pair('nobody') }, login);

    const listed = await broker.ctl('list_connections', 'user', 'auth_mechanism');
    await connection.close();

    expect(listed.trim()).toBe('guest\tPLAIN');
  });

  it('says whose name it goes by to the operators of the broker', async () => {
    const connection = await connect({ caFile, ...pair('provider') }, { connectionName: 'provider-7' });

    const listed = await broker.ctl('list_connections', 'client_properties');
    await connection.close();

    expect(listed).toContain('provider-7/test');
  });

  it.each([
    ['a certificate of an unknown user', () => connect({ caFile, ...pair('nobody') }), 'login'],
    ['a certificate that a stranger signed', () => connect({ caFile, ...pair('forged') }), 'network'],
    [
      'a broker that a stranger signed for',
      () => connect({ caFile: file('stranger.pem'), ...pair('provider') }),
      'network',
    ],
    ['a broker by another name', () => connect({ caFile, serverName: 'elsewhere', ...pair('provider') }), 'network'],
    [
      'a virtual host that is not there',
      () => connect({ caFile, ...pair('provider') }, { url: `amqps://localhost:${port}/none` }),
      'refused',
    ],
  ])('refuses %s', async (_what, attempt, expected) => {
    await expect(attempt()).rejects.toMatchObject({ problem: expected });
  });

  it('knows a broker by the name that its certificate is for', async () => {
    const connection = await connect({ caFile, serverName: 'localhost', ...pair('provider') }, {}, '127.0.0.1');

    await expect(connection.close()).resolves.toBeUndefined();
  });
});
