import { createHash, pbkdf2Sync } from 'node:crypto';

const DIGEST_BYTES = 64;
/** Mosquitto 2.0 reads salts of exactly this length; 2.1 reads them too. */
const SALT_BYTES = 12;

/**
 * One line of a Mosquitto password file, in the form that 2.0 and 2.1 both read: PBKDF2 with SHA-512.
 *
 * The salt is derived from who the user is, so that the same stack gives the same file; it differs between users and
 * between brokers, which is what a salt is for.
 *
 * @param broker what tells this broker from others
 * @see https://mosquitto.org/man/mosquitto_passwd-1.html
 */
export function passwordLine(broker: string, user: string, password: string, iterations: number): string {
  const salt = createHash('sha256').update(`mosquitto-user\0${broker}\0${user}`).digest().subarray(0, SALT_BYTES);
  const digest = pbkdf2Sync(password, salt, iterations, DIGEST_BYTES, 'sha512');
  return `${user}:$7$${iterations}$${salt.toString('base64')}$${digest.toString('base64')}`;
}
