import { EdgeError } from '../../errors';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';

/** How the operator logs in to the registry that it pushes images to. */
export class RegistryLogin {
  /**
   * A Secret of type `kubernetes.io/dockerconfigjson` in the platform's namespace, which you create.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have
   */
  static fromSecret(secretName: string): RegistryLogin {
    const rule = dnsSubdomainProblem(secretName);
    if (!rule) return new RegistryLogin(secretName, undefined);
    const at = 'RegistryLogin.fromSecret(secretName)';
    throw new EdgeError('EDGE_ERR_NAME', { at, value: secretName, rule, fix: 'Use the name of the Secret' });
  }

  /**
   * A name and a password or token that synth reads from the environment; the manifests get a Secret with them.
   *
   * @throws EdgeError EDGE_ERR_CREDENTIALS when one of the variables is not set
   */
  static fromEnv(usernameVariable: string, passwordVariable: string): RegistryLogin {
    const username = fromEnvironment(usernameVariable);
    const password = fromEnvironment(passwordVariable);
    return new RegistryLogin(undefined, { username, password });
  }

  /** The Secret, unless the login came from the environment. */
  readonly secretName: string | undefined;
  readonly #account: { readonly username: string; readonly password: string } | undefined;

  private constructor(secretName: string | undefined, account: { username: string; password: string } | undefined) {
    this.secretName = secretName;
    this.#account = account;
  }

  /**
   * The login as container tools read it, unless it is in a Secret.
   *
   * @internal
   */
  _dockerConfig(registry: string): string | undefined {
    if (!this.#account) return undefined;
    const { username, password } = this.#account;
    const auth = Buffer.from(`${username}:${password}`).toString('base64');
    return JSON.stringify({ auths: { [registry]: { username, password, auth } } });
  }
}

function fromEnvironment(variable: string): string {
  const value = process.env[variable];
  if (value !== undefined && value !== '') return value;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: `the environment variable ${variable}`,
    value: 'not set',
    rule: 'the login to a registry is read from it',
    fix: 'Set it for this command, or use RegistryLogin.fromSecret(..)',
  });
}
