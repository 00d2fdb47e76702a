import type { Socket } from 'node:net';
import { type HostileServer, startHostile } from './hostile-server';

const CONNECT = 1;
const PUBLISH = 3;
const SUBSCRIBE = 8;
const PINGREQ = 12;
const DISCONNECT = 14;

/** One connection of a bridge to a broker that is played by hand, byte by byte. */
export interface Played {
  readonly socket: Socket;
  readonly protocolVersion: 4 | 5;
  /** The bridge has one connection that takes requests and one that publishes replies. */
  readonly link: 'requests' | 'replies';
  /** Accepts the connection, and does from then on what a broker does. */
  readonly behave: (connackProperties?: readonly number[]) => void;
}

/**
 * @param play called with each connection that has sent its CONNECT; what it does not answer, nobody does
 * @param heard told of every packet of a connection that behaves, by its type
 */
export async function startScripted(
  play: (played: Played, connection: number) => void,
  heard: (type: number, socket: Socket) => void = () => undefined,
): Promise<HostileServer> {
  return startHostile((socket, connection) => {
    let unread = Buffer.alloc(0);
    let behaving = false;
    let protocolVersion: 4 | 5 = 5;
    socket.on('data', (chunk) => {
      unread = Buffer.concat([unread, chunk]);
      for (let packet = firstPacket(unread); packet; packet = firstPacket(unread)) {
        unread = unread.subarray(packet.length);
        const type = (packet[0] ?? 0) >> 4;
        if (behaving) heard(type, socket);
        if (type === CONNECT) {
          protocolVersion = versionIn(packet);
          const link = packet.includes('/replies') ? 'replies' : 'requests';
          const behave = (properties: readonly number[] = []) => {
            behaving = true;
            socket.write(connack(protocolVersion, properties));
          };
          play({ socket, protocolVersion, link, behave }, connection);
        } else if (!behaving) continue;
        else if (type === SUBSCRIBE) socket.write(suback(packet, protocolVersion));
        else if (type === PUBLISH) socket.write(puback(packet));
        else if (type === PINGREQ) socket.write(Buffer.from([0xd0, 0]));
        else if (type === DISCONNECT) socket.end();
      }
    });
  });
}

export function connack(protocolVersion: 4 | 5, properties: readonly number[] = [], reason = 0): Buffer {
  const variable = [0, reason, ...(protocolVersion === 5 ? [properties.length, ...properties] : [])];
  return Buffer.from([0x20, variable.length, ...variable]);
}

/** @param flags QoS, DUP and RETAIN, as the first byte has them */
export function publish(
  {
    topic = 'iris/input',
    payload = '{}',
    messageId,
    flags,
  }: Partial<Record<'topic' | 'payload', string>> & {
    readonly messageId?: number;
    readonly flags: number;
  },
  protocolVersion: 4 | 5 = 5,
): Buffer {
  const name = Buffer.from(topic);
  const variable = Buffer.concat([
    Buffer.from([name.length >> 8, name.length & 0xff]),
    name,
    Buffer.from(messageId === undefined ? [] : [messageId >> 8, messageId & 0xff]),
    Buffer.from(protocolVersion === 5 ? [0] : []),
    Buffer.from(payload),
  ]);
  return Buffer.concat([Buffer.from([0x30 | flags, variable.length]), variable]);
}

function suback(subscribe: Buffer, protocolVersion: 4 | 5): Buffer {
  const id = subscribe.subarray(headLength(subscribe), headLength(subscribe) + 2);
  return Buffer.from(protocolVersion === 5 ? [0x90, 4, ...id, 0, 1] : [0x90, 3, ...id, 1]);
}

/** Everything the bridge publishes is of QoS 1. */
function puback(publish: Buffer): Buffer {
  const topicAt = headLength(publish) + 2;
  const idAt = topicAt + publish.readUInt16BE(topicAt - 2);
  return Buffer.from([0x40, 2, ...publish.subarray(idAt, idAt + 2)]);
}

/** The first whole packet in some bytes. */
function firstPacket(bytes: Buffer): Buffer | undefined {
  let length = 0;
  for (let i = 1; i < Math.min(bytes.length, 5); i += 1) {
    const byte = bytes[i] ?? 0;
    length += (byte & 0x7f) * 128 ** (i - 1);
    if (byte < 0x80) return bytes.length >= i + 1 + length ? bytes.subarray(0, i + 1 + length) : undefined;
  }
  return undefined;
}

function headLength(packet: Buffer): number {
  return 1 + (packet.subarray(1).findIndex((byte) => byte < 0x80) + 1);
}

function versionIn(connect: Buffer): 4 | 5 {
  // Behind the head: the length of "MQTT" in two bytes, its letters, the version.
  return connect[headLength(connect) + 6] === 5 ? 5 : 4;
}
