import type { Writable } from 'node:stream';

/** A copy of more than this costs more than it saves. */
const LARGE_BYTES = 64 * 1024;

/**
 * Writes in one piece what was written between `cork` and `uncork`: of undici, the head and the body of a request.
 *
 * Node by itself hands the kernel a list of pieces, and to make one takes longer than to copy a small body.
 */
export function writeCorkedInOnePiece(stream: Writable): void {
  const write = stream.write.bind(stream) as (piece: string | Uint8Array, ...rest: unknown[]) => boolean;
  let corked: Buffer[] | undefined;

  stream.cork = () => {
    corked ??= [];
  };
  stream.uncork = () => {
    const pieces = corked ?? [];
    corked = undefined;
    const bytes = pieces.reduce((sum, { length }) => sum + length, 0);
    for (const piece of bytes > LARGE_BYTES ? pieces : [Buffer.concat(pieces, bytes)]) write(piece);
  };
  stream.write = ((piece: string | Uint8Array, encoding?: BufferEncoding, ...rest: unknown[]) => {
    if (!corked) return write(piece, encoding, ...rest);
    corked.push(typeof piece === 'string' ? Buffer.from(piece, encoding) : (piece as Buffer));
    return !stream.writableNeedDrain;
  }) as typeof stream.write;
}
