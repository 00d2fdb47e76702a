/**
 * The paths inside the broker's pod. `run` is in memory, and holds what only the broker's user may read; `data` is the
 * volume of sessions and queues; all others are read-only.
 */
export const MOSQUITTO_PATHS = {
  config: '/mosquitto/config',
  users: '/mosquitto/users',
  secrets: '/mosquitto/secrets',
  tls: '/mosquitto/tls',
  clientAuthority: '/mosquitto/client-authority',
  parents: '/mosquitto/parents',
  run: '/mosquitto/run',
  data: '/mosquitto/data',
} as const;
