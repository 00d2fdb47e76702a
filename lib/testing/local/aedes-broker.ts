import { createServer as createHttpServer } from 'node:http';
import { createServer, type Server } from 'node:net';
import type { Manifest } from '../manifests';
import { findManifest } from '../manifests';
import type { BrokerPorts, LocalBroker } from './local-broker';
import { aclChecker, passwordChecker } from './mosquitto-rules';
import type { ExternalSecrets } from './pod-files';

const BAD_LOGIN = 5;

/**
 * Runs aedes, a broker in JavaScript, under the password file and the ACL of the manifests. It speaks MQTT 3.1.1 and
 * keeps everything in memory.
 */
export async function startAedes(
  pod: Manifest,
  manifests: readonly Manifest[],
  secrets: ExternalSecrets,
  ports: BrokerPorts,
): Promise<LocalBroker> {
  const [{ Aedes }, { createWebSocketStream, WebSocketServer }] = await Promise.all([import('aedes'), import('ws')]);
  const { passwd, acl, secretUsers } = loginFiles(pod, manifests, secrets);
  const hashed = passwordChecker(passwd);
  const allowed = aclChecker(acl);
  const users = new WeakMap<object, string>();
  const userOf = (client: object | null) => (client && users.get(client)) ?? '';

  const broker = await Aedes.createBroker({
    authenticate: (client, user, password, done) => {
      const name = user ?? '';
      const text = password?.toString() ?? '';
      if (secretUsers.get(name) === text || hashed(name, text)) {
        users.set(client, name);
        done(null, true);
      } else {
        done(Object.assign(new Error('not authorized'), { returnCode: BAD_LOGIN }), false);
      }
    },
    // Like Mosquitto: a publish that is not allowed vanishes, every subscription is accepted, delivery is filtered.
    authorizePublish: (client, packet, done) => {
      // An error would end the connection, which Mosquitto does not. Nobody may read this topic.
      if (!allowed(userOf(client), 'write', packet.topic)) packet.topic = '$refused';
      done(null);
    },
    authorizeForward: (client, packet) => (allowed(userOf(client), 'read', packet.topic) ? packet : null),
  });
  const tcp = createServer((socket) => broker.handle(socket));
  const http = createHttpServer();
  const websockets = new WebSocketServer({ server: http });
  // It repeats the errors of its server, which are waited for below.
  websockets.on('error', () => undefined);
  websockets.on('connection', (socket, request) => broker.handle(createWebSocketStream(socket), request));
  await Promise.all([listen(tcp, ports.mqttPort), listen(http, ports.websocketPort)]);
  return {
    kind: 'aedes',
    scheme: 'mqtt',
    protocolVersion: 4,
    ...ports,
    stop: async () => {
      await new Promise<void>((resolve) => broker.close(resolve));
      websockets.close();
      await Promise.all([tcp, http].map((server) => new Promise((resolve) => server.close(resolve))));
    },
  };
}

function loginFiles(pod: Manifest, manifests: readonly Manifest[], secrets: ExternalSecrets) {
  const namespace = pod.metadata.namespace ?? 'default';
  const { volumes } = pod.spec.template.spec;
  const volume = (name: string) => volumes.find((candidate: { name: string }) => candidate.name === name);
  const config = findManifest(manifests, 'ConfigMap', volume('config').configMap.name, namespace);
  const users = findManifest(manifests, 'Secret', volume('users').secret.secretName, namespace);
  const secretUsers = new Map<string, string>();
  for (const { secret } of volume('secrets').projected.sources) {
    const [{ key, path }] = secret.items;
    secretUsers.set(path.split('/')[0], secrets(namespace, secret.name, key));
  }
  return { passwd: users.stringData.passwd as string, acl: config.data.acl as string, secretUsers };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
}
