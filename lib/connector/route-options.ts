import type { Duration } from 'cdk8s';
import type { IMqttUser } from '../broker/mqtt-broker';
import type { InferenceModel } from '../serving/inference-model';
import type { ReplyMapping } from './payload/reply-mapping';
import type { RequestMapping } from './payload/request-mapping';
import type { RouteOrdering } from './route-ordering';

/** What a route is, whoever carries its messages. */
export interface RouteOptions {
  /** What metrics and logs call the route; needed for a second route to one model. @default '<namespace>/<model>' */
  readonly name?: string;
  /** The model that answers. */
  readonly model: InferenceModel;
  /** The broker's users who may send requests and receive the answers; at least one. */
  readonly clients: IMqttUser[];
  /** Where clients publish requests. @default '<namespace>/<model>/input' */
  readonly requestTopic?: string;
  /**
   * Where answers go that name no response topic. A client may also ask for `<replyTopic>/<its user name>`, which no
   * other client can read.
   *
   * @default '<namespace>/<model>/output'
   */
  readonly replyTopic?: string;
  /** Where requests go that got no prediction, with the reason. @default '<namespace>/<model>/dead-letter' */
  readonly deadLetterTopic?: string;
  /**
   * How long the bridge waits for the model.
   *
   * @default - the model's own timeout
   */
  readonly timeout?: Duration;
  /** Calls to the model at a time. @default 64 */
  readonly concurrency?: number;
}

/** How sure MQTT makes of a delivery. */
export enum MqttQos {
  /** What is lost on the way is lost. */
  AT_MOST_ONCE = 0,
  AT_LEAST_ONCE = 1,
  /** Between broker and bridge; what is asked of the model is still asked at least once. */
  EXACTLY_ONCE = 2,
}

/** What becomes of requests that were published as retained messages. */
export enum RetainedRequests {
  /** They are acknowledged without an answer: the broker delivers them again to every new session. */
  IGNORE = 'ignore',
  /** They are answered, once for each new session of the bridge. */
  PROCESS = 'process',
}

/** How often, and when, a model is asked again that may work later. */
export interface RouteRetryOptions {
  /** Calls for one request, from 1 to 100; 1 asks once. @default 3 */
  readonly attempts?: number;
  /** The upper end of the random wait before the second call; it doubles with each call. @default Duration.millis(200) */
  readonly minDelay?: Duration;
  /** The longest of these waits. @default Duration.seconds(5) */
  readonly maxDelay?: Duration;
}

/** When a model is left alone that keeps failing. */
export interface RouteBreakerOptions {
  /** Failures in a row. @default 20 */
  readonly failures?: number;
  /** How long no call is made, before one finds out. @default Duration.seconds(2) */
  readonly openFor?: Duration;
}

/** How requests share a call to the model. */
export interface RouteBatchOptions {
  /** Instances, or rows of tensors, in a call: from 2 to 10000. @default 16 */
  readonly maxItems?: number;
  /** How long a request waits for company, at most a second; with nothing only what has arrived together. @default Duration.millis(5) */
  readonly maxDelay?: Duration;
  /** Bytes of requests in a call. @default 1048576 */
  readonly maxBytes?: number;
}

/** What an InferenceBridge can do for a route besides. */
export interface BridgeRouteOptions extends RouteOptions {
  /** Which requests are answered one after the other; for a bridge of one pod. @default RouteOrdering.none() */
  readonly ordering?: RouteOrdering;
  /** @default RetainedRequests.IGNORE */
  readonly retained?: RetainedRequests;
  /** QoS of the subscription; a request is delivered with this, or with a lower one of its own. @default MqttQos.AT_LEAST_ONCE */
  readonly requestQos?: MqttQos;
  /** At least once: otherwise nobody says that an answer has arrived. @default MqttQos.AT_LEAST_ONCE */
  readonly replyQos?: MqttQos;
  /** What the model is sent for a request. @default - the payload, unread */
  readonly request?: RequestMapping;
  /** What of the model's answer becomes the reply. @default - all of it, unread */
  readonly replyBody?: ReplyMapping;
  /** User properties (MQTT 5) of a request that its reply gets too. @default - none */
  readonly replyUserProperties?: string[];
  /** Requests that share a call. @default - each has a call of its own */
  readonly batch?: RouteBatchOptions;
  /** @default - up to three calls */
  readonly retry?: RouteRetryOptions;
  /** @default - after 20 failures in a row, for 2 s */
  readonly breaker?: RouteBreakerOptions;
  /** Sent with each call to the model. Everybody who reads the ConfigMap sees them: a secret is for `modelLogin`. @default - none */
  readonly headers?: Record<string, string>;
  /** A larger answer becomes an error reply. @default 16777216 */
  readonly maxReplyBytes?: number;
}
