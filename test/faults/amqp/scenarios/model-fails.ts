import { setTimeout as sleep } from 'node:timers/promises';
import { split } from '../../amount';
import type { ModelCommand } from '../../model-process';
import type { Load } from '../publisher';
import type { ProviderScenario } from '../scenario';
import { promising, USUAL } from './usual';

/** How long a model is not what it should be. */
export interface Outage extends Load {
  readonly outageMs: number;
}

const DELAY_SECONDS = 1;
/** Of one delivery: what is left to do is the delay queue's. */
const ONCE = { attempts: 1 } as const;

export function modelDown(outage: Outage): ProviderScenario {
  return modelOutage(outage, 'model down', 'is down', [{ do: 'go away' }, { do: 'come back' }]);
}

export function modelErrs(outage: Outage): ProviderScenario {
  return modelOutage(outage, 'model answers 500', 'answers 500', [
    { do: 'answer', status: 500 },
    { do: 'answer', status: 200 },
  ]);
}

/** Requests wait in the delay queue, from where they come again. */
function modelOutage(
  { outageMs, ...load }: Outage,
  name: string,
  happens: string,
  [begin, end]: readonly [ModelCommand, ModelCommand],
): ProviderScenario {
  return {
    name,
    specification: `answers everything after a model that ${happens} for ${outageMs / 1000} s`,
    load,
    setting: {
      ...USUAL,
      silenceMs: outageMs + USUAL.silenceMs,
      route: {
        model: { retry: ONCE, breaker: { openSeconds: 0.5 } },
        retry: { attempts: 100, delaySeconds: DELAY_SECONDS },
      },
    },
    promised: promising({
      duplicatesAtMost: 0,
      reconnectsAtMost: 0,
      shows: [{ metric: 'bridge_messages_settled_total', label: 'outcome="delayed"', atLeast: 1 }],
    }),
    play: async ({ publisher, verifier, model }) => {
      const outage = async () => {
        await verifier.answered(Math.floor(load.messages / 10));
        await model.tell(begin);
        await sleep(outageMs);
        await model.tell(end);
      };
      await Promise.all([publisher.publish(load), outage()]);
    },
  };
}

/** Every request gets its one answer, though it is not the one that was hoped for. */
export function modelRejects(load: Load): ProviderScenario {
  const [before, after] = split(load, 0.5);
  return {
    name: 'model answers 422',
    specification: 'answers each request with one error, and parks it, when the model wants none of them',
    load,
    setting: USUAL,
    promised: promising({
      duplicatesAtMost: 0,
      errors: { BRIDGE_ERR_MODEL_REJECTED: after.messages },
      deadLetters: after.messages,
      shows: [
        { metric: 'bridge_http_requests_total', label: 'code="422"', atLeast: after.messages, atMost: after.messages },
      ],
    }),
    play: async ({ publisher, verifier, model }) => {
      await publisher.publish(before);
      await verifier.answered(before.messages);
      await model.tell({ do: 'answer', status: 422 });
      await publisher.publish(after);
    },
  };
}

/** The breaker, which would spare a model that says no so often, is kept out of it. */
export function retriesEnd(load: Load & { readonly attempts: number }): ProviderScenario {
  const { attempts } = load;
  const calls = attempts * load.messages;
  return {
    name: 'retries end',
    specification: `answers with one error, and parks, what a model did not want ${attempts} times`,
    load,
    setting: {
      ...USUAL,
      route: {
        model: { retry: ONCE, breaker: { failures: calls + 1 } },
        retry: { attempts, delaySeconds: DELAY_SECONDS },
      },
    },
    promised: promising({
      duplicatesAtMost: 0,
      errors: { BRIDGE_ERR_MODEL_BUSY: load.messages },
      deadLetters: load.messages,
      shows: [{ metric: 'bridge_http_requests_total', label: 'code="503"', atLeast: calls, atMost: calls }],
    }),
    play: async ({ publisher, model }) => {
      await model.tell({ do: 'answer', status: 503 });
      await publisher.publish(load);
    },
  };
}
