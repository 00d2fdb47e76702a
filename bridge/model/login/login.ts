/** What lets a call in: headers, which are secret. The same login hands out the same pass until it takes a new one. */
export interface Pass {
  readonly headers: Readonly<Record<string, string>>;
}

/** How the bridge says who it is to whatever stands in front of a model. */
export interface Login {
  /**
   * The pass itself where nobody has to be asked for it.
   *
   * @throws LoginError when there is none to be had
   */
  pass(): Pass | Promise<Pass>;

  /**
   * Told the status of the answer to a call.
   *
   * @returns whether the pass it was made with no longer counts, so that the call is worth making once more with another
   */
  refused(pass: Pass, status: number): boolean;
}

/** Why there is no pass. Names files, hosts and statuses, and never what is secret. */
export class LoginError extends Error {
  /** Whether it may work later without anybody doing anything. */
  readonly retryable: boolean;

  constructor(message: string, options: { readonly retryable: boolean }) {
    super(message);
    this.retryable = options.retryable;
  }
}

/** The credentials are wrong. Giving them again and again would get the account locked. */
export class CredentialsRefused extends LoginError {
  constructor(message: string) {
    super(message, { retryable: false });
  }
}

const NO_PASS: Pass = { headers: {} };

/** For models that anybody may call. */
export const NO_LOGIN: Login = {
  pass: () => NO_PASS,
  refused: () => false,
};
