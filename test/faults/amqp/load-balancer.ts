import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/**
 * One address for the nodes of a cluster, as a Service of Kubernetes is one.
 *
 * It has no probes: connections go to the same node until one of them ends, and then to the next node. So a node that takes
 * connections and says nothing is left as soon as somebody has given up on it.
 */
export class LoadBalancer {
  readonly #ports: readonly number[];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #current = 0;

  private constructor(ports: readonly number[]) {
    this.#ports = ports;
    this.#server = createServer({ noDelay: true }, (near) => this.#join(near));
  }

  static async start(ports: readonly number[]): Promise<LoadBalancer> {
    const balancer = new LoadBalancer(ports);
    await once(balancer.#server.listen(0, '127.0.0.1'), 'listening');
    return balancer;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(near: Socket): void {
    const used = this.#current;
    const far = connect({ port: this.#ports[used] ?? 0, host: '127.0.0.1', noDelay: true });
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        this.#sockets.delete(socket);
        other.destroy();
        if (this.#current === used) this.#current = (used + 1) % this.#ports.length;
      });
    }
    near.pipe(far).pipe(near);
  }
}
