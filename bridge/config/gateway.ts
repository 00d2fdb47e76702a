import * as z from 'zod';
import { amqpConnection } from './amqp-connection';
import { MAX_TIMER_SECONDS } from './defaults';
import { GATEWAY_DEFAULTS as defaults } from './gateway-defaults';
import { gatewayRoute } from './gateway-route';
import { checkedBy, readConfigFile } from './load';
import { operations } from './operations';
import { passedHeaders } from './passed-headers';
import { pathShape } from './path-pattern';
import { brokerPartSchema } from './schema';
import { sampleOf } from './topic-pattern';
import { topicNameProblem } from './topics';
import { urlOf } from './url';

/** The largest message that RabbitMQ takes where nobody raised its limit, 16 MiB since 4.0. */
const MAX_BODY_BYTES = 16 * 1024 * 1024;

const tls = z.strictObject({
  certFile: z.string().min(1),
  keyFile: z.string().min(1),
  /** Who signs the certificates of requesters. With it, nobody gets in without one. */
  clientCaFile: z.string().min(1).optional(),
});

const results = z.strictObject({
  ttlSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.resultTtlSeconds),
  maxResults: z.int().min(1).max(1_000_000).default(defaults.maxResults),
  maxBytes: z.int().min(1).default(defaults.maxResultBytes),
  /** Where this very replica is reached, `https://{hostname}.gateway.example.com`. */
  baseUrl: z
    .string()
    .superRefine((value, context) => {
      const { error } = urlOf(['http', 'https'], 'Leave them out').safeParse(sampleOf(value));
      for (const { message } of error?.issues ?? []) context.addIssue({ code: 'custom', message });
      const unknown = /\{(?!hostname\})[^}]*\}?/.exec(value)?.[0];
      if (unknown) context.addIssue({ code: 'custom', message: `has ${unknown}, but knows {hostname} only` });
    })
    .optional(),
});

const gateway = z.strictObject({
  host: z.string().default(defaults.host),
  port: z.int().min(0).max(65_535).default(defaults.port),
  tls: tls.optional(),
  maxBodyBytes: z.int().min(1).max(MAX_BODY_BYTES).default(defaults.maxBodyBytes),
  maxHeaderBytes: z
    .int()
    .min(1_024)
    .max(1024 * 1024)
    .default(defaults.maxHeaderBytes),
  maxHeaders: z.int().min(10).max(2_000).default(defaults.maxHeaders),
  maxInFlight: z.int().min(1).max(100_000).default(defaults.maxInFlight),
  maxInFlightBytes: z.int().min(1).default(defaults.maxInFlightBytes),
  maxConnections: z.int().min(1).max(1_000_000).default(defaults.maxConnections),
  /** How long a connection is kept for a next request. Longer than whatever is in front keeps it. */
  keepAliveTimeoutSeconds: z.number().positive().max(3_600).default(defaults.keepAliveTimeoutSeconds),
  receiveTimeoutSeconds: z.number().positive().max(3_600).default(defaults.receiveTimeoutSeconds),
  confirmTimeoutSeconds: z.number().positive().max(600).default(defaults.confirmTimeoutSeconds),
  /** Headers that go on besides RqUID, traceparent and tracestate. */
  headers: z.strictObject({ request: passedHeaders.default([]), answer: passedHeaders.default([]) }).prefault({}),
  /** Topic for answers to this gateway, in which `{clientId}` is that of the replica. */
  answerTopic: z
    .string()
    .superRefine((topic, context) => {
      const problem = topicNameProblem(sampleOf(topic));
      if (problem) context.addIssue({ code: 'custom', message: `is "${topic}", but ${problem}` });
      else if (!topic.split('/').includes('{clientId}')) {
        const message = `is "${topic}", but each replica needs one of its own. Make {clientId} a level of it`;
        context.addIssue({ code: 'custom', message });
      }
    })
    .default('gateway/{clientId}/answers'),
  results: results.prefault({}),
  drain: z
    .strictObject({
      delaySeconds: z.number().min(0).max(600).default(defaults.drainDelaySeconds),
      timeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.drainTimeoutSeconds),
    })
    .prefault({}),
  /** A line in the log for each request. Without it there is still one for each that is answered with 5xx. */
  accessLog: z.boolean().default(defaults.accessLog),
  routes: z.array(gatewayRoute).min(1),
});

/** The gateway's one configuration file. */
const gatewayConfigSchema = z
  .strictObject({
    gateway,
    amqp: amqpConnection.optional(),
    broker: brokerPartSchema.shape.broker.optional(),
    ...operations,
  })
  .superRefine(refuseContradictions);

interface Config {
  readonly gateway: z.output<typeof gateway>;
  readonly amqp?: unknown;
  readonly broker?: { readonly protocolVersion: number } | undefined;
}

/** A configuration with every default filled in: what the gateway runs on. */
export type GatewayConfig = z.output<typeof gatewayConfigSchema>;
/** A configuration as written. */
export type GatewayConfigInput = z.input<typeof gatewayConfigSchema>;

/**
 * Checks a configuration and fills in the defaults.
 *
 * @param source what to call the configuration in the message
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem in one message
 */
export function parseGatewayConfig(value: unknown, source = 'configuration'): GatewayConfig {
  return checkedBy(gatewayConfigSchema, value, 'gateway', source);
}

/**
 * Reads the configuration file (YAML, of which JSON is a part).
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG, with every problem of the file in one message
 */
export function loadGatewayConfig(file: string): GatewayConfig {
  return parseGatewayConfig(readConfigFile(file, 'gateway'), file);
}

function refuseContradictions(config: Config, context: z.RefinementCtx): void {
  const { gateway, amqp, broker } = config;
  const refuse = (path: (string | number)[], message: string) => context.addIssue({ code: 'custom', path, message });
  const { routes, maxBodyBytes, maxInFlightBytes } = gateway;
  const ways = [
    ['amqp', amqp, routes.find(({ amqp }) => amqp)],
    ['broker', broker, routes.find(({ mqtt }) => mqtt)],
  ] as const;
  for (const [key, connection, user] of ways) {
    if (user && !connection) refuse([], `needs ${key}: route "${user.name}" goes there. Say where the broker is`);
    if (connection && !user) refuse([key], 'leads to a broker, but no route goes there. Leave it out');
  }
  if (broker && broker.protocolVersion !== 5) {
    refuse(['broker', 'protocolVersion'], 'is 4, but only in MQTT 5 an answer says which request it is for. Use 5');
  }
  if (maxInFlightBytes < maxBodyBytes) {
    refuse(['gateway', 'maxInFlightBytes'], `is ${maxInFlightBytes}, but one body may have ${maxBodyBytes}. Raise it`);
  }
  for (const [i, { name, path }] of routes.entries()) {
    const before = routes.slice(0, i);
    if (before.some((other) => other.name === name)) {
      refuse(['gateway', 'routes', i, 'name'], `is "${name}", but another route is called so. Rename one`);
    }
    const rival = before.find((other) => pathShape(other.path) === pathShape(path));
    if (rival) {
      const message = `is "${path}", but route "${rival.name}" takes the same requests. Change one of them`;
      refuse(['gateway', 'routes', i, 'path'], message);
    }
  }
}
