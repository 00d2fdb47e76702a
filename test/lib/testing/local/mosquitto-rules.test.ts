import { describe, expect, it } from 'vitest';
import { passwordLine } from '../../../../lib/broker/password-hash';
import { aclChecker, passwordChecker } from '../../../../lib/testing/local/mosquitto-rules';

describe('passwordChecker', () => {
  const line = (user: string, password: string) => `${passwordLine('ns/hub', user, password, 1_000)}\n`;
  const check = passwordChecker(line('camera', 'first-password') + line('alarm', 'second-password'));

  it.each([
    ['camera', 'first-password', true],
    ['alarm', 'second-password', true],
    ['camera', 'second-password', false],
    ['camera', 'First-password', false],
    ['camera', '', false],
    ['nobody', 'first-password', false],
    ['', '', false],
  ])('says of %s with "%s": %s', (user, password, right) => {
    expect(check(user, password)).toBe(right);
  });

  it('knows nobody where the file is empty', () => {
    expect(passwordChecker('')('camera', 'first-password')).toBe(false);
  });
});

describe('aclChecker', () => {
  const allowed = aclChecker(
    [
      'user camera',
      'topic write a/input',
      'topic read a/output',
      'topic read a/output/camera',
      '',
      'user bridge',
      'topic read a/input',
      'topic write a/output/+',
      'topic readwrite both/#',
      'topic read with blank',
      '',
    ].join('\n'),
  );

  it.each([
    ['camera', 'write', 'a/input', true],
    ['camera', 'read', 'a/input', false],
    ['camera', 'read', 'a/output', true],
    ['camera', 'write', 'a/output', false],
    ['camera', 'read', 'a/output/camera', true],
    ['camera', 'read', 'a/output/alarm', false],
    ['camera', 'read', 'both/x', false],
    ['bridge', 'write', 'a/output/camera', true],
    ['bridge', 'write', 'a/output', false],
    ['bridge', 'write', 'a/output/camera/x', false],
    ['bridge', 'read', 'both/x/y', true],
    ['bridge', 'write', 'both/x/y', true],
    ['bridge', 'read', 'with blank', true],
    ['nobody', 'read', 'a/output', false],
    ['', 'write', 'a/input', false],
  ] as const)('says of %s who wants to %s %s: %s', (user, access, topic, right) => {
    expect(allowed(user, access, topic)).toBe(right);
  });

  it('allows nothing where the file is empty', () => {
    expect(aclChecker('')('camera', 'read', 'a')).toBe(false);
  });
});
