import { type EventEmitter, once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Aedes, type AedesOptions } from 'aedes';
import mqtt, { type IClientOptions, type MqttClient } from 'mqtt';

export interface TestBroker {
  readonly aedes: Aedes;
  readonly port: number;
  readonly url: string;
  /** Breaks every connection; the sessions stay. */
  dropConnections(): void;
  close(): Promise<void>;
}

/** An MQTT 3.1.1 broker in this process. */
export async function startBroker(options: AedesOptions = {}, port = 0): Promise<TestBroker> {
  const aedes = await Aedes.createBroker(options);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    aedes.handle(socket);
  });
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const taken = (server.address() as AddressInfo).port;
  const dropConnections = () => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    aedes,
    port: taken,
    url: `mqtt://127.0.0.1:${taken}`,
    dropConnections,
    close: async () => {
      server.close();
      await new Promise<void>((resolve) => aedes.close(resolve));
      dropConnections();
    },
  };
}

export function connectClient(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  return mqtt.connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0, ...options });
}

/** The next time an MQTT client emits an event. */
export function eventOf(client: MqttClient, event: string): Promise<unknown[]> {
  return once(client as unknown as EventEmitter, event);
}
