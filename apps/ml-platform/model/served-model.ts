import { classProbabilities } from '../../iris-model/softmax';
import { irisDataSet, parseDataSet } from './data-set';
import { CLASSES, type Flower, rowOf } from './flowers';
import type { ModelStore, StoredModel } from './model-store';
import { type TrainedModel, trainFlowers } from './training';

/** The version that is served as long as the store has none. */
const BUILT_IN = 'built-in';
/** Always the same, so once is enough. */
let builtIn: Promise<TrainedModel> | undefined;

export interface Prediction {
  readonly class: string;
  readonly probability: number;
}

/** What became of a look at the store. */
export type Reload = 'unchanged' | 'loaded' | 'failed';

/**
 * The model that answers, in memory. It is replaced by the store's current one when that has been read and found to be
 * a model; until then, and when it is not one, the last good model stays.
 */
export class ServedModel {
  #stored: StoredModel;
  #problem: string | undefined;

  /** With a model that is trained here and now, until the store has one. */
  static async of(store: ModelStore): Promise<ServedModel> {
    builtIn ??= trainFlowers(parseDataSet(irisDataSet()));
    return new ServedModel(store, { version: BUILT_IN, dataset: 'iris', ...(await builtIn) });
  }

  private constructor(
    readonly store: ModelStore,
    stored: StoredModel,
  ) {
    this.#stored = stored;
  }

  get version(): string {
    return this.#stored.version;
  }

  get stored(): StoredModel {
    return this.#stored;
  }

  /** Why the store's current model is not the one that answers, if it is not. */
  get problem(): string | undefined {
    return this.#problem;
  }

  async reload(): Promise<Reload> {
    try {
      const version = await this.store.current();
      const isNew = version !== undefined && version !== this.version;
      if (isNew) this.#stored = await this.store.load(version);
      this.#problem = undefined;
      return isNew ? 'loaded' : 'unchanged';
    } catch (error) {
      this.#problem = (error as Error).message;
      return 'failed';
    }
  }

  predict(flower: Flower): Prediction {
    const probabilities = classProbabilities(this.#stored.model, rowOf(flower));
    const probability = Math.max(...probabilities);
    return { class: CLASSES[probabilities.indexOf(probability)] as string, probability };
  }
}
