import type { Load, Special } from '../publisher';
import type { ProviderScenario } from '../scenario';
import { promising, USUAL } from './usual';

const EVERY = 5;

/** How many of the requests are the fifth, tenth and so on. */
const count = (load: Load) => Math.floor(load.messages / EVERY);
const each = (special: Special) => (index: number) => (index % EVERY === EVERY - 1 ? special : undefined);

/** Whom it cannot answer, nobody hears of: the parking queue is where the request ends. */
export function replyUnroutable(load: Load): ProviderScenario {
  return {
    name: 'reply unroutable',
    specification: 'asks once and parks requests whose queue for answers is gone, and answers those behind them',
    load,
    setting: USUAL,
    promised: promising({
      duplicatesAtMost: 0,
      oneModelCallEach: true,
      reconnectsAtMost: 0,
      deadLetters: count(load),
    }),
    play: ({ publisher }) => publisher.publish({ ...load, special: each({ replyTo: 'amq.gen-gone' }) }),
  };
}

type Poison = Special & { readonly code: string };

const MAX_PAYLOAD_BYTES = 1_000;
const POISON: readonly [Poison, ...Poison[]] = [
  { payload: 'x'.repeat(MAX_PAYLOAD_BYTES + 1), code: 'BRIDGE_ERR_REQUEST_TOO_LARGE' },
  { payload: 'not JSON', code: 'BRIDGE_ERR_REQUEST_INVALID' },
  { payload: '{"instances":[]}', code: 'BRIDGE_ERR_REQUEST_INVALID' },
  { contentEncoding: 'gzip', code: 'BRIDGE_ERR_REQUEST_INVALID' },
  { replyTo: 'somebody.elses.queue', code: 'BRIDGE_ERR_RESPONSE_TOPIC' },
  { anonymous: true, code: 'BRIDGE_ERR_UNANSWERABLE' },
];

export function poison(load: Load): ProviderScenario {
  const kind = (index: number) => POISON[Math.floor(index / EVERY) % POISON.length];
  const poisonous = Array.from({ length: load.messages }, (_, index) => each({})(index) && kind(index));
  return {
    name: 'poison',
    specification: 'answers each request that is none with one error, parks it, and answers those behind it as ever',
    load,
    setting: {
      ...USUAL,
      route: {
        request: { maxPayloadBytes: MAX_PAYLOAD_BYTES, schema: { properties: { instances: { minItems: 1 } } } },
      },
    },
    promised: promising({
      duplicatesAtMost: 0,
      reconnectsAtMost: 0,
      errors: countBy(poisonous.flatMap((one) => (one ? [one.code] : []))),
      deadLetters: count(load),
    }),
    play: ({ publisher }) => publisher.publish({ ...load, special: (index) => poisonous[index] }),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
