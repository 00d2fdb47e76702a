import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CredentialsRefused, LoginError } from '../../../../bridge/model/login/login';
import { type IssuedPass, RenewedLogin } from '../../../../bridge/model/login/renewed-login';
import { settle } from '../../support/deferred';

let now = 0;
beforeEach(() => {
  now = 1_000_000;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

/** Issues numbered passes. */
class Issuer {
  issued = 0;
  credentials = 'first';
  lifetimeMs: number | undefined;
  failure: LoginError | undefined;
  /** When set, issuing waits for it. */
  gate: Promise<void> = Promise.resolve();

  credentialsVersion(): string {
    return this.credentials;
  }

  isRefusal(status: number): boolean {
    return status === 401;
  }

  async issue(): Promise<IssuedPass> {
    this.issued += 1;
    const headers = { authorization: String(this.issued) };
    await this.gate;
    if (this.failure) throw this.failure;
    return this.lifetimeMs === undefined ? { headers } : { headers, lifetimeMs: this.lifetimeMs };
  }
}

function loginOf(changes: Partial<Issuer> = {}) {
  const issuer = Object.assign(new Issuer(), changes);
  const login = new RenewedLogin(issuer);
  return { issuer, login, number: async () => Number((await login.pass()).headers.authorization) };
}

describe('a RenewedLogin', () => {
  it('hands out one pass for all calls, for as long as nobody says how long it counts', async () => {
    const { number } = loginOf();
    await number();

    now += 365 * 86_400_000;

    expect(await number()).toBe(1);
  });

  it('takes one pass for calls at the same time', async () => {
    const { number, issuer } = loginOf();

    expect(await Promise.all([number(), number(), number()])).toStrictEqual([1, 1, 1]);
    expect(issuer.issued).toBe(1);
  });

  it.each([
    [3_600_000, 3_539_999, 1],
    [3_600_000, 3_540_000, 2],
    [10_000, 7_999, 1],
    [10_000, 8_000, 2],
  ])('renews a pass of %i ms after %i ms: %i passes', async (lifetimeMs, after, issued) => {
    const { number, issuer } = loginOf({ lifetimeMs });
    await number();

    now += after;
    await number();

    expect(issuer.issued).toBe(issued);
  });

  it('lets nobody wait for a renewal as long as the old pass counts', async () => {
    const { number, issuer } = loginOf({ lifetimeMs: 10_000 });
    await number();
    const gate = Promise.withResolvers<void>();
    issuer.gate = gate.promise;
    now += 9_000;

    expect(await number()).toBe(1);
    gate.resolve();
    await settle();
    expect(await number()).toBe(2);
  });

  it('uses the old pass to its end when it cannot be renewed, and tries every five seconds', async () => {
    const { number, issuer } = loginOf({ lifetimeMs: 100_000 });
    await number();
    issuer.failure = new LoginError('away', { retryable: true });
    const seen: number[] = [];

    for (const passed of [80_000, 1_000, 5_000, 13_999]) {
      now += passed;
      seen.push(await number());
      await settle();
    }
    now += 1;

    expect(seen).toStrictEqual([1, 1, 1, 1]);
    expect(issuer.issued).toBe(4);
    await expect(number()).rejects.toThrow('away');
  });

  it('takes another pass when the credentials are others', async () => {
    const { number, issuer } = loginOf();
    await number();

    issuer.credentials = 'second';

    expect([await number(), await number()]).toStrictEqual([2, 2]);
  });

  describe('told of a refusal', () => {
    it('takes another pass, once for all calls that were refused', async () => {
      const { login, issuer } = loginOf();
      const old = await login.pass();
      now += 10_000;

      const again = [login.refused(old, 401), login.refused(old, 401)];
      await Promise.all([login.pass(), login.pass()]);

      expect(again).toStrictEqual([true, true]);
      expect(login.refused(old, 401)).toBe(true);
      await login.pass();
      expect(issuer.issued).toBe(2);
    });

    it('does not, when the pass is as good as new', async () => {
      const { login, issuer } = loginOf();
      const pass = await login.pass();
      now += 9_999;

      expect(login.refused(pass, 401)).toBe(false);
      expect(await login.pass()).toBe(pass);
      expect(issuer.issued).toBe(1);
    });

    it.each([200, 403, 500])('takes %i for none', async (status) => {
      const { login } = loginOf();
      const pass = await login.pass();
      now += 10_000;

      expect(login.refused(pass, status)).toBe(false);
    });
  });

  describe('when there is no pass', () => {
    it('tries again at the next call', async () => {
      const { number, issuer } = loginOf({ failure: new LoginError('away', { retryable: true }) });
      await expect(number()).rejects.toThrow('away');

      issuer.failure = undefined;

      expect(await number()).toBe(2);
    });

    it('does not give refused credentials again for five minutes (D-T2)', async () => {
      const { number, issuer } = loginOf({ failure: new CredentialsRefused('wrong') });
      await expect(number()).rejects.toThrow('wrong');
      issuer.failure = undefined;

      now += 299_999;
      await expect(number()).rejects.toThrow('wrong');
      now += 1;

      expect(await number()).toBe(2);
    });

    it('gives other credentials at once', async () => {
      const { number, issuer } = loginOf({ failure: new CredentialsRefused('wrong') });
      await expect(number()).rejects.toThrow('wrong');
      issuer.failure = undefined;

      issuer.credentials = 'second';

      expect(await number()).toBe(2);
    });
  });
});
