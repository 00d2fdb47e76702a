import type { Duplex } from 'node:stream';
import type { Channel, Connection } from 'rabbitmq-client';
import { BridgeError } from '../errors';
import { coalesceWrites } from '../pacing/coalesced-writes';

/** The places where rabbitmq-client is reached into behind its public surface; there is no public way. */
interface ConnectionInternals {
  _writeMethod: (frame: { readonly methodId: number; params?: object }) => void;
  readonly _opt: { frameMax: number };
  readonly _state: { readonly frameMax: number };
  readonly _socket: Duplex;
}

interface ChannelInternals {
  _onHeader: (frame: { readonly fields: { contentEncoding?: string } }) => void;
}

/** Of AMQP 0-9-1: class 10, method 11. */
const CONNECTION_START_OK = (10 << 16) | 11;
/** What RFC 9110 calls a body that nothing was done to. */
export const UNENCODED = 'identity';

/**
 * Has a channel hand out bodies as the bytes they are.
 *
 * rabbitmq-client parses what it takes for JSON, and text, by its content type; written again, a number may be another one,
 * and a key be missing. What says that it is encoded it leaves alone.
 */
export function keepBodies(channel: Channel): Channel {
  const internals = channel as unknown as ChannelInternals;
  assertHook(internals._onHeader, '_onHeader');
  const read = internals._onHeader.bind(channel);
  internals._onHeader = (frame) => {
    frame.fields.contentEncoding ||= UNENCODED;
    read(frame);
  };
  return channel;
}

/** Has a connection that is just being made log in by its client certificate, in place of a user name and password. */
export function logInByCertificate(connection: Connection): void {
  const internals = connection as unknown as ConnectionInternals;
  assertHook(internals._writeMethod, '_writeMethod');
  const write = internals._writeMethod.bind(connection);
  internals._writeMethod = (frame) => {
    if (frame.methodId === CONNECTION_START_OK) frame.params = { ...frame.params, mechanism: 'EXTERNAL', response: '' };
    write(frame);
  };
}

/** rabbitmq-client counts the pieces of a body by the size that it asked for, and not by the one that was agreed on. */
export function useAgreedFrameSize(connection: Connection): void {
  const { _opt, _state } = connection as unknown as ConnectionInternals;
  if (_state.frameMax > 0) _opt.frameMax = _state.frameMax;
}

/** Messages, and acknowledgements of others, that are written in one turn of the event loop are one write. */
export function writeInOnePiece(connection: Connection): void {
  coalesceWrites((connection as unknown as ConnectionInternals)._socket);
}

function assertHook(hook: unknown, name: string): void {
  if (typeof hook === 'function') return;
  throw new BridgeError(
    'BRIDGE_ERR_AMQP_CLIENT',
    `this version of the package "rabbitmq-client" has no ${name}, and without it bodies would not be handed on as they came. Install rabbitmq-client 5.0.8 or a later 5.0.x`,
  );
}
