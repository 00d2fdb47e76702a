import type { Duration } from 'cdk8s';
import type { ComponentSpec } from '../crds/kserve';
import { knownValue } from '../known-values';
import { InferenceProtocol } from './inference-protocol';
import { refuse } from './refuse';

/** Which messages are sent on. */
export enum LoggedMessages {
  ALL = 'all',
  REQUESTS = 'request',
  RESPONSES = 'response',
}

/** Sends requests and answers, as CloudEvents, to somebody who keeps them. */
export interface PayloadLogger {
  /** @default LoggedMessages.ALL */
  readonly messages?: LoggedMessages;
  /** Where they are sent. @default - KServe's: `http://default-broker`, a broker of Knative Eventing in the namespace */
  readonly url?: string;
}

/** Collects requests, and asks the model about many instances at a time. V1 only. */
export interface RequestBatcher {
  /** Instances in one call. @default - KServe's: 32 */
  readonly maxBatchSize?: number;
  /** How long a request waits for others, in whole milliseconds. @default - KServe's: Duration.seconds(5) */
  readonly maxLatency?: Duration;
}

/** What runs beside a model. */
export interface ModelExtras {
  /** @default - nothing is sent on */
  readonly logger?: PayloadLogger;
  /** @default - each request is a call of its own */
  readonly batcher?: RequestBatcher;
}

/**
 * The fields of a component's spec.
 *
 * @throws EdgeError EDGE_ERR_VALUE for what KServe refuses, or passes over without a word
 */
export function renderExtras(at: string, { logger, batcher }: ModelExtras, protocol: InferenceProtocol): ComponentSpec {
  return {
    ...(logger && { logger: renderLogger(at, logger) }),
    ...(batcher && { batcher: renderBatcher(at, batcher, protocol) }),
  };
}

function renderLogger(at: string, { messages = LoggedMessages.ALL, url }: PayloadLogger) {
  const isUrl = url === undefined || /^https?:\/\/[^\s/]+/.test(url);
  refuse('EDGE_ERR_VALUE', isUrl ? undefined : "KServe's agent sends them by HTTP", {
    at: `${at}.logger.url`,
    value: url,
    fix: 'Begin it with http:// or https://',
  });
  return { mode: knownValue(`${at}.logger.messages`, messages, LoggedMessages), ...(url !== undefined && { url }) };
}

function renderBatcher(at: string, { maxBatchSize, maxLatency }: RequestBatcher, protocol: InferenceProtocol) {
  const passedOver = protocol === InferenceProtocol.V1 ? undefined : 'KServe batches what goes to …:predict only';
  const fix = 'Leave it out, or use InferenceProtocol.V1';
  refuse('EDGE_ERR_VALUE', passedOver, { at: `${at}.batcher`, value: `one for protocol ${protocol}`, fix });
  const milliseconds = maxLatency?.toMilliseconds();
  for (const [name, value] of Object.entries({ maxBatchSize, 'maxLatency in ms': milliseconds })) {
    const fits = value === undefined || (Number.isInteger(value) && value >= 1);
    refuse('EDGE_ERR_VALUE', fits ? undefined : 'it is a whole number from 1 on', {
      at: `${at}.batcher.${name}`,
      value,
      fix: 'Correct it',
    });
  }
  return {
    ...(maxBatchSize !== undefined && { maxBatchSize }),
    ...(milliseconds !== undefined && { maxLatency: milliseconds }),
  };
}
