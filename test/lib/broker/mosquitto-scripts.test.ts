import { describe, expect, it } from 'vitest';
import { Credentials, EdgeApp, type Mosquitto, MosquittoVersion, ParentTopic } from '../../../lib';
import { manifestOf } from '../support/manifests';
import { brokerIn } from '../support/stacks';

function filesOf(version: MosquittoVersion, use: (broker: Mosquitto) => void = () => undefined) {
  const app = new EdgeApp();
  use(brokerIn(app, { version }));
  return manifestOf(app, 'ConfigMap', 'mosquitto-config').data as Record<string, string>;
}

function withParent(broker: Mosquitto): void {
  broker.addParent({
    name: 'cloud',
    host: 'mqtt.example.com',
    user: 'site',
    credentials: Credentials.fromSecret('site'),
    topics: [ParentTopic.outgoing('a')],
  });
}

describe('prepare.sh', () => {
  it('A-9 copies the files to where only the broker reads them, hashes the passwords of Secrets, and looks them through', () => {
    expect(filesOf(MosquittoVersion.V2_0)['prepare.sh']).toMatchInlineSnapshot(`
      "#!/bin/sh
      set -eu
      umask 077
      fingerprint() {
        for file in /mosquitto/config/acl /mosquitto/users/passwd /mosquitto/secrets/*/password \\
          /mosquitto/tls/* /mosquitto/client-authority/* /mosquitto/parents/*/*; do
          [ -f "$file" ] || continue
          echo "$file"
          cat "$file"
        done | sha256sum
      }

      rm -rf /mosquitto/run/next
      mkdir /mosquitto/run/next
      fingerprint >/mosquitto/run/next/fingerprint
      cat /mosquitto/config/acl >/mosquitto/run/next/acl
      cat /mosquitto/users/passwd >/mosquitto/run/next/passwd
      for file in /mosquitto/secrets/*/password; do
        [ -e "$file" ] || continue
        user=$(basename "$(dirname "$file")")
        password=$(cat "$file")
        if [ -z "$password" ]; then
          echo "the Secret with the password of user $user is empty" >&2
          exit 1
        fi
        printf '%s\\n%s\\n' "$password" "$password" | mosquitto_passwd -I 1000 /mosquitto/run/next/passwd "$user" >/dev/null
      done

      refuse() {
        # $1: the file, $2: what a line of it looks like. A line may hold a hash, so only its number is told.
        if line=$(grep -nEv "$2" "/mosquitto/run/next/$1" | cut -d: -f1 | head -n 1) && [ -n "$line" ]; then
          echo "line $line of $1 would not be read by Mosquitto" >&2
          exit 1
        fi
      }
      refuse passwd '^[^:]+:[$](7|argon2id)[$][^ ]+$'
      refuse acl '^(|user .+|topic (read|write|readwrite|deny) .+)$'

      for file in acl passwd fingerprint; do
        mv -f "/mosquitto/run/next/$file" "/mosquitto/run/$file"
      done
      "
    `);
  });

  it('hashes for 2.1 what 2.0 reads too, and not what takes 47 MB for every login', () => {
    const script = filesOf(MosquittoVersion.V2_1)['prepare.sh'];

    expect(script).toContain('| mosquitto_passwd -H sha512-pbkdf2 -I 1000 ');
  });

  it('puts the connections to parents together, with their passwords', () => {
    const { 'prepare.sh': script, 'parent-cloud.conf': connection } = filesOf(MosquittoVersion.V2_0, withParent);

    expect(script).toContain('printf \'remote_password %s\\n\' "$password"');
    expect(connection).not.toContain('remote_password');
  });
});

describe('reload.sh', () => {
  it.each([
    ['ends a broker of 2.0, which on SIGHUP would lose what clients wait for', MosquittoVersion.V2_0, false, 'TERM'],
    ['has a broker of 2.1 read its files again', MosquittoVersion.V2_1, false, 'HUP'],
    ['ends one with a parent, which on SIGHUP would lose what waits for it', MosquittoVersion.V2_1, true, 'TERM'],
  ])('%s', (_, version, hasParent, signal) => {
    const script = filesOf(version, hasParent ? withParent : undefined)['reload.sh'];

    expect(script).toContain(`kill -${signal} `);
  });

  it('looks at every file that a running broker can be given anew', () => {
    const [, files] = /for file in ([^;]+);/s.exec(filesOf(MosquittoVersion.V2_0)['reload.sh'] ?? '') ?? [];

    expect(files?.split(/[\s\\]+/)).toStrictEqual([
      '/mosquitto/config/acl',
      '/mosquitto/users/passwd',
      '/mosquitto/secrets/*/password',
      '/mosquitto/tls/*',
      '/mosquitto/client-authority/*',
      '/mosquitto/parents/*/*',
    ]);
  });
});
