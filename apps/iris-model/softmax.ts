import { average, dot, subtract, sum, transpose, zip } from './vectors';

/** Multinomial logistic regression: a softmax over linear scores of the standardised features. */
export interface SoftmaxModel {
  features: { name: string; mean: number; deviation: number }[];
  classes: { name: string; bias: number; weights: number[] }[];
}

export interface Samples {
  rows: number[][];
  /** For each row, the index of its class. */
  labels: number[];
}

const ITERATIONS = 2000;
const LEARNING_RATE = 0.5;
const DECIMALS = 4;

/** Full-batch gradient descent from zero weights: the same samples always give the same model. */
export function trainSoftmax(samples: Samples, featureNames: string[], classNames: string[]): SoftmaxModel {
  const steps = trainingSteps(samples, featureNames, classNames);
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}

/** The same, one iteration at a time, for a process that has something else to do meanwhile. */
export function* trainingSteps(
  { rows, labels }: Samples,
  featureNames: string[],
  classNames: string[],
): Generator<void, SoftmaxModel> {
  const features = zip(featureNames, transpose(rows)).map(([name, column]) => describe(name, column));
  const inputs = rows.map((row) => [1, ...standardise(features, row)]);
  const targets = labels.map((label) => classNames.map((_, index) => (index === label ? 1 : 0)));
  const columns = transpose(inputs);

  let weights = classNames.map(() => columns.map(() => 0));
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const errors = zip(inputs, targets).map(([input, target]) => subtract(softmax(scoresOf(weights, input)), target));
    weights = zip(weights, transpose(errors)).map(([classWeights, classErrors]) => {
      const gradient = columns.map((column) => dot(classErrors, column) / rows.length);
      return zip(classWeights, gradient).map(([weight, slope]) => weight - LEARNING_RATE * slope);
    });
    yield;
  }

  const classes = zip(classNames, weights).map(([name, classWeights]) => {
    const [bias = 0, ...rest] = classWeights.map(round);
    return { name, bias, weights: rest };
  });
  return { features, classes };
}

/** The index of the class with the highest score, which is also the most probable one. */
export function classify(model: SoftmaxModel, row: number[]): number {
  const scores = scoresIn(model, row);
  return scores.indexOf(Math.max(...scores));
}

/** How probable each class is, in the order of the classes. */
export function classProbabilities(model: SoftmaxModel, row: number[]): number[] {
  return softmax(scoresIn(model, row));
}

function scoresIn({ features, classes }: SoftmaxModel, row: number[]): number[] {
  const input = standardise(features, row);
  return classes.map(({ bias, weights }) => bias + dot(weights, input));
}

function describe(name: string, column: number[]): SoftmaxModel['features'][number] {
  const mean = average(column);
  const deviation = Math.sqrt(average(column.map((value) => (value - mean) ** 2)));
  return { name, mean: round(mean), deviation: round(deviation) };
}

function standardise(features: SoftmaxModel['features'], row: number[]): number[] {
  return zip(features, row).map(([{ mean, deviation }, value]) => (value - mean) / deviation);
}

function scoresOf(weights: number[][], input: number[]): number[] {
  return weights.map((classWeights) => dot(classWeights, input));
}

function softmax(scores: number[]): number[] {
  const highest = Math.max(...scores);
  const exponentials = scores.map((score) => Math.exp(score - highest));
  const total = sum(exponentials);
  return exponentials.map((exponential) => exponential / total);
}

function round(value: number): number {
  return Number(value.toFixed(DECIMALS));
}
