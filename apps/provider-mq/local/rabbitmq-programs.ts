import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';

/** Where distributions have RabbitMQ's own programs; those on PATH become another user there, and use its folders. */
const INSTALLED_IN = '/usr/lib/rabbitmq/lib';

/**
 * The folder with `rabbitmq-server`.
 *
 * @throws Error where it is not installed, with how to install it
 */
export function rabbitMqPrograms(searchPath = process.env.PATH ?? ''): string {
  const onPath = searchPath.split(path.delimiter).find((folder) => existsSync(path.join(folder, 'rabbitmq-server')));
  const epmd = spawnSync('epmd', ['-names'], { env: { PATH: searchPath }, stdio: 'ignore' });
  if (onPath === undefined || epmd.error) {
    throw new Error(
      'This needs RabbitMQ: rabbitmq-server is not on the PATH. Install it (apt-get install rabbitmq-server, or brew install rabbitmq) and try again.',
    );
  }
  const own = existsSync(INSTALLED_IN)
    ? readdirSync(INSTALLED_IN).find((name) => name.startsWith('rabbitmq_server-'))
    : undefined;
  return own === undefined ? onPath : path.join(INSTALLED_IN, own, 'sbin');
}
