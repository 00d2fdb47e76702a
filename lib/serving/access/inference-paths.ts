/**
 * What is asked of a model, by both protocols: lists, metadata, health, predictions and explanations. Not
 * `/v2/repository`, which loads and unloads models.
 *
 * A star at the end stands for anything, slashes too.
 *
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane
 */
export const INFERENCE_PATHS: readonly string[] = [
  '/v1/models',
  '/v1/models/*',
  '/v2',
  '/v2/health/live',
  '/v2/health/ready',
  '/v2/models',
  '/v2/models/*',
];

/**
 * The same by gRPC, for models that are asked by it: what begins with `Repository` loads and unloads models.
 *
 * @see https://github.com/kserve/open-inference-protocol/blob/main/specification/protocol/open_inference_grpc.proto
 */
export const GRPC_INFERENCE_PATHS: readonly string[] = [
  '/inference.GRPCInferenceService/Server*',
  '/inference.GRPCInferenceService/Model*',
];

/** What Knative asks the queue-proxy in front of each model, and the ports at which it does. */
export const QUEUE_PROXY = {
  /** HTTP/1 and HTTP/2: requests, and the probes that come the same way. */
  requestPorts: ['8012', '8013'],
  probePath: '/healthz',
  /** With it the queue-proxy answers a probe itself. */
  probeHeader: 'k-network-probe',
  /** For the autoscaler, and for Prometheus. */
  metricsPorts: ['9090', '9091'],
  metricsPath: '/metrics',
  /** The kubelet calls it before it ends a model's container, and waits until no request is left. */
  drainPort: '8022',
  drainPath: '/wait-for-drain',
} as const;

/** KServe labels the pods of an InferenceService with the part of it that they run. */
export const MODEL_COMPONENTS = ['predictor', 'transformer'] as const;

/** Says why Istio would not find `path` in any request, or nothing when it would. */
export function pathPatternProblem(path: string): string | undefined {
  if (!path.startsWith('/')) return 'a path begins with /';
  if (/\s|[?#]/.test(path)) return 'a path has no spaces, and policies do not see what comes after ? or #';
  if (path.slice(0, -1).includes('*')) return 'Istio takes a star for anything only at the end of a path';
  return undefined;
}
