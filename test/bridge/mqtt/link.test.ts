import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createReplyClient, createRequestClient } from '../../../bridge/mqtt/client';
import { Link, type LinkOptions } from '../../../bridge/mqtt/link';
import { subscribe } from '../../../bridge/mqtt/subscription';
import { eventOf } from '../support/broker';
import { brokerConfig, routeConfig } from '../support/config';
import { FakeClient } from '../support/fake-client';

vi.mock('node:timers/promises', () => import('../support/sleep.js'));

const RECONNECT = { minMs: 100, maxMs: 1_000 };
const CONNECT_TIMEOUT_MS = 10_000;
const WATCHDOG_MS = 20_000;

/** A link to fake clients, and everything it says. */
function linkTo(changes: Partial<LinkOptions> = {}) {
  const clients: FakeClient[] = [];
  const failures: { reason: string; retryInMs: number }[] = [];
  const opened = vi.fn(async () => undefined);
  const closed = vi.fn();
  const link = new Link({
    create: () => {
      const client = new FakeClient();
      clients.push(client);
      return client.client;
    },
    opened,
    closed,
    failed: ({ message }, retryInMs) => failures.push({ reason: message, retryInMs }),
    reconnect: RECONNECT,
    connectTimeoutMs: CONNECT_TIMEOUT_MS,
    watchdogMs: WATCHDOG_MS,
    ...changes,
  });
  return {
    link,
    clients,
    failures,
    opened,
    closed,
    newest: () => clients.at(-1) as FakeClient,
    /** Lets the wait before the next attempt pass, however long it was drawn. */
    retry: () => vi.advanceTimersByTimeAsync(failures.at(-1)?.retryInMs ?? 0),
  };
}

describe('Link', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.restoreAllMocks();
  });

  describe('an attempt', () => {
    it('prepares the client before it connects, so that no packet is missed', () => {
      const prepare = vi.fn((client: MqttClient) => {
        expect((client as unknown as FakeClient).connects).toBe(0);
      });
      const { link, newest } = linkTo({ prepare });

      link.start();

      expect(prepare).toHaveBeenCalledTimes(1);
      expect(newest().connects).toBe(1);
    });

    it('is told when the broker has accepted it, with what the broker said', () => {
      const { link, newest, opened } = linkTo();
      link.start();
      expect(opened).not.toHaveBeenCalled();

      newest().open({ sessionPresent: true });

      expect(opened).toHaveBeenCalledWith(newest(), expect.objectContaining({ sessionPresent: true }));
    });

    it('sends small packets at once', () => {
      const { link, newest } = linkTo();
      link.start();

      newest().open();

      expect(newest().stream.noDelay).toBe(true);
    });

    it('uses a new client each time', async () => {
      const { link, clients, newest, retry } = linkTo();
      link.start();

      for (let i = 0; i < 3; i += 1) {
        newest().emit('error', new Error('connect ECONNREFUSED'));
        await retry();
      }

      expect(new Set(clients).size).toBe(4);
      expect(clients.map(({ connects }) => connects)).toEqual([1, 1, 1, 1]);
    });

    it('reports why it failed, and ends its client', () => {
      const { link, newest, failures, closed } = linkTo();
      link.start();

      newest().emit('error', new Error('connect ECONNREFUSED'));

      expect(failures.map(({ reason }) => reason)).toEqual(['connect ECONNREFUSED']);
      expect(newest().ended).toBe(1);
      expect(closed).not.toHaveBeenCalled();
    });

    it('that hangs is given up, and another one made', async () => {
      const { link, clients, failures, retry } = linkTo();
      link.start();

      await vi.advanceTimersByTimeAsync(CONNECT_TIMEOUT_MS * 2);
      expect(failures.map(({ reason }) => reason)).toEqual(['the connection attempt hung']);
      expect(clients[0]?.ended).toBe(1);

      await retry();
      expect(clients).toHaveLength(2);
    });

    it('that succeeded is not given up later', async () => {
      const { link, newest, failures } = linkTo();
      link.start();
      newest().open();

      await vi.advanceTimersByTimeAsync(CONNECT_TIMEOUT_MS * 100);

      expect(failures).toEqual([]);
      expect(newest().ended).toBe(0);
    });

    it('is made again when no client could be created', async () => {
      const create = vi.fn(() => {
        throw new Error("ENOENT: no such file or directory, open 'password'");
      });
      const { link, failures, retry } = linkTo({ create });

      link.start();
      expect(failures.map(({ reason }) => reason)).toEqual(["ENOENT: no such file or directory, open 'password'"]);

      await retry();
      expect(create).toHaveBeenCalledTimes(2);
    });

    it('is made again when the client could not even begin, because of a broken certificate for instance', async () => {
      const { link, clients, failures, retry } = linkTo({
        prepare: (client) => {
          client.connect = () => {
            throw new Error('PEM routines::no start line');
          };
        },
      });

      link.start();
      expect(failures.map(({ reason }) => reason)).toEqual(['PEM routines::no start line']);

      await retry();
      expect(clients).toHaveLength(2);
    });
  });

  describe('a connection that breaks', () => {
    it('is reported once, and made again', async () => {
      const { link, clients, newest, closed, failures, retry } = linkTo();
      link.start();
      newest().open();

      newest().emit('error', new Error('read ECONNRESET'));
      newest().lose();
      newest().emit('close');

      expect(closed).toHaveBeenCalledTimes(1);
      expect(failures.map(({ reason }) => reason)).toEqual(['read ECONNRESET']);
      await retry();
      expect(clients).toHaveLength(2);
    });

    it('is explained by the reason code the broker gave', () => {
      const { link, newest, failures } = linkTo();
      link.start();
      newest().open();

      newest().emit('disconnect', { reasonCode: 142 });
      newest().lose();

      expect(failures.map(({ reason }) => reason)).toEqual(['the broker closed the connection with reason code 142']);
    });

    it('is called closed where nobody said why', () => {
      const { link, newest, failures } = linkTo();
      link.start();
      newest().open();

      newest().lose();

      expect(failures.map(({ reason }) => reason)).toEqual(['the connection was closed']);
    });

    it('is given up when what has to follow it fails, a subscription for instance', async () => {
      const opened = vi.fn().mockRejectedValueOnce(new Error('Subscribe error: Not authorized'));
      const { link, clients, closed, failures, retry } = linkTo({ opened });
      link.start();

      clients[0]?.open();
      await vi.advanceTimersByTimeAsync(0);

      expect(failures.map(({ reason }) => reason)).toEqual(['Subscribe error: Not authorized']);
      expect(clients[0]?.ended).toBe(1);
      expect(closed).toHaveBeenCalledTimes(1);
      await retry();
      expect(clients).toHaveLength(2);
    });
  });

  describe('a SUBSCRIBE that the broker never answers', () => {
    it('ends a connection on which nothing else comes, and makes another one', async () => {
      const { link, clients, failures, retry } = linkTo({ opened: () => new Promise(() => undefined) });
      link.start();
      clients[0]?.open();

      await vi.advanceTimersByTimeAsync(WATCHDOG_MS * 1.25);

      expect(failures.map(({ reason }) => reason)).toEqual([
        'the broker answers pings, and for 20 s has not answered SUBSCRIBE',
      ]);
      expect(clients[0]?.ended).toBe(1);
      await retry();
      expect(clients).toHaveLength(2);
    });

    it('makes the waits grow, however long the connections were open', async () => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
      const { link, newest, failures, retry } = linkTo({ opened: () => new Promise(() => undefined) });
      link.start();

      for (let i = 0; i < 3; i += 1) {
        newest().open();
        await vi.advanceTimersByTimeAsync(WATCHDOG_MS * 1.25);
        await retry();
      }

      expect(failures.map(({ retryInMs }) => retryInMs)).toEqual([100, 200, 400]);
    });

    it('leaves alone a connection that works off a backlog', async () => {
      const { link, newest, failures } = linkTo({ opened: () => new Promise(() => undefined) });
      link.start();
      newest().open();

      for (let i = 0; i < 100; i += 1) {
        await vi.advanceTimersByTimeAsync(WATCHDOG_MS / 2);
        newest().emit('packetreceive', { cmd: 'publish' });
      }

      expect(failures).toEqual([]);
    });
  });

  describe('the wait before another attempt', () => {
    beforeEach(() => {
      vi.spyOn(Math, 'random').mockReturnValue(1);
    });
    const waits = (failures: { retryInMs: number }[]) => failures.map(({ retryInMs }) => retryInMs);

    it('is kept', async () => {
      const { link, clients, newest } = linkTo();
      link.start();
      newest().emit('error', new Error('no'));

      await vi.advanceTimersByTimeAsync(99);
      expect(clients).toHaveLength(1);

      await vi.advanceTimersByTimeAsync(1);
      expect(clients).toHaveLength(2);
    });

    it('grows with each failure, up to a limit', async () => {
      const { link, newest, failures, retry } = linkTo();
      link.start();

      for (let i = 0; i < 6; i += 1) {
        newest().emit('error', new Error('no'));
        await retry();
      }

      expect(waits(failures)).toEqual([100, 200, 400, 800, 1_000, 1_000]);
    });

    it('grows when no client can be created, too', async () => {
      const { link, failures, retry } = linkTo({
        create: () => {
          throw new Error('ENOENT');
        },
      });
      link.start();

      await retry();
      await retry();

      expect(waits(failures)).toEqual([100, 200, 400]);
    });

    it('is short again after a connection that worked', async () => {
      const { link, newest, failures, retry } = linkTo();
      link.start();
      for (let i = 0; i < 3; i += 1) {
        newest().emit('error', new Error('no'));
        await retry();
      }
      newest().open();
      await vi.advanceTimersByTimeAsync(60_000);

      newest().lose();

      expect(waits(failures)).toEqual([100, 200, 400, 100]);
    });

    it('is short again after a connection that worked, although the clock was put back meanwhile', async () => {
      const { link, newest, failures, retry } = linkTo();
      link.start();
      newest().emit('error', new Error('no'));
      await retry();
      newest().open();
      vi.setSystemTime(Date.now() - 3_600_000);
      await vi.advanceTimersByTimeAsync(60_000);
      newest().lose();

      expect(waits(failures)).toEqual([100, 100]);
    });

    it('grows when the connection breaks at once each time, as between two bridges with one client id', async () => {
      const { link, newest, failures, retry } = linkTo();
      link.start();

      for (let i = 0; i < 4; i += 1) {
        newest().open();
        await vi.advanceTimersByTimeAsync(0);
        newest().lose();
        await retry();
      }

      expect(waits(failures)).toEqual([100, 200, 400, 800]);
    });

    it('grows when the broker accepts the connection and refuses the subscription each time', async () => {
      const { link, newest, failures, retry } = linkTo({
        opened: async () => {
          throw new Error('Subscribe error: Not authorized');
        },
      });
      link.start();

      for (let i = 0; i < 4; i += 1) {
        newest().open();
        await vi.advanceTimersByTimeAsync(0);
        await retry();
      }

      expect(waits(failures)).toEqual([100, 200, 400, 800]);
    });
  });

  describe('stopping', () => {
    it('says goodbye to the broker, and comes back no more', async () => {
      const { link, clients, newest, failures, closed } = linkTo();
      link.start();
      newest().open();
      const goodbye = vi.spyOn(newest(), 'endAsync');

      await link.stop();
      await vi.advanceTimersByTimeAsync(60_000);

      expect(goodbye).toHaveBeenCalledWith(false);
      expect(closed).toHaveBeenCalledTimes(1);
      expect(failures).toEqual([]);
      expect(clients).toHaveLength(1);
    });

    it('ends the wait for another attempt', async () => {
      const { link, clients, newest } = linkTo();
      link.start();
      newest().emit('error', new Error('no'));

      await link.stop();
      await vi.advanceTimersByTimeAsync(60_000);

      expect(clients).toHaveLength(1);
    });

    it('leaves nothing behind that would keep the process alive', async () => {
      const { link, newest } = linkTo();
      link.start();
      newest().open();

      await link.stop();

      expect(vi.getTimerCount()).toBe(0);
    });

    it('does not wait for ever for a broker that does not part', async () => {
      const { link, newest } = linkTo();
      link.start();
      newest().open();
      newest().endAsync = () => new Promise(() => undefined);

      const stopped = link.stop();
      await vi.advanceTimersByTimeAsync(2_000);

      await expect(stopped).resolves.toBeUndefined();
    });

    it('before starting means never starting', async () => {
      const { link, clients } = linkTo();

      await link.stop();
      link.start();

      expect(clients).toEqual([]);
    });
  });
});

describe('Link to a broker that has frozen', () => {
  let frozen: Server;
  let client: MqttClient;
  let link: Link;
  const CONNACK = Buffer.from([0x20, 0x02, 0x00, 0x00]);
  afterEach(() => {
    vi.useRealTimers();
    client.stream.destroy();
    frozen.close();
  });

  const linkToOneThat = async (hears: (socket: Socket) => void) => {
    frozen = createServer({ allowHalfOpen: true }, (socket) => {
      socket.on('error', () => undefined).once('data', () => hears(socket));
    });
    frozen.listen(0, '127.0.0.1');
    await once(frozen, 'listening');
    const url = `mqtt://127.0.0.1:${(frozen.address() as AddressInfo).port}`;
    client = createReplyClient(brokerConfig({ url, protocolVersion: 4 }));
    link = linkTo({ create: () => client }).link;
    link.start();
  };
  const stop = async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const stopped = link.stop();
    await vi.advanceTimersByTimeAsync(2_000);
    await stopped;
  };

  it('closes its socket when stopped, although the broker never parts', async () => {
    await linkToOneThat((socket) => socket.write(CONNACK));
    await eventOf(client, 'connect');

    await stop();

    expect(client.stream.destroyed).toBe(true);
  });

  it('closes its socket when stopped, although the broker never accepted it', async () => {
    await new Promise<void>((resolve) => {
      void linkToOneThat(() => resolve());
    });

    await stop();

    expect(client.stream.destroyed).toBe(true);
  });
});

describe('Link to a broker that accepts everything and never answers SUBSCRIBE', () => {
  const CONNACK = Buffer.from([0x20, 0x02, 0x00, 0x00]);
  const PINGRESP = Buffer.from([0xd0, 0x00]);
  const PINGREQ = 0xc0;
  const CONNECT = 0x10;

  it('gives the connection up, and makes another one', async () => {
    let connections = 0;
    const broker = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.on('data', (packet) => {
        if (packet[0] === CONNECT) connections += 1;
        if (packet[0] === CONNECT) socket.write(CONNACK);
        if (packet[0] === PINGREQ) socket.write(PINGRESP);
      });
    });
    broker.listen(0, '127.0.0.1');
    await once(broker, 'listening');
    const url = `mqtt://127.0.0.1:${(broker.address() as AddressInfo).port}`;
    const failed = Promise.withResolvers<string>();
    const again = Promise.withResolvers<void>();
    const { link } = linkTo({
      create: () => createRequestClient(brokerConfig({ url, protocolVersion: 4 }), 10),
      opened: async (client) => {
        if (connections === 2) again.resolve();
        await subscribe(client, [routeConfig()]);
      },
      failed: ({ message }) => failed.resolve(message),
      reconnect: { minMs: 10, maxMs: 20 },
      watchdogMs: 200,
    });

    link.start();

    await expect(failed.promise).resolves.toContain('has not answered SUBSCRIBE');
    await again.promise;
    await link.stop();
    broker.close();
  });
});
