import { describe, expect, it } from 'vitest';
import { EdgeApp } from '../../../lib';
import { findManifest, synthesize } from '../../../lib/testing';
import { brokerIn } from '../support/stacks';

function configFiles(): Record<string, string> {
  const app = new EdgeApp();
  brokerIn(app);
  return findManifest(synthesize(app), 'ConfigMap', 'mosquitto-config').data;
}

/** The lines that Mosquitto reads. */
function directives(conf: string): string[] {
  return conf.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
}

describe('mosquitto.conf', () => {
  it('says all that matters in terms of Mosquitto 2.0', () => {
    const { 'mosquitto.conf': conf = '' } = configFiles();

    expect(directives(conf)).toMatchInlineSnapshot(`
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

  it('turns off settings per listener before every security option', () => {
    const { 'mosquitto.conf': conf = '' } = configFiles();

    expect(directives(conf)[0]).toBe('per_listener_settings false');
  });

  it('has comments only at the beginning of a line: Mosquitto knows no others', () => {
    const { 'mosquitto.conf': conf = '' } = configFiles();

    expect(conf.split('\n').filter((line) => line.indexOf('#') > 0)).toStrictEqual([]);
  });
});

describe('prepare.sh', () => {
  it('copies the files to where only the broker reads them, and hashes the passwords of Secrets', () => {
    const { 'prepare.sh': script } = configFiles();

    expect(script).toMatchInlineSnapshot(`
      "#!/bin/sh
      set -eu
      umask 077
      cat /mosquitto/config/acl >/mosquitto/run/acl
      cat /mosquitto/users/passwd >/mosquitto/run/passwd
      for file in /mosquitto/secrets/*/password; do
        [ -e "$file" ] || continue
        user=$(basename "$(dirname "$file")")
        password=$(cat "$file")
        if [ -z "$password" ]; then
          echo "the Secret with the password of user $user is empty" >&2
          exit 1
        fi
        printf '%s\\n%s\\n' "$password" "$password" | mosquitto_passwd -I 1000 /mosquitto/run/passwd "$user" >/dev/null
      done
      "
    `);
  });
});
