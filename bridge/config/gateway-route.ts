import * as z from 'zod';
import { replyBody, requestMapping } from '../payload/config';
import { AMQP_DEFAULTS } from './amqp-defaults';
import { amqpNameProblem, bindingKeyProblem, routingKeyProblem } from './amqp-names';
import { batch } from './batch';
import { BRIDGE_DEFAULTS, MAX_TIMER_SECONDS } from './defaults';
import { GATEWAY_DEFAULTS as defaults } from './gateway-defaults';
import { modelOf } from './model';
import { pathProblem } from './path-pattern';
import { placeholdersIn, sampleOf } from './topic-pattern';
import { topicNameProblem } from './topics';

const seconds = z.number().positive().max(MAX_TIMER_SECONDS);

const path = checkedText(pathProblem);
const topicTemplate = checkedText((text) => topicNameProblem(sampleOf(text)));
const keyTemplate = checkedText((text) => routingKeyProblem(sampleOf(text)));
const exchange = checkedText((name) => (name === 'amq.topic' ? undefined : amqpNameProblem(name)));
const mediaType = z
  .string()
  .regex(/^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/, 'A content type is two words in lower case, without parameters');

/** Through RabbitMQ, to whoever answers messages with this routing key. */
const amqp = z.strictObject({
  exchange,
  /** Fixed, or with names of the path. Left out, each request says it in the header `routing-key`. */
  routingKey: keyTemplate.optional(),
  /** What that header may say, written like binding keys. Without it, whatever the exchange has a queue for. */
  routingKeys: z.array(checkedText(bindingPatternProblem)).min(1).optional(),
  /** Of the provider; the gateway waits longer than that. */
  modelTimeoutSeconds: seconds.default(AMQP_DEFAULTS.modelTimeoutSeconds),
});

/** Through an MQTT broker, to the bridge that is subscribed to this topic. */
const mqtt = z.strictObject({
  requestTopic: topicTemplate,
  /** Of the bridge; the gateway waits longer than that. */
  modelTimeoutSeconds: seconds.default(BRIDGE_DEFAULTS.modelTimeoutSeconds),
});

/** To the model itself. */
const direct = z.strictObject({
  concurrency: z.int().min(1).max(10_000).default(BRIDGE_DEFAULTS.concurrency),
  model: modelOf({ timeoutSeconds: BRIDGE_DEFAULTS.modelTimeoutSeconds }),
  request: requestMapping.optional(),
  batch: batch.optional(),
  reply: z.strictObject({ body: replyBody.optional() }).prefault({}),
});

/** Where requests to one path go. */
export const gatewayRoute = z
  .strictObject({
    name: z.string().min(1),
    path,
    /** What the names in the path may be; without an entry anything that a Kubernetes object may be called. */
    captures: z.record(z.string(), z.array(z.string()).min(1)).default({}),
    /** What a body in JSON has to be. */
    json: z.enum(['object', 'any']).default('object'),
    contentTypes: z
      .array(mediaType)
      .min(1)
      .default([...defaults.contentTypes]),
    /** For a request in all. By default the model's time and 5 s for the way. */
    timeoutSeconds: seconds.optional(),
    amqp: amqp.optional(),
    mqtt: mqtt.optional(),
    direct: direct.optional(),
  })
  .superRefine(refuseContradictions)
  .transform((route) => ({
    ...route,
    timeoutSeconds: route.timeoutSeconds ?? Math.min(leastTimeout(route), MAX_TIMER_SECONDS),
  }));

export type GatewayRouteConfig = z.output<typeof gatewayRoute>;
export type DirectConfig = z.output<typeof direct>;

interface Destinations {
  readonly amqp?:
    | {
        readonly routingKey?: string | undefined;
        readonly routingKeys?: readonly string[] | undefined;
        readonly modelTimeoutSeconds: number;
      }
    | undefined;
  readonly mqtt?: { readonly requestTopic: string; readonly modelTimeoutSeconds: number } | undefined;
  readonly direct?: { readonly model: { readonly url: string; readonly timeoutSeconds: number } } | undefined;
}

interface Route extends Destinations {
  readonly path: string;
  readonly captures: Record<string, string[]>;
  readonly timeoutSeconds?: number | undefined;
}

/** What the gateway has to wait, so that it is not the first to give up. */
function leastTimeout({ amqp, mqtt, direct }: Destinations): number {
  const model = amqp?.modelTimeoutSeconds ?? mqtt?.modelTimeoutSeconds ?? direct?.model.timeoutSeconds ?? 0;
  return model + defaults.marginSeconds;
}

function refuseContradictions(route: Route, context: z.RefinementCtx): void {
  const { path, captures, amqp, mqtt, direct, timeoutSeconds } = route;
  const refuse = (where: string[], message: string) => context.addIssue({ code: 'custom', path: where, message });
  const ways = [amqp, mqtt, direct].filter((way) => way !== undefined).length;
  if (ways !== 1) refuse([], 'needs one way to go. Give one of amqp, mqtt and direct');
  const least = leastTimeout(route);
  if (timeoutSeconds !== undefined && timeoutSeconds < least) {
    const model = least - defaults.marginSeconds;
    const rule = `the model has ${model} s, and its answer would come when nobody waits any more`;
    refuse(['timeoutSeconds'], `is ${timeoutSeconds}, but ${rule}. Give it ${least} s or more, or the model less`);
  }
  if (amqp?.routingKey !== undefined && amqp.routingKeys) {
    const rule = `requests choose none: all have the routingKey "${amqp.routingKey}". Give one of the two`;
    refuse(['amqp', 'routingKeys'], `says what requests may choose, but ${rule}`);
  }
  const known = placeholdersIn(path);
  const texts: [where: string[], text: string][] = [
    [['amqp', 'routingKey'], amqp?.routingKey ?? ''],
    [['mqtt', 'requestTopic'], mqtt?.requestTopic ?? ''],
    [['direct', 'model', 'url'], direct?.model.url ?? ''],
    [['captures'], names(Object.keys(captures)).join('')],
  ];
  for (const [where, text] of texts) {
    const unknown = placeholdersIn(text).find((name) => !known.includes(name));
    if (unknown === undefined) continue;
    refuse(
      where,
      `has {${unknown}}, but the path "${path}" has ${names(known).join(', ') || 'no names'}. Use one of them`,
    );
  }
}

function bindingPatternProblem(key: string): string | undefined {
  if (/[{}]/.test(key)) return 'words have no names here. Use *';
  return bindingKeyProblem(key);
}

function names(list: readonly string[]): string[] {
  return list.map((name) => `{${name}}`);
}

function checkedText(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem) context.addIssue({ code: 'custom', message: `is "${text}", but ${problem}` });
  });
}
