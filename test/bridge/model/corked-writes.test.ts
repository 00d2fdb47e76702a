import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { writeCorkedInOnePiece } from '../../../bridge/model/corked-writes';

function written(use: (stream: PassThrough) => void): string[] {
  const stream = new PassThrough();
  const pieces: string[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece.toString('latin1')));
  writeCorkedInOnePiece(stream);
  use(stream);
  stream.end();
  for (let piece = stream.read(); piece !== null; piece = stream.read());
  return pieces;
}

describe('writing corked pieces', () => {
  it('writes a head and a small body as one', () => {
    const pieces = written((stream) => {
      stream.cork();
      stream.write('head: é\r\n', 'latin1');
      stream.write(Buffer.from('body'));
      stream.uncork();
    });

    expect(pieces).toStrictEqual(['head: é\r\nbody']);
  });

  it('does not copy a large body', () => {
    const body = Buffer.alloc(64 * 1024, 'x');

    const pieces = written((stream) => {
      stream.cork();
      stream.write('head');
      stream.write(body);
      stream.uncork();
    });

    expect(pieces).toStrictEqual(['head', body.toString()]);
  });

  it('writes at once what is not corked', () => {
    const pieces = written((stream) => {
      stream.write('a');
      stream.write('b');
    });

    expect(pieces).toStrictEqual(['a', 'b']);
  });
});
