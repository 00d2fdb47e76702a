import { Duration, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import {
  type CustomModelOptions,
  DeploymentMode,
  type DomainMappingOptions,
  type EdgeApp,
  HostLayout,
  InferenceAccess,
  InferencePlatform,
  type InferencePlatformProps,
  InferenceProtocol,
  KnativeInstallation,
  KServeIngress,
  type KServeIngressOptions,
  type KServeOptions,
  KServeVersion,
  LoggedMessages,
  ModelFormat,
  type ModelOptions,
  ModelVisibility,
  type RuntimeOptions,
  ScaleMetric,
  type ServerContainer,
  type Transformer,
} from '../../../lib';

const MAXIMAL_CONTAINER: Required<ServerContainer> = {
  image: 'registry.example.com/server@sha256:0123456789abcdef',
  command: ['/usr/bin/serve'],
  args: ['--workers=7'],
  port: 9081,
  env: { THREADS: '13', BATCH: '29' },
  secretEnv: { LICENSE: { secretName: 'license', key: 'content' } },
  resources: {
    cpu: { request: Cpu.millis(150), limit: Cpu.millis(2150) },
    memory: { request: Size.mebibytes(300), limit: Size.mebibytes(900) },
    ephemeralStorage: { request: Size.mebibytes(70), limit: Size.mebibytes(80) },
  },
  runAsNonRoot: false,
};

export const MAXIMAL_TRANSFORMER: Required<Transformer> = {
  container: MAXIMAL_CONTAINER,
  minReplicas: 3,
  maxReplicas: 17,
  scaleMetric: ScaleMetric.CONCURRENCY,
  scaleTarget: 19,
  containerConcurrency: 31,
  logger: { messages: LoggedMessages.REQUESTS, url: 'http://before.vision.svc.cluster.local' },
  batcher: { maxBatchSize: 41, maxLatency: Duration.millis(430) },
};

/** Everything that a model can have, however it is made. */
const COMMON = {
  protocol: InferenceProtocol.V1,
  timeout: Duration.seconds(777),
  serviceAccountName: 'model-reader',
  modelName: 'folder',
  transformer: MAXIMAL_TRANSFORMER,
  canaryTrafficPercent: 37,
  visibility: ModelVisibility.PUBLIC,
  labels: { stage: 'lab' },
  annotations: { 'example.com/owner': 'vision-team' },
  minReplicas: 0,
  maxReplicas: 11,
  scaleMetric: ScaleMetric.RPS,
  scaleTarget: 53,
  containerConcurrency: 59,
  logger: { messages: LoggedMessages.ALL, url: 'http://after.vision.svc.cluster.local' },
  batcher: { maxBatchSize: 61, maxLatency: Duration.millis(670) },
} as const;

/** `storageUri` in place of `storage`: a model has one of them. What is asked by gRPC has no transformer. */
export const MAXIMAL_MODEL: Required<Omit<ModelOptions, 'storageUri' | 'grpcPort'>> = {
  ...COMMON,
  namespace: 'vision',
  format: ModelFormat.of('shapes', '2'),
  storage: { key: 'minio', path: 'models/shapes', parameters: { type: 's3', bucket: 'lab' } },
  runtime: 'shapes-server',
  runtimeVersion: '1.71',
  args: ['--verbose'],
  env: { OMP_NUM_THREADS: '73' },
  secretEnv: { LICENSE: { secretName: 'license', key: 'content' } },
  resources: { cpu: { request: Cpu.millis(790) } },
};

export const MAXIMAL_CUSTOM_MODEL: Required<Omit<CustomModelOptions, 'grpcPort'>> = {
  ...COMMON,
  namespace: 'audio',
  container: MAXIMAL_CONTAINER,
  storageUri: 'pvc://models/words',
};

/** What a model that is asked by gRPC adds to one without options. */
const GRPC = { protocol: InferenceProtocol.V2, grpcPort: 9097, namespace: 'vision' };

export const MAXIMAL_RUNTIME: Required<RuntimeOptions> = {
  namespace: 'vision',
  container: MAXIMAL_CONTAINER,
  formats: [{ format: ModelFormat.of('shapes', '2'), autoSelect: true, priority: 83 }],
  protocols: [InferenceProtocol.V1, InferenceProtocol.V2],
};

/** What KServe 0.20 reads. */
export const MAXIMAL_INGRESS: Required<Omit<KServeIngressOptions, 'ingressService'>> = {
  ingressGateway: 'kubeflow/kubeflow-gateway',
  localGateway: 'knative-serving/local',
  localGatewayService: 'local.istio-system.svc.cluster.local',
  knativeLocalGatewayService: 'knative-local.istio-system.svc.cluster.local',
  ingressDomain: 'standard.example.com',
  ingressClassName: 'traefik',
  additionalIngressDomains: ['other.example.com'],
  pathTemplate: '/serving/{{ .Namespace }}/{{ .Name }}',
  disableIstioVirtualHost: false,
  disableIngressCreation: true,
  enableGatewayApi: true,
  kserveIngressGateway: 'gateways/kserve',
};

const MAXIMAL_KSERVE: Required<KServeOptions> = {
  version: KServeVersion.V0_20,
  deploymentMode: DeploymentMode.KNATIVE,
  namespace: 'kubeflow',
  ingress: KServeIngress.configured(MAXIMAL_INGRESS),
};

export const MAXIMAL_PLATFORM: Required<InferencePlatformProps> = {
  domain: 'models.example.com',
  namespaces: ['vision', 'audio'],
  createNamespaces: true,
  externalScheme: 'https',
  access: InferenceAccess.perTenant(),
  hostLayout: HostLayout.FLAT,
  selectedDomains: [{ domain: 'lab.example.com', selector: { stage: 'lab' } }],
  knative: KnativeInstallation.manifests(),
  kserve: MAXIMAL_KSERVE,
  maxTimeout: Duration.seconds(800),
};

/** A platform on Knative in which every prop of everything that serves is set. */
export function maximalServing(app: EdgeApp) {
  const platform = new InferencePlatform(app, 'platform', MAXIMAL_PLATFORM);
  const runtime = platform.addRuntime('shapes-server', MAXIMAL_RUNTIME);
  const { namespace, ...everywhere } = MAXIMAL_RUNTIME;
  const clusterRuntime = platform.addRuntime('shapes-everywhere', everywhere);
  const shapes = platform.addModel('shapes', MAXIMAL_MODEL);
  const words = platform.addCustomModel('words', MAXIMAL_CUSTOM_MODEL);
  const { visibility, ...hidden } = MAXIMAL_CUSTOM_MODEL;
  platform.addCustomModel('hidden', { ...hidden, visibility: ModelVisibility.CLUSTER_LOCAL });
  addGrpcModels(platform);
  const mapping: Required<DomainMappingOptions> = { tlsSecretName: 'shapes-tls', claimDomain: true };
  shapes.addDomain('shapes.example.org', mapping);
  return { app, platform, runtime, clusterRuntime, shapes, words };
}

function addGrpcModels(platform: InferencePlatform): void {
  const { port, ...container } = MAXIMAL_CONTAINER;
  platform.addModel('by-grpc', { ...GRPC, format: ModelFormat.TRITON, storageUri: 's3://models/by-grpc' });
  platform.addCustomModel('own-grpc', { ...GRPC, container });
}

/** The same without Knative, as far as it goes. */
export function maximalStandardServing(app: EdgeApp) {
  const { knative, selectedDomains, ...platform } = MAXIMAL_PLATFORM;
  const kserve = { ...MAXIMAL_KSERVE, deploymentMode: DeploymentMode.STANDARD };
  const edge = new InferencePlatform(app, 'platform', { ...platform, kserve });
  const scaling = { minReplicas: 1, scaleMetric: ScaleMetric.CPU, scaleTarget: 80, containerConcurrency: undefined };
  const transformer = { ...MAXIMAL_TRANSFORMER, ...scaling };
  const { canaryTrafficPercent, ...model } = { ...MAXIMAL_MODEL, ...scaling, transformer };
  edge.addModel('shapes', model);
  edge.addModel('hidden', { ...model, visibility: ModelVisibility.CLUSTER_LOCAL });
  addGrpcModels(edge);
}
