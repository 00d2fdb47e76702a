/** Half-precision floats, for runtimes whose DataView has none: Node 22. */

/** The bits of the half nearest to a number; of two equally near ones that with an even last bit. */
export function toHalfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(size)) return sign | 0x7e00;
  if (size >= HALF_OVERFLOW) return sign | 0x7c00;
  // Below this, halves are equally far apart: multiples of 2^-24.
  const exponent = Math.max(Math.floor(Math.log2(size || HALF_TINY)), -14);
  const units = roundToEven(size * 2 ** (10 - exponent));
  // 2048 units are the next exponent, which the sum carries over to by itself.
  return sign | (units < 1024 ? units : units + ((exponent + 14) << 10));
}

export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0x1f) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return sign * (exponent === 0 ? fraction * HALF_TINY : (1024 + fraction) * 2 ** (exponent - 25));
}

/** The first number that is nearer to infinity than to 65504, the largest half. */
export const HALF_OVERFLOW = 65_520;

const HALF_TINY = 2 ** -24;

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
