import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** Stands between the bridge and the broker, and breaks every connection when it is told to. */
export class ResettingProxy {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #away = false;

  private constructor(brokerPort: number) {
    this.#server = createServer({ noDelay: true }, (near) => {
      if (this.#away) {
        near.resetAndDestroy();
        return;
      }
      const far = connect({ port: brokerPort, host: '127.0.0.1', noDelay: true });
      this.#track(near, far);
      this.#track(far, near);
      near.pipe(far).pipe(near);
    });
  }

  static async start(brokerPort: number): Promise<ResettingProxy> {
    const proxy = new ResettingProxy(brokerPort);
    await once(proxy.#server.listen(0, '127.0.0.1'), 'listening');
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** TCP RST on both sides of every connection; what is in flight is gone. */
  reset(): void {
    for (const socket of this.#sockets) socket.resetAndDestroy();
  }

  /** Breaks every connection, and refuses new ones for a while. */
  async refuseFor(ms: number): Promise<void> {
    this.#away = true;
    this.reset();
    await sleep(ms);
    this.#away = false;
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #track(socket: Socket, other: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => other.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      other.destroy();
    });
  }
}
