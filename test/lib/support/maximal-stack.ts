import { Duration, Size } from 'cdk8s';
import { type ContainerResources, Cpu } from 'cdk8s-plus-27';
import { vi } from 'vitest';
import {
  BridgeCode,
  type BridgeRouteOptions,
  BridgeScaling,
  Credentials,
  type EdgeApp,
  HostLayout,
  InferenceAccess,
  InferenceBridge,
  type InferenceBridgeProps,
  InferencePlatform,
  type InferencePlatformProps,
  InferenceProtocol,
  KnativeInstallation,
  KServeVersion,
  LoggedMessages,
  ModelFormat,
  ModelLogin,
  type ModelOptions,
  ModelVisibility,
  Mosquitto,
  type MosquittoProps,
  MosquittoVersion,
  MqttQos,
  ReplyBytes,
  ReplyMapping,
  RequestMapping,
  RetainedRequests,
  ScaleMetric,
  TensorDatatype,
  type TraefikExposure,
  TraefikInstallation,
  TraefikTls,
} from '../../../lib';

/** Passwords as an operator would set them, by variable. */
export const PASSWORDS = {
  MAXIMAL_SENSOR_PASSWORD: 'c0ffee-de-la-sonde-1',
  MAXIMAL_BRIDGE_PASSWORD: 'c0ffee-of-the-bridge-2',
} as const;

export interface MaximalOptions {
  readonly installation?: TraefikInstallation;
  /** The bundled program, unless told otherwise. */
  readonly code?: BridgeCode;
}

function resources(cpu: number, mebibytes: number): ContainerResources {
  return {
    cpu: { request: Cpu.millis(cpu), limit: Cpu.millis(cpu * 2) },
    memory: { request: Size.mebibytes(mebibytes), limit: Size.mebibytes(mebibytes * 2) },
    ephemeralStorage: { request: Size.mebibytes(50), limit: Size.gibibytes(1) },
  };
}

/** What a broker behind Traefik does not need. */
type BrokerSecurity = 'tls' | 'clientCertificates' | 'plainListeners';

/** A stack in which every prop of every construct is set. */
export function maximalStack(app: EdgeApp, options: MaximalOptions = {}) {
  for (const [variable, password] of Object.entries(PASSWORDS)) vi.stubEnv(variable, password);
  const platform: Required<InferencePlatformProps> = {
    domain: 'models.example.com',
    namespaces: ['vision', 'audio'],
    createNamespaces: true,
    externalScheme: 'https',
    access: InferenceAccess.perTenant(),
    hostLayout: HostLayout.FLAT,
    selectedDomains: [{ domain: 'lab.example.com', selector: { stage: 'lab' } }],
    knative: KnativeInstallation.manifests(),
    kserve: { version: KServeVersion.V0_20 },
    maxTimeout: Duration.seconds(900),
  };
  // A model is in one place, and only protocol V1 is batched.
  const model: Required<Omit<ModelOptions, 'storage' | 'batcher' | 'grpcPort'>> = {
    namespace: 'vision',
    format: ModelFormat.of('onnx', '1'),
    storageUri: 's3://models/detector',
    protocol: InferenceProtocol.V2,
    runtime: 'kserve-tritonserver',
    timeout: Duration.seconds(90),
    minReplicas: 2,
    maxReplicas: 6,
    serviceAccountName: 'model-reader',
    resources: resources(500, 700),
    runtimeVersion: '23.05-py3',
    args: ['--log-verbose=1'],
    env: { OMP_NUM_THREADS: '3' },
    secretEnv: { LICENSE: { secretName: 'detector-license', key: 'license' } },
    modelName: 'detector-v1',
    scaleMetric: ScaleMetric.RPS,
    scaleTarget: 35,
    containerConcurrency: 14,
    canaryTrafficPercent: 20,
    logger: { messages: LoggedMessages.RESPONSES, url: 'http://archive.vision.svc.cluster.local' },
    transformer: { container: { image: 'registry.example.com/resize:1' } },
    visibility: ModelVisibility.PUBLIC,
    labels: { stage: 'lab' },
    annotations: { 'example.com/owner': 'vision' },
  };
  // TLS, certificates and connections to other brokers have a stack of their own.
  const broker: Required<Omit<MosquittoProps, BrokerSecurity>> = {
    namespace: 'messaging',
    createNamespace: true,
    name: 'hub',
    image: 'registry.example.com/eclipse-mosquitto:2.1.2',
    storage: Size.gibibytes(7),
    storageClassName: 'fast',
    resources: resources(200, 600),
    version: MosquittoVersion.V2_1,
    maxConnections: 7_321,
    maxPacketBytes: 1_234_567,
    maxInflightMessages: 65,
    persistentClientExpiration: Duration.hours(49),
    maxQueuedMessages: 7_654,
    maxQueuedBytes: 87_654_321,
    autosaveIntervalSeconds: 17,
    passwordIterations: 1_234,
  };
  const exposure: Required<TraefikExposure> = {
    mqtt: 6883,
    websockets: 6884,
    mqttEntryPoint: 'mqtt-devices',
    websocketEntryPoint: 'wss-devices',
    host: 'mqtt.example.com',
    tls: TraefikTls.fromSecret('mqtt-certificate'),
    allowedSourceRanges: ['192.0.2.0/24', '2001:db8::/32'],
    maxConnectionsPerClient: 31,
    installation: options.installation ?? TraefikInstallation.helm({ namespace: 'ingress' }),
  };

  const models = new InferencePlatform(app, 'platform', platform);
  const detector = models.addModel('detector', model);
  const plain = models.addModel('plain', {
    namespace: 'audio',
    format: ModelFormat.SKLEARN,
    storageUri: 'pvc://models/plain',
  });
  const hub = new Mosquitto(app, 'broker', broker);
  hub.allowConnectionsFrom('dashboards');
  const traefik = hub.exposeThroughTraefik(exposure);
  const camera = hub.addUser('camera-7', Credentials.fromSecret('camera-7-mqtt', 'passphrase'));
  const sensor = hub.addUser('sensor_1@hall', Credentials.fromEnv('MAXIMAL_SENSOR_PASSWORD'));
  const auditor = hub.addUser('auditor', Credentials.fromSecret('auditor')).allowSubscribe('#').allowPublish('audit/+');
  const bridgeProps: Required<InferenceBridgeProps> = {
    createNamespace: true,
    broker: hub,
    name: 'carrier',
    namespace: 'bridges',
    credentials: Credentials.fromEnv('MAXIMAL_BRIDGE_PASSWORD'),
    code: options.code ?? BridgeCode.bundled('registry.example.com/node:24'),
    window: 777,
    servingNamespaces: ['gateways'],
    modelLogin: ModelLogin.serviceAccountToken({ audience: 'models', expiration: Duration.minutes(20) }),
    resources: resources(300, 200),
    tracing: {
      endpoint: 'https://collector.example.com/v1/traces',
      sampleRatio: 0.05,
      serviceName: 'hall',
      headersSecret: 'collector-login',
      headersKey: 'otlp',
    },
    scaling: BridgeScaling.fixed(4),
  };
  const bridge = new InferenceBridge(app, 'bridge', bridgeProps);
  // Order is for bridges of one pod.
  const route: Required<Omit<BridgeRouteOptions, 'ordering'>> = {
    name: 'detect',
    model: detector,
    clients: [camera, sensor],
    requestTopic: 'hall/frames',
    replyTopic: 'hall/objects',
    deadLetterTopic: 'hall/failed',
    timeout: Duration.seconds(95),
    concurrency: 9,
    retained: RetainedRequests.IGNORE,
    requestQos: MqttQos.EXACTLY_ONCE,
    replyQos: MqttQos.EXACTLY_ONCE,
    request: RequestMapping.v2(
      [{ name: 'frame', datatype: TensorDatatype.UINT8, path: '$.frame', shape: [1, -1], binary: false }],
      { schema: { type: 'object', required: ['frame'] }, path: '$.data', maxPayloadBytes: 1_234_000 },
    ),
    replyBody: ReplyMapping.output('boxes', { path: '$[0]', bytesAs: ReplyBytes.BASE64 }),
    replyUserProperties: ['device'],
    batch: { maxItems: 8, maxDelay: Duration.millis(7), maxBytes: 65_000 },
    retry: { attempts: 4, minDelay: Duration.millis(150), maxDelay: Duration.seconds(3) },
    breaker: { failures: 11, openFor: Duration.seconds(4) },
    headers: { 'x-tenant': 'hall' },
    maxReplyBytes: 345_000,
  };
  bridge.addRoute(route);
  bridge.addRoute({ model: plain, clients: [sensor] });
  return { app, platform: models, detector, plain, hub, traefik, camera, sensor, auditor, bridge };
}
