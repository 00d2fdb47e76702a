import { describe, expect, it } from 'vitest';
import { fromHalfBits, toHalfBits } from '../../../bridge/payload/float16';

const all = Array.from({ length: 0x10000 }, (_, bits) => bits);

describe('a half', () => {
  it('is read from its bits and written to the same bits, every one', () => {
    const numbers = all.filter((bits) => !Number.isNaN(fromHalfBits(bits)));

    expect(numbers.filter((bits) => toHalfBits(fromHalfBits(bits)) !== bits)).toEqual([]);
    expect(all.length - numbers.length).toBe(2 * 1023);
  });

  it.each([
    [0x0000, 0],
    [0x8000, -0],
    [0x0001, 2 ** -24],
    [0x03ff, 1023 * 2 ** -24],
    [0x0400, 2 ** -14],
    [0x3555, 0.333251953125],
    [0x3c00, 1],
    [0xc000, -2],
    [0x7bff, 65_504],
    [0x7c00, Number.POSITIVE_INFINITY],
    [0xfc00, Number.NEGATIVE_INFINITY],
  ])('of the bits 0x%s is %d', (bits, value) => {
    expect(fromHalfBits(bits)).toBe(value);
    expect(toHalfBits(value)).toBe(bits);
  });

  it('is the nearest one there is, and of two equally near ones the even one', () => {
    const finite = all.slice(0, 0x7bff);

    const wrong = finite.filter((bits) => {
      const middle = (fromHalfBits(bits) + fromHalfBits(bits + 1)) / 2;
      const even = bits % 2 === 0 ? bits : bits + 1;
      return (
        toHalfBits(middle) !== even ||
        toHalfBits(middle * (1 - 2 ** -50)) !== bits ||
        toHalfBits(middle * (1 + 2 ** -50)) !== bits + 1
      );
    });

    expect(wrong).toEqual([]);
  });

  it.each([
    [65_519.99, 0x7bff],
    [65_520, 0x7c00],
  ])('of %d ends where infinity is nearer', (value, bits) => {
    expect(toHalfBits(value)).toBe(bits);
  });

  it('can be no number', () => {
    expect(fromHalfBits(toHalfBits(Number.NaN))).toBeNaN();
  });
});
