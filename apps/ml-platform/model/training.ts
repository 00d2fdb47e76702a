import { setImmediate } from 'node:timers/promises';
import { type Samples, type SoftmaxModel, trainingSteps } from '../../iris-model/softmax';
import { accuracy, pick } from '../../iris-model/training';
import { CLASSES, FEATURES } from './flowers';

const HELD_OUT_EVERY = 5;
/** How long training may keep a process from answering probes and requests. */
const TURN_MS = 20;

export interface TrainedModel {
  /** Trained on every row: the one that is served. */
  readonly model: SoftmaxModel;
  readonly rows: number;
  /** How often a model trained without every fifth row of each class is right about exactly those rows. */
  readonly heldOutAccuracy: number;
}

/** The same samples always give the same model. Requests are answered meanwhile. */
export async function trainFlowers(samples: Samples): Promise<TrainedModel> {
  const heldOut = heldOutRows(samples.labels);
  const partial = await learn(pick(samples, (index) => !heldOut.has(index)));
  return {
    model: await learn(samples),
    rows: samples.rows.length,
    heldOutAccuracy: accuracy(
      partial,
      pick(samples, (index) => heldOut.has(index)),
    ),
  };
}

async function learn(samples: Samples): Promise<SoftmaxModel> {
  const steps = trainingSteps(samples, [...FEATURES], [...CLASSES]);
  let turn = performance.now();
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
    if (performance.now() - turn < TURN_MS) continue;
    await setImmediate();
    turn = performance.now();
  }
}

function heldOutRows(labels: number[]): Set<number> {
  const seen = CLASSES.map(() => 0);
  const held = labels.flatMap((label, index) => {
    const count = (seen[label] ?? 0) + 1;
    seen[label] = count;
    return count % HELD_OUT_EVERY === 0 ? [index] : [];
  });
  return new Set(held);
}
