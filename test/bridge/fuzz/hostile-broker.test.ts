import type { Socket } from 'node:net';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { type BridgeConfigInput, parseBridgeConfig, startBridge } from '../../../bridge';
import { configInput, routeInput } from '../support/config';
import { json, startModel } from '../support/http';
import { CapturedLog } from '../support/log';
import { connack, type Played, publish, startScripted } from './scripted-broker';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function bridgeAt(port: number, broker: Partial<BridgeConfigInput['broker']> = {}) {
  const model = await startModel((response) => json(response, { predictions: [1] }));
  closing.push(() => model.close());
  const log = new CapturedLog();
  const config = parseBridgeConfig(
    configInput({
      broker: {
        url: `mqtt://127.0.0.1:${port}`,
        clientId: 'bridge',
        connectTimeoutSeconds: 1,
        keepaliveSeconds: 2,
        reconnect: { minMs: 10, maxMs: 20 },
        ...broker,
      },
      delivery: { drainTimeoutSeconds: 0.5 },
      routes: [routeInput({ model: { url: model.origin } })],
      http: { host: '127.0.0.1', port: 0 },
    }),
  );
  const bridge = await startBridge(config, log.logger);
  closing.push(() => bridge.stop());
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${bridge.operationsPort}${path}`)).status;
  const connected = () =>
    Promise.all(['requests', 'replies'].map((connection) => log.line({ msg: 'connected', connection })));
  return { log, status, connected };
}

/** A broker that does this on the first connections of the bridge, and behaves on all that come later. */
async function expectRecovery(
  first: number,
  play: (played: Played, connection: number) => void,
  protocolVersion: 4 | 5,
): Promise<CapturedLog> {
  const broker = await startScripted((played, connection) => {
    if (connection < first) play(played, connection);
    else played.behave();
  });
  closing.push(() => broker.close());
  const { log, status, connected } = await bridgeAt(broker.port, { protocolVersion });

  while (broker.connections < first + 2) await log.next({});
  await connected();

  expect(await status('/livez')).toBe(200);
  expect(log.lines.filter(({ code }) => code?.startsWith('BRIDGE_ERR_BROKER'))).not.toHaveLength(0);
  return log;
}

describe.each([5, 4] as const)('over MQTT %i, a broker that', (protocolVersion) => {
  it.each<[what: string, play: (played: Played) => void]>([
    ['hangs up', ({ socket }) => socket.destroy()],
    ['resets the connection', ({ socket }) => socket.resetAndDestroy()],
    ['says nothing', () => undefined],
    ['speaks HTTP', ({ socket }) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n')],
    ['speaks TLS', ({ socket }) => socket.write(Buffer.from([0x15, 3, 1, 0, 2, 2, 0x28]))],
    ['accepts with no reason', ({ socket }) => socket.write(Buffer.from([0x20, 0]))],
    ['accepts with half a reason', ({ socket }) => socket.end(Buffer.from([0x20, 3, 0]))],
    ['accepts with flags that do not exist', ({ socket }) => socket.write(Buffer.from([0x2f, 2, 0, 0]))],
    ['accepts twice', ({ socket }) => socket.end(Buffer.concat([connack(protocolVersion), connack(protocolVersion)]))],
    [
      'refuses, and releases what it published',
      ({ socket }) => socket.write(Buffer.concat([connack(protocolVersion, [], 5), Buffer.from([0x62, 2, 0, 1])])),
    ],
    ['accepts, and hangs up', ({ socket }) => socket.end(connack(protocolVersion))],
    ['publishes before it accepts', ({ socket }) => socket.write(publish({ flags: 2, messageId: 1 }, protocolVersion))],
    ['grants a subscription before it accepts', ({ socket }) => socket.write(Buffer.from([0x90, 4, 0, 1, 0, 0]))],
    [
      'announces a packet of five bytes of length',
      ({ socket }) => socket.write(Buffer.from([0x30, 255, 255, 255, 255, 1])),
    ],
    ['announces the largest packet there is', ({ socket }) => socket.write(Buffer.from([0x30, 255, 255, 255, 127, 0]))],
    ['connects to the bridge', ({ socket }) => socket.write(Buffer.from([0x10, 0]))],
    ['sends a packet of type 0', ({ socket }) => socket.write(Buffer.from([0, 0]))],
  ])('%s is left, and tried again', async (_what, play) => {
    await expectRecovery(2, play, protocolVersion);
  });

  it.each<[what: string, bytes: Buffer]>([
    ['publishes with QoS 3', publish({ flags: 6, messageId: 1 }, protocolVersion)],
    ['publishes to no topic', publish({ topic: '', flags: 2, messageId: 1 }, protocolVersion)],
    ['publishes to a filter', publish({ topic: 'iris/+', flags: 2, messageId: 1 }, protocolVersion)],
    ['publishes without a packet identifier', Buffer.from([0x32, 6, 0, 4, 0x69, 0x72, 0x69, 0x73])],
    ['publishes with the packet identifier 0', publish({ flags: 2, messageId: 0 }, protocolVersion)],
    ['publishes a topic longer than the packet', Buffer.from([0x30, 4, 0xff, 0xff, 0x61, 0x62])],
    ['publishes a topic that is no UTF-8', Buffer.from([0x30, 5, 0, 2, 0xff, 0xfe, 0])],
    [
      'gives two messages one packet identifier',
      Buffer.concat(['1', '2'].map((payload) => publish({ payload, flags: 2, messageId: 7 }, protocolVersion))),
    ],
    [
      'gives two messages of QoS 2 one packet identifier',
      Buffer.concat(['1', '2'].map((payload) => publish({ payload, flags: 4, messageId: 7 }, protocolVersion))),
    ],
    ['acknowledges what was never sent', Buffer.from([0x40, 2, 0x12, 0x34])],
    ['acknowledges nothing', Buffer.from([0x40, 0])],
    ['receives nothing', Buffer.from([0x50, 0])],
    ['releases nothing', Buffer.from([0x62, 0])],
    ['completes nothing', Buffer.from([0x70, 0])],
    ['grants nothing', Buffer.from([0x90, 0])],
    ['receives what was never sent', Buffer.from([0x50, 2, 0x12, 0x34])],
    ['releases what was never received', Buffer.from([0x62, 2, 0x12, 0x34])],
    ['completes what was never begun', Buffer.from([0x70, 2, 0x12, 0x34])],
    ['grants what was never asked for', Buffer.from([0x90, 4, 0x12, 0x34, 0, 1])],
    ['ends subscriptions that there never were', Buffer.from([0xb0, 4, 0x12, 0x34, 0, 0])],
    ['answers pings that there never were', Buffer.from(Array.from({ length: 500 }, () => [0xd0, 0]).flat())],
    ['subscribes', Buffer.from([0x82, 6, 0, 1, 0, 1, 0x61, 0])],
    ['asks for a login in steps', Buffer.from([0xf0, 2, 0x18, 0])],
    ['disconnects', Buffer.from([0xe0, 2, 0x8b, 0])],
    ['disconnects without a reason', Buffer.from([0xe0, 0])],
    [
      'says nonsense, and releases what it published',
      Buffer.concat([Buffer.from([0, 0]), Buffer.from([0x62, 2, 0, 1])]),
    ],
    [
      'disconnects, and releases what it published',
      Buffer.concat([Buffer.from([0xe0, 0]), ...Array.from({ length: 50 }, () => Buffer.from([0x62, 2, 0, 1]))]),
    ],
    ['says nonsense', Buffer.from('nonsense, and more of it')],
  ])('%s does not end the bridge', async (_what, bytes) => {
    const broker = await startScripted(({ socket, behave }, connection) => {
      behave();
      // By then the bridge has subscribed.
      if (connection < 2) setTimeout(() => socket.end(bytes), 20);
    });
    closing.push(() => broker.close());
    const { log, status } = await bridgeAt(broker.port, { protocolVersion });

    while (broker.connections < 4) await log.next({});
    await Promise.all(['requests', 'replies'].map((connection) => log.line({ msg: 'connected', connection })));

    expect(await status('/livez')).toBe(200);
  });

  it('sends whatever it likes does not end the bridge', async () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 60 }),
      // What looks like a packet gets further.
      fc
        .tuple(fc.nat(15), fc.constantFrom(0, 2, 2, 4, 15), fc.uint8Array({ maxLength: 12 }))
        .map(([type, flags, rest]) => Uint8Array.from([type * 16 + flags, rest.length, ...rest])),
      fc.constantFrom(connack(protocolVersion), publish({ flags: 2, messageId: 1 }, protocolVersion)),
    );
    const connections = fc.array(fc.tuple(fc.boolean(), fc.array(bytes, { maxLength: 6 })), {
      minLength: 30,
      maxLength: 30,
    });

    await fc.assert(
      fc.asyncProperty(connections, async (connections) => {
        await expectRecovery(
          connections.length,
          ({ socket, behave }, connection) => {
            const [accepted, packets] = connections[connection] ?? [false, []];
            if (accepted) behave();
            setTimeout(() => socket.end(Buffer.concat(packets)), accepted ? 5 : 0);
          },
          protocolVersion,
        );
      }),
      { numRuns: 8, endOnFailure: true },
    );
  });
});

describe('a broker that accepts', () => {
  const RECEIVE_MAXIMUM = 0x21;
  const MAXIMUM_PACKET_SIZE = 0x27;
  const SERVER_KEEP_ALIVE = 0x13;

  it.each<[what: string, properties: readonly number[]]>([
    ['with a property that there is not', [0x7f, 1]],
    ['with half a property', [RECEIVE_MAXIMUM, 0]],
  ])('%s is left, and tried again', async (_what, properties) => {
    await expectRecovery(2, ({ behave }) => behave(properties), 5);
  });

  it.each<[what: string, properties: readonly number[]]>([
    ['and takes nothing at a time', [RECEIVE_MAXIMUM, 0, 0]],
    ['and takes no packet however small', [MAXIMUM_PACKET_SIZE, 0, 0, 0, 0]],
    ['and takes so much at a time, or so much', [RECEIVE_MAXIMUM, 0, 1, RECEIVE_MAXIMUM, 0, 2]],
  ])('%s is left by whoever publishes, and tried again', async (_what, properties) => {
    let connections = 0;
    const broker = await startScripted(({ link, behave }) => {
      if (link === 'replies') connections += 1;
      behave(link === 'replies' && connections === 1 ? properties : []);
    });
    closing.push(() => broker.close());
    const { connected } = await bridgeAt(broker.port);

    await connected();

    expect(connections).toBe(2);
  });

  it('and wants to hear of the bridge more often does', async () => {
    const silence = 1_500;
    let givenUp = 0;
    const timers = new Map<Socket, NodeJS.Timeout>();
    const wait = (socket: Socket) => {
      clearTimeout(timers.get(socket));
      const giveUp = () => {
        givenUp += 1;
        socket.destroy();
      };
      timers.set(socket, setTimeout(giveUp, silence));
    };
    const broker = await startScripted(
      ({ socket, behave }) => {
        wait(socket);
        behave([SERVER_KEEP_ALIVE, 0, 1]);
      },
      (_type, socket) => wait(socket),
    );
    closing.push(() => broker.close());
    const { connected } = await bridgeAt(broker.port, { keepaliveSeconds: 60 });
    await connected();

    await new Promise((resolve) => setTimeout(resolve, 3 * silence));

    expect(givenUp).toBe(0);
    for (const timer of timers.values()) clearTimeout(timer);
  });
});
