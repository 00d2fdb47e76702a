import { EdgeError } from '../errors';
import type { ISecret } from '../kubernetes/plus';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';

const MIN_LENGTH = 12;
/** @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const SECRET_KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** A password in a Secret that exists in the cluster. */
export interface SecretReference {
  readonly secretName: string;
  readonly key: string;
}

/**
 * How a user proves who it is. There is no way to write a password into a stack.
 */
export class Credentials {
  /**
   * A password that synth reads from the environment. The broker gets its hash; only a client that is deployed by the
   * same app (the bridge) gets the password itself, in a Secret.
   *
   * @param variable name of the environment variable
   * @throws EdgeError EDGE_ERR_CREDENTIALS when the variable is not set, or holds fewer than 12 characters or more
   * than one line
   */
  static fromEnv(variable: string): Credentials {
    const password = process.env[variable];
    if (password === undefined || password === '') {
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the environment variable ${variable}`,
        value: 'not set',
        rule: 'a password is read from it',
        fix: `Set it for this command (${variable}="$(openssl rand -hex 16)"), or use Credentials.fromSecret(..)`,
      });
    }
    if (password.length < MIN_LENGTH || /[\r\n\0]/.test(password)) {
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the password in ${variable}`,
        value: `${password.length} characters long`,
        rule: `a password is one line of at least ${MIN_LENGTH} characters`,
        fix: `Draw one: ${variable}="$(openssl rand -hex 16)"`,
      });
    }
    return new Credentials(password, undefined);
  }

  /**
   * A password in a Secret that exists in the cluster, or will before the pods start: nothing secret passes through
   * synth. The broker's pod hashes it when it starts, and again when the Secret changes.
   *
   * @param secret the Secret, or its name. It must be in the broker's namespace, and for a bridge elsewhere in the
   * bridge's too
   * @param key which entry of the Secret holds the password. @default 'password'
   * @throws EdgeError EDGE_ERR_NAME for a name or key that no Secret can have
   */
  static fromSecret(secret: ISecret | string, key: string = 'password'): Credentials {
    const secretName = typeof secret === 'string' ? secret : secret.name;
    const rule = dnsSubdomainProblem(secretName);
    if (rule) {
      const at = 'Credentials.fromSecret(secret)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
    }
    if (!SECRET_KEY.test(key)) {
      const rule = 'keys of a Secret have letters, digits and - _ .';
      const at = 'Credentials.fromSecret(.., key)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: key, rule, fix: "Use the Secret's key" });
    }
    return new Credentials(undefined, { secretName, key });
  }

  /**
   * No password: the user shows a certificate whose common name is the user's name, at the broker's listener for clients
   * with certificates. The authority that signs them decides who is who.
   */
  static fromCertificate(): Credentials {
    return new Credentials(undefined, undefined);
  }

  readonly #password: string | undefined;
  /** The Secret to read, unless the password came from the environment. */
  readonly secret: SecretReference | undefined;
  /** Whether a certificate takes the place of a password. */
  readonly certificate: boolean;

  private constructor(password: string | undefined, secret: SecretReference | undefined) {
    this.#password = password;
    this.secret = secret;
    this.certificate = password === undefined && secret === undefined;
  }

  /**
   * The password itself, unless it is in a Secret or there is none.
   *
   * @internal
   */
  _reveal(): string | undefined {
    return this.#password;
  }
}
