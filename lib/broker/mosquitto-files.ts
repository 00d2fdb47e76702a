/**
 * The paths inside the broker's pod, and the files at them. `config` and `secrets` are read-only volumes; `run` is in
 * memory, and holds what only the broker's user may read.
 */
export const MOSQUITTO_PATHS = {
  config: '/mosquitto/config',
  users: '/mosquitto/users',
  secrets: '/mosquitto/secrets',
  run: '/mosquitto/run',
  data: '/mosquitto/data',
} as const;

export interface MosquittoSettings {
  readonly mqttPort: number;
  readonly websocketPort: number;
  readonly maxPacketBytes: number;
  readonly maxQueuedMessages: number;
  readonly maxQueuedBytes: number;
  readonly autosaveIntervalSeconds: number;
}

/**
 * mosquitto.conf in the form that 2.0 and 2.1 both read.
 *
 * @see https://mosquitto.org/man/mosquitto-conf-5.html
 */
export function mosquittoConf(settings: MosquittoSettings): string {
  const { run, data } = MOSQUITTO_PATHS;
  return `# With one set of users for all listeners; must come before every security option.
per_listener_settings false

listener ${settings.mqttPort}
protocol mqtt

listener ${settings.websocketPort}
protocol websockets

allow_anonymous false
password_file ${run}/passwd
acl_file ${run}/acl

persistence true
persistence_location ${data}/
# What is newer than this is lost when the broker is killed; a very short time stalls a broker with a long queue.
autosave_interval ${settings.autosaveIntervalSeconds}

# 2.1 has a limit of its own where none is given, 2.0 has none.
max_packet_size ${settings.maxPacketBytes}
# What waits for a client that is away. Mosquitto drops what is above either limit without telling the publisher.
max_queued_messages ${settings.maxQueuedMessages}
max_queued_bytes ${settings.maxQueuedBytes}

set_tcp_nodelay true
log_dest stdout
log_timestamp_format %Y-%m-%dT%H:%M:%S
`;
}

/**
 * Runs before the broker, as the broker's user. Mosquitto 2.1.0 does not follow symbolic links to these files, which is
 * what files in ConfigMaps and Secrets are; later versions refuse files that others may read. So they are copied, their
 * content only: with their mode they could not be written to.
 *
 * Passwords that are in Secrets are hashed here. They come in through standard input: an argument could be seen in the
 * list of processes.
 *
 * @param iterations rounds of PBKDF2
 */
export function prepareScript(iterations: number): string {
  const { config, users, secrets, run } = MOSQUITTO_PATHS;
  return `#!/bin/sh
set -eu
umask 077
cat ${config}/acl >${run}/acl
cat ${users}/passwd >${run}/passwd
for file in ${secrets}/*/password; do
  [ -e "$file" ] || continue
  user=$(basename "$(dirname "$file")")
  password=$(cat "$file")
  if [ -z "$password" ]; then
    echo "the Secret with the password of user $user is empty" >&2
    exit 1
  fi
  printf '%s\\n%s\\n' "$password" "$password" | mosquitto_passwd -I ${iterations} ${run}/passwd "$user" >/dev/null
done
`;
}
