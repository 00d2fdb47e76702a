/**
 * The paths inside a node's pod. `etc` and `home` are in memory: `etc` lies over the folder of the image, whose own
 * settings would let its default user in from everywhere; `data` is the node's volume; all others are read-only.
 */
export const RABBITMQ_PATHS = {
  etc: '/etc/rabbitmq',
  home: '/var/lib/rabbitmq',
  data: '/var/lib/rabbitmq/mnesia',
  config: '/rabbitmq/config',
  access: '/rabbitmq/access',
  secrets: '/rabbitmq/secrets',
  cookie: '/rabbitmq/cookie',
  tls: '/rabbitmq/tls',
  clientAuthority: '/rabbitmq/client-authority',
  kubernetes: '/rabbitmq/kubernetes',
} as const;
