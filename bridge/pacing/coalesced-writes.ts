import type { Duplex } from 'node:stream';

const SLAB_BYTES = 64 * 1024;
/** Longer pieces are written as they are: a copy of them would cost more than one write saves. */
const LARGE_BYTES = 8 * 1024;

/**
 * Writes in one piece what is written during one turn of the event loop.
 *
 * MQTT.js writes a packet in a dozen pieces, and each packet on its own; rabbitmq-client writes a message in three, as a
 * list that takes the kernel longer than to copy them. What costs is not the bytes but the pieces: a system call for each
 * packet, over a websocket even a frame for each piece. Nothing waits longer than until everything that has arrived is
 * read.
 */
export function coalesceWrites(stream: Duplex): void {
  const write = stream.write.bind(stream) as (piece: string | Uint8Array) => boolean;
  const end = stream.end.bind(stream) as (done?: () => void) => Duplex;
  let slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
  let written = 0;
  let filled = 0;
  let scheduled = false;

  const flush = () => {
    if (filled > written && stream.writable) write(slab.subarray(written, filled));
    written = filled;
  };
  const flushLater = () => {
    if (scheduled) return;
    scheduled = true;
    setImmediate(() => {
      scheduled = false;
      flush();
    });
  };
  const add = (piece: string | Uint8Array): boolean => {
    const bytes = typeof piece === 'string' ? Buffer.byteLength(piece) : piece.length;
    if (filled + bytes > SLAB_BYTES || bytes > LARGE_BYTES) flush();
    if (bytes > LARGE_BYTES) return write(piece);
    if (filled + bytes > SLAB_BYTES) {
      // The stream may not be done with the old one.
      slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
      written = 0;
      filled = 0;
    }
    if (typeof piece === 'string') slab.write(piece, filled);
    else slab.set(piece, filled);
    filled += bytes;
    flushLater();
    return !stream.writableNeedDrain;
  };
  stream.write = add as typeof stream.write;
  stream.end = ((done?: () => void) => {
    flush();
    return end(done);
  }) as typeof stream.end;
}
