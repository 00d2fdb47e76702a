import * as z from 'zod';
import { replyBody, requestMapping } from '../payload/config';
import { AMQP_DEFAULTS as defaults } from './amqp-defaults';
import { headerNames } from './amqp-headers';
import { amqpNameProblem, BindingPattern, bindingKeyProblem, routingKeyProblem } from './amqp-names';
import { batch } from './batch';
import { BRIDGE_DEFAULTS } from './defaults';
import { grpcHeaderProblem, isGrpcUrl } from './grpc-url';
import { modelOf } from './model';
import { loginHeader } from './model-login';
import { placeholdersIn } from './topic-pattern';

const queueName = checked(amqpNameProblem);
const bindingKey = checked(bindingKeyProblem);
/** `amq.topic` is there on every broker, and what MQTT clients of RabbitMQ publish to. */
const exchangeName = checked((name) => (name === 'amq.topic' ? undefined : amqpNameProblem(name)));

function checked(problemOf: (text: string) => string | undefined) {
  return z.string().superRefine((text, context) => {
    const problem = problemOf(text);
    if (problem) context.addIssue({ code: 'custom', message: `is "${text}", but ${problem}` });
  });
}

const route = z.strictObject({
  name: z.string().min(1),
  queue: z.strictObject({
    name: queueName,
    type: z.enum(['quorum', 'classic']).default(defaults.queueType),
    exchange: exchangeName,
    bindingKeys: z.array(bindingKey).min(1),
    /** Of quorum queues: how often a request is handed out that nobody answers before it is parked. */
    deliveryLimit: z.int().min(1).max(1_000).default(defaults.deliveryLimit),
    maxLength: z.int().min(1).optional(),
  }),
  /** What words of the routing key may be, by their names; without an entry anything that can be in a URL. */
  captures: z.record(z.string(), z.array(z.string()).min(1)).default({}),
  /** Requests at a time, which is also how many the broker hands out without an acknowledgement. */
  concurrency: z.int().min(1).max(10_000).default(BRIDGE_DEFAULTS.concurrency),
  model: modelOf({ timeoutSeconds: defaults.modelTimeoutSeconds }),
  request: requestMapping.optional(),
  batch: batch.optional(),
  reply: z
    .strictObject({
      /** Where answers go whose requests do not say. */
      queue: queueName.optional(),
      exchange: exchangeName.optional(),
      routingKey: checked(routingKeyProblem).optional(),
      body: replyBody.optional(),
      /** Where requests may have their answers; * stands for any characters. */
      allowedReplyTo: z.array(z.string().min(1).max(255)).default([...defaults.allowedReplyTo]),
    })
    .superRefine(({ queue, exchange, routingKey }, context) => {
      if ((exchange === undefined) !== (routingKey === undefined)) {
        context.addIssue({ code: 'custom', message: 'has one of exchange and routingKey. Give both or neither' });
      }
      if (queue !== undefined && exchange !== undefined) {
        context.addIssue({ code: 'custom', message: 'has a queue and an exchange. Answers go to one of them' });
      }
    })
    .prefault({}),
  headers: z
    .strictObject({
      /** Headers of requests that the model is sent. */
      toModel: headerNames.optional(),
      /** Headers of requests that are in their answers too. */
      toReply: headerNames.default([...defaults.passedHeaders]),
      /** Headers of the model's answer that are in the reply. */
      fromModel: headerNames.default([]),
    })
    .prefault({}),
  retry: z
    .strictObject({
      /** Deliveries of a request, the first included. With 1 there is no delay queue. */
      attempts: z.int().min(1).max(100).default(defaults.retryAttempts),
      delaySeconds: z.int().min(1).max(86_400).default(defaults.retryDelaySeconds),
      queue: queueName.optional(),
    })
    .prefault({}),
  parking: z.strictObject({ queue: queueName.optional() }).prefault({}),
});

/** A route of a provider: a queue of requests, a model, and where its answers go. */
export const amqpRoute = route
  .superRefine((config, context) => {
    for (const { path, message } of problems(config)) context.addIssue({ code: 'custom', path, message });
  })
  .transform(({ headers, retry, parking, ...rest }) => ({
    ...rest,
    headers: { ...headers, toModel: headers.toModel ?? (rest.batch ? [] : [...defaults.passedHeaders]) },
    // Its delay is in its name, for it cannot be changed in a queue that is there.
    retry: { ...retry, queue: retry.queue ?? `${rest.queue.name}.delay-${retry.delaySeconds}s` },
    parking: { queue: parking.queue ?? `${rest.queue.name}.parked` },
  }));

export type AmqpRouteConfig = z.output<typeof amqpRoute>;

interface Problem {
  readonly path: string[];
  readonly message: string;
}

function problems({ queue, captures, model, headers, batch }: z.output<typeof route>): Problem[] {
  if (queue.bindingKeys.some(bindingKeyProblem)) return [];
  const toModel = headers.toModel ?? [];
  const names = toModel.map((name) => name.toLowerCase());
  const fixed = [...Object.keys(model.headers), ...(model.login ? [loginHeader(model.login)] : [])];
  const twice = fixed.find((name) => names.includes(name.toLowerCase()));
  const misread = isGrpcUrl(model.url) ? toModel.find((name) => grpcHeaderProblem(name)) : undefined;
  return [
    ...unknownNames(queue.bindingKeys, { url: model.url, captures }),
    ...(batch && toModel.length > 0
      ? [
          {
            path: ['headers', 'toModel'],
            message: 'has headers of requests, but in a batch there are several requests. Leave batch or toModel out',
          },
        ]
      : []),
    ...(twice === undefined
      ? []
      : [
          {
            path: ['headers', 'toModel'],
            message: `has "${twice}", which model.headers or model.login says already. Give it once`,
          },
        ]),
    ...(misread === undefined
      ? []
      : [
          {
            path: ['headers', 'toModel'],
            message: `has "${misread}", which ${grpcHeaderProblem(misread)}. Leave it out`,
          },
        ]),
  ];
}

/** A name that a binding key does not have would be filled with nothing. */
function unknownNames(
  bindingKeys: readonly string[],
  { url, captures }: { readonly url: string; readonly captures: Readonly<Record<string, string[]>> },
): Problem[] {
  const used = [
    ...placeholdersIn(url).map((name) => ({ path: ['model', 'url'], name })),
    ...Object.keys(captures).map((name) => ({ path: ['captures'], name })),
  ];
  return used.flatMap(({ path, name }) => {
    const without = bindingKeys.find((key) => !new BindingPattern(key).names.includes(name));
    if (without === undefined) return [];
    return [{ path, message: `has {${name}}, which the binding key "${without}" has not. Name a word of it so` }];
  });
}
