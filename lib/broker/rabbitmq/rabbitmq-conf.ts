import { AMQP, AMQPS, MQTT, MQTTS, PROMETHEUS, type RabbitMqListener, WEBSOCKETS, WSS } from './rabbitmq-listeners';
import { RABBITMQ_PATHS as paths } from './rabbitmq-paths';
import type { MqttSettings, RabbitMqSettings } from './rabbitmq-settings';
import { MQTT_EXCHANGE } from './rabbitmq-user';

export interface ClusterName {
  readonly namespace: string;
  /** Of the StatefulSet. */
  readonly name: string;
  /** The headless Service by which nodes have names. */
  readonly nodes: string;
}

/** Where a node finds its own definitions. */
export const DEFINITIONS_FILE = 'access.json';
/** By default RabbitMQ hands ten messages to an MQTT client before it acknowledges one. */
const LEAST_PREFETCH = 10;

/**
 * rabbitmq.conf in the form of the version it is for: no key that this version has removed, ignores, or not got yet.
 *
 * @param prefetch messages on their way to one MQTT client
 * @see https://www.rabbitmq.com/docs/configure
 */
export function rabbitMqConf(settings: RabbitMqSettings, cluster: ClusterName, prefetch: number): string {
  const sections = [
    listeners(settings),
    logins(settings),
    definitions(),
    formation(settings, cluster),
    queues(settings),
    `# A container sees the memory of its machine.
total_memory_available_override_value = ${settings.memoryBytes}`,
    limits(settings),
    `prometheus.tcp.port = ${PROMETHEUS.port}`,
    settings.mqtt && `${mqttListeners(settings)}\n${mqtt(settings, settings.mqtt, prefetch)}`,
    `log.console = true
log.file = false`,
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

/**
 * What the cluster operator leaves to its users: it writes listeners, certificates, and how nodes find each other itself.
 *
 * @see https://www.rabbitmq.com/kubernetes/operator/using-operator#additional-config
 */
export function operatorConf(settings: RabbitMqSettings, prefetch: number): string {
  const { clientCertificates, minimumTlsVersion, listeners } = settings;
  const required = clientCertificates === 'required' ? '\nssl_options.fail_if_no_peer_cert = true' : '';
  const sections = [
    has(listeners, AMQPS) && `${tlsVersions('ssl_options', minimumTlsVersion)}${required}`,
    logins(settings),
    queues(settings),
    limits(settings),
    settings.mqtt && mqtt(settings, settings.mqtt, prefetch),
  ];
  return `${sections.filter(Boolean).join('\n\n')}\n`;
}

function listeners({ listeners, clientCertificates, minimumTlsVersion }: RabbitMqSettings): string {
  const encrypted = has(listeners, AMQPS);
  const plain = has(listeners, AMQP) ? `listeners.tcp.default = ${AMQP.port}` : 'listeners.tcp = none';
  if (!encrypted) return plain;
  return `${plain}
listeners.ssl.default = ${AMQPS.port}
ssl_options.certfile = ${paths.tls}/tls.crt
ssl_options.keyfile = ${paths.tls}/tls.key
${tlsVersions('ssl_options', minimumTlsVersion)}
${verification(clientCertificates)}`;
}

function verification(clientCertificates: RabbitMqSettings['clientCertificates']): string {
  if (clientCertificates === 'none')
    return 'ssl_options.verify = verify_none\nssl_options.fail_if_no_peer_cert = false';
  return `ssl_options.cacertfile = ${paths.clientAuthority}/ca.crt
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = ${clientCertificates === 'required'}`;
}

/** Whoever is not in the definitions is nobody. */
function definitions(): string {
  return `definitions.import_backend = local_filesystem
definitions.local.path = ${paths.etc}/${DEFINITIONS_FILE}
definitions.skip_if_unchanged = true`;
}

/** With a password, or with a certificate; nobody without either. */
function logins({ version, clientCertificates }: RabbitMqSettings): string {
  const anonymous = version.name === '3.13' ? '' : '\nanonymous_login_user = none';
  const external = `\nauth_mechanisms.2 = EXTERNAL
# The common name of the certificate is the user.
ssl_cert_login_from = common_name`;
  return `auth_mechanisms.1 = PLAIN${clientCertificates === 'none' ? '' : external}${anonymous}`;
}

function formation({ version, replicas }: RabbitMqSettings, { namespace, name, nodes }: ClusterName): string {
  const { kubernetes, config } = paths;
  const discovery = `
cluster_formation.k8s.host = kubernetes.default.svc.cluster.local
cluster_formation.k8s.token_path = ${kubernetes}/token
cluster_formation.k8s.cert_path = ${kubernetes}/ca.crt
cluster_formation.k8s.namespace_path = ${config}/namespace
cluster_formation.k8s.address_type = hostname
cluster_formation.k8s.service_name = ${nodes}
cluster_formation.k8s.hostname_suffix = .${nodes}.${namespace}.svc.cluster.local`;
  const partitions = `
# A node that sees fewer than half of the others stops, so that there are never two truths.
cluster_partition_handling = pause_minority`;
  return `cluster_name = ${namespace}/${name}
cluster_formation.peer_discovery_backend = k8s${version._asksKubernetes ? discovery : ''}
cluster_formation.target_cluster_size_hint = ${replicas}${version._handlesPartitions ? partitions : ''}`;
}

/** A queue that was declared while a node was away gets a member there when the node is back. */
function queues({ replicas }: RabbitMqSettings): string {
  return `queue_leader_locator = balanced
quorum_queue.continuous_membership_reconciliation.enabled = true
quorum_queue.continuous_membership_reconciliation.target_group_size = ${Math.min(replicas, 5)}`;
}

function limits(settings: RabbitMqSettings): string {
  return `vm_memory_high_watermark.relative = ${settings.memoryWatermarkPercent / 100}
disk_free_limit.absolute = ${settings.diskFreeBytes}
max_message_size = ${settings.maxMessageBytes}
consumer_timeout = ${settings.consumerTimeoutMs}`;
}

function mqtt(settings: RabbitMqSettings, { sessionQueues, maxSessionExpirySeconds }: MqttSettings, prefetch: number) {
  const { vhost, clientCertificates, maxMessageBytes } = settings;
  return `mqtt.allow_anonymous = false
mqtt.vhost = ${vhost}
mqtt.exchange = ${MQTT_EXCHANGE}
mqtt.ssl_cert_login = ${clientCertificates !== 'none'}
mqtt.durable_queue_type = ${sessionQueues}
mqtt.max_session_expiry_interval_seconds = ${maxSessionExpirySeconds}
mqtt.max_packet_size_authenticated = ${maxMessageBytes}
# A client of MQTT 5 gets at most this many, however many it asks for.
mqtt.prefetch = ${Math.max(prefetch, LEAST_PREFETCH)}`;
}

function mqttListeners(settings: RabbitMqSettings): string {
  const { listeners } = settings;
  return `mqtt.listeners.tcp${has(listeners, MQTT) ? `.default = ${MQTT.port}` : ' = none'}
mqtt.listeners.ssl${has(listeners, MQTTS) ? `.default = ${MQTTS.port}` : ' = none'}
${websockets(settings)}`;
}

/** This listener has TLS settings of its own, and none by which it would ask for a certificate. */
function websockets({ listeners, minimumTlsVersion }: RabbitMqSettings): string {
  const plain = `web_mqtt.tcp.${has(listeners, WEBSOCKETS) ? `port = ${WEBSOCKETS.port}` : 'listener = none'}`;
  if (!has(listeners, WSS)) return plain;
  return `${plain}
web_mqtt.ssl.port = ${WSS.port}
web_mqtt.ssl.certfile = ${paths.tls}/tls.crt
web_mqtt.ssl.keyfile = ${paths.tls}/tls.key
${tlsVersions('web_mqtt.ssl', minimumTlsVersion)}`;
}

function tlsVersions(prefix: string, minimum: RabbitMqSettings['minimumTlsVersion']): string {
  const versions = minimum === 'TLSv1.3' ? ['tlsv1.3'] : ['tlsv1.3', 'tlsv1.2'];
  return versions.map((version, i) => `${prefix}.versions.${i + 1} = ${version}`).join('\n');
}

function has(listeners: readonly RabbitMqListener[], { name }: RabbitMqListener): boolean {
  return listeners.some((listener) => listener.name === name);
}
