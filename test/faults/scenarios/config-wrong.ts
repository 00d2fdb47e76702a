import { split } from '../amount';
import type { Load } from '../publisher';
import type { Scenario } from '../scenario';
import { USUAL } from './usual';

const URL = 'http://iris.example.com/v1/models/iris:predict';

/** A file with every kind of mistake in it. */
const MISTAKEN = {
  broker: {
    url: 'http://user:secret@broker.example.com',
    clientId: '',
    passwordFile: 'password',
    protocolVersion: 3,
    keepaliveSeconds: 0,
    droppedMessagesTopic: '$SYS/#',
    reconnect: { minMs: '100' },
    tls: { certFile: 'certificate.pem' },
  },
  delivery: { window: 70_000, widnow: 64 },
  routes: [
    {
      name: 'iris',
      requestTopic: 'a/#/b',
      qos: 3,
      share: 'a/b',
      concurrency: 0,
      model: { url: 'ftp://iris', timeoutSeconds: -1, headers: { 'a b': 'c' }, retry: { minMs: 2, maxMs: 1 } },
      reply: { topic: 'a/+', qos: 0, allowedResponseTopics: ['a+'] },
      deadLetter: {},
    },
    null,
  ],
  http: { port: 'http' },
  log: { level: 'loud' },
  logs: {},
};

/** What only shows when everything else is right: routes that are in each other's way. */
const CONFLICTING = {
  broker: { url: 'mqtt://broker.example.com', clientId: 'bridge' },
  routes: [
    {
      name: 'iris',
      requestTopic: 'a/+',
      model: { url: URL },
      reply: { topic: 'a/replies' },
      deadLetter: { topic: 'a/replies' },
    },
    {
      name: 'iris',
      requestTopic: 'a/requests',
      model: { url: URL },
      reply: { topic: 'b/replies', allowedResponseTopics: ['b/#'] },
      deadLetter: { topic: 'b/dead' },
    },
  ],
};

/** Every mistake is named by its place, at once. */
const NAMED: readonly [config: object, places: readonly string[]][] = [
  [
    MISTAKEN,
    [
      'broker.url',
      'broker.clientId',
      'broker.protocolVersion',
      'broker.keepaliveSeconds',
      'broker.droppedMessagesTopic',
      'broker.reconnect.minMs',
      'broker.tls',
      'delivery.window',
      '"widnow"',
      'routes[0].requestTopic',
      'routes[0].qos',
      'routes[0].share',
      'routes[0].concurrency',
      'routes[0].model.url',
      'routes[0].model.timeoutSeconds',
      'routes[0].model.headers',
      'routes[0].model.retry',
      'routes[0].reply.topic',
      'routes[0].reply.qos',
      'routes[0].reply.allowedResponseTopics[0]',
      'routes[0].deadLetter.topic',
      'routes[1]',
      'http.port',
      'log.level',
      '"logs"',
    ],
  ],
  [CONFLICTING, ['two routes are named "iris"', 'both take requests', 'dead letters', 'takes as requests']],
];

/** A bridge at work stays with the configuration it has; one that does not start leaves its requests where they are. */
export function configWrong(load: Load): Scenario {
  const [before, after] = split(load, 0.5);
  return {
    name: 'configuration wrong',
    specification: 'refuses a configuration with every mistake in it, names each, and loses nothing over it',
    load,
    setting: USUAL,
    promised: { duplicatesAtMost: 0, oneModelCallEach: true },
    play: async ({ publisher, verifier, bridge }) => {
      bridge.reload(MISTAKEN);
      await bridge.says(/BRIDGE_ERR_CONFIG/);
      await publisher.publish(before);
      await verifier.answered(before.messages);
      await bridge.stop('SIGTERM');
      await publisher.publish(after);
      for (const [config, places] of NAMED) {
        const said = await bridge.refuse(config);
        const unnamed = places.filter((place) => !said.includes(place));
        if (unnamed.length > 0) throw new Error(`nothing was said about ${unnamed.join(', ')}:\n${said}`);
        if (said.includes('secret')) throw new Error(`a secret was said:\n${said}`);
      }
      await bridge.start();
    },
  };
}
