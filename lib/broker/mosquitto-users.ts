import { BrokerUsers, type SecretUser } from './broker-users';
import type { Credentials } from './credentials';
import { MosquittoUser } from './mosquitto-user';
import type { IMqttUser } from './mqtt-broker';
import { passwordLine } from './password-hash';

/** The users of one broker, and the files that Mosquitto knows them by. */
export class MosquittoUsers {
  readonly #broker: string;
  readonly #iterations: number;
  readonly #users: BrokerUsers<MosquittoUser>;
  /** Hashing is slow on purpose; each password is hashed once. */
  readonly #passwordLines = new Map<string, string>();

  /** @param broker what tells this broker from others; part of the salts */
  constructor(broker: string, iterations: number) {
    this.#broker = broker;
    this.#iterations = iterations;
    this.#users = new BrokerUsers(broker);
  }

  add(name: string, credentials: Credentials): MosquittoUser {
    return this.#users.add(name, credentials, () => new MosquittoUser(name, credentials));
  }

  has(user: IMqttUser): boolean {
    return this.#users.has(user);
  }

  aclFile(): string {
    return this.#users.all.map((user) => `${user._aclLines().join('\n')}\n`).join('\n');
  }

  /** Lines for those whose password is known at synth. */
  passwordFile(): string {
    return this.#users.all.map((user) => this.passwordLine(user)).join('');
  }

  /** Those whose password is in a Secret of the cluster. */
  inSecrets(): SecretUser[] {
    return this.#users.inSecrets();
  }

  /** One user's line, empty when the password is in a Secret or there is none. */
  passwordLine({ name, credentials }: IMqttUser): string {
    const password = credentials._reveal();
    if (password === undefined) return '';
    const line = this.#passwordLines.get(name) ?? passwordLine(this.#broker, name, password, this.#iterations);
    this.#passwordLines.set(name, line);
    return `${line}\n`;
  }
}
