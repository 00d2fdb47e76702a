import { MOSQUITTO_PATHS as paths } from './mosquitto-paths';
import type { MosquittoVersion } from './mosquitto-version';

/** Seconds between two looks at the mounted files. A kubelet brings a change in after a minute or two. */
const LOOK_SECONDS = 5;

interface PrepareSettings {
  readonly version: MosquittoVersion;
  /** Rounds of PBKDF2. */
  readonly iterations: number;
  readonly hasParents: boolean;
}

/** Prints what changes with any file that a running broker can be given anew. */
const FINGERPRINT = `fingerprint() {
  for file in ${paths.config}/acl ${paths.users}/passwd ${paths.secrets}/*/password \\
    ${paths.tls}/* ${paths.clientAuthority}/* ${paths.parents}/*/*; do
    [ -f "$file" ] || continue
    echo "$file"
    cat "$file"
  done | sha256sum
}
`;

/**
 * Runs before the broker, and again when a file has changed, as the broker's user. Mosquitto 2.1.0 does not follow
 * symbolic links to these files, which is what files in ConfigMaps and Secrets are; later versions refuse files that
 * others may read. So they are copied, their content only: with their mode they could not be written to.
 *
 * Passwords that are in Secrets are hashed here. They come in through standard input: an argument could be seen in the
 * list of processes.
 *
 * Mosquitto 2.1 ends at a line it cannot read, also while it runs. So all files are made aside and looked through, and
 * take the place of the old ones together or not at all.
 */
export function prepareScript({ version, iterations, hasParents }: PrepareSettings): string {
  const { config, users, secrets, run } = paths;
  const next = `${run}/next`;
  // 2.1 would draw a hash that needs 47 MB of memory at each login.
  const hash = version.name === '2.0' ? `-I ${iterations}` : `-H sha512-pbkdf2 -I ${iterations}`;
  return `#!/bin/sh
set -eu
umask 077
${FINGERPRINT}
rm -rf ${next}
mkdir ${next}
fingerprint >${next}/fingerprint
cat ${config}/acl >${next}/acl
cat ${users}/passwd >${next}/passwd
for file in ${secrets}/*/password; do
  [ -e "$file" ] || continue
  user=$(basename "$(dirname "$file")")
  password=$(cat "$file")
  if [ -z "$password" ]; then
    echo "the Secret with the password of user $user is empty" >&2
    exit 1
  fi
  printf '%s\\n%s\\n' "$password" "$password" | mosquitto_passwd ${hash} ${next}/passwd "$user" >/dev/null
done
${hasParents ? connections(next) : ''}
refuse() {
  # $1: the file, $2: what a line of it looks like. A line may hold a hash, so only its number is told.
  if line=$(grep -nEv "$2" "${next}/$1" | cut -d: -f1 | head -n 1) && [ -n "$line" ]; then
    echo "line $line of $1 would not be read by Mosquitto" >&2
    exit 1
  fi
}
refuse passwd '^[^:]+:[$](7|argon2id)[$][^ ]+$'
refuse acl '^(|user .+|topic (read|write|readwrite|deny) .+)$'

${hasParents ? `rm -rf ${run}/parents\nmv ${next}/parents ${run}/parents\n` : ''}for file in acl passwd fingerprint; do
  mv -f "${next}/$file" "${run}/$file"
done
`;
}

/** The broker's connections, with the passwords that only they may be seen with. */
function connections(next: string): string {
  return `mkdir ${next}/parents
for file in ${paths.parents}/*/password; do
  parent=$(basename "$(dirname "$file")")
  password=$(cat "$file")
  trimmed=$(printf '%s\\n' "$password" | sed 's/^[[:space:]]*//; s/[[:space:]]*$//')
  if [ -z "$password" ] || [ "$password" != "$trimmed" ] || [ "$(printf '%s\\n' "$password" | wc -l)" -ne 1 ]; then
    echo "the password for parent $parent is empty, begins or ends with a blank, or has two lines" >&2
    exit 1
  fi
  {
    cat "${paths.config}/parent-$parent.conf"
    printf 'remote_password %s\\n' "$password"
  } >"${next}/parents/$parent.conf"
done
`;
}

/** How a running broker is made to read its files again. */
type ReloadSignal = 'HUP' | 'TERM';

/**
 * Which signal loses nothing.
 *
 * - On SIGHUP Mosquitto 2.0 checks the password of every session again, of those that are away too. Of sessions that it
 *   has read from its volume it has none, and from then on they get nothing of what is published: their queues lose
 *   messages without a word.
 * - On SIGHUP Mosquitto 2.1 also reads its connections to other brokers again, and from then on keeps nothing for one
 *   that is down.
 *
 * A broker that is ended writes everything to its volume, and the kubelet starts it again within seconds.
 */
export function reloadSignal(version: MosquittoVersion, hasParents: boolean): ReloadSignal {
  return version.name === '2.1' && !hasParents ? 'HUP' : 'TERM';
}

/**
 * Runs beside the broker, sees changes of the mounted files, and has the broker read them. It waits for two looks that
 * are the same, because a kubelet brings the volumes of a pod up to date one after the other.
 *
 * A change that is refused leaves the broker as it is.
 */
export function reloadScript(signal: ReloadSignal): string {
  const { config, run } = paths;
  return `#!/bin/sh
set -u
${FINGERPRINT}
signal() {
  for process in /proc/[0-9]*; do
    case "$({ tr '\\0' ' ' <"$process/cmdline"; } 2>/dev/null)" in
      "mosquitto "*"${config}/mosquitto.conf "*) kill -${signal} "\${process#/proc/}" ;;
    esac
  done
}

done_with=$(cat ${run}/fingerprint)
before=$done_with
while sleep ${LOOK_SECONDS}; do
  now=$(fingerprint)
  if [ "$now" = "$before" ] && [ "$now" != "$done_with" ]; then
    done_with=$now
    if sh ${config}/prepare.sh; then
      echo "users, access list or certificates have changed: SIG${signal} to the broker"
      signal
    else
      echo "the change was refused, the broker keeps what it has" >&2
    fi
  fi
  before=$now
done
`;
}
