import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Mosquitto, MosquittoTls } from '../../../lib';
import { findManifest, type Manifest } from '../../../lib/testing';
import { mosquittoInstalled } from '../../../lib/testing/local/mosquitto-broker';
import { TestAuthority } from '../support/certificates';
import { connect, inboxOf, refusalOf } from '../support/mqtt';
import {
  CAMERA,
  manifestsOf,
  NOTE,
  PERSISTENT,
  REAL_VERSIONS,
  RealBroker,
  SECRETS,
  withCamera,
} from '../support/real-broker';
import { deviceOf } from '../support/stacks';

const NOT_AUTHORIZED = 135;
const installed = mosquittoInstalled();

/** Looks at files often, as no kubelet is waited for. */
function eager(manifests: Manifest[]): Manifest[] {
  const { data } = findManifest(manifests, 'ConfigMap', 'mosquitto-config');
  data['reload.sh'] = data['reload.sh'].replace('sleep 5', 'sleep 0.1');
  return manifests;
}

/** A kubelet starts what has ended; a broker that reads its files again does not end. */
async function restarted(broker: RealBroker, manifests: Manifest[], secrets: Record<string, string>) {
  const { data } = findManifest(manifests, 'ConfigMap', 'mosquitto-config');
  if (data['reload.sh'].includes('kill -HUP')) return broker;
  await broker.mosquitto.ended();
  return RealBroker.start(manifests, { secrets, folder: broker.folder });
}

describe.skipIf(!installed).each(REAL_VERSIONS)(
  `a broker whose files change, written for $name, on a real Mosquitto${NOTE}`,
  (version) => {
    const reloads = version.name === '2.1';
    const withTwo = (broker: Mosquitto) => {
      withCamera(broker);
      deviceOf(broker, 'sensor').allowPublish('in');
    };
    const secrets = { ...SECRETS, 'sensor-mqtt/password': 'password-of-before' };
    const sensor = { ...CAMERA, username: 'sensor', password: 'password-of-after' };

    async function watched(use = withTwo) {
      const manifests = eager(manifestsOf({ version }, use));
      const broker = await RealBroker.start(manifests, { secrets });
      const again = () => restarted(broker, manifests, { ...secrets, 'sensor-mqtt/password': 'password-of-after' });
      return { broker, again, log: broker.watch() };
    }

    it('A-9 shows a renewed certificate without anybody doing something', async () => {
      const [authority, other] = [await TestAuthority.create(), await TestAuthority.create('another')];
      const certificate = async (signer: TestAuthority) => {
        const { key, cert } = await signer.sign('localhost');
        return { ...SECRETS, 'broker-tls/tls.crt': cert, 'broker-tls/tls.key': key };
      };
      const manifests = eager(manifestsOf({ version, tls: MosquittoTls.fromSecret('broker-tls') }, withCamera));
      const broker = await RealBroker.start(manifests, { secrets: await certificate(authority) });
      const log = broker.watch();
      const renewed = await certificate(other);

      broker.write('tls', 'tls.crt', renewed['broker-tls/tls.crt']);
      broker.write('tls', 'tls.key', renewed['broker-tls/tls.key']);

      await expect.poll(() => log.lines.join('\n')).toContain('to the broker');
      const after = await restarted(broker, manifests, renewed);
      const believed = () =>
        connect(after.url('mqtts'), { ...CAMERA, ca: other.certificate }).then(
          () => true,
          () => false,
        );
      await expect.poll(believed).toBe(true);
    });

    it(`A-9 knows the new password${reloads ? '' : ', after it was ended'}, and forgets the old one`, async () => {
      const { broker, again } = await watched();
      await connect(broker.url('mqtt'), { ...sensor, password: 'password-of-before' });

      broker.write('secrets', 'sensor/password', 'password-of-after');

      const after = await again();
      await expect.poll(() => refusalOf(after.url('mqtt'), sensor)).toBeUndefined();
      expect(await refusalOf(after.url('mqtt'), { ...sensor, password: 'password-of-before' })).toBe(NOT_AUTHORIZED);
    });

    it.runIf(reloads)('keeps the connections of those that nothing has changed for, and knows new grants', async () => {
      const { broker } = await watched();
      const client = await connect(broker.url('mqtt'), CAMERA);
      const acl = readFileSync(path.join(broker.folder, 'config', 'acl'), 'utf8');
      await expect(client.publishAsync('new', 'x', { qos: 1 })).rejects.toThrow();

      broker.write('config', 'acl', acl.replace('user camera\n', 'user camera\ntopic write new\n'));

      const allowed = () =>
        client.publishAsync('new', 'x', { qos: 1 }).then(
          () => true,
          () => false,
        );
      await expect.poll(allowed).toBe(true);
    });

    it.each([
      ['the password file', 'users', 'passwd', 'ghost:no-hash\n', 'line 1 of passwd would not be read by Mosquitto'],
      ['the access list', 'config', 'acl', 'user camera\ntopics read a\n', 'line 2 of acl would not be read'],
      ['a password', 'secrets', 'sensor/password', '', 'the Secret with the password of user sensor is empty'],
    ])('stays as it is when %s would not be read', async (_, volume, file, text, message) => {
      const { broker, log } = await watched();

      broker.write(volume, file, text);

      await expect.poll(() => log.lines.join('\n')).toContain(message);
      expect(log.lines.join('\n')).toContain('the broker keeps what it has');
      expect(log.lines.join('\n')).not.toContain('no-hash');
      expect((await connect(broker.url('mqtt'), CAMERA)).connected).toBe(true);
    });

    it('loses nothing of what waits for a client that is away, also if it was restarted since that left', async () => {
      const manifests = eager(manifestsOf({ version }, withTwo));
      const first = await RealBroker.start(manifests, { secrets });
      const away = await connect(first.url('mqtt'), { ...CAMERA, ...PERSISTENT, clientId: 'away' });
      await away.subscribeAsync('in', { qos: 1 });
      await away.endAsync();
      const publish = async (broker: RealBroker, text: string) => {
        const client = await connect(broker.url('mqtt'), CAMERA);
        await client.publishAsync('in', text, { qos: 1 });
        await client.endAsync();
      };
      await publish(first, 'before');
      await first.mosquitto.stop();
      const second = await RealBroker.start(manifests, { secrets, folder: first.folder });
      const log = second.watch();

      second.write('secrets', 'sensor/password', 'password-of-after');

      await expect.poll(() => log.lines.join('\n')).toContain('to the broker');
      const third = await restarted(second, manifests, secrets);
      await publish(third, 'after');
      const back = inboxOf(third.url('mqtt'), { ...CAMERA, ...PERSISTENT, clientId: 'away' });
      await expect.poll(() => back.all).toStrictEqual(['in before', 'in after']);
    });
  },
);
