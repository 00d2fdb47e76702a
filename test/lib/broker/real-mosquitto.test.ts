import { Duration } from 'cdk8s';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { followDropped } from '../../../bridge/mqtt/dropped-messages';
import { CertificateAuthority, Credentials, type Mosquitto, type MosquittoProps, MosquittoTls } from '../../../lib';
import { DROPPED_MESSAGES_TOPIC } from '../../../lib/broker/broker-alerts';
import { findManifest } from '../../../lib/testing';
import { mosquittoInstalled } from '../../../lib/testing/local/mosquitto-broker';
import { TestAuthority } from '../support/certificates';
import { closing, connect, Inbox, refusalOf } from '../support/mqtt';
import {
  CAMERA,
  manifestsOf,
  NOTE,
  PASSWORD,
  PERSISTENT,
  REAL_VERSIONS,
  RealBroker,
  SECRETS,
  withCamera,
} from '../support/real-broker';
import { deviceOf } from '../support/stacks';

const NOT_AUTHORIZED = 135;
const REFUSED_BY_3_1_1 = 5;
const installed = mosquittoInstalled();

describe.skipIf(!installed).each(REAL_VERSIONS)(
  `a rendered broker, written for $name, on a real Mosquitto${NOTE}`,
  (version) => {
    const start = (props: MosquittoProps = {}, use = withCamera, secrets: Record<string, string> = SECRETS) =>
      RealBroker.start(manifestsOf({ version, ...props }, use), { secrets });

    describe.each(['mqtt', 'websockets'])('at its listener %s', (listener) => {
      it('A-T1 refuses who has no name, a wrong password, or one that is empty', async () => {
        const url = (await start()).url(listener);

        const refusals = [
          await refusalOf(url, { protocolVersion: 5 }),
          await refusalOf(url, { protocolVersion: 4 }),
          await refusalOf(url, { ...CAMERA, password: 'wrong' }),
          await refusalOf(url, { ...CAMERA, password: 'wrong', protocolVersion: 4 }),
          await refusalOf(url, { ...CAMERA, password: '' }),
          await refusalOf(url, { ...CAMERA, username: 'stranger' }),
        ];

        const [five, four] = [NOT_AUTHORIZED, REFUSED_BY_3_1_1];
        expect(refusals).toStrictEqual([five, four, five, four, five, five]);
      });

      it('A-T2 delivers what may be read, and nothing else; A-2 forging is refused', async () => {
        const broker = await start(
          {},
          (rendered) => {
            withCamera(rendered);
            deviceOf(rendered, 'other').allowPublish('out').allowPublish('foreign');
          },
          { ...SECRETS, 'other-mqtt/password': 'another-password' },
        );
        const camera = await connect(broker.url(listener), CAMERA);
        const other = await connect(broker.url(listener), {
          ...CAMERA,
          username: 'other',
          password: 'another-password',
        });
        const inbox = new Inbox(camera);
        await camera.subscribeAsync(['#', 'foreign', '$SYS/#'], { qos: 1 });

        await other.publishAsync('foreign', 'not for the camera', { qos: 1 });
        await other.publishAsync('out', 'for the camera', { qos: 1 });
        await inbox.next();

        expect(inbox.all).toStrictEqual(['out for the camera']);
        await expect(camera.publishAsync('out', 'forged', { qos: 1 })).rejects.toMatchObject({ code: NOT_AUTHORIZED });
      });
    });

    it('A-T4 knows passwords that synth has hashed, and those that the pod has', async () => {
      vi.stubEnv('SENSOR_PASSWORD', 'a1b2c3d4e5f6');
      const broker = await start({}, (rendered) => {
        withCamera(rendered);
        rendered.addUser('sensor', Credentials.fromEnv('SENSOR_PASSWORD'));
      });
      vi.unstubAllEnvs();

      for (const login of [CAMERA, { ...CAMERA, username: 'sensor', password: 'a1b2c3d4e5f6' }]) {
        expect((await connect(broker.url('mqtt'), login)).connected).toBe(true);
      }
    });

    it('A-T9 takes a picture of more than 2,000,000 bytes when it is told to, and not otherwise', async () => {
      const picture = Buffer.alloc(2_500_000, 7);
      const large = await start({ maxPacketBytes: 3_000_000 });
      const usual = await start();

      const client = await connect(large.url('mqtt'), CAMERA);
      const inbox = new Inbox(client);
      await client.subscribeAsync('in', { qos: 1 });
      await client.publishAsync('in', picture, { qos: 1 });
      const refused = await connect(usual.url('mqtt'), { ...CAMERA, protocolVersion: 4 });
      const closed = closing(refused);
      refused.publish('in', picture, { qos: 1 }, () => undefined);

      expect((await inbox.next()).packet.payload).toHaveLength(picture.length);
      await closed;
    });

    it('takes every setting that there is', async () => {
      const broker = await start({
        maxConnections: 10,
        maxInflightMessages: 100,
        persistentClientExpiration: Duration.days(14),
        autosaveIntervalSeconds: 5,
      });

      expect((await connect(broker.url('mqtt'), CAMERA)).connected).toBe(true);
      expect((await connect(broker.url('websockets'), CAMERA)).connected).toBe(true);
    });

    it('counts what it drops because a queue is full, and the bridge tells of it', async () => {
      const manifests = manifestsOf({ version, maxQueuedMessages: 1 }, (rendered) => {
        withCamera(rendered);
        deviceOf(rendered, 'bridge').allowSubscribe(DROPPED_MESSAGES_TOPIC);
      });
      findManifest(manifests, 'ConfigMap', 'mosquitto-config').data['mosquitto.conf'] += 'sys_interval 1\n';
      const broker = await RealBroker.start(manifests, { secrets: { ...SECRETS, 'bridge-mqtt/password': PASSWORD } });
      const bridge = await connect(broker.url('mqtt'), { ...CAMERA, username: 'bridge' });
      const counts: number[] = [];
      followDropped(bridge, DROPPED_MESSAGES_TOPIC, (total) => counts.push(total));
      const away = await connect(broker.url('mqtt'), { ...CAMERA, ...PERSISTENT, clientId: 'away' });
      await away.subscribeAsync('in', { qos: 1 });
      await away.endAsync();
      const publisher = await connect(broker.url('mqtt'), CAMERA);

      for (const text of ['kept', 'dropped', 'dropped']) await publisher.publishAsync('in', text, { qos: 1 });

      await expect.poll(() => counts.at(-1), { timeout: 10_000 }).toBeGreaterThanOrEqual(1);
    });

    describe('over TLS', () => {
      let authority: TestAuthority;
      let stranger: TestAuthority;
      let secrets: Record<string, string>;
      const tls = MosquittoTls.fromSecret('broker-tls');

      beforeAll(async () => {
        [authority, stranger] = [await TestAuthority.create(), await TestAuthority.create('stranger')];
        const { key, cert } = await authority.sign('localhost', 'mosquitto.mosquitto.svc.cluster.local');
        secrets = { ...SECRETS, 'broker-tls/tls.crt': cert, 'broker-tls/tls.key': key };
      });

      const trusting = () => ({ ca: authority.certificate, ...CAMERA });

      it.each(['mqtts', 'wss'])(
        'answers at %s who trusts its authority, and lets in who has a password',
        async (listener) => {
          const broker = await start({ tls }, withCamera, secrets);
          const client = await connect(broker.url(listener), trusting());
          const inbox = new Inbox(client);
          await client.subscribeAsync('in', { qos: 1 });

          await client.publishAsync('in', 'over TLS', { qos: 1 });

          expect((await inbox.next()).text).toBe('over TLS');
          expect(await refusalOf(broker.url(listener), { ...trusting(), password: 'wrong' })).toBe(NOT_AUTHORIZED);
        },
      );

      it.each([
        ['another authority', () => ({ ca: stranger.certificate }), /self.signed|verify|issuer/i],
        ['public authorities only', () => ({}), /self.signed|verify|issuer/i],
        ['another host', () => ({ ca: authority.certificate, servername: 'broker.example.com' }), /altnames/i],
      ])('is not believed by who trusts %s', async (_, options, message) => {
        const broker = await start({ tls }, withCamera, secrets);

        await expect(connect(broker.url('mqtts'), { ...CAMERA, ...options() })).rejects.toThrow(message);
      });

      it('keeps its plain listeners, unless it is told to close them', async () => {
        const both = await start({ tls }, withCamera, secrets);
        const only = await start({ tls, plainListeners: false }, withCamera, secrets);

        expect((await connect(both.url('mqtt'), CAMERA)).connected).toBe(true);
        expect(Object.keys(only.mosquitto.ports)).toStrictEqual(['mqtts', 'wss']);
        expect((await connect(only.url('wss'), trusting())).connected).toBe(true);
      });

      it.each(['mqtts', 'wss'])('speaks no TLS 1.1 at %s', async (listener) => {
        const broker = await start({ tls }, withCamera, secrets);
        const old = { maxVersion: 'TLSv1.1', minVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

        await expect(connect(broker.url(listener), { ...trusting(), ...old, wsOptions: old })).rejects.toThrow();
      });

      describe('with certificates of clients', () => {
        const props = { tls, clientCertificates: CertificateAuthority.fromConfigMap('devices', 'ca.pem') };
        const withScanner = (broker: Mosquitto) => {
          withCamera(broker);
          broker.addUser('scanner', Credentials.fromCertificate()).allowPublish('in').allowSubscribe('in');
        };
        const startWithScanner = () =>
          start(props, withScanner, { ...secrets, 'devices/ca.pem': authority.certificate });
        const shown = async (signer: TestAuthority, name: string) => ({
          ca: authority.certificate,
          protocolVersion: 5 as const,
          ...(await signer.sign(name)),
        });

        it('lets in who shows one, by the common name, and refuses what that user may not do', async () => {
          const broker = await startWithScanner();
          const client = await connect(broker.url('mqtts-cert'), await shown(authority, 'scanner'));
          const inbox = new Inbox(client);
          await client.subscribeAsync('in', { qos: 1 });

          await client.publishAsync('in', 'scanned', { qos: 1 });

          expect((await inbox.next()).text).toBe('scanned');
          await expect(client.publishAsync('out', 'forged', { qos: 1 })).rejects.toMatchObject({
            code: NOT_AUTHORIZED,
          });
        });

        it('takes no notice of a name and a password', async () => {
          const broker = await startWithScanner();
          const login = { ...(await shown(authority, 'scanner')), username: 'camera', password: PASSWORD };

          const client = await connect(broker.url('mqtts-cert'), login);

          await expect(client.publishAsync('out', 'x', { qos: 1 })).rejects.toMatchObject({ code: NOT_AUTHORIZED });
          await expect(client.publishAsync('in', 'x', { qos: 1 })).resolves.toBeDefined();
        });

        it('refuses who shows none, and who shows one that another authority has signed', async () => {
          const broker = await startWithScanner();

          await expect(connect(broker.url('mqtts-cert'), trusting())).rejects.toThrow();
          await expect(connect(broker.url('mqtts-cert'), await shown(stranger, 'scanner'))).rejects.toThrow();
        });

        it('gives a name that nobody was added by nothing to do', async () => {
          const broker = await startWithScanner();

          const client = await connect(broker.url('mqtts-cert'), await shown(authority, 'nobody'));

          await expect(client.publishAsync('in', 'x', { qos: 1 })).rejects.toMatchObject({ code: NOT_AUTHORIZED });
        });

        it('knows such a user by a password nowhere else', async () => {
          const broker = await startWithScanner();
          const login = { ...CAMERA, username: 'scanner', password: '' };

          expect(await refusalOf(broker.url('mqtt'), login)).toBe(NOT_AUTHORIZED);
        });
      });
    });
  },
);
