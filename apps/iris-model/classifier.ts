import { inspect } from 'node:util';
import { InvalidInput } from './errors';
import model from './model.json';
import { classify } from './softmax';

/** For each row, its class: 0 setosa, 1 versicolor, 2 virginica. Rows are checked here, so callers need not. */
export function predict(instances: readonly unknown[]): number[] {
  return instances.map((instance, index) => {
    if (!isFlower(instance)) throw new InvalidInput(refusal(instance, index));
    return classify(model, instance);
  });
}

function isFlower(instance: unknown): instance is number[] {
  return Array.isArray(instance) && instance.length === model.features.length && instance.every(Number.isFinite);
}

function refusal(instance: unknown, index: number): string {
  const value = inspect(instance, { breakLength: Infinity, depth: 1, maxArrayLength: 8, maxStringLength: 40 });
  const names = model.features.map(({ name }) => name).join(', ');
  return `Row ${index} is ${value}. A row must be four finite numbers: ${names}. Send one like [5.1, 3.5, 1.4, 0.2].`;
}
