import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** A connection of the bridge, and the one to the broker that belongs to it. */
interface Pair {
  readonly near: Socket;
  readonly far: Socket;
}

/** Stands between the bridge and the broker, and does to their connections what networks do. */
export class ResettingProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #sockets = new Set<Socket>();
  #brokenBy: 'refusing' | 'silence' | undefined;

  private constructor(brokerPort: number) {
    this.#server = createServer({ noDelay: true }, (near) => {
      if (this.#brokenBy === 'refusing') {
        near.resetAndDestroy();
        return;
      }
      this.#track(near);
      if (this.#brokenBy === 'silence') return;
      const far = connect({ port: brokerPort, host: '127.0.0.1', noDelay: true });
      this.#track(far);
      this.#join({ near, far });
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
    this.#brokenBy = 'refusing';
    this.reset();
    await sleep(ms);
    this.#brokenBy = undefined;
  }

  /**
   * Nothing goes through any more, and neither side is told: neither those who are connected, nor those who connect
   * until `listenAgain`. The connections of this time stay silent for ever.
   */
  fallSilent(): void {
    this.#brokenBy = 'silence';
    for (const { near, far } of this.#pairs) {
      near.unpipe().pause();
      far.unpipe().pause();
    }
    this.#pairs.clear();
  }

  listenAgain(): void {
    this.#brokenBy = undefined;
  }

  /** Nothing goes through for a while; then everything does. */
  async stallFor(ms: number): Promise<void> {
    const stalled = [...this.#pairs];
    for (const { near, far } of stalled) {
      near.unpipe();
      far.unpipe();
    }
    await sleep(ms);
    for (const { near, far } of stalled) near.pipe(far).pipe(near);
  }

  async close(): Promise<void> {
    this.reset();
    this.#server.close();
    await once(this.#server, 'close');
  }

  #join(pair: Pair): void {
    const { near, far } = pair;
    this.#pairs.add(pair);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      socket.on('close', () => {
        // The end of a connection that nothing goes through does not go through either.
        if (this.#pairs.delete(pair)) other.destroy();
      });
    }
    near.pipe(far).pipe(near);
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
