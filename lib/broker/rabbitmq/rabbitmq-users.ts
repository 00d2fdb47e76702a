import { BrokerUsers, type SecretUser } from '../broker-users';
import type { Credentials } from '../credentials';
import type { IMqttUser } from '../mqtt-broker';
import { passwordHash, saltOf } from './rabbitmq-password-hash';
import { RabbitMqUser, type RabbitMqUserOptions } from './rabbitmq-user';

/** The users of one broker, and what its definitions say of their passwords. */
export class RabbitMqUsers {
  readonly #broker: string;
  readonly #users: BrokerUsers<RabbitMqUser>;

  /** @param broker what tells this broker from others; part of the salts */
  constructor(broker: string) {
    this.#broker = broker;
    this.#users = new BrokerUsers(broker);
  }

  /** By name. */
  get all(): RabbitMqUser[] {
    return this.#users.all;
  }

  add(name: string, credentials: Credentials, options?: RabbitMqUserOptions): RabbitMqUser {
    return this.#users.add(name, credentials, () => new RabbitMqUser(name, credentials, options));
  }

  has(user: IMqttUser): boolean {
    return this.#users.has(user);
  }

  /** Those whose password is in a Secret of the cluster. */
  inSecrets(): SecretUser[] {
    return this.#users.inSecrets();
  }

  /**
   * What definitions say of a user's password: its hash; for one in a Secret, what the pod puts the hash in place of; and
   * nothing, which no password is equal to, for a user with a certificate.
   */
  hashOf({ name, credentials }: IMqttUser): string {
    const salt = saltOf(this.#broker, name);
    const password = credentials._reveal();
    if (password !== undefined) return passwordHash(salt, password);
    return credentials.certificate ? '' : `{hash ${name} ${salt.toString('hex')}}`;
  }
}
