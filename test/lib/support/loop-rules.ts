import type { MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LocalLoop, type LocalLoopOptions, type LocalModel, startLocalLoop } from '../../../lib/testing';
import { synthesizeApp } from './apps';
import { type SuiteFolder, suiteFolder } from './folders';
import { answerTo, type HttpModel, startHttpModel } from './http-model';
import { closing, connect, Inbox, refusalOf } from './mqtt';

const USER = 'camera-7';
const INPUT = 'staging/sklearn-iris/input';
const OUTPUT = 'staging/sklearn-iris/output';
const NOT_AUTHORIZED = 5;

/** What has to hold for apps/edge-inference at work on this machine, whatever the broker. */
export function describeLoop(broker: NonNullable<LocalLoopOptions['broker']>): void {
  let manifests: SuiteFolder;
  const steps: string[] = [];
  const started: LocalModel[] = [];
  let model: HttpModel;
  let loop: LocalLoop;

  beforeAll(async () => {
    model = await startHttpModel();
    manifests = suiteFolder();
    await synthesizeApp('edge-inference', manifests.folder);
    loop = await start({
      startModel: async (served) => {
        started.push(served);
        return model.origin;
      },
      onStep: (step) => steps.push(step),
    });
  });

  afterAll(async () => {
    await loop?.stop();
    await model?.close();
    manifests?.remove();
  });

  function start(options: Partial<LocalLoopOptions> = {}): Promise<LocalLoop> {
    return startLocalLoop({ manifests: manifests.folder, broker, startModel: async () => model.origin, ...options });
  }

  const url = () => `mqtt://127.0.0.1:${loop.mqttPort}`;
  const login = () => ({ protocolVersion: 4, username: USER, password: loop.password(`${USER}-mqtt`) }) as const;

  /** A device that listens on topics. */
  async function listener(topics: string[], at = url()) {
    const client = await connect(at, login());
    const inbox = new Inbox(client);
    await client.subscribeAsync(topics, { qos: 1 });
    return { client, inbox };
  }

  describe('at its start', () => {
    it('asks for every model of the manifests', () => {
      expect(started).toStrictEqual([{ name: 'sklearn-iris', namespace: 'staging', format: 'sklearn' }]);
    });

    it('tells what it does, and where everything is', () => {
      expect(loop.broker).toBe(broker);
      expect(steps).toStrictEqual([
        `broker: ${broker} listens on 127.0.0.1:${loop.mqttPort}, websockets on ${loop.websocketPort}`,
        `model: staging/sklearn-iris answers at ${model.origin}`,
        `bridge: bridge takes requests; metrics at http://127.0.0.1:${loop.operationsPorts.bridge}/metrics`,
      ]);
    });

    it.each(['readyz', 'metrics'])('has a bridge that answers /%s', async (path) => {
      const { ok } = await fetch(`http://127.0.0.1:${loop.operationsPorts.bridge}/${path}`);

      expect(ok).toBe(true);
    });

    it('draws passwords for the Secrets of the manifests, and for no others', () => {
      expect(loop.password(`${USER}-mqtt`)).toMatch(/^\S{12,}$/);
      expect(loop.password('bridge-mqtt')).not.toBe(loop.password(`${USER}-mqtt`));
      expect(() => loop.password('elsewhere')).toThrow(
        `no user's password is under "password" in a Secret "elsewhere"`,
      );
    });
  });

  describe('lets in', () => {
    it.each([
      ['nobody with a wrong password', USER, 'wrong'],
      ['nobody with an empty password', USER, ''],
      ["nobody with the bridge's password", USER, undefined],
      ['nobody it does not know', 'stranger', 'wrong'],
    ])('%s', async (_, username, password = loop.password('bridge-mqtt')) => {
      expect(await refusalOf(url(), { protocolVersion: 4, username, password })).toBe(NOT_AUTHORIZED);
    });

    it('nobody without a name', async () => {
      expect(await refusalOf(url(), { protocolVersion: 4 })).toBe(NOT_AUTHORIZED);
    });

    it('nobody over websockets either', async () => {
      const websocketUrl = `ws://127.0.0.1:${loop.websocketPort}`;

      expect(await refusalOf(websocketUrl, { ...login(), password: 'wrong' })).toBe(NOT_AUTHORIZED);
    });
  });

  describe('a device', () => {
    it('gets the answer of the model', async () => {
      const { client, inbox } = await listener([OUTPUT]);

      await client.publishAsync(INPUT, 'first', { qos: 1 });

      const { topic, text } = await inbox.next();
      expect([topic, text]).toStrictEqual([OUTPUT, answerTo('first')]);
      expect(model.asked).toContain('/v1/models/sklearn-iris:predict first');
    });

    it('gets it over websockets too', async () => {
      const { client, inbox } = await listener([OUTPUT], `ws://127.0.0.1:${loop.websocketPort}`);

      await client.publishAsync(INPUT, 'by-websocket', { qos: 1 });

      expect((await inbox.next()).text).toBe(answerTo('by-websocket'));
    });

    it('cannot forge an answer: what it publishes to the output topic is delivered to nobody', async () => {
      const { client, inbox } = await listener([OUTPUT]);
      const forger = await connect(url(), login());

      await published(forger, OUTPUT, 'forged');
      await client.publishAsync(INPUT, 'honest', { qos: 1 });
      await inbox.next();

      expect(inbox.all).toStrictEqual([`${OUTPUT} ${answerTo('honest')}`]);
    });

    it('cannot read what others ask, nor what is not for it: only answers are delivered', async () => {
      const { client, inbox } = await listener(['#', INPUT, `${OUTPUT}/stranger`, '+/+/dead-letter', '$SYS/#']);

      await client.publishAsync(INPUT, 'overheard', { qos: 1 });
      await inbox.next();
      await client.publishAsync(INPUT, 'again', { qos: 1 });
      await inbox.next();

      expect(inbox.all).toStrictEqual([`${OUTPUT} ${answerTo('overheard')}`, `${OUTPUT} ${answerTo('again')}`]);
    });

    it('stays connected when it publishes what it may not, as with the broker of the cluster', async () => {
      const { client } = await listener([OUTPUT]);

      await published(client, OUTPUT, 'forged');

      expect(client.connected).toBe(true);
    });
  });

  describe('at its end', () => {
    it('leaves nothing that listens, and may be stopped again', async () => {
      const other = await start();
      const at = `ws://127.0.0.1:${other.websocketPort}`;
      const closed = closing(await connect(at, { ...login(), password: other.password(`${USER}-mqtt`) }));

      await other.stop();
      await closed;

      for (const port of [other.mqttPort, other.websocketPort]) {
        await expect(connect(`mqtt://127.0.0.1:${port}`, login())).rejects.toThrow('ECONNREFUSED');
      }
      await expect(fetch(`http://127.0.0.1:${other.operationsPorts.bridge}/livez`)).rejects.toThrow('fetch failed');
      await expect(other.stop()).resolves.toBeUndefined();
    });
  });
}

/** Publishes, until the broker has dealt with it: by an acknowledgement, or by closing the connection. */
async function published(client: MqttClient, topic: string, text: string): Promise<void> {
  await Promise.race([client.publishAsync(topic, text, { qos: 1 }), closing(client)]);
}
