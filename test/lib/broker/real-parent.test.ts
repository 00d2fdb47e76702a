import { readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  CertificateAuthority,
  Credentials,
  EdgeApp,
  MosquittoTls,
  type ParentOptions,
  ParentTopic,
} from '../../../lib';
import { type Manifest, synthesize } from '../../../lib/testing';
import { mosquittoInstalled } from '../../../lib/testing/local/mosquitto-broker';
import { TestAuthority } from '../support/certificates';
import { connect, Inbox, inboxOf } from '../support/mqtt';
import { CAMERA, NOTE, PERSISTENT, REAL_VERSIONS, RealBroker, SECRETS } from '../support/real-broker';
import { brokerIn, deviceOf } from '../support/stacks';

const installed = mosquittoInstalled();

describe.skipIf(!installed).each(REAL_VERSIONS)(
  `a broker with a parent, written for $name, on a real Mosquitto${NOTE}`,
  (version) => {
    let authority: TestAuthority;
    let cert: Record<string, string>;

    beforeAll(async () => {
      authority = await TestAuthority.create();
      const pair = await authority.sign('localhost');
      cert = { 'cloud-tls/tls.crt': pair.cert, 'cloud-tls/tls.key': pair.key };
    });

    const TOPICS = [
      ParentTopic.outgoing('up/#', { remotePrefix: 'site-7/' }),
      ParentTopic.incoming('down/#', { remotePrefix: 'site-7/' }),
      ParentTopic.both('both/#', { localPrefix: 'cloud/', remotePrefix: 'site-7/' }),
    ];
    const SITE_PASSWORD = 'p4ss word#"x"';
    const secrets = (password = SITE_PASSWORD) => ({
      ...SECRETS,
      ...cert,
      'site-mqtt/password': SITE_PASSWORD,
      'site-at-cloud/password': password,
      'cloud-ca/ca.crt': authority.certificate,
    });

    /** A broker at an edge site, and one in the cloud. */
    function twoBrokers(parent: Partial<ParentOptions> = {}): Manifest[] {
      const app = new EdgeApp();
      const cloud = brokerIn(app, { version, name: 'cloud', tls: MosquittoTls.fromSecret('cloud-tls') }, 'cloud');
      deviceOf(cloud, 'site').allowPublish('site-7/#').allowSubscribe('site-7/#');
      deviceOf(cloud, 'camera').allowPublish('site-7/#').allowSubscribe('site-7/#');
      const edge = brokerIn(app, { version, name: 'edge', createNamespace: false, namespace: 'edge' }, 'edge');
      deviceOf(edge, 'camera').allowPublish('#').allowSubscribe('#').allowSubscribe('$SYS/#');
      edge.addParent({
        name: 'cloud',
        host: 'localhost.localdomain',
        user: 'site',
        credentials: Credentials.fromSecret('site-at-cloud'),
        authority: CertificateAuthority.fromSecret('cloud-ca'),
        topics: TOPICS,
        ...parent,
      });
      return synthesize(app);
    }

    async function startBoth(manifests = twoBrokers(), listener = 'mqtts', password?: string) {
      const cloud = await RealBroker.start(manifests, { name: 'cloud', secrets: secrets() });
      const address = `localhost:${cloud.mosquitto.ports[listener]}`;
      const options = { name: 'edge', secrets: secrets(password), parents: { cloud: address } };
      const edge = await RealBroker.start(manifests, options);
      return { cloud, edge, restartEdge: () => RealBroker.start(manifests, { ...options, folder: edge.folder }) };
    }

    /** A client that knows when the link is up. */
    async function linked(edge: RealBroker, state = '1') {
      const client = await connect(edge.url('mqtt'), CAMERA);
      const inbox = new Inbox(client);
      await client.subscribeAsync('$SYS/broker/connection/+/cloud/state', { qos: 0 });
      await client.subscribeAsync('$SYS/broker/connection/site/cloud/state', { qos: 0 });
      await expect.poll(() => inbox.all.at(-1), { timeout: 10_000 }).toContain(`state ${state}`);
      return client;
    }

    it.each(['mqtts', 'mqtt'])(
      'carries there what goes out, and back what comes in, under their other names (%s)',
      async (listener) => {
        const { cloud, edge } = await startBoth(
          listener === 'mqtts' ? twoBrokers() : twoBrokers({ plaintext: true, authority: undefined }),
          listener,
        );
        const below = await linked(edge);
        const above = await connect(cloud.url('mqtt'), CAMERA);
        const [low, high] = [new Inbox(below), new Inbox(above)];
        await below.subscribeAsync(['down/#', 'cloud/both/#'], { qos: 1 });
        await above.subscribeAsync('site-7/#', { qos: 1 });

        await below.publishAsync('up/a', 'from below', { qos: 1 });
        await below.publishAsync('private', 'stays', { qos: 1 });
        await below.publishAsync('cloud/both/a', 'both from below', { qos: 1 });
        await high.next();
        await high.next();
        await above.publishAsync('site-7/down/a', 'from above', { qos: 1 });
        await above.publishAsync('site-7/both/b', 'both from above', { qos: 1 });
        await expect.poll(() => low.all.length).toBeGreaterThanOrEqual(3);

        expect(high.all.filter((text) => text.includes('below'))).toStrictEqual([
          'site-7/up/a from below',
          'site-7/both/a both from below',
        ]);
        expect(low.all).toStrictEqual([
          'cloud/both/a both from below',
          'down/a from above',
          'cloud/both/b both from above',
        ]);
      },
    );

    it('loses nothing while the parent is away, nor when the broker itself is restarted meanwhile', async () => {
      const manifests = twoBrokers({ plaintext: true, authority: undefined });
      const { cloud, edge, restartEdge } = await startBoth(manifests, 'mqtt');
      const above = await connect(cloud.url('mqtt'), { ...CAMERA, ...PERSISTENT, clientId: 'above' });
      await above.subscribeAsync('site-7/up/#', { qos: 1 });
      const below = await linked(edge);
      await above.endAsync();
      await cloud.mosquitto.stop();

      await below.publishAsync('up/a', 'while it is away', { qos: 1 });
      await below.endAsync();
      await edge.mosquitto.stop();
      const again = await restartEdge();
      const later = await connect(again.url('mqtt'), CAMERA);
      await later.publishAsync('up/a', 'after the restart', { qos: 1 });
      const back = await RealBroker.start(manifests, {
        name: 'cloud',
        secrets: secrets(),
        folder: cloud.folder,
        mqttPort: cloud.mosquitto.mqttPort,
      });
      const received = inboxOf(back.url('mqtt'), { ...CAMERA, ...PERSISTENT, clientId: 'above' });

      expect(back.mosquitto.mqttPort).toBe(cloud.mosquitto.mqttPort);
      await expect
        .poll(() => received.all, { timeout: 20_000 })
        .toStrictEqual(['site-7/up/a while it is away', 'site-7/up/a after the restart']);
    });

    it("stays down, and says so, with a wrong password and with a parent that shows a stranger's certificate", async () => {
      const wrong = await startBoth(twoBrokers(), 'mqtts', 'wrong-password');
      const stranger = await TestAuthority.create('stranger');
      const distrusted = await RealBroker.start(twoBrokers(), {
        name: 'edge',
        secrets: { ...secrets(), 'cloud-ca/ca.crt': stranger.certificate },
        parents: { cloud: `localhost:${wrong.cloud.mosquitto.ports.mqtts}` },
      });

      await linked(wrong.edge, '0');
      await linked(distrusted, '0');
    });

    it('A-1 has the password in no file but in memory', async () => {
      const { edge } = await startBoth();
      const conf = readFileSync(path.join(edge.folder, 'run', 'parents', 'cloud.conf'), 'utf8');

      expect(conf).toContain(`\nremote_password ${SITE_PASSWORD}\n`);
      expect(JSON.stringify(twoBrokers())).not.toContain('remote_password p4ss');
    });

    it.each(['', ' starts-with-a-blank', 'ends-with-a-blank ', 'two\nlines'])(
      'does not start with the password %j',
      async (password) => {
        await expect(startBoth(twoBrokers(), 'mqtts', password)).rejects.toThrow('prepare.sh');
      },
    );
  },
);
