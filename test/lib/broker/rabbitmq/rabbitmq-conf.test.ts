import { Duration, Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, ClientCertificates, RabbitMqTls, RabbitMqVersion, SessionQueues } from '../../../../lib';
import { operatorConf, rabbitMqConf } from '../../../../lib/broker/rabbitmq/rabbitmq-conf';
import { enabledPlugins } from '../../../../lib/broker/rabbitmq/rabbitmq-plugins';
import type { RabbitMqProps } from '../../../../lib/broker/rabbitmq/rabbitmq-props';
import { resolveSettings } from '../../../../lib/broker/rabbitmq/rabbitmq-settings';

const VERSIONS = [
  RabbitMqVersion.V3_13,
  RabbitMqVersion.V4_0,
  RabbitMqVersion.V4_1,
  RabbitMqVersion.V4_2,
  RabbitMqVersion.V4_3,
];
const tls = RabbitMqTls.fromSecret('broker', { authority: CertificateAuthority.fromSecret('company') });
const cluster = { namespace: 'rabbitmq', name: 'rabbitmq', nodes: 'rabbitmq-nodes' };
const confOf = (props: RabbitMqProps, prefetch = 0) => rabbitMqConf(resolveSettings(props), cluster, prefetch);

/** Its settings, by their keys. */
function keysOf(conf: string): Map<string, string> {
  const lines = conf.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const settings = lines.map((line): [string, string] => {
    const [key = '', value = ''] = line.split(' = ');
    return [key, value];
  });
  expect(new Set(settings.map(([key]) => key)).size, 'no key is set twice').toBe(settings.length);
  return new Map(settings);
}

describe('rabbitmq.conf', () => {
  it('of a broker with TLS reads so', () => {
    expect(confOf({ tls })).toBe(`listeners.tcp = none
listeners.ssl.default = 5671
ssl_options.certfile = /rabbitmq/tls/tls.crt
ssl_options.keyfile = /rabbitmq/tls/tls.key
ssl_options.versions.1 = tlsv1.3
ssl_options.versions.2 = tlsv1.2
ssl_options.cacertfile = /rabbitmq/client-authority/ca.crt
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = true

auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
# The common name of the certificate is the user.
ssl_cert_login_from = common_name
anonymous_login_user = none

definitions.import_backend = local_filesystem
definitions.local.path = /etc/rabbitmq/access.json
definitions.skip_if_unchanged = true

cluster_name = rabbitmq/rabbitmq
cluster_formation.peer_discovery_backend = k8s
cluster_formation.target_cluster_size_hint = 3

queue_leader_locator = balanced
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.target_group_size = 3

# A container sees the memory of its machine.
total_memory_available_override_value = 2147483648

vm_memory_high_watermark.relative = 0.6
disk_free_limit.absolute = 2147483648
max_message_size = 16777216
consumer_timeout = 1800000

prometheus.tcp.port = 15692

log.console = true
log.file = false
`);
  });

  it.each([
    [ClientCertificates.required(), 'verify_peer', 'true', true],
    [ClientCertificates.optional(), 'verify_peer', 'false', true],
    [ClientCertificates.none(), 'verify_none', 'false', false],
  ])('asks clients for certificates as it is told: %o', (clientCertificates, verify, fail, external) => {
    const conf = keysOf(confOf({ tls, clientCertificates }));

    expect(conf.get('ssl_options.verify')).toBe(verify);
    expect(conf.get('ssl_options.fail_if_no_peer_cert')).toBe(fail);
    expect(conf.has('auth_mechanisms.2')).toBe(external);
    expect(enabledPlugins(resolveSettings({ tls, clientCertificates })).includes('auth_mechanism_ssl')).toBe(external);
  });

  it('speaks TLS 1.3 only when told to', () => {
    const strict = RabbitMqTls.fromSecret('broker', {
      authority: CertificateAuthority.fromSecret('company'),
      minimumVersion: 'TLSv1.3',
    });
    const conf = keysOf(confOf({ tls: strict, mqtt: {} }));

    expect(conf.get('ssl_options.versions.1')).toBe('tlsv1.3');
    expect(conf.get('web_mqtt.ssl.versions.1')).toBe('tlsv1.3');
    expect([...conf.values()]).not.toContain('tlsv1.2');
  });

  it('opens listeners without TLS for each protocol on its own', () => {
    const listeners = (props: RabbitMqProps) =>
      [...keysOf(confOf(props))].filter(([key]) => /listener|port$/.test(key)).map((line) => line.join(' = '));

    expect(listeners({ tls, mqtt: {} })).toStrictEqual([
      'listeners.tcp = none',
      'listeners.ssl.default = 5671',
      'prometheus.tcp.port = 15692',
      'mqtt.listeners.tcp = none',
      'mqtt.listeners.ssl.default = 8883',
      'web_mqtt.tcp.listener = none',
      'web_mqtt.ssl.port = 15676',
    ]);
    expect(listeners({ plaintext: true, mqtt: { plaintext: true } })).toStrictEqual([
      'listeners.tcp.default = 5672',
      'prometheus.tcp.port = 15692',
      'mqtt.listeners.tcp.default = 1883',
      'mqtt.listeners.ssl = none',
      'web_mqtt.tcp.port = 15675',
    ]);
  });

  it('lets nobody in by MQTT who does not say who it is, and keeps a session as long as a bridge asks for', () => {
    const conf = keysOf(confOf({ tls, mqtt: {} }));

    expect(conf.get('mqtt.allow_anonymous')).toBe('false');
    expect(conf.get('anonymous_login_user')).toBe('none');
    expect(conf.get('mqtt.max_session_expiry_interval_seconds')).toBe('604800');
    expect(conf.get('mqtt.durable_queue_type')).toBe('quorum');
  });

  it('hands an MQTT client as much as the widest bridge asks for: RabbitMQ stops at ten by itself', () => {
    expect(keysOf(confOf({ tls, mqtt: {} }, 1_024)).get('mqtt.prefetch')).toBe('1024');
    expect(keysOf(confOf({ tls, mqtt: {} }, 3)).get('mqtt.prefetch')).toBe('10');
  });

  it('has every limit that there is', () => {
    const conf = keysOf(
      confOf({
        tls,
        vhost: 'ml',
        replicas: 7,
        resources: { memory: { limit: Size.gibibytes(4) } },
        memoryWatermarkPercent: 45,
        diskFreeLimit: Size.gibibytes(1),
        maxMessageBytes: 33_000_000,
        consumerTimeout: Duration.hours(2),
        mqtt: { sessionQueues: SessionQueues.CLASSIC, maxSessionExpiry: Duration.days(3) },
      }),
    );

    expect(Object.fromEntries(conf)).toMatchObject({
      total_memory_available_override_value: '4294967296',
      'vm_memory_high_watermark.relative': '0.45',
      'disk_free_limit.absolute': '1073741824',
      max_message_size: '33000000',
      consumer_timeout: '7200000',
      'quorum_queue.continuous_membership_reconciliation.target_group_size': '5',
      'mqtt.vhost': 'ml',
      'mqtt.durable_queue_type': 'classic',
      'mqtt.max_session_expiry_interval_seconds': '259200',
      'mqtt.max_packet_size_authenticated': '33000000',
    });
  });
});

/** Keys that a version has removed, or reads and ignores, with the first version that does. */
const GONE: [pattern: RegExp, since: string][] = [
  [/^ha[-_]mode|^mirroring_|classic_queues\.ha_/, '4.0'],
  [/^mqtt\.(subscription_ttl|default_user|default_pass)$/, '3.13'],
  [/^cluster_formation\.k8s\.(host|port|scheme|token_path|cert_path|namespace_path|address_type|service_name)$/, '4.1'],
  [/^cluster_formation\.k8s\.(hostname_suffix|tls\.)/, '4.1'],
  [/^cluster_formation\.(node_cleanup|discovery_retry_limit|discovery_retry_interval)/, '4.1'],
  [/^cluster_partition_handling/, '4.3'],
  [/^queue_master_locator$/, '4.0'],
  [/^deprecated_features\.permit\./, '3.13'],
  [/^mnesia_/, '4.3'],
  [/^(management|web_dispatch)\./, '3.13'],
];
/** Keys that a version does not know yet, with the first that does. */
const NOT_YET: [pattern: RegExp, since: string][] = [
  [/^anonymous_login_user$/, '4.0'],
  [/^cluster_formation\.k8s\.(ordinal_start|seed_node)$/, '4.1'],
  [/^mqtt\.disconnect_on_unauthorized$/, '4.1'],
];

describe.each(VERSIONS)('the rules of RabbitMQ $name', (version) => {
  const configurations: [string, string][] = (
    [
      ['with TLS', { tls }],
      ['in clear', { plaintext: true, mqtt: { plaintext: true } }],
      ['with everything', { tls, plaintext: true, mqtt: { plaintext: true }, replicas: 5 }],
    ] as [string, RabbitMqProps][]
  ).flatMap(([name, props]): [string, string][] => [
    [name, confOf({ ...props, version })],
    [`${name}, with an operator`, operatorConf(resolveSettings({ ...props, version }), 1)],
  ]);

  it.each(configurations)('hold in the configuration %s', (_, conf) => {
    const keys = [...keysOf(conf).keys()];

    const gone = GONE.filter(([, since]) => version.name >= since).map(([pattern]) => pattern);
    const notYet = NOT_YET.filter(([, since]) => version.name < since).map(([pattern]) => pattern);
    expect(keys.filter((key) => [...gone, ...notYet].some((pattern) => pattern.test(key)))).toStrictEqual([]);
  });

  it('say how nodes find each other, and what they do in a partition', () => {
    const conf = keysOf(confOf({ tls, version }));

    expect(conf.get('cluster_formation.peer_discovery_backend')).toBe('k8s');
    expect(conf.get('cluster_formation.k8s.hostname_suffix')).toBe(
      version.name < '4.1' ? '.rabbitmq-nodes.rabbitmq.svc.cluster.local' : undefined,
    );
    expect(conf.get('cluster_formation.k8s.address_type')).toBe(version.name < '4.1' ? 'hostname' : undefined);
    expect(conf.get('cluster_partition_handling')).toBe(version.name < '4.3' ? 'pause_minority' : undefined);
  });
});
