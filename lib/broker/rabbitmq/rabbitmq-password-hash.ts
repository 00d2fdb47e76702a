import { createHash } from 'node:crypto';

/** RabbitMQ takes the first four bytes of what it is given for the salt. */
const SALT_BYTES = 4;

/** By this name definitions say how {@link passwordHash} was made. */
export const HASHING_ALGORITHM = 'rabbit_password_hashing_sha256';

/**
 * What a user's password is salted with. It is derived from who the user is, so that the same stack gives the same file;
 * it differs between users and between brokers, which is what a salt is for.
 *
 * @param broker what tells this broker from others
 */
export function saltOf(broker: string, user: string): Buffer {
  return createHash('sha256').update(`rabbitmq-user\0${broker}\0${user}`).digest().subarray(0, SALT_BYTES);
}

/**
 * A password in the form of a `password_hash` of definitions.
 *
 * @param algorithm definitions say which; the topology operator takes SHA-512 only
 * @see https://www.rabbitmq.com/docs/passwords#computing-password-hash
 */
export function passwordHash(salt: Buffer, password: string, algorithm: 'sha256' | 'sha512' = 'sha256'): string {
  const digest = createHash(algorithm).update(salt).update(password, 'utf8').digest();
  return Buffer.concat([salt, digest]).toString('base64');
}
