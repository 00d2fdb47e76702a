import { validateHeaderName, validateHeaderValue } from 'node:http';
import * as z from 'zod';
import { BRIDGE_DEFAULTS as defaults, MAX_TIMER_SECONDS } from './defaults';
import { findRouteConflicts } from './route-conflicts';
import { topicFilterProblem, topicNameProblem } from './topics';

const topicName = z.string().superRefine((topic, context) => {
  const problem = topicNameProblem(topic);
  if (problem) context.addIssue({ code: 'custom', message: `is "${topic}", but ${problem}` });
});

const topicFilter = z.string().superRefine((filter, context) => {
  const problem = topicFilterProblem(filter);
  if (problem) context.addIssue({ code: 'custom', message: `is "${filter}", but ${problem}` });
});

const qos = z.literal([0, 1, 2]).default(defaults.qos);

function urlOf(schemes: string[], credentials: string) {
  return z.string().superRefine((value, context) => {
    const url = URL.canParse(value) ? new URL(value) : undefined;
    if (url && (url.username || url.password)) {
      context.addIssue({
        code: 'custom',
        message: `has a user name or password in it, where everybody who reads logs sees it. ${credentials}`,
      });
    } else if (!url?.hostname || !schemes.some((scheme) => value.startsWith(`${scheme}://`))) {
      context.addIssue({
        code: 'custom',
        message: `is "${value}", but must be a URL that begins with ${schemes.join('://, ')}://`,
      });
    }
  });
}

const tls = z
  .strictObject({
    caFile: z.string().optional(),
    certFile: z.string().optional(),
    keyFile: z.string().optional(),
    serverName: z.string().optional(),
  })
  .refine(
    ({ certFile, keyFile }) => !certFile === !keyFile,
    'certFile and keyFile belong together. Give both or neither',
  );

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

const route = z.strictObject({
  name: z.string().min(1),
  requestTopic: topicName,
  qos,
  concurrency: z.int().min(1).max(10_000).default(defaults.concurrency),
  model: z
    .strictObject({
      url: urlOf(['http', 'https'], 'Use model.bearerTokenFile or model.headers'),
      timeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.modelTimeoutSeconds),
      retry: z
        .strictObject({
          attempts: z.int().min(1).max(100).default(defaults.retryAttempts),
          minMs: z.int().min(1).max(600_000).default(defaults.retryMinMs),
          maxMs: z.int().min(1).max(600_000).default(defaults.retryMaxMs),
        })
        .refine(({ minMs, maxMs }) => minMs <= maxMs, 'has a minMs above its maxMs. Swap them')
        .prefault({}),
      breaker: z
        .strictObject({
          failures: z.int().min(1).default(defaults.breakerFailures),
          openSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.breakerOpenSeconds),
        })
        .prefault({}),
      maxReplyBytes: z.int().min(1).default(defaults.maxReplyBytes),
      headers: z.record(z.string(), z.string()).superRefine(refuseBadHeaders).default({}),
      // Of a route, and not of the bridge: a token goes to no host that it was not meant for.
      bearerTokenFile: z.string().min(1).optional(),
    })
    .refine(
      ({ headers, bearerTokenFile }) => bearerTokenFile === undefined || !hasAuthorization(headers),
      'has a bearerTokenFile and a header "authorization", which is what the token is sent in. Give one of them',
    ),
  reply: z.strictObject({
    topic: topicName,
    // With QoS 0 the broker would accept no answer, so no request could be acknowledged for it.
    qos: z.literal([1, 2]).default(defaults.qos),
    allowedResponseTopics: z.array(topicFilter).default([]),
  }),
  deadLetter: z.strictObject({ topic: topicName }),
});

/**
 * The bridge's one configuration file. An unknown key is an error: a misspelt option would otherwise be an option
 * left at its default without a word.
 */
export const bridgeConfigSchema = z.strictObject({
  broker,
  delivery: z
    .strictObject({
      window: z.int().min(1).max(65_535).default(defaults.window),
      drainTimeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.drainTimeoutSeconds),
    })
    .prefault({}),
  routes: z.array(route).min(1).superRefine(refuseConflicts),
  http: z
    .strictObject({
      host: z.string().default(defaults.httpHost),
      port: z.int().min(0).max(65_535).default(defaults.httpPort),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(['debug', 'info', 'warn', 'error']).default(defaults.logLevel) }).prefault({}),
});

function hasAuthorization(headers: Record<string, string>): boolean {
  return Object.keys(headers).some((name) => name.toLowerCase() === 'authorization');
}

function refuseBadHeaders(headers: Record<string, string>, context: z.RefinementCtx): void {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderName(name);
      validateHeaderValue(name, value);
    } catch {
      const message = `has the header "${name}", which HTTP does not allow. Use visible ASCII`;
      context.addIssue({ code: 'custom', message });
    }
  }
}

function refuseConflicts(routes: z.output<typeof route>[], context: z.RefinementCtx): void {
  const topics = routes.map(({ name, requestTopic, reply, deadLetter }) => ({
    name,
    requestTopic,
    replyTopic: reply.topic,
    deadLetterTopic: deadLetter.topic,
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
