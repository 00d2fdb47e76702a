import { BATCH_DEFAULTS } from '../../bridge/config/batch-defaults';
import { EdgeError } from '../errors';
import { InferenceProtocol } from '../serving/inference-protocol';
import type { RequestConfig } from './payload/request-mapping';
import { type BridgeRouteOptions, RetainedRequests } from './route-options';

/** Headers that say who somebody is. */
const SECRET_HEADERS = ['authorization', 'cookie', 'proxy-authorization'];

interface Contradiction {
  readonly option: string;
  readonly value: unknown;
  readonly rule: string;
  readonly fix: string;
}

/**
 * Refuses options that a route has no use for beside its others, its model, or the number of its bridge's pods.
 *
 * @param at the route, for messages
 * @throws EdgeError EDGE_ERR_ROUTE_OPTIONS; EDGE_ERR_PLAIN_SECRET for a secret among the headers; EDGE_ERR_VALUE for what is
 * none of the library's own classes
 */
export function checkRouteOptions(at: string, options: BridgeRouteOptions, isShared: boolean): void {
  checkClasses(at, options);
  refuseSecrets(at, options.headers ?? {});
  const [found] = [
    ...(isShared ? ofGroup(options) : []),
    ...ofOrder(options),
    ...ofModel(options),
    ...(options.batch ? ofBatch(options) : []),
  ];
  if (!found) return;
  const { option, ...problem } = found;
  throw new EdgeError('EDGE_ERR_ROUTE_OPTIONS', { at: `${option} of ${at}`, ...problem });
}

/** What is worth knowing of options that are allowed together. */
export function routeWarnings({ batch, concurrency }: BridgeRouteOptions): string[] {
  const maxItems = batch?.maxItems ?? BATCH_DEFAULTS.maxItems;
  if (!batch || concurrency === undefined || concurrency >= maxItems) return [];
  return [
    `a batch waits for ${maxItems} items, and only ${concurrency} requests are asked about at a time: with one item each, no batch is ever full, and every call waits for maxDelay. Raise concurrency, or lower batch.maxItems`,
  ];
}

/** Whoever writes JavaScript may give them as in the bridge's configuration. */
function checkClasses(at: string, { ordering, request, replyBody }: BridgeRouteOptions): void {
  const classes = { ordering: 'RouteOrdering', request: 'RequestMapping', replyBody: 'ReplyMapping' };
  for (const [option, value] of Object.entries({ ordering, request, replyBody })) {
    if (value === undefined || typeof value._config === 'function') continue;
    const name = classes[option as keyof typeof classes];
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: `${option} of ${at}`,
      value: JSON.stringify(value),
      rule: `it is a ${name}`,
      fix: `Use one of the factories of ${name}`,
    });
  }
}

function refuseSecrets(at: string, headers: Record<string, string>): void {
  const name = Object.keys(headers).find((name) => SECRET_HEADERS.includes(name.toLowerCase()));
  if (name === undefined) return;
  throw new EdgeError('EDGE_ERR_PLAIN_SECRET', {
    at: `a header of ${at}`,
    value: name,
    rule: 'everybody who may read the ConfigMap, or the repository with the manifests, can read it',
    fix: 'Use InferenceBridge.modelLogin',
  });
}

/** Several pods get each other's neighbours, and MQTT gives no retained message to any of them. */
function ofGroup({ ordering, retained }: BridgeRouteOptions): Contradiction[] {
  const fix = 'Leave it out, or InferenceBridge.scaling';
  return [
    ...(isOrdered(ordering)
      ? [
          {
            option: 'ordering',
            value: written(ordering._config()),
            rule: "the pods of a bridge share its routes' requests, and nobody keeps an order among them",
            fix,
          },
        ]
      : []),
    ...(retained === RetainedRequests.PROCESS
      ? [
          {
            option: 'retained',
            value: retained,
            rule: 'brokers deliver no retained messages to clients that share a subscription, as the pods of a bridge do',
            fix,
          },
        ]
      : []),
  ];
}

/** A route of the construct has one request topic. */
function ofOrder({ ordering, concurrency, batch }: BridgeRouteOptions): Contradiction[] {
  if (ordering?._config() !== 'topic') return [];
  const rule = 'with RouteOrdering.perTopic() a route asks about one request at a time';
  const fix = 'Leave it out, or use another ordering';
  return [
    ...(concurrency !== undefined && concurrency > 1 ? [{ option: 'concurrency', value: concurrency, rule, fix }] : []),
    ...(batch ? [{ option: 'batch', value: 'set', rule, fix }] : []),
  ];
}

function ofModel({ model, request, replyBody }: BridgeRouteOptions): Contradiction[] {
  const config = request?._config();
  const { as } = config ?? {};
  const speaks = `model ${model.namespace}/${model.name} speaks ${model.protocol === InferenceProtocol.V1 ? 'V1' : 'V2'}`;
  const fix = 'Use a mapping for its protocol, or change the protocol of the model';
  return [
    ...((as === 'v1' || as === 'v2') && as !== model.protocol
      ? [{ option: 'request', value: `a mapping to ${as.toUpperCase()}`, rule: speaks, fix }]
      : []),
    ...(replyBody?._config().output !== undefined && model.protocol === InferenceProtocol.V1
      ? [
          {
            option: 'replyBody',
            value: replyBody._config().output,
            rule: `${speaks}, whose answers have no outputs`,
            fix,
          },
        ]
      : []),
    ...(model.speaksGrpc && config?.from === 'bytes' && as === 'raw'
      ? [
          {
            option: 'request',
            value: 'RequestMapping.rawBytes()',
            rule: `model ${model.namespace}/${model.name} is asked by gRPC, which has tensors and no bare bytes`,
            fix: 'Use RequestMapping.v2FromBytes(..)',
          },
        ]
      : []),
  ];
}

function ofBatch({ request }: BridgeRouteOptions): Contradiction[] {
  const value = request && lonely(request._config());
  if (value === undefined) return [];
  const rule = 'only bodies of nothing but instances, or inputs in JSON, can share a call';
  return [{ option: 'request', value, rule, fix: 'Leave batch out, or map requests in another way' }];
}

/** Why no request of a mapping has company in a call. */
function lonely({ from, as, fields, tensors = [] }: RequestConfig): string | undefined {
  if (from === 'bytes' && as === 'raw') return 'a mapping to bytes';
  if (fields !== undefined && Object.keys(fields).length > 0) return 'a mapping with fields';
  return tensors.some(({ binary }) => binary) ? 'a mapping to binary tensors' : undefined;
}

function isOrdered(ordering: BridgeRouteOptions['ordering']): ordering is NonNullable<typeof ordering> {
  return ordering !== undefined && ordering._config() !== 'none';
}

function written(ordering: ReturnType<NonNullable<BridgeRouteOptions['ordering']>['_config']>): string {
  return typeof ordering === 'string' ? ordering : ordering.userProperty;
}
