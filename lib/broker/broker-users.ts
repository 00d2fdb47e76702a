import { EdgeError } from '../errors';
import type { Credentials, SecretReference } from './credentials';
import type { IMqttUser } from './mqtt-broker';

/** Also a folder name in the broker's pod and a word in its files, hence stricter than the protocols. */
const USER_NAME = /^[A-Za-z0-9]([A-Za-z0-9._@-]{0,62}[A-Za-z0-9])?$/;

/** A user whose password is hashed by the broker's pod. */
export interface SecretUser extends SecretReference {
  readonly user: string;
}

/** The users of one broker. */
export class BrokerUsers<User extends IMqttUser> {
  readonly #broker: string;
  readonly #users = new Map<string, User>();

  /** @param broker what tells this broker from others */
  constructor(broker: string) {
    this.#broker = broker;
  }

  /** By name. */
  get all(): User[] {
    return [...this.#users.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_DUPLICATE, EDGE_ERR_CREDENTIALS */
  add(name: string, credentials: Credentials, create: () => User): User {
    if (typeof name !== 'string' || !USER_NAME.test(name)) {
      throw new EdgeError('EDGE_ERR_NAME', {
        at: 'the name of a broker user',
        value: name,
        rule: 'it has 1 to 64 letters, digits and . _ @ -, and begins and ends with a letter or a digit',
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
    const user = create();
    this.#users.set(name, user);
    return user;
  }

  has(user: IMqttUser): boolean {
    return this.#users.get(user.name) === user;
  }

  /** Those whose password is in a Secret of the cluster. */
  inSecrets(): SecretUser[] {
    return this.all.flatMap(({ name, credentials: { secret } }) => (secret ? [{ user: name, ...secret }] : []));
  }
}
