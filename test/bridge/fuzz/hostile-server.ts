import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';

export interface HostileServer {
  readonly port: number;
  /** How many connections there have been. */
  readonly connections: number;
  close(): Promise<void>;
}

/** Does with each connection, counted from 0, what the test wants. */
export async function startHostile(welcome: (socket: Socket, connection: number) => void): Promise<HostileServer> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    // Whoever is treated badly may hang up in the middle of it.
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    connections += 1;
    welcome(socket, connections - 1);
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    get connections() {
      return connections;
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Says the same thing again and again, for as long as the other side takes it. */
export function flood(socket: Socket, piece: string | Uint8Array): void {
  const write = () => {
    while (!socket.destroyed && socket.write(piece)) if (socket.writableLength > 0) break;
    if (!socket.destroyed) setImmediate(write);
  };
  write();
}
