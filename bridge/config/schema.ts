import * as z from 'zod';
import { replyBody, requestMapping } from '../payload/config';
import { batch } from './batch';
import { BRIDGE_DEFAULTS as defaults, MAX_TIMER_SECONDS } from './defaults';
import { modelOf } from './model';
import { operations } from './operations';
import { findRouteConflicts } from './route-conflicts';
import { tls } from './tls';
import { filterOf, placeholdersIn, sampleOf, TopicPattern, topicPatternProblem } from './topic-pattern';
import { topicFilterProblem, topicNameProblem } from './topics';
import { urlOf } from './url';

const topicPattern = z.string().superRefine((topic, context) => {
  const problem = topicPatternProblem(topic);
  if (problem) context.addIssue({ code: 'custom', message: `is "${topic}", but ${problem}` });
});

/** A topic, or what becomes one when the names in it are replaced by what a request's topic has there. */
const topicTemplate = z.string().superRefine((topic, context) => {
  const problem = topicNameProblem(sampleOf(topic));
  if (problem) context.addIssue({ code: 'custom', message: `is "${topic}", but ${problem}` });
});

const topicFilter = z.string().superRefine((filter, context) => {
  const problem = topicFilterProblem(filter);
  if (problem) context.addIssue({ code: 'custom', message: `is "${filter}", but ${problem}` });
});

const qos = z.literal([0, 1, 2]).default(defaults.qos);

const broker = z
  .strictObject({
    url: urlOf(['mqtt', 'mqtts', 'ws', 'wss'], 'Use broker.username and broker.passwordFile'),
    clientId: z.string().min(1).max(128),
    protocolVersion: z.literal([4, 5]).default(defaults.protocolVersion),
    username: z.string().min(1).optional(),
    passwordFile: z.string().min(1).optional(),
    maxPacketBytes: z.int().min(128).optional(),
    // No default: some brokers end the connection of a client that asks for what it may not read.
    droppedMessagesTopic: topicFilter
      .refine((topic) => !/[+#]/.test(topic), 'is one topic, without + and #')
      .optional(),
    keepaliveSeconds: z.int().min(2).max(65_535).default(defaults.keepaliveSeconds),
    connectTimeoutSeconds: z.int().min(1).max(600).default(defaults.connectTimeoutSeconds),
    watchdogSeconds: z.int().min(5).max(86_400).default(defaults.watchdogSeconds),
    sessionExpirySeconds: z.int().min(60).max(4_294_967_295).default(defaults.sessionExpirySeconds),
    reconnect: z
      .strictObject({
        minMs: z.int().min(10).default(defaults.reconnectMinMs),
        maxMs: z.int().min(10).max(600_000).default(defaults.reconnectMaxMs),
      })
      .prefault({}),
    tls: tls.optional(),
  })
  .refine(
    ({ username, passwordFile }) => passwordFile === undefined || username !== undefined,
    'has a passwordFile and no username. Give both or neither',
  );

const route = z
  .strictObject({
    name: z.string().min(1),
    requestTopic: topicPattern,
    /** Several bridges of one group share the requests between them. */
    share: z
      .string()
      .regex(/^[^/+#\s]+$/, 'A group has no /, +, # and blanks in its name')
      .optional(),
    qos,
    retained: z.enum(['ignore', 'process']).default(defaults.retained),
    ordering: z
      .union([z.enum(['none', 'topic']), z.strictObject({ userProperty: z.string().min(1) })])
      .default(defaults.ordering),
    /** What levels of the request topic may be, by their names; without an entry anything that can be in a URL. */
    captures: z.record(z.string(), z.array(z.string()).min(1)).default({}),
    concurrency: z.int().min(1).max(10_000).default(defaults.concurrency),
    model: modelOf({ timeoutSeconds: defaults.modelTimeoutSeconds }),
    request: requestMapping.optional(),
    batch: batch.optional(),
    reply: z.strictObject({
      topic: topicTemplate,
      body: replyBody.optional(),
      // With QoS 0 the broker would accept no answer, so no request could be acknowledged for it.
      qos: z.literal([1, 2]).default(defaults.qos),
      allowedResponseTopics: z.array(topicFilter).default([]),
      /** User properties of a request that its reply gets too. */
      userProperties: z.array(z.string().min(1)).default([]),
    }),
    deadLetter: z.strictObject({ topic: topicTemplate }),
  })
  .superRefine(refuseUnknownNames)
  .superRefine(refuseSharedOrder);

/** The part of a configuration that says where the broker is. */
export const brokerPartSchema = z.strictObject({ broker });

/**
 * The bridge's one configuration file. An unknown key is an error: a misspelt option would otherwise be an option
 * left at its default without a word.
 */
export const bridgeConfigSchema = z
  .strictObject({
    broker,
    delivery: z
      .strictObject({
        window: z.int().min(1).max(65_535).default(defaults.window),
        windowBytes: z.int().min(1).default(defaults.windowBytes),
        onStop: z.enum(['keep', 'retire']).default(defaults.onStop),
        drainTimeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.drainTimeoutSeconds),
      })
      .prefault({}),
    routes: z.array(route).min(1).superRefine(refuseConflicts),
    ...operations,
  })
  .superRefine(refuseLossOnStop);

/** Others of the group answer what comes before and after, each in their own time. */
function refuseSharedOrder(
  { share, ordering }: { share?: string | undefined; ordering: unknown },
  context: z.RefinementCtx,
) {
  if (share === undefined || ordering === 'none') return;
  const message = `has ordering and share, but nobody keeps the order among the bridges of a group. Leave one of them out`;
  context.addIssue({ code: 'custom', message });
}

interface NamedLevels {
  readonly requestTopic: string;
  readonly captures: Record<string, string[]>;
  readonly model: { readonly url: string };
  readonly reply: { readonly topic: string };
  readonly deadLetter: { readonly topic: string };
}

/** A name that the request topic does not have would be filled with nothing. */
function refuseUnknownNames(route: NamedLevels, context: z.RefinementCtx): void {
  if (topicPatternProblem(route.requestTopic)) return;
  const pattern = new TopicPattern(route.requestTopic);
  const known = pattern.names.map((name) => `{${name}}`).join(', ') || 'no names';
  const texts: [path: string[], text: string][] = [
    [['model', 'url'], route.model.url],
    [['reply', 'topic'], route.reply.topic],
    [['deadLetter', 'topic'], route.deadLetter.topic],
    [
      ['captures'],
      Object.keys(route.captures)
        .map((name) => `{${name}}`)
        .join(''),
    ],
  ];
  for (const [path, text] of texts) {
    const unknown = placeholdersIn(text).find((name) => !pattern.names.includes(name));
    if (unknown !== undefined) {
      const message = `has {${unknown}}, but the request topic "${route.requestTopic}" has ${known}. Use one of them`;
      context.addIssue({ code: 'custom', path, message });
    }
  }
  for (const [path, text] of texts.slice(1, 3)) {
    const [first = ''] = text.split('/');
    const [name] = placeholdersIn(first);
    if (name === undefined || pattern.beginsWith(name)) continue;
    // Elsewhere a level may begin with $, and at the beginning that would be a topic of the broker.
    const message = `begins with {${name}}, which is not the first level of the request topic. Begin with a fixed level`;
    context.addIssue({ code: 'custom', path, message });
  }
}

interface Leaving {
  readonly broker: { readonly protocolVersion: number };
  readonly delivery: { readonly onStop: string };
  readonly routes: readonly { readonly name: string; readonly share?: string | undefined }[];
}

/** Whoever retires takes no more requests; there must be others who do, and MQTT 5 to end the session with. */
function refuseLossOnStop({ broker, delivery, routes }: Leaving, context: z.RefinementCtx): void {
  if (delivery.onStop !== 'retire') return;
  const path = ['delivery', 'onStop'];
  const alone = routes.find(({ share }) => share === undefined);
  if (alone) {
    const message = `is "retire", but route "${alone.name}" has no share: its requests would be lost while no bridge runs`;
    context.addIssue({ code: 'custom', path, message });
  }
  if (broker.protocolVersion !== 5) {
    const message = 'is "retire", but only MQTT 5 can end a session. Use broker.protocolVersion 5';
    context.addIssue({ code: 'custom', path, message });
  }
}

/** What is no topic is reported as such, and nothing more can be said of it. */
function hasTopics({ requestTopic, reply, deadLetter }: z.output<typeof route>): boolean {
  const answers = [reply.topic, deadLetter.topic];
  return !topicPatternProblem(requestTopic) && answers.every((topic) => !topicNameProblem(sampleOf(topic)));
}

function refuseConflicts(routes: z.output<typeof route>[], context: z.RefinementCtx): void {
  const topics = routes.filter(hasTopics).map(({ name, requestTopic, reply, deadLetter }) => ({
    name,
    requestTopic: filterOf(requestTopic),
    replyTopic: filterOf(reply.topic),
    deadLetterTopic: filterOf(deadLetter.topic),
    allowedResponseTopics: reply.allowedResponseTopics,
  }));
  for (const { message } of findRouteConflicts(topics)) context.addIssue({ code: 'custom', message });
}

/** A configuration with every default filled in: what the bridge runs on. */
export type BridgeConfig = z.output<typeof bridgeConfigSchema>;
/** A configuration as written: what a file, or the construct library, says. */
export type BridgeConfigInput = z.input<typeof bridgeConfigSchema>;
export type RouteConfig = BridgeConfig['routes'][number];
export type BrokerConfig = BridgeConfig['broker'];
