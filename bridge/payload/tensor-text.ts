import type { DatatypeName, Element } from './datatypes';
import { Mismatch } from './mismatch';

/**
 * The values as they are written in JSON.
 *
 * @throws Mismatch for a number that JSON cannot write
 */
export function toTexts(elements: readonly Element[], datatype: DatatypeName): string[] {
  const signed = datatype.startsWith('FP');
  return elements.map((element, i) => {
    if (typeof element === 'string') return JSON.stringify(element);
    if (signed && Object.is(element, -0)) return '-0.0';
    if (typeof element !== 'number' || Number.isFinite(element)) return String(element);
    throw new Mismatch(`has ${element} as value ${i}, which JSON has no number for`);
  });
}

/** Puts values that fill a shape into arrays within arrays. */
export function nested(texts: readonly string[], shape: readonly number[]): string {
  if (texts.length === 0) return '[]';
  let rows = texts;
  for (const length of shape.toReversed()) rows = grouped(rows, length);
  return rows.join(',');
}

function grouped(texts: readonly string[], length: number): string[] {
  return Array.from({ length: texts.length / length }, (_, i) => {
    return `[${texts.slice(i * length, (i + 1) * length).join(',')}]`;
  });
}
