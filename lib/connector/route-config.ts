import type { Duration } from 'cdk8s';
import type { BridgeConfigInput } from '../../bridge/config';
import type { InferenceModel } from '../serving/inference-model';
import type { BridgeRouteOptions, RouteBatchOptions, RouteBreakerOptions, RouteRetryOptions } from './route-options';

export type RouteConfig = BridgeConfigInput['routes'][number];

/** What a route is when its defaults are filled in. */
interface ConfiguredRoute {
  readonly name: string;
  readonly model: InferenceModel;
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  readonly allowedResponseTopics: string[];
  readonly timeout: Duration;
}

/** A route as the bridge reads it. What was left out is left to the bridge. */
export function routeConfig(route: ConfiguredRoute, options: BridgeRouteOptions): RouteConfig {
  return {
    name: route.name,
    requestTopic: route.requestTopic,
    qos: options.requestQos,
    retained: options.retained,
    ordering: options.ordering?._config(),
    concurrency: options.concurrency,
    model: {
      url: route.model.predictUrl,
      timeoutSeconds: seconds(route.timeout),
      retry: options.retry && retryConfig(options.retry),
      breaker: options.breaker && breakerConfig(options.breaker),
      maxReplyBytes: options.maxReplyBytes,
      headers: options.headers && { ...options.headers },
    },
    request: options.request?._config(),
    batch: options.batch && batchConfig(options.batch),
    reply: {
      topic: route.replyTopic,
      body: options.replyBody?._config(),
      // The bridge refuses 0 itself, with its reason.
      qos: options.replyQos as 1 | 2 | undefined,
      allowedResponseTopics: route.allowedResponseTopics,
      userProperties: options.replyUserProperties && [...options.replyUserProperties],
    },
    deadLetter: { topic: route.deadLetterTopic },
  };
}

export function retryConfig({ attempts, minDelay, maxDelay }: RouteRetryOptions): RouteConfig['model']['retry'] {
  return { attempts, minMs: minDelay?.toMilliseconds(), maxMs: maxDelay?.toMilliseconds() };
}

export function breakerConfig({ failures, openFor }: RouteBreakerOptions): RouteConfig['model']['breaker'] {
  return { failures, openSeconds: openFor && seconds(openFor) };
}

export function batchConfig({ maxItems, maxDelay, maxBytes }: RouteBatchOptions): RouteConfig['batch'] {
  return { maxItems, maxDelayMs: maxDelay?.toMilliseconds(), maxBytes };
}

export function seconds(duration: Duration): number {
  return duration.toMilliseconds() / 1000;
}
