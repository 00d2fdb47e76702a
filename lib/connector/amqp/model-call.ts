import type { Duration } from 'cdk8s';
import type { ProviderConfigInput } from '../../../bridge/config/provider';
import { EdgeError } from '../../errors';
import type { ReplyMapping } from '../payload/reply-mapping';
import type { RequestMapping } from '../payload/request-mapping';
import { batchConfig, breakerConfig, retryConfig, seconds } from '../route-config';
import type { RouteBatchOptions, RouteBreakerOptions, RouteRetryOptions } from '../route-options';
import type { ModelEndpoint } from './model-endpoint';

type RouteConfig = ProviderConfigInput['routes'][number];

/** How a model is asked. */
export interface ModelCallOptions {
  /** What answers. */
  readonly model: ModelEndpoint;
  /**
   * How long the model has, over all calls for a request.
   *
   * @default - the timeout of a model on KServe; of anything else 5 minutes
   */
  readonly timeout?: Duration;
  /** Calls to the model at a time, by each pod. @default 64 */
  readonly concurrency?: number;
  /** What the model is sent for a request. @default - the body, unread */
  readonly request?: RequestMapping;
  /** What of the model's answer becomes the reply. @default - all of it, unread */
  readonly replyBody?: ReplyMapping;
  /** Requests that share a call. @default - each has a call of its own */
  readonly batch?: RouteBatchOptions;
  /** Calls for one delivery of a request. @default - up to three */
  readonly modelRetry?: RouteRetryOptions;
  /** @default - after 20 failures in a row, for 2 s */
  readonly breaker?: RouteBreakerOptions;
  /** Sent with each call to the model. Everybody who reads the ConfigMap sees them. @default - none */
  readonly modelHeaders?: Record<string, string>;
  /** A larger answer becomes an error. @default 16777216 */
  readonly maxReplyBytes?: number;
}

/** What `ModelCallOptions` come to in a configuration. What was left out is left to the program. */
export interface ModelCallConfig extends Pick<RouteConfig, 'concurrency' | 'request' | 'batch' | 'model'> {
  readonly body: ReturnType<ReplyMapping['_config']> | undefined;
}

/**
 * @param at whose options they are, for messages
 * @throws EdgeError EDGE_ERR_TIMEOUT for less time than the model takes
 */
export function timeoutSeconds(at: string, { timeout, model }: ModelCallOptions): number {
  const usual = model._timeoutSeconds();
  if (timeout === undefined) return usual;
  const given = seconds(timeout);
  if (model.model === undefined || given >= usual) return given;
  throw new EdgeError('EDGE_ERR_TIMEOUT', {
    at: `timeout of ${at}`,
    value: `${given} s`,
    rule: `model ${model.model.namespace}/${model.model.name} may take ${usual} s, and its answer would come to nobody`,
    fix: "Raise it, or lower the model's timeout",
  });
}

export function modelCallConfig(options: ModelCallOptions, timeoutSeconds: number): ModelCallConfig {
  return {
    concurrency: options.concurrency,
    model: {
      url: options.model.url,
      timeoutSeconds,
      retry: options.modelRetry && retryConfig(options.modelRetry),
      breaker: options.breaker && breakerConfig(options.breaker),
      maxReplyBytes: options.maxReplyBytes,
      headers: options.modelHeaders && { ...options.modelHeaders },
    },
    request: options.request?._config(),
    batch: options.batch && batchConfig(options.batch),
    body: options.replyBody?._config(),
  };
}
