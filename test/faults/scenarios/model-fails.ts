import { setTimeout as sleep } from 'node:timers/promises';
import { split } from '../amount';
import type { Load } from '../publisher';
import type { Scenario } from '../scenario';
import { USUAL } from './usual';

/** A load in which the model is slow at times. */
export interface Slow extends Load {
  readonly window: number;
  readonly takesMs: number;
}

export function straggler({ window, takesMs, ...load }: Slow): Scenario {
  const slow = Math.floor(load.messages / 4);
  return {
    name: 'one straggler',
    specification: `loses and repeats nothing, and stays connected, while one request takes ${takesMs} ms`,
    load,
    setting: { ...USUAL, window, keepaliveSeconds: 2 },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 },
    play: ({ publisher }) =>
      publisher.publish({ ...load, special: (index) => (index === slow ? { delayMs: takesMs } : undefined) }),
  };
}

/** An older Mosquitto sends more than the window when acknowledgements come in order. */
export function windowOverrun({ window, takesMs, ...load }: Slow): Scenario {
  return {
    name: 'window overrun by the broker',
    specification: `takes at most one more than its window of ${window}, and stays connected, while models take ${takesMs} ms`,
    load,
    setting: { ...USUAL, window, keepaliveSeconds: 2 },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0, unacknowledgedAtMost: window + 1 },
    play: ({ publisher }) =>
      publisher.publish({ ...load, special: (index) => (index <= window ? { delayMs: takesMs } : undefined) }),
  };
}

export function slowModel({ window, takesMs, ...load }: Slow): Scenario {
  return {
    name: 'slow model',
    specification: `loses and repeats nothing, and stays connected, while each request takes ${takesMs} ms`,
    load,
    setting: { ...USUAL, window, keepaliveSeconds: 2 },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 },
    play: ({ publisher }) => publisher.publish({ ...load, special: () => ({ delayMs: takesMs }) }),
  };
}

/** How long a model is not what it should be. */
export interface Outage extends Load {
  readonly outageMs: number;
}

const CONCURRENCY = USUAL.window;
const OPEN_MS = 500;
/** Whoever is under way when it begins, the failures in a row that open the breaker, and one call each time it looks. */
const mostFailedCalls = (outageMs: number) => 3 * CONCURRENCY + Math.ceil(outageMs / OPEN_MS);

export function modelDown(outage: Outage): Scenario {
  return modelOutage(outage, {
    name: 'model down',
    specification: `waits for a model that is down for ${outage.outageMs / 1000} s, and spares it`,
    begin: ({ model }) => model.tell({ do: 'go away' }),
    end: ({ model }) => model.tell({ do: 'come back' }),
  });
}

export function modelErrs(outage: Outage): Scenario {
  return modelOutage(outage, {
    name: 'model answers 500',
    specification: `waits for a model that answers 500 for ${outage.outageMs / 1000} s, and spares it`,
    begin: ({ model }) => model.tell({ do: 'answer', status: 500 }),
    end: ({ model }) => model.tell({ do: 'answer', status: 200 }),
  });
}

function modelOutage(
  { outageMs, ...load }: Outage,
  {
    name,
    specification,
    begin,
    end,
  }: Pick<Scenario, 'name' | 'specification'> & Record<'begin' | 'end', Scenario['play']>,
): Scenario {
  return {
    name,
    specification,
    load,
    setting: {
      ...USUAL,
      window: 1_024,
      silenceMs: outageMs + USUAL.silenceMs,
      config: {
        model: {
          timeoutSeconds: 4 * (outageMs / 1000) + 30,
          retry: { attempts: 100 },
          breaker: { openSeconds: OPEN_MS / 1000 },
        },
      },
    },
    promised: { duplicatesAtMost: 0, reconnectsAtMost: 0, failedCallsAtMost: mostFailedCalls(outageMs) },
    play: async (stage) => {
      const { publisher, verifier } = stage;
      const outage = async () => {
        await verifier.answered(Math.floor(load.messages / 10));
        await begin(stage);
        await sleep(outageMs);
        await end(stage);
      };
      await Promise.all([publisher.publish(load), outage()]);
    },
  };
}

/** Every request gets its one answer, though it is not the one that was hoped for. */
export function modelRejects(load: Load): Scenario {
  const [before, after] = split(load, 0.5);
  return {
    name: 'model answers 404',
    specification: 'answers each request with one error when the model wants none of them',
    load,
    setting: USUAL,
    promised: { duplicatesAtMost: 0, errors: { BRIDGE_ERR_MODEL_REJECTED: after.messages } },
    play: async ({ publisher, verifier, model }) => {
      await publisher.publish(before);
      await verifier.answered(before.messages);
      await model.tell({ do: 'answer', status: 404 });
      await publisher.publish(after);
    },
  };
}

/** The breaker, which would spare a model that times out so often, is kept out of it. */
export function modelTooSlow({ takesMs, ...load }: Load & { readonly takesMs: number }): Scenario {
  const isSlow = (index: number) => index % 2 === 1;
  return {
    name: 'model too slow',
    specification: `answers with one error what takes longer than its timeout, and the rest as ever`,
    load,
    setting: { ...USUAL, config: { model: { timeoutSeconds: takesMs / 2_000, breaker: { failures: load.messages } } } },
    promised: { duplicatesAtMost: 0, errors: { BRIDGE_ERR_MODEL_TIMEOUT: Math.floor(load.messages / 2) } },
    play: ({ publisher }) =>
      publisher.publish({ ...load, special: (index) => (isSlow(index) ? { delayMs: takesMs } : undefined) }),
  };
}
