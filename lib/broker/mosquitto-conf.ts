import type { TlsVersion } from './broker-tls';
import type { MosquittoListener } from './mosquitto-listeners';
import { MOSQUITTO_PATHS } from './mosquitto-paths';
import type { MosquittoVersion } from './mosquitto-version';

/** What mosquitto.conf says, besides where things are. */
export interface MosquittoSettings {
  readonly version: MosquittoVersion;
  readonly listeners: MosquittoListener[];
  readonly minimumTlsVersion: TlsVersion;
  readonly maxConnections: number | undefined;
  readonly maxPacketBytes: number;
  readonly maxInflightMessages: number | undefined;
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  readonly autosaveIntervalSeconds: number;
  readonly persistentClientExpirationHours: number | undefined;
}

/** Where the official images have their plugins. */
const PLUGINS = '/usr/lib';

/**
 * mosquitto.conf in the form of the version it is for.
 *
 * @param hasParents whether the init container puts connections to other brokers together
 * @see https://mosquitto.org/man/mosquitto-conf-5.html
 */
export function mosquittoConf(settings: MosquittoSettings, hasParents: boolean): string {
  const { run, data } = MOSQUITTO_PATHS;
  const { version } = settings;
  const perListener = `# With one set of users for all listeners; must come before every security option.
per_listener_settings false

`;
  return `${version.name === '2.0' ? perListener : ''}${settings.listeners.map((each) => listener(each, settings)).join('\n')}
${users(version)}
persistence true
persistence_location ${data}/
# What is newer than this is lost when the broker is killed; a very short time stalls a broker with a long queue.
autosave_interval ${settings.autosaveIntervalSeconds}

# 2.1 has a limit of its own where none is given, 2.0 has none.
max_packet_size ${settings.maxPacketBytes}
# What waits for a client that is away. Mosquitto drops what is above either limit without telling the publisher.
max_queued_messages ${settings.maxQueuedMessages}
max_queued_bytes ${settings.maxQueuedBytes}
${optional('max_inflight_messages', settings.maxInflightMessages)}${expiration(settings)}
set_tcp_nodelay true
log_dest stdout
log_timestamp_format %Y-%m-%dT%H:%M:%S
${hasParents ? `\ninclude_dir ${run}/parents\n` : ''}`;
}

function listener({ port, protocol, encrypted, clientCertificates }: MosquittoListener, settings: MosquittoSettings) {
  const { tls, clientAuthority } = MOSQUITTO_PATHS;
  const certificate = `certfile ${tls}/tls.crt
keyfile ${tls}/tls.key
tls_version ${settings.minimumTlsVersion.toLowerCase()}
`;
  const identity = `cafile ${clientAuthority}/ca.crt
require_certificate true
# The common name of the certificate is the user; a name and a password are not looked at.
use_identity_as_username true
`;
  return `listener ${port}
protocol ${protocol}
${optional('max_connections', settings.maxConnections)}${encrypted ? certificate : ''}${clientCertificates ? identity : ''}`;
}

function users({ name }: MosquittoVersion): string {
  const { run } = MOSQUITTO_PATHS;
  if (name === '2.0') {
    return `allow_anonymous false
password_file ${run}/passwd
acl_file ${run}/acl
`;
  }
  return `allow_anonymous false
plugin ${PLUGINS}/mosquitto_password_file.so
plugin_opt_password_file ${run}/passwd
plugin ${PLUGINS}/mosquitto_acl_file.so
plugin_opt_acl_file ${run}/acl
`;
}

function expiration({ persistentClientExpirationHours: hours }: MosquittoSettings): string {
  return hours === undefined ? '' : `persistent_client_expiration ${hours}h\n`;
}

function optional(option: string, value: number | undefined): string {
  return value === undefined ? '' : `${option} ${value}\n`;
}
