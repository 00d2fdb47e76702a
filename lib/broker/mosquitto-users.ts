import { EdgeError } from '../errors';
import type { Credentials, SecretReference } from './credentials';
import { MosquittoUser } from './mosquitto-user';
import type { IMqttUser } from './mqtt-broker';
import { passwordLine } from './password-hash';

/** Also a folder name in the broker's pod and a word in the ACL file, hence stricter than MQTT. */
const USER_NAME = /^[A-Za-z0-9]([A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?$/;

/** A user whose password is hashed by the broker's pod. */
export interface SecretUser extends SecretReference {
  readonly user: string;
}

/** The users of one broker, and the files that Mosquitto knows them by. */
export class MosquittoUsers {
  readonly #broker: string;
  readonly #iterations: number;
  readonly #users = new Map<string, MosquittoUser>();
  /** Hashing is slow on purpose; each password is hashed once. */
  readonly #passwordLines = new Map<string, string>();

  /** @param broker what tells this broker from others; part of the salts */
  constructor(broker: string, iterations: number) {
    this.#broker = broker;
    this.#iterations = iterations;
  }

  add(name: string, credentials: Credentials): MosquittoUser {
    if (typeof name !== 'string' || !USER_NAME.test(name)) {
      throw new EdgeError('EDGE_ERR_NAME', {
        at: 'the name of a broker user',
        value: name,
        rule: 'it has 1 to 64 letters, digits and . _ @ -, and begins and ends with a letter or a digit (a ":" ends the name in the password file, a "+" or "#" is a wildcard in ACLs)',
        fix: 'Rename the user',
      });
    }
    if (this.#users.has(name)) {
      throw new EdgeError('EDGE_ERR_DUPLICATE', {
        at: `a user of broker ${this.#broker}`,
        value: name,
        rule: 'there is one already by this name',
        fix: 'Use the user that addUser returned the first time',
      });
    }
    if (typeof credentials?._reveal !== 'function') {
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the credentials of broker user "${name}"`,
        value: typeof credentials,
        rule: 'they say how the user proves who it is',
        fix: 'Use Credentials.fromSecret(..), Credentials.fromEnv(..) or Credentials.fromCertificate()',
      });
    }
    const user = new MosquittoUser(name, credentials);
    this.#users.set(name, user);
    return user;
  }

  has(user: IMqttUser): boolean {
    return this.#users.get(user.name) === user;
  }

  aclFile(): string {
    return this.#sorted()
      .map((user) => `${user._aclLines().join('\n')}\n`)
      .join('\n');
  }

  /** Lines for those whose password is known at synth. */
  passwordFile(): string {
    return this.#sorted()
      .map((user) => this.passwordLine(user))
      .join('');
  }

  /** Those whose password is in a Secret of the cluster. */
  inSecrets(): SecretUser[] {
    return this.#sorted().flatMap(({ name, credentials: { secret } }) => (secret ? [{ user: name, ...secret }] : []));
  }

  /** One user's line, empty when the password is in a Secret or there is none. */
  passwordLine({ name, credentials }: IMqttUser): string {
    const password = credentials._reveal();
    if (password === undefined) return '';
    const line = this.#passwordLines.get(name) ?? passwordLine(this.#broker, name, password, this.#iterations);
    this.#passwordLines.set(name, line);
    return `${line}\n`;
  }

  #sorted(): MosquittoUser[] {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }
}
