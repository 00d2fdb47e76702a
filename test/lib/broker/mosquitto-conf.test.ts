import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertificateAuthority,
  Credentials,
  EdgeApp,
  type Mosquitto,
  type MosquittoProps,
  MosquittoTls,
  MosquittoVersion,
  ParentTopic,
} from '../../../lib';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { brokerIn } from '../support/stacks';

const tls = MosquittoTls.fromSecret('broker-tls');
const clientCertificates = CertificateAuthority.fromSecret('devices');

function confOf(props: MosquittoProps = {}, use: (broker: Mosquitto) => void = () => undefined): string {
  const app = new EdgeApp();
  use(brokerIn(app, props));
  return manifestOf(app, 'ConfigMap', 'mosquitto-config').data['mosquitto.conf'];
}

/** The lines that Mosquitto reads. */
function directives(conf: string): string[] {
  return conf.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

/** The lines of one listener. */
function listener(conf: string, port: number): string[] {
  const lines = directives(conf);
  const start = lines.indexOf(`listener ${port}`);
  const rest = lines.slice(start + 1);
  return rest.slice(
    0,
    rest.findIndex((line) => /^(listener|allow_anonymous) /.test(line)),
  );
}

describe('mosquitto.conf', () => {
  it('says all that matters in terms of Mosquitto 2.0', () => {
    expect(directives(confOf())).toMatchInlineSnapshot(`
      [
        "per_listener_settings false",
        "listener 1883",
        "protocol mqtt",
        "listener 8080",
        "protocol websockets",
        "allow_anonymous false",
        "password_file /mosquitto/run/passwd",
        "acl_file /mosquitto/run/acl",
        "persistence true",
        "persistence_location /mosquitto/data/",
        "autosave_interval 60",
        "max_packet_size 2000000",
        "max_queued_messages 500000",
        "max_queued_bytes 268435456",
        "set_tcp_nodelay true",
        "log_dest stdout",
        "log_timestamp_format %Y-%m-%dT%H:%M:%S",
      ]
    `);
  });

  it('has users and access list as plugins from 2.1 on, and nothing that 3.0 will not read', () => {
    const lines = directives(confOf({ version: MosquittoVersion.V2_1 }));

    expect(lines).toStrictEqual([
      ...directives(confOf())
        .filter((line) => !/^(per_listener_settings|password_file|acl_file) /.test(line))
        .flatMap((line) =>
          line === 'allow_anonymous false'
            ? [
                line,
                'plugin /usr/lib/mosquitto_password_file.so',
                'plugin_opt_password_file /mosquitto/run/passwd',
                'plugin /usr/lib/mosquitto_acl_file.so',
                'plugin_opt_acl_file /mosquitto/run/acl',
              ]
            : [line],
        ),
    ]);
  });

  it('turns off settings per listener before every security option', () => {
    expect(directives(confOf({ tls, clientCertificates }))[0]).toBe('per_listener_settings false');
  });

  it('has comments only at the beginning of a line: Mosquitto knows no others', () => {
    const conf = confOf({ tls, clientCertificates });

    expect(conf.split('\n').filter((line) => line.indexOf('#') > 0)).toStrictEqual([]);
  });

  it('A-10 writes sessions every minute, and not every half hour as Mosquitto does by itself', () => {
    expect(directives(confOf())).toContain('autosave_interval 60');
    expect(directives(confOf({ autosaveIntervalSeconds: 7 }))).toContain('autosave_interval 7');
  });

  it('A-17 limits packets and queues, and connections where it is told to', () => {
    const lines = directives(confOf({ maxPacketBytes: 5_000, maxConnections: 70, maxQueuedMessages: 8 }));

    expect(lines.filter((line) => line.startsWith('max_'))).toStrictEqual([
      'max_connections 70',
      'max_connections 70',
      'max_packet_size 5000',
      'max_queued_messages 8',
      'max_queued_bytes 268435456',
    ]);
  });

  it('says how many messages are on their way at a time, and when a session is given up', () => {
    const lines = directives(confOf({ maxInflightMessages: 65_535, persistentClientExpiration: Duration.days(14) }));

    expect(lines).toContain('max_inflight_messages 65535');
    expect(lines).toContain('persistent_client_expiration 336h');
  });

  it.each([Duration.minutes(59), Duration.minutes(90), Duration.hours(600_000), Duration.seconds(0)])(
    'is not written with a session that is given up after %s',
    (persistentClientExpiration) => {
      expectRefusal(() => confOf({ persistentClientExpiration }), {
        code: 'EDGE_ERR_VALUE',
        value: `"${persistentClientExpiration.toMilliseconds() / 3_600_000} h"`,
        rule: 'whole hours',
      });
    },
  );

  it.each([
    ['maxConnections', 1, 2_147_483_647],
    ['maxInflightMessages', 1, 65_535],
  ])('is written with %s from %i to %i', (prop, least, most) => {
    for (const value of [least, most]) expect(() => confOf({ [prop]: value })).not.toThrow();
    for (const value of [least - 1, most + 1, 1.5]) {
      expectRefusal(() => confOf({ [prop]: value }), {
        code: 'EDGE_ERR_VALUE',
        value: String(value),
        rule: 'it is a whole number of at least 1',
      });
    }
  });
});

describe('A-3 the listeners of a broker with TLS', () => {
  it('are those without TLS, and two with', () => {
    const conf = confOf({ tls });

    const certificate = ['certfile /mosquitto/tls/tls.crt', 'keyfile /mosquitto/tls/tls.key', 'tls_version tlsv1.2'];
    expect(listener(conf, 1883)).toStrictEqual(['protocol mqtt']);
    expect(listener(conf, 8080)).toStrictEqual(['protocol websockets']);
    expect(listener(conf, 8883)).toStrictEqual(['protocol mqtt', ...certificate]);
    expect(listener(conf, 8443)).toStrictEqual(['protocol websockets', ...certificate]);
  });

  it('are the two alone when the others are turned off', () => {
    const ports = directives(confOf({ tls, plainListeners: false })).filter((line) => line.startsWith('listener '));

    expect(ports).toStrictEqual(['listener 8883', 'listener 8443']);
  });

  it('take clients by their certificates at a listener of its own', () => {
    expect(listener(confOf({ tls, clientCertificates }), 8884)).toStrictEqual([
      'protocol mqtt',
      'certfile /mosquitto/tls/tls.crt',
      'keyfile /mosquitto/tls/tls.key',
      'tls_version tlsv1.2',
      'cafile /mosquitto/client-authority/ca.crt',
      'require_certificate true',
      'use_identity_as_username true',
    ]);
  });

  it('speak TLS 1.3 only when told to', () => {
    const strict = MosquittoTls.fromSecret('broker-tls', { minimumVersion: 'TLSv1.3' });

    const lines = directives(confOf({ tls: strict, version: MosquittoVersion.V2_1 }));

    expect(lines.filter((line) => line.startsWith('tls_version'))).toStrictEqual([
      'tls_version tlsv1.3',
      'tls_version tlsv1.3',
    ]);
  });
});

describe('the connections to parents', () => {
  it('are in a folder in memory, because of their passwords', () => {
    const conf = confOf({}, (broker) =>
      broker.addParent({
        host: 'mqtt.example.com',
        user: 'site',
        credentials: Credentials.fromSecret('site'),
        topics: [ParentTopic.outgoing('a')],
      }),
    );

    expect(directives(conf).at(-1)).toBe('include_dir /mosquitto/run/parents');
  });
});
