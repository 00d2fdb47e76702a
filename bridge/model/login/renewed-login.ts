import { CredentialsRefused, type Login, type Pass } from './login';

/** Where passes come from. */
export interface PassIssuer {
  /**
   * Another text when the credentials are others.
   *
   * @throws LoginError when there are none
   */
  credentialsVersion(): string;

  /** @throws LoginError */
  issue(): Promise<IssuedPass>;

  /** Whether an answer with this status says that the pass does not count. */
  isRefusal(status: number): boolean;
}

export interface IssuedPass extends Pass {
  /** How long it counts, as far as anybody said. */
  readonly lifetimeMs?: number;
}

interface HeldPass {
  readonly pass: Pass;
  readonly credentials: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  renewAt: number;
}

/** A pass is renewed this long before it expires, or when four fifths of its life are over. */
const MARGIN_MS = 60_000;
const MARGIN_SHARE = 0.2;
/** Between attempts to renew a pass that still counts. */
const RENEWAL_PAUSE_MS = 5_000;
/**
 * A pass that is refused this soon is as good as a new one: the model does not want whoever the login says that we are.
 * Without this, each call to such a model would log in once more.
 */
const FRESH_MS = 10_000;
/** For as long, wrong credentials are not tried again, unless their files change: accounts get locked by fewer attempts. */
const REFUSAL_MS = 5 * 60_000;

/**
 * A pass that is taken once for all calls: again when it is about to expire, when the model refuses it, and when the
 * credentials have changed. Calls that need a new one at the same time wait for the same one.
 */
export class RenewedLogin implements Login {
  readonly #issuer: PassIssuer;
  #held: HeldPass | undefined;
  #renewal: Promise<Pass> | undefined;
  #refusal: { readonly error: CredentialsRefused; readonly credentials: string; readonly until: number } | undefined;

  constructor(issuer: PassIssuer) {
    this.#issuer = issuer;
  }

  async pass(): Promise<Pass> {
    const credentials = this.#issuer.credentialsVersion();
    const now = performance.now();
    const held = this.#held;
    if (held?.credentials !== credentials || now >= held.expiresAt) return this.#renew(credentials);
    if (now >= held.renewAt) {
      held.renewAt = now + RENEWAL_PAUSE_MS;
      // Nobody has to wait for it, nor to hear that it failed, as long as the old pass counts.
      this.#renew(credentials).catch(() => undefined);
    }
    return held.pass;
  }

  refused(pass: Pass, status: number): boolean {
    if (!this.#issuer.isRefusal(status)) return false;
    // Others that were refused have dropped the pass already, or there is a new one by now.
    if (this.#held?.pass !== pass) return true;
    if (performance.now() - this.#held.issuedAt < FRESH_MS) return false;
    this.#held = undefined;
    return true;
  }

  #renew(credentials: string): Promise<Pass> {
    this.#renewal ??= this.#issue(credentials).finally(() => {
      this.#renewal = undefined;
    });
    return this.#renewal;
  }

  async #issue(credentials: string): Promise<Pass> {
    const refusal = this.#refusal;
    if (refusal?.credentials === credentials && performance.now() < refusal.until) throw refusal.error;
    try {
      const pass = await this.#issuer.issue();
      this.#held = held(pass, credentials);
      return pass;
    } catch (error) {
      if (error instanceof CredentialsRefused) {
        this.#refusal = { error, credentials, until: performance.now() + REFUSAL_MS };
      }
      throw error;
    }
  }
}

function held(pass: IssuedPass, credentials: string): HeldPass {
  const { lifetimeMs = Number.POSITIVE_INFINITY } = pass;
  const issuedAt = performance.now();
  const margin = Math.min(MARGIN_MS, lifetimeMs * MARGIN_SHARE);
  return { pass, credentials, issuedAt, expiresAt: issuedAt + lifetimeMs, renewAt: issuedAt + lifetimeMs - margin };
}
