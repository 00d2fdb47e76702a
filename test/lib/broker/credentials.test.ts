import { inspect } from 'node:util';
import { App, Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Credentials } from '../../../lib';
import { expectRefusal, thrownBy } from '../support/refusals';

const VARIABLE = 'TEST_MQTT_PASSWORD';

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('Credentials.fromEnv', () => {
  it('accepts a password of 12 characters', () => {
    vi.stubEnv(VARIABLE, 'a1b2c3d4e5f6');

    expect(Credentials.fromEnv(VARIABLE).secret).toBeUndefined();
  });

  it.each([
    ['is not there', undefined],
    ['is empty', ''],
  ])('refuses a variable that %s', (_, value) => {
    vi.stubEnv(VARIABLE, value);

    expectRefusal(() => Credentials.fromEnv(VARIABLE), {
      code: 'EDGE_ERR_CREDENTIALS',
      value: '"not set"',
      rule: 'a password is read from it',
    });
  });

  it('says which variable to set, and how to draw a password', () => {
    vi.stubEnv(VARIABLE, undefined);

    expect((thrownBy(() => Credentials.fromEnv(VARIABLE)) as Error).message).toContain(
      `${VARIABLE}="$(openssl rand -hex 16)"`,
    );
  });

  it.each([
    ['weak, of 11 characters', 'a1b2c3d4e5f'],
    ['of two lines', 'a1b2c3d4e5f6\na1b2c3d4e5f6'],
    ['with a line end after it', 'a1b2c3d4e5f6\r'],
  ])('refuses a password that is %s, and tells its length only', (_, password) => {
    vi.stubEnv(VARIABLE, password);

    const create = () => Credentials.fromEnv(VARIABLE);

    expectRefusal(create, {
      code: 'EDGE_ERR_CREDENTIALS',
      value: `"${password.length} characters long"`,
      rule: 'one line of at least 12 characters',
    });
    expect(inspect(thrownBy(create))).not.toContain(password.trim());
  });

  it('reads the variable once: what is set later does not count', () => {
    vi.stubEnv(VARIABLE, 'a1b2c3d4e5f6');
    const credentials = Credentials.fromEnv(VARIABLE);

    vi.stubEnv(VARIABLE, 'something-else');

    expect(credentials._reveal()).toBe('a1b2c3d4e5f6');
  });

  it.each([
    ['JSON.stringify', (value: unknown) => JSON.stringify(value)],
    ['util.inspect', (value: unknown) => inspect(value, { showHidden: true, depth: Number.POSITIVE_INFINITY })],
    ['String', (value: unknown) => String(value)],
    ['a spread', (value: object) => inspect({ ...value })],
  ])('does not show the password to %s', (_, print) => {
    vi.stubEnv(VARIABLE, 'a1b2c3d4e5f6');

    expect(print(Credentials.fromEnv(VARIABLE))).not.toContain('a1b2c3d4e5f6');
  });
});

describe('Credentials.fromSecret', () => {
  it.each([
    ['Not A Name', 'password', 'Credentials.fromSecret(secret) is "Not A Name"'],
    ['camera-7-mqtt', 'k e y', 'Credentials.fromSecret(.., key) is "k e y"'],
    ['camera-7-mqtt', '', 'Credentials.fromSecret(.., key) is ""'],
  ])('refuses Secret %j with key %j, which cannot exist', (name, key, message) => {
    expect(() => Credentials.fromSecret(name, key)).toThrow(`EDGE_ERR_NAME: ${message}`);
  });

  it('takes key "password" of the Secret that is named', () => {
    const { secret } = Credentials.fromSecret('camera-7-mqtt');

    expect(secret).toStrictEqual({ secretName: 'camera-7-mqtt', key: 'password' });
  });

  it('takes another key when told so', () => {
    const { secret } = Credentials.fromSecret('camera-7-mqtt', 'passphrase');

    expect(secret).toStrictEqual({ secretName: 'camera-7-mqtt', key: 'passphrase' });
  });

  it('takes a Secret of cdk8s-plus by its name', () => {
    const imported = Secret.fromSecretName(new Chart(new App(), 'chart'), 'secret', 'from-elsewhere');

    expect(Credentials.fromSecret(imported).secret).toStrictEqual({ secretName: 'from-elsewhere', key: 'password' });
  });

  it('holds no password', () => {
    expect(Credentials.fromSecret('camera-7-mqtt')._reveal()).toBeUndefined();
  });
});

describe('Credentials.fromCertificate', () => {
  it('has neither a password nor a Secret', () => {
    const credentials = Credentials.fromCertificate();

    expect([credentials._reveal(), credentials.secret, credentials.certificate]).toStrictEqual([
      undefined,
      undefined,
      true,
    ]);
  });

  it('is no password', () => {
    expect(Credentials.fromSecret('camera-7-mqtt').certificate).toBe(false);
  });
});
