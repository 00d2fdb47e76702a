import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { coalesceWrites } from '../../../bridge/pacing/coalesced-writes';

/** A stream that remembers each piece it is given; `open` lets it take the next one. */
function remembering({ takes = 'at once', highWaterMark = 1_000_000 } = {}) {
  const pieces: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const stream = new Duplex({
    highWaterMark,
    read: () => undefined,
    write: (piece: Buffer, _encoding, done) => {
      pieces.push(Buffer.from(piece));
      if (takes === 'at once') done();
      else waiting.push(done);
    },
  });
  coalesceWrites(stream);
  return { stream, pieces, open: () => waiting.shift()?.() };
}

describe('coalesceWrites', () => {
  it('writes the pieces of one turn of the event loop as one, in their order', async () => {
    const { stream, pieces } = remembering();

    stream.write(Buffer.from([1, 2]));
    stream.write('topic/ä');
    await Promise.resolve();
    stream.write(Buffer.from([3]));
    expect(pieces).toEqual([]);
    await turn();

    expect(pieces).toEqual([Buffer.concat([Buffer.from([1, 2]), Buffer.from('topic/ä'), Buffer.from([3])])]);
  });

  it('writes what comes in the next turn apart, and never twice', async () => {
    const { stream, pieces } = remembering();

    stream.write('a');
    await turn();
    stream.write('b');
    await turn();
    await turn();

    expect(pieces.map(String)).toEqual(['a', 'b']);
  });

  it.each([8 * 1024, 8 * 1024 + 1, 64 * 1024, 1024 * 1024])(
    'keeps the order around a piece of %i bytes',
    async (size) => {
      const { stream, pieces } = remembering();
      const large = Buffer.alloc(size, 'x');

      stream.write('before');
      stream.write(large);
      stream.write('after');
      await turn();

      const whole = Buffer.concat([Buffer.from('before'), large, Buffer.from('after')]);
      expect(Buffer.concat(pieces).equals(whole)).toBe(true);
    },
  );

  it('loses nothing of more than it keeps room for, and overwrites nothing that is not written yet', async () => {
    const { stream, pieces, open } = remembering({ takes: 'when opened' });
    const all = Array.from({ length: 300 }, (_, i) => Buffer.alloc(1_000, i));

    for (const piece of all) stream.write(piece);
    await turn();
    while (Buffer.concat(pieces).length < 300_000) open();

    expect(Buffer.concat(pieces).equals(Buffer.concat(all))).toBe(true);
  });

  it('says when to wait for "drain", and that comes', async () => {
    const { stream, open } = remembering({ takes: 'when opened', highWaterMark: 10 });
    let drained = 0;
    stream.on('drain', () => {
      drained += 1;
    });

    expect(stream.write('more than ten bytes')).toBe(true);
    await turn();
    expect(stream.write('and more')).toBe(false);
    while (drained === 0) {
      open();
      await turn();
    }

    expect(stream.write('again')).toBe(true);
  });

  it('writes what there is before the stream ends', async () => {
    const { stream, pieces } = remembering();

    stream.write('last words');
    stream.end();
    await turn();

    expect(pieces.map(String)).toEqual(['last words']);
  });

  it('gives nothing to a stream that was destroyed meanwhile', async () => {
    const { stream, pieces } = remembering();

    stream.write('late');
    stream.destroy();
    await turn();

    expect(pieces).toEqual([]);
  });
});
