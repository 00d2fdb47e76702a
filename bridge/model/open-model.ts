import type { ModelRoute } from '../config/model-route';
import { CircuitBreaker } from '../pacing/circuit-breaker';
import type { ModelClients } from './model-clients';
import type { Model } from './models';
import { PatientModel } from './patient-model';

/** Who is told of what becomes of a model. */
export interface ModelEvents {
  /** Calls are held back from now on, or no longer. */
  spared(model: string, open: boolean): void;
  /** A call is made again. */
  askedAgain(): void;
  /** There is a breaker to look at. @returns a function that says it is gone */
  watch(model: string, breaker: { readonly isOpen: boolean }): () => void;
}

/** A model as a route asks it: with patience, so many at a time, and spared while it keeps failing. */
export function openModel(
  { concurrency, model }: Pick<ModelRoute, 'concurrency' | 'model'>,
  url: string,
  clientFor: ModelClients,
  events: ModelEvents,
): Model {
  const client = clientFor(url);
  const breaker = new CircuitBreaker({
    failures: model.breaker.failures,
    openMs: model.breaker.openSeconds * 1000,
    changed: (open) => events.spared(url, open),
  });
  const forget = events.watch(url, breaker);
  const patient = new PatientModel((call, timeoutMs) => client.predict(call, timeoutMs), breaker, {
    ...model.retry,
    timeoutMs: model.timeoutSeconds * 1000,
    concurrency,
    retried: () => events.askedAgain(),
  });
  return {
    predict: (call) => patient.predict(call),
    retire: () => {
      forget();
      return client.retire();
    },
    close: () => {
      forget();
      return client.close();
    },
  };
}
