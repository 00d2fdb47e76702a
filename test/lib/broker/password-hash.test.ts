import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { passwordLine } from '../../../lib/broker/password-hash';

const PASSWORD = 'correct-horse-battery';

/** A line of a password file, taken apart at its separators. */
function fields(line: string) {
  const [user, hash = ''] = line.split(':');
  const [empty, scheme, iterations, salt = '', digest = ''] = hash.split('$');
  return { user, empty, scheme, iterations, salt: Buffer.from(salt, 'base64'), digest: Buffer.from(digest, 'base64') };
}

describe('passwordLine', () => {
  it('has the form that Mosquitto 2.0 and 2.1 both read', () => {
    expect(passwordLine('mosquitto/hub', 'camera-7', PASSWORD, 1_000)).toMatch(
      /^camera-7:\$7\$1000\$[A-Za-z0-9+/]{16}\$[A-Za-z0-9+/]{86}==$/,
    );
  });

  it('has a salt of exactly 12 bytes', () => {
    expect(fields(passwordLine('mosquitto/hub', 'camera-7', PASSWORD, 1_000)).salt).toHaveLength(12);
  });

  it('verifies with PBKDF2 of SHA-512', () => {
    const { salt, digest } = fields(passwordLine('mosquitto/hub', 'camera-7', PASSWORD, 1_234));

    expect(digest).toStrictEqual(pbkdf2Sync(PASSWORD, salt, 1_234, 64, 'sha512'));
  });

  it('verifies for a password that is not ASCII, taken as UTF-8', () => {
    const { salt, digest } = fields(passwordLine('mosquitto/hub', 'camera-7', 'Schlüssel-größe', 1_000));

    expect(digest).toStrictEqual(pbkdf2Sync(Buffer.from('Schlüssel-größe', 'utf8'), salt, 1_000, 64, 'sha512'));
  });

  it('is the same for the same user, broker and password', () => {
    const line = () => passwordLine('mosquitto/hub', 'camera-7', PASSWORD, 1_000);

    expect(line()).toBe(line());
  });

  it('has another salt for another user, and for another broker', () => {
    const salt = (broker: string, user: string) =>
      fields(passwordLine(broker, user, PASSWORD, 1_000)).salt.toString('hex');

    const salts = [salt('mosquitto/hub', 'a'), salt('mosquitto/hub', 'b'), salt('mosquitto/other', 'a')];

    expect(new Set(salts).size).toBe(3);
  });

  it('does not mix up where the broker ends and the user begins', () => {
    const salt = (broker: string, user: string) =>
      fields(passwordLine(broker, user, PASSWORD, 1_000)).salt.toString('hex');

    expect(salt('ns/a', 'b')).not.toBe(salt('ns/ab', ''));
  });
});
