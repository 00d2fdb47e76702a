import * as z from 'zod';
import { findAmqpConflicts } from './amqp-conflicts';
import { amqpConnection } from './amqp-connection';
import { CONSUMER_TIMEOUT_MARGIN_SECONDS, AMQP_DEFAULTS as defaults } from './amqp-defaults';
import { amqpRoute } from './amqp-route';
import { MAX_TIMER_SECONDS } from './defaults';
import { operations } from './operations';

/** The part of a configuration that says where RabbitMQ is. */
export const amqpPartSchema = z.strictObject({ amqp: amqpConnection });

/** The configuration file of a provider: a bridge that takes requests from RabbitMQ. */
export const providerConfigSchema = z
  .strictObject({
    amqp: amqpConnection,
    delivery: z
      .strictObject({
        drainTimeoutSeconds: z.number().positive().max(MAX_TIMER_SECONDS).default(defaults.drainTimeoutSeconds),
      })
      .prefault({}),
    routes: z
      .array(amqpRoute)
      .min(1)
      .superRefine((routes, context) => {
        for (const message of findAmqpConflicts(routes.filter(isChecked)))
          context.addIssue({ code: 'custom', message });
      }),
    ...operations,
  })
  .superRefine(({ amqp, routes }, context) => {
    // The broker would take the request away from under the call, and hand it to the next provider.
    const most = amqp.consumerTimeoutSeconds - CONSUMER_TIMEOUT_MARGIN_SECONDS;
    for (const [i, { model }] of routes.entries()) {
      if (model.timeoutSeconds <= most) continue;
      const message = `is ${model.timeoutSeconds}, but the broker waits ${amqp.consumerTimeoutSeconds} s for an acknowledgement (amqp.consumerTimeoutSeconds). Leave ${CONSUMER_TIMEOUT_MARGIN_SECONDS} s between them`;
      context.addIssue({ code: 'custom', path: ['routes', i, 'model', 'timeoutSeconds'], message });
    }
  });

/** What is no route is reported as such, and nothing more can be said of it. */
function isChecked({
  retry,
  parking,
}: {
  readonly retry?: Partial<Named>;
  readonly parking?: Partial<Named>;
}): boolean {
  return retry?.queue !== undefined && parking?.queue !== undefined;
}

interface Named {
  readonly queue: string;
}

/** A configuration with every default filled in: what a provider runs on. */
export type ProviderConfig = z.output<typeof providerConfigSchema>;
/** A configuration as written. */
export type ProviderConfigInput = z.input<typeof providerConfigSchema>;
