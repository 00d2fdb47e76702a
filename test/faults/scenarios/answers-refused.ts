import { ANSWER_TOPIC, DEAD_LETTER_TOPIC, OWN_ANSWER_TOPIC, REQUEST_TOPIC } from '../messages';
import type { Load, Special } from '../publisher';
import type { Scenario } from '../scenario';
import { BRIDGE_USER } from '../stage';
import { HARNESS } from '../test-client';
import { USUAL } from './usual';

const EVERY = 5;

/** How many of the requests are the fifth, tenth and so on. */
const count = (load: Load) => Math.floor(load.messages / EVERY);
const each = (special: Special) => (index: number) => (index % EVERY === EVERY - 1 ? special : undefined);

export function oversizeReply(load: Load): Scenario {
  const maxPacketBytes = 2_000;
  return {
    name: 'reply larger than a packet',
    specification: 'answers with an error when the broker would end the connection over the answer',
    load,
    setting: { ...USUAL, broker: { maxPacketBytes } },
    promised: {
      duplicatesAtMost: 0,
      oneModelCallEach: true,
      reconnectsAtMost: 0,
      errors: { BRIDGE_ERR_REPLY_TOO_LARGE: count(load) },
    },
    play: ({ publisher }) => publisher.publish({ ...load, special: each({ answerBytes: 2 * maxPacketBytes }) }),
  };
}

/** Whom it cannot answer, nobody hears of: the dead letter is where the request ends. */
export function replyDenied(load: Load): Scenario {
  return {
    name: 'reply denied by ACL',
    specification: 'puts aside requests whose answers the broker does not take, and answers those behind them',
    load,
    setting: {
      ...USUAL,
      broker: {
        acl: [
          `user ${HARNESS.username}`,
          'topic readwrite #',
          `user ${BRIDGE_USER}`,
          `topic read ${REQUEST_TOPIC}`,
          `topic write ${ANSWER_TOPIC}`,
          `topic write ${DEAD_LETTER_TOPIC}`,
        ],
      },
    },
    promised: { duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0, deadLetters: count(load) },
    play: ({ publisher }) => publisher.publish({ ...load, special: each({ responseTopic: OWN_ANSWER_TOPIC }) }),
  };
}

type Poison = Special & { readonly code: string };

const MAX_PAYLOAD_BYTES = 1_000;
const POISON: readonly [Poison, ...Poison[]] = [
  { payload: 'x'.repeat(MAX_PAYLOAD_BYTES + 1), code: 'BRIDGE_ERR_REQUEST_TOO_LARGE' },
  { payload: 'not JSON', code: 'BRIDGE_ERR_REQUEST_INVALID' },
  { payload: '{"instances":[]}', code: 'BRIDGE_ERR_REQUEST_INVALID' },
  { responseTopic: REQUEST_TOPIC, code: 'BRIDGE_ERR_RESPONSE_TOPIC' },
  { responseTopic: '$SYS/broker/uptime', code: 'BRIDGE_ERR_RESPONSE_TOPIC' },
];

export function poison(load: Load): Scenario {
  const kind = (index: number) => POISON[Math.floor(index / EVERY) % POISON.length];
  const poisonous = Array.from({ length: load.messages }, (_, index) => each({})(index) && kind(index));
  return {
    name: 'poison',
    specification: 'answers each request that is none with one error, and those behind it as ever',
    load,
    setting: {
      ...USUAL,
      config: {
        request: { maxPayloadBytes: MAX_PAYLOAD_BYTES, schema: { properties: { instances: { minItems: 1 } } } },
      },
    },
    promised: {
      duplicatesAtMost: 0,
      reconnectsAtMost: 0,
      errors: countBy(poisonous.flatMap((one) => (one ? [one.code] : []))),
    },
    play: ({ publisher }) => publisher.publish({ ...load, special: (index) => poisonous[index] }),
  };
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}
