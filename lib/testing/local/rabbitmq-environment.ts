import path from 'node:path';

export interface RabbitMqNodeOptions {
  /** Of the node; one per broker of a machine. */
  readonly name: string;
  /** Where the pod's volumes are, a folder each. */
  readonly folder: string;
  /** Of RabbitMQ. */
  readonly programs: string;
  readonly distPort: number;
  readonly epmdPort: number;
}

/** The environment of a node that runs with a pod's files on this machine, next to others, and on the loopback only. */
export function rabbitMqEnvironment(options: RabbitMqNodeOptions): Record<string, string> {
  const { name, folder, programs, distPort, epmdPort } = options;
  const file = (volume: string, entry: string) => path.join(folder, volume, entry);
  return {
    PATH: `${programs}${path.delimiter}${process.env.PATH}`,
    LANG: 'C.UTF-8',
    HOME: path.join(folder, 'home'),
    POD_NAME: 'rabbitmq-0',
    // The node takes the place of the shell that starts it, so that a signal gets to it.
    RUNNING_UNDER_SYSTEMD: 'true',
    RABBITMQ_NODENAME: `${name}${distPort}@localhost`,
    RABBITMQ_DIST_PORT: String(distPort),
    ERL_EPMD_PORT: String(epmdPort),
    ERL_EPMD_ADDRESS: '127.0.0.1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1}',
    RABBITMQ_MNESIA_BASE: file('home', 'mnesia'),
    RABBITMQ_LOG_BASE: file('home', 'log'),
    RABBITMQ_CONFIG_FILE: file('etc', 'rabbitmq.conf'),
    RABBITMQ_ADVANCED_CONFIG_FILE: file('etc', 'advanced.config'),
    RABBITMQ_CONF_ENV_FILE: file('etc', 'rabbitmq-env.conf'),
    RABBITMQ_ENABLED_PLUGINS_FILE: file('etc', 'enabled_plugins'),
  };
}
