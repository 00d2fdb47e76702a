import { Connection } from 'rabbitmq-client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BridgeCode, CertificateAuthority, Credentials, EdgeApp, InferenceBridge, RabbitMqTls } from '../../../../lib';
import { findManifest, type Manifest, synthesize } from '../../../../lib/testing';
import { startBridgePod } from '../../../../lib/testing/local/local-bridge';
import { freePort } from '../../../faults/free-port';
import { type KeyPair, TestAuthority } from '../../support/certificates';
import { suiteFolder, temporaryFolder } from '../../support/folders';
import { answerTo, startHttpModel } from '../../support/http-model';
import { connect, Inbox, refusalOf } from '../../support/mqtt';
import { FIB, rabbitIn, userOf } from '../../support/rabbitmq';
import { RABBITMQ_MISSING, RABBITMQ_NOTE, RealRabbitMq } from '../../support/real-rabbitmq';
import { IRIS, platformIn } from '../../support/stacks';

/** Erlang needs its time, and other tests want the machine too. */
const PATIENCE = 240_000;
const PASSWORD = 'hunter2 "hunter2" \\ $hunter2';
/** Of MQTT 3.1.1, the newest that Debian's RabbitMQ speaks. */
const BAD_USER_NAME_OR_PASSWORD = 4;
const REFUSED = 'ACCESS_REFUSED';
const tls = RabbitMqTls.fromSecret('broker-tls', { authority: CertificateAuthority.fromSecret('company') });

/** Somebody who sends requests, somebody who takes them, devices, and a bridge. */
function rendered({ late = false } = {}): Manifest[] {
  const app = new EdgeApp();
  const broker = rabbitIn(app, { tls, replicas: 1, mqtt: { plaintext: true } });
  const queue = broker.addRequestQueue({ ...FIB, replyQueue: 'response' });
  queue.allowProvider(userOf(broker, 'provider'));
  // Its password is hashed by synth, all others by the pod.
  vi.stubEnv('GATEWAY_PASSWORD', PASSWORD);
  queue.allowRequester(broker.addUser('gateway', Credentials.fromEnv('GATEWAY_PASSWORD')));
  vi.unstubAllEnvs();
  broker.addUser('scanner', Credentials.fromCertificate());
  const camera = userOf(broker, 'camera');
  const bridge = new InferenceBridge(app, 'bridge', { broker, code: BridgeCode.bundled() });
  bridge.addRoute({ model: platformIn(app).addModel('iris', IRIS), clients: [camera] });
  if (late) broker.addUser('late', Credentials.fromSecret('camera-login'));
  return synthesize(app);
}

describe.skipIf(RABBITMQ_MISSING)(`a rendered broker on a real RabbitMQ${RABBITMQ_NOTE}`, { timeout: PATIENCE }, () => {
  const { folder, remove } = suiteFolder();
  let authority: TestAuthority;
  let stranger: TestAuthority;
  let secrets: Record<string, string>;
  let broker: RealRabbitMq;

  beforeAll(async () => {
    [authority, stranger] = [await TestAuthority.create(), await TestAuthority.create('stranger')];
    const server = await authority.sign('localhost');
    secrets = {
      'rabbitmq-erlang-cookie/cookie': 'A-COOKIE-FOR-THE-TEST\n',
      'broker-tls/tls.key': server.key,
      'broker-tls/tls.crt': server.cert,
      'company/ca.crt': authority.certificate,
      'provider-login/password': `${PASSWORD}\n`,
      'camera-login/password': PASSWORD,
      'bridge-mqtt/password': PASSWORD,
    };
    broker = await RealRabbitMq.start(rendered({ late: true }), folder, secrets);
    await (await broker.applyDefinitions()).end('SIGTERM');
  }, PATIENCE);

  afterAll(async () => {
    await broker?.stop();
    remove();
  }, PATIENCE);

  const trusting = (own: Partial<KeyPair>) => ({ tls: { ca: authority.certificate, servername: 'localhost', ...own } });

  /** Connects with a certificate and a password, unless it is told otherwise. */
  async function amqp(options: object): Promise<Connection> {
    const connection = new Connection({
      ...{ hostname: 'localhost', port: broker.ports.amqps, username: 'gateway', password: PASSWORD },
      ...{ retryLow: 60_000, connectionTimeout: 10_000 },
      ...trusting(await authority.sign('client')),
      ...options,
    });
    onTestFinished(() => connection.unsafeDestroy());
    return new Promise((resolve, reject) => {
      connection.once('connection', () => resolve(connection));
      connection.on('error', reject);
    });
  }

  const userNames = async () =>
    (await broker.ctl('list_users'))
      .trim()
      .split('\n')
      .map((line) => line.split('\t')[0]);

  it('lets in over TLS who shows a certificate and knows a password, and turns everybody else away', async () => {
    await expect(amqp({})).resolves.toBeInstanceOf(Connection);
    await expect(amqp({ username: 'provider' })).resolves.toBeInstanceOf(Connection);
    await expect(amqp({ password: 'wrong' })).rejects.toThrow(REFUSED);
    await expect(amqp({ username: 'stranger' })).rejects.toThrow(REFUSED);
    await expect(amqp({ username: 'guest', password: 'guest' })).rejects.toThrow(REFUSED);
    await expect(amqp({ username: 'scanner', password: '' })).rejects.toThrow(REFUSED);
    await expect(amqp(trusting({}))).rejects.toThrow();
    await expect(amqp(trusting(await stranger.sign('client')))).rejects.toThrow();
    await expect(amqp({ tls: { ca: stranger.certificate, servername: 'localhost' } })).rejects.toThrow(
      /self.signed|verify|issuer/i,
    );
    expect(await userNames()).not.toContain('guest');
  });

  it('B-9 B-T6 carries a request to its queue, and refuses a wrong key, another queue, and one that is not there', async () => {
    const gateway = await amqp({});
    const requests = await (await amqp({ username: 'provider' })).acquire();
    const attempt = async (use: (channel: Awaited<ReturnType<Connection['acquire']>>) => Promise<unknown>) => {
      const channel = await gateway.acquire();
      return use(channel).then(
        () => 'allowed',
        ({ code }: { code: string }) => code,
      );
    };
    const publish = (exchange: string, routingKey: string) =>
      attempt(async (channel) => {
        await channel.confirmSelect();
        await channel.basicPublish({ exchange, routingKey, mandatory: true }, 'a request');
      });

    expect(await publish('ML.MQ', 'predict.now')).toBe('allowed');

    await expect
      .poll(() => requests.basicGet('fib').then((message) => message?.body), { timeout: 10_000 })
      .toBe('a request');
    const outcomes = {
      'a wrong key': await publish('ML.MQ', 'metrics.now'),
      'a queue by its name': await publish('', 'fib'),
      'an exchange that is not there': await publish('nowhere', 'predict.now'),
      'the queue of requests': await attempt((channel) => channel.basicGet('fib')),
      'a queue that is not there': await attempt((channel) => channel.basicGet('not-declared')),
      'a queue of its own': await attempt((channel) => channel.queueDeclare({ queue: 'mine', durable: true })),
      'the queue of answers': await attempt((channel) => channel.basicGet('response')),
    };
    expect(outcomes).toStrictEqual({
      'a wrong key': REFUSED,
      'a queue by its name': REFUSED,
      'an exchange that is not there': REFUSED,
      'the queue of requests': REFUSED,
      'a queue that is not there': REFUSED,
      'a queue of its own': REFUSED,
      'the queue of answers': 'allowed',
    });
  });

  it('B-12 B-T3 finds queues as they are when a provider declares them again', async () => {
    const provider = await (await amqp({ username: 'provider' })).acquire();
    const { queues } = JSON.parse(findManifest(rendered(), 'ConfigMap', 'rabbitmq-config').data['topology.json']);

    for (const { name, arguments: args } of queues) {
      await expect(provider.queueDeclare({ queue: name, durable: true, arguments: args })).resolves.toBeDefined();
    }
    await expect(
      provider.queueDeclare({ queue: 'fib', durable: true, arguments: { 'x-queue-type': 'classic' } }),
    ).rejects.toMatchObject({ code: 'PRECONDITION_FAILED' });
  });

  it('knows a user by the certificate alone, and nobody whom the stack does not know', async () => {
    const url = `mqtts://localhost:${broker.ports.mqtts}`;
    const login = async (name: string) => ({
      ...{ ca: authority.certificate, protocolVersion: 4 as const, clientId: name },
      ...(await authority.sign(name)),
    });

    expect((await connect(url, await login('scanner'))).connected).toBe(true);
    await expect(connect(url, await login('nobody'))).rejects.toThrow();
  });

  describe('by MQTT', () => {
    const device = (username: string, clientId = username) => ({
      ...{ username, clientId, password: PASSWORD, protocolVersion: 4 as const, clean: false },
    });
    const urls = () => ({
      mqtt: `mqtt://127.0.0.1:${broker.ports.mqtt}`,
      websockets: `ws://127.0.0.1:${broker.ports.websockets}/ws`,
    });

    it('turns away who does not say who it is, or not with the right password', async () => {
      const url = urls().mqtt;

      expect(await refusalOf(url, { ...device('camera'), password: 'wrong' })).toBe(BAD_USER_NAME_OR_PASSWORD);
      expect(await refusalOf(url, { clientId: 'anybody', protocolVersion: 4 })).toBe(BAD_USER_NAME_OR_PASSWORD);
    });

    it.each(['mqtt', 'websockets'] as const)('has the bridge answer a request that comes at %s', async (listener) => {
      const model = await startHttpModel();
      onTestFinished(() => model.close());
      const manifests = rendered();
      const bridge = await startBridgePod(
        findManifest(manifests, 'StatefulSet', 'bridge'),
        manifests,
        temporaryFolder(),
        (_, name, key) => secrets[`${name}/${key}`] ?? '',
        {
          broker: {
            ...{ kind: 'rabbitmq', scheme: 'mqtt', protocolVersion: 4, stop: async () => undefined },
            mqttPort: broker.ports.mqtt ?? 0,
            websocketPort: broker.ports.websockets ?? 0,
          },
          operationsPort: await freePort(),
          modelOrigin: () => model.origin,
          onLine: () => undefined,
        },
      );
      onTestFinished(() => bridge.stop());
      const camera = await connect(urls()[listener], device('camera'));
      const answers = new Inbox(camera);
      await camera.subscribeAsync('staging/iris/output', { qos: 1 });
      const request = JSON.stringify({ instances: [[1, 2, 3, 4]] });

      await camera.publishAsync('staging/iris/input', request, { qos: 1 });

      expect((await answers.next()).text).toBe(answerTo(request));
      expect(model.asked).toHaveLength(1);
    });

    it('ends the connection of who publishes what it may not', async () => {
      const forging = await connect(urls().mqtt, device('camera'));
      const closed = new Promise<void>((resolve) => forging.once('close', () => resolve()));

      forging.publish('staging/iris/output', 'forged', { qos: 1 }, () => undefined);

      await closed;
    });

    it('gives nobody the session of another', async () => {
      await expect(connect(urls().mqtt, device('camera', 'rabbitmq/bridge'))).rejects.toThrow(/refused/);
    });
  });

  it('throws users out that are no longer in the stack, and keeps the others and all queues', async () => {
    expect(await userNames()).toContain('late');

    const { stringData } = findManifest(rendered(), 'Secret', 'rabbitmq-access');
    const { data } = findManifest(rendered(), 'ConfigMap', 'rabbitmq-config');
    broker.write('access', 'access.json', stringData['access.json']);
    broker.write('config', 'users', data.users);
    await (await broker.applyDefinitions()).end('SIGTERM');

    expect((await userNames()).sort()).toStrictEqual(['bridge', 'camera', 'gateway', 'provider', 'scanner']);
    expect(await broker.ctl('list_queues', 'name')).toContain('fib.parked');
  });
});
