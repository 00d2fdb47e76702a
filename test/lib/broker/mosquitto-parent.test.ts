import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  CertificateAuthority,
  Credentials,
  EdgeApp,
  type Mosquitto,
  MosquittoVersion,
  type ParentOptions,
  ParentTopic,
} from '../../../lib';
import { findManifest, synthesize } from '../../../lib/testing';
import { checksumOf, manifestOf, ofKind } from '../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../support/refusals';
import { brokerIn } from '../support/stacks';

const MINIMAL: ParentOptions = {
  host: 'mqtt.example.com',
  user: 'site-7',
  credentials: Credentials.fromSecret('site-7-at-cloud'),
  topics: [ParentTopic.outgoing('alarms/#')],
};

afterEach(() => {
  vi.unstubAllEnvs();
});

function withParent(options: Partial<ParentOptions> = {}, version = MosquittoVersion.V2_0) {
  const app = new EdgeApp();
  const broker = brokerIn(app, { version });
  const parent = broker.addParent({ ...MINIMAL, ...options });
  const connection = (): string[] =>
    manifestOf(app, 'ConfigMap', 'mosquitto-config')
      .data[`parent-${parent.parentName}.conf`].split('\n')
      .filter((line: string) => line !== '' && !line.startsWith('#'));
  return { app, broker, parent, connection };
}

describe('a parent without options', () => {
  it('is connected to over TLS, and both ends keep what the other has not got', () => {
    expect(withParent().connection()).toStrictEqual([
      'connection parent',
      'address mqtt.example.com:8883',
      'bridge_cafile /etc/ssl/certs/ca-certificates.crt',
      'bridge_protocol_version mqttv311',
      'remote_clientid site-7/parent',
      'local_clientid parent/parent',
      'cleansession false',
      'restart_timeout 2 60',
      'notifications true',
      'notifications_local_only true',
      'topic alarms/# out 1 "" ""',
      'remote_username site-7',
    ]);
  });

  it('is spoken to in MQTT 5 by 2.1, whose session outlives the connection', () => {
    const lines = withParent({}, MosquittoVersion.V2_1).connection();

    expect(lines).toContain('bridge_protocol_version mqttv50');
    expect(lines).toContain('bridge_session_expiry_interval 2147483647');
  });

  it('is called by name, and no address but its port and the DNS is', () => {
    expect(manifestOf(withParent().app, 'NetworkPolicy', 'mosquitto').spec.egress).toStrictEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      { ports: [{ port: 8883, protocol: 'TCP' }] },
    ]);
  });

  it('has its password mounted, and nowhere else', () => {
    const { app } = withParent();
    const { volumes, initContainers, containers } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    const mount = { name: 'parents', mountPath: '/mosquitto/parents', readOnly: true };
    expect(volumes).toContainEqual({
      name: 'parents',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'site-7-at-cloud', items: [{ key: 'password', path: 'parent/password' }] } }],
      },
    });
    for (const container of [...initContainers, ...containers]) expect(container.volumeMounts).toContainEqual(mount);
  });
});

describe('the options of a parent', () => {
  const all: Required<Omit<ParentOptions, 'plaintext'>> = {
    name: 'cloud',
    host: 'cloud.example.com',
    port: 18_883,
    user: 'site-9',
    credentials: Credentials.fromSecret('site-9', 'passphrase'),
    topics: [ParentTopic.both('a', { localPrefix: 'l/', remotePrefix: 'r/', qos: 2 })],
    authority: CertificateAuthority.fromConfigMap('cloud-ca', 'root.pem'),
    clientId: 'edge-9',
    protocolVersion: 5,
  };

  it('are all in the connection', () => {
    expect(withParent(all, MosquittoVersion.V2_1).connection()).toStrictEqual([
      'connection cloud',
      'address cloud.example.com:18883',
      'bridge_cafile /mosquitto/parents/cloud/ca.crt',
      'bridge_protocol_version mqttv50',
      'bridge_session_expiry_interval 2147483647',
      'remote_clientid edge-9',
      'local_clientid parent/cloud',
      'cleansession false',
      'restart_timeout 2 60',
      'notifications true',
      'notifications_local_only true',
      'topic a both 2 l/ r/',
      'remote_username site-9',
    ]);
  });

  it('authority and credentials are mounted', () => {
    const { app } = withParent(all, MosquittoVersion.V2_1);
    const { volumes } = manifestOf(app, 'StatefulSet', 'mosquitto').spec.template.spec;

    expect(volumes.find(({ name }: { name: string }) => name === 'parents').projected.sources).toStrictEqual([
      { secret: { name: 'site-9', items: [{ key: 'passphrase', path: 'cloud/password' }] } },
      { configMap: { name: 'cloud-ca', items: [{ key: 'root.pem', path: 'cloud/ca.crt' }] } },
    ]);
  });

  it('plaintext leaves TLS out, and takes the port for that', () => {
    const lines = withParent({ plaintext: true }).connection();

    expect(lines).toContain('address mqtt.example.com:1883');
    expect(lines.join('\n')).not.toContain('bridge_cafile');
  });

  it('protocolVersion 5 is taken from 2.0 where nothing comes in', () => {
    expect(withParent({ protocolVersion: 5 }).connection()).toContain('bridge_protocol_version mqttv50');
  });

  it('A-1 a password from the environment is in a Secret, and in nothing else', () => {
    vi.stubEnv('SITE_PASSWORD', 'a1b2c3d4e5f6');
    const { app } = withParent({ credentials: Credentials.fromEnv('SITE_PASSWORD') });

    const manifests = synthesize(app);

    const secret = findManifest(manifests, 'Secret', 'mosquitto-parent-parent');
    expect(secret.stringData).toStrictEqual({ password: 'a1b2c3d4e5f6' });
    const others = manifests.filter((manifest) => manifest !== secret);
    expect(JSON.stringify(others)).not.toContain('a1b2c3d4e5f6');
  });

  it('a change of them is a rollout', () => {
    const sums = [{}, { host: 'other.example.com' }, { topics: [ParentTopic.outgoing('b')] }].map((options) =>
      checksumOf(manifestOf(withParent(options).app, 'StatefulSet', 'mosquitto')),
    );

    expect(new Set(sums).size).toBe(3);
  });
});

describe('a parent is refused', () => {
  it.each<[string, Partial<ParentOptions>, string, string, string]>([
    ['with a name that is none', { name: 'The Cloud' }, 'EDGE_ERR_NAME', '"The Cloud"', 'a name here has'],
    ['with a URL for a host', { host: 'mqtts://a.example' }, 'EDGE_ERR_DOMAIN', '"mqtts://a.example"', ''],
    ['with port 0', { port: 0 }, 'EDGE_ERR_VALUE', '0', 'ports are whole numbers'],
    ['with port 65536', { port: 65_536 }, 'EDGE_ERR_VALUE', '65536', 'ports are whole numbers'],
    ['with two words for a user', { user: 'site 7' }, 'EDGE_ERR_NAME', '"site 7"', 'one word'],
    ['with two lines for a client id', { clientId: 'a\nb' }, 'EDGE_ERR_NAME', '"a\nb"', 'one word'],
    ['without topics', { topics: [] }, 'EDGE_ERR_VALUE', '"[]"', 'nothing would go to the parent'],
    ['with protocol 3', { protocolVersion: 3 }, 'EDGE_ERR_VALUE', '3', 'speak 4, which is MQTT 3.1.1, or 5'],
    [
      'with MQTT 5 from 2.0 for what comes in: it would be lost while the link is down',
      { protocolVersion: 5, topics: [ParentTopic.incoming('a')] },
      'EDGE_ERR_VALUE',
      '5',
      'Mosquitto 2.0 asks for no session in MQTT 5',
    ],
    [
      'with an authority but no TLS',
      { plaintext: true, authority: CertificateAuthority.fromSecret('ca') },
      'EDGE_ERR_BROKER_TLS',
      '"set"',
      'without TLS there is no certificate',
    ],
    [
      'with a certificate for credentials',
      { credentials: Credentials.fromCertificate() },
      'EDGE_ERR_CREDENTIALS',
      '"Credentials.fromCertificate()"',
      'logged in to with a password',
    ],
    [
      'for messages that would go round',
      { topics: [ParentTopic.both('a')] },
      'EDGE_ERR_ROUTE_CONFLICT',
      '"a"',
      'brings the same messages back under the same name',
    ],
  ])('%s', (_, options, code, value, rule) => {
    expectRefusal(() => withParent(options), { code: code as 'EDGE_ERR_NAME', value, rule });
  });

  it('with a password that Mosquitto would cut, and the message does not give it away', () => {
    vi.stubEnv('SITE_PASSWORD', ' a1b2c3d4e5f6');

    expectRefusal(() => withParent({ credentials: Credentials.fromEnv('SITE_PASSWORD') }), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"13 characters long"',
      rule: 'drops blanks at the ends',
    });
  });

  it('by the name of another', () => {
    const { broker } = withParent();

    expectRefusal(() => broker.addParent(MINIMAL), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"parent"',
      rule: 'there is one already by this name',
    });
  });
});

describe('several parents', () => {
  const addTo = (broker: Mosquitto, options: Partial<ParentOptions>) => broker.addParent({ ...MINIMAL, ...options });

  it('A-T3 have sessions of their own', () => {
    const { broker, parent, app } = withParent();
    const other = addTo(broker, { name: 'other' });

    expect([parent.clientId, other.clientId]).toStrictEqual(['site-7/parent', 'site-7/other']);
    expect(ofKind(synthesize(app), 'StatefulSet')).toHaveLength(1);
  });

  it('A-T3 of two brokers may not log in to one host under one id', () => {
    const { app } = withParent();
    addTo(brokerIn(app, { name: 'second', createNamespace: false }, 'second'), {});

    expectProblem(problemsOf(app), 'second/parent-parent', {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"site-7/parent"',
      rule: 'broker/parent-parent has it too',
    });
  });

  it('that are one host may not bring back what went there', () => {
    const { app, broker } = withParent();
    addTo(broker, { name: 'back', topics: [ParentTopic.incoming('alarms/+')] });

    expectProblem(problemsOf(app), 'broker/parent-parent', {
      code: 'EDGE_ERR_ROUTE_CONFLICT',
      value: '"alarms/#"',
      rule: '"alarms/+" brings the same messages back',
    });
  });

  it('that are different hosts may: it is how messages go from one to the other', () => {
    const { app, broker } = withParent();
    addTo(broker, { name: 'back', host: 'other.example.com', topics: [ParentTopic.incoming('alarms/+')] });

    expect(() => synthesize(app)).not.toThrow();
  });
});
