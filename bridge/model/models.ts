import { type Captures, fill, placeholdersIn } from '../config/topic-pattern';
import { failure } from '../errors';
import type { ModelCall } from './model-client';
import type { PatientAnswer } from './patient-model';

/** One model, at one URL. */
export interface Model {
  predict(call: ModelCall): Promise<PatientAnswer>;
  /** Answers what it was asked, and takes no more. */
  retire(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

/** A route that leads to very many models keeps connections to those that were asked last. */
const MOST_MODELS = 500;

/** The models that a route leads to: one, or one for each of what its URL takes from the topic. */
export class Models {
  readonly #template: string;
  readonly #names: readonly string[];
  readonly #create: (url: string) => Model;
  /** Where it is the same for all. */
  readonly #only: Model | undefined;
  /** By URL, in the order they were asked last. */
  readonly #models = new Map<string, Counted>();

  constructor(template: string, create: (url: string) => Model) {
    this.#template = template;
    this.#names = placeholdersIn(template);
    this.#create = create;
    if (this.#names.length === 0) this.#only = create(template);
  }

  /** The names that the URL takes from the topic. */
  get names(): readonly string[] {
    return this.#names;
  }

  /**
   * Where none can be made, because a certificate is just being replaced for instance, one that says so in its answer.
   *
   * @param captures of which `captureProblem` found nothing wrong
   */
  at(captures: Captures): Model {
    if (this.#only) return this.#only;
    const url = fill(this.#template, captures);
    const known = this.#models.get(url);
    try {
      const model = known ?? new Counted(this.#create(url));
      this.#models.delete(url);
      this.#models.set(url, model);
      this.#forgetOldest();
      return model;
    } catch (error) {
      return unusable(error as Error);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#only?.close(), ...[...this.#models.values()].map((model) => model.close())]);
  }

  #forgetOldest(): void {
    if (this.#models.size <= MOST_MODELS) return;
    const idle = [...this.#models].find(([, model]) => model.open === 0);
    if (!idle) return;
    this.#models.delete(idle[0]);
    void idle[1].retire();
  }
}

/** A model, and how many requests wait for its answers. */
class Counted implements Model {
  open = 0;
  readonly #model: Model;

  constructor(model: Model) {
    this.#model = model;
  }

  async predict(call: ModelCall): Promise<PatientAnswer> {
    this.open += 1;
    try {
      return await this.#model.predict(call);
    } finally {
      this.open -= 1;
    }
  }

  retire(): Promise<void> {
    return this.#model.retire();
  }

  close(): Promise<void> {
    return this.#model.close();
  }
}

function unusable({ message }: Error): Model {
  const why = failure('BRIDGE_ERR_MODEL_UNREACHABLE', `the model cannot be asked: ${message}`);
  return {
    predict: async () => ({ ok: false, failure: why, attempts: 0 }),
    retire: async () => undefined,
    close: async () => undefined,
  };
}
