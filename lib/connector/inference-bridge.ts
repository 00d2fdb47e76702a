import { type ApiObject, Chart, Lazy, Size, Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import type { BridgeConfigInput } from '../../bridge/config';
import { BRIDGE_DEFAULTS, MAX_TIMER_SECONDS } from '../../bridge/config/defaults';
import { RouteConflictFinder } from '../../bridge/config/route-conflicts';
import { Credentials } from '../broker/credentials';
import type { Mosquitto, MosquittoTrust } from '../broker/mosquitto';
import type { MosquittoUser } from '../broker/mosquitto-user';
import { describe, EdgeError } from '../errors';
import { podLabels } from '../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../kubernetes/namespaces';
import {
  ConfigMap,
  NetworkPolicy,
  type NetworkRule,
  podsLabelled,
  Secret,
  Service,
  ServiceAccount,
} from '../kubernetes/objects';
import { type ContainerResources, cpu, millisOf, renderResources } from '../kubernetes/plus';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';
import { admitRoute } from './admit-route';
import { BridgeCode } from './bridge-code';
import { BridgeRoute, type RouteOptions } from './bridge-route';
import { BRIDGE_PATHS, bridgeWorkload, OPERATIONS } from './bridge-workload';
import { connectorEgress, SERVING_NAMESPACES } from './connector-egress';
import { longestTimeoutSeconds } from './longest-timeout';
import type { ModelLogin } from './model-login';
import { BridgeMonitoring, type BridgeMonitoringOptions } from './monitoring/bridge-monitoring';
import { checkClients, checkModel } from './route-checks';
import { type BridgeGroup, bridgeGroup } from './scaling/bridge-group';
import type { BridgeScaling } from './scaling/bridge-scaling';

const OPERATIONS_PORT = BRIDGE_DEFAULTS.httpPort;
/** For what comes after the last prediction: publishing it, acknowledging, saying goodbye. */
const DRAIN_MARGIN_SECONDS = 10;
const KILL_MARGIN_SECONDS = 10;
/** For what waits at the broker for a member of a group that leaves. */
const LEAVING_MARGIN_SECONDS = 60;

export interface InferenceBridgeProps {
  /** The broker to take requests from. */
  readonly broker: Mosquitto;
  /** @default - the construct's id */
  readonly name?: string;
  /** @default - the broker's */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true, but not for the broker's namespace, nor for one that a platform of the app leaves to others
   */
  readonly createNamespace?: boolean;
  /**
   * The bridge's password at the broker.
   *
   * @default - key `password` of a Secret `<name>-mqtt` in the broker's namespace, which you create
   */
  readonly credentials?: Credentials;
  /** @default BridgeCode.bundled() */
  readonly code?: BridgeCode;
  /**
   * Requests taken from the broker and not yet acknowledged. Acknowledgements keep their order, so one slow prediction
   * holds up no other as long as fewer than this many arrive meanwhile: rate × timeout is a good value.
   *
   * @default 1024
   */
  readonly window?: number;
  /** Namespaces, besides the models', that requests to models pass through. @default - Istio's, Knative's and Kourier's */
  readonly servingNamespaces?: string[];
  /**
   * What the bridge tells the gateway in front of the models, where that lets nobody in without a login: Kubeflow's,
   * or one with a `JwtLogin`.
   *
   * @default - nothing
   */
  readonly modelLogin?: ModelLogin;
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
  /** More pods than one, which share the requests. @default - one pod */
  readonly scaling?: BridgeScaling;
}

/**
 * Carries requests from the broker to models and the answers back, at least once: a request is acknowledged when the
 * broker has accepted its answer.
 */
export class InferenceBridge extends Chart {
  readonly name: string;
  readonly bridgeNamespace: string;
  readonly broker: Mosquitto;
  /** Who the bridge is at the broker. */
  readonly user: MosquittoUser;
  /** Under this id the broker keeps the bridge's session. With several pods `{ordinal}` in it is the pod's number. */
  readonly clientId: string;

  /** The namespace, unless it is the broker's or not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly configMap: ApiObject;
  readonly codeConfigMaps: ApiObject[];
  readonly credentialsSecret: ApiObject | undefined;
  readonly serviceAccount: ApiObject;
  readonly service: ApiObject;
  readonly statefulSet: ApiObject;
  readonly networkPolicy: ApiObject;
  /** Nothing for one pod. */
  readonly podDisruptionBudget: ApiObject | undefined;
  /** A HorizontalPodAutoscaler or a ScaledObject; nothing for a fixed number of pods. */
  readonly autoscaler: ApiObject | undefined;
  /** Nothing for one pod. */
  readonly scaling: BridgeScaling | undefined;

  readonly #routes: BridgeRoute[] = [];
  readonly #conflicts = new RouteConflictFinder();
  readonly #window: number;
  readonly #servingNamespaces: string[];
  readonly #modelLogin: ModelLogin | undefined;
  readonly #droppedMessagesTopic: string;

  constructor(scope: Construct, id: string, props: InferenceBridgeProps) {
    super(scope, id, { namespace: props.namespace ?? props.broker.brokerNamespace });
    const { broker } = props;
    const namespace = props.namespace ?? broker.brokerNamespace;
    const name = props.name ?? id;
    validateNames({ name, namespace });
    this.broker = broker;
    this.name = name;
    this.bridgeNamespace = namespace;
    this.scaling = props.scaling;
    // No name has a slash, so no two bridges have one id.
    this.clientId = `${namespace}/${name}${this.scaling ? '/{ordinal}' : ''}`;
    this.#window = validWindow(props.window ?? BRIDGE_DEFAULTS.window);
    this.#servingNamespaces = validNamespaces(props.servingNamespaces ?? SERVING_NAMESPACES);
    this.#modelLogin = props.modelLogin;
    if (namespace !== broker.brokerNamespace && (props.createNamespace ?? true)) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }

    const ownSecret = `${name}-mqtt`;
    const credentials = props.credentials ?? Credentials.fromSecret(ownSecret);
    validateCredentials(credentials);
    this.user = broker.addUser(name, credentials);
    this.#droppedMessagesTopic = broker._addWatcher(this.user);
    const labels = podLabels('inference-bridge', name);
    const metadata = { namespace, labels };
    broker._allowPeer(podsLabelled(namespace, labels));

    const resources = props.resources ?? DEFAULT_RESOURCES;
    const code = props.code ?? BridgeCode.bundled();
    const parts = code._parts();
    this.codeConfigMaps = parts.map(
      (part, i) => new ConfigMap(this, `code-${i}`, { metadata: { ...metadata, name: `${name}-code-${i}` }, ...part }),
    );
    this.configMap = new ConfigMap(this, 'config', {
      metadata: { ...metadata, name: `${name}-config` },
      data: Lazy.any({ produce: () => ({ [BRIDGE_PATHS.configFile]: this.#configFile() }) }),
    });
    const password = credentials._reveal();
    this.credentialsSecret =
      password === undefined
        ? undefined
        : new Secret(this, 'credentials', {
            metadata: { ...metadata, name: ownSecret },
            stringData: { password },
          });
    this.serviceAccount = new ServiceAccount(this, 'service-account', { ...metadata, name });
    this.service = new Service(this, 'service', {
      metadata: { ...metadata, name },
      spec: {
        clusterIP: 'None',
        publishNotReadyAddresses: true,
        selector: labels,
        ports: [{ name: OPERATIONS, port: OPERATIONS_PORT, targetPort: OPERATIONS, protocol: 'TCP' }],
      },
    });
    this.statefulSet = bridgeWorkload(this, 'Resource', {
      namespace,
      name,
      labels,
      replicas: this.scaling ? this.scaling._replicas() : 1,
      image: code.image,
      resources: renderResources(resources),
      operationsPort: OPERATIONS_PORT,
      configMap: this.configMap.name,
      codeConfigMaps: this.codeConfigMaps.map(({ name }) => name),
      password: credentials.secret ?? { secretName: ownSecret, key: 'password' },
      brokerAuthority: brokerTrust(broker)?.authority._source(BRIDGE_PATHS.authorityFile),
      modelLogin: props.modelLogin,
      startupFiles: () => [this.#configFile(), broker._passwordLine(this.user), JSON.stringify(parts)],
      terminationGracePeriodSeconds: () => this.#stopSeconds(),
    });
    const group = this.scaling && this.#group(this.scaling, labels, resources);
    this.podDisruptionBudget = group?.podDisruptionBudget;
    this.autoscaler = group?.autoscaler;
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: { ...metadata, name },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ port: OPERATIONS, protocol: 'TCP' }] }],
        egress: Lazy.any({ produce: () => this.#egress() }),
      },
    });
    this.node.addValidation({ validate: () => this.#missingRoutes() });
  }

  get routes(): BridgeRoute[] {
    return [...this.#routes];
  }

  /**
   * Lets clients of the broker ask a model. The broker's ACL follows: they may publish to the request topic and receive
   * from the reply topic, the bridge the other way round.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_MODEL, EDGE_ERR_ROUTE_CLIENT, EDGE_ERR_ROUTE_TOPIC or EDGE_ERR_ROUTE_CONFLICT
   */
  addRoute(options: RouteOptions): BridgeRoute {
    checkModel(this, options.model);
    this.#modelLogin?._admit(options.model);
    checkClients(this, this.broker, options.clients);
    const route = new BridgeRoute(options);
    admitRoute(this, this.broker, this.#conflicts, route);
    route._grant(this.user);
    this.#routes.push(route);
    return route;
  }

  /**
   * Has the Prometheus operator collect the bridge's metrics and tell somebody when requests are not answered, and gives
   * Grafana a dashboard.
   *
   * @throws EdgeError EDGE_ERR_VALUE for times and shares that would never raise an alert; EDGE_ERR_NAME for a namespace
   * that cannot be one
   */
  addMonitoring(options: BridgeMonitoringOptions = {}): BridgeMonitoring {
    return new BridgeMonitoring(this, 'monitoring', { ...options, bridge: this });
  }

  #configFile(): string {
    const config: BridgeConfigInput = {
      broker: {
        url: this.broker.mqttUrl,
        clientId: this.clientId,
        username: this.user.name,
        passwordFile: `${BRIDGE_PATHS.credentials}/${BRIDGE_PATHS.passwordFile}`,
        maxPacketBytes: this.broker.maxPacketBytes,
        droppedMessagesTopic: this.#droppedMessagesTopic,
        ...tlsConfig(this.broker),
      },
      delivery: {
        window: this.#window,
        drainTimeoutSeconds: this.#drainSeconds(),
        ...(this.scaling && { onStop: 'retire' }),
      },
      http: { port: OPERATIONS_PORT },
      routes: this.#routes.map((route) => ({ ...this.#withLogin(route), ...(this.scaling && { share: this.name }) })),
    };
    return Yaml.stringify(config);
  }

  #withLogin(route: BridgeRoute): BridgeConfigInput['routes'][number] {
    const config = route._config();
    const login = this.#modelLogin?._config(route.model, BRIDGE_PATHS.modelLogin);
    return { ...config, model: { ...config.model, ...login } };
  }

  #drainSeconds(): number {
    const margin = this.scaling ? LEAVING_MARGIN_SECONDS : DRAIN_MARGIN_SECONDS;
    return Math.min(longestTimeoutSeconds(this.#routes) + margin, MAX_TIMER_SECONDS);
  }

  /** A member of a group has its drain time twice: for what waits for it at the broker, and for what it has taken. */
  #stopSeconds(): number {
    return Math.ceil(this.#drainSeconds() * (this.scaling ? 2 : 1)) + KILL_MARGIN_SECONDS;
  }

  #group(scaling: BridgeScaling, labels: Record<string, string>, { cpu }: ContainerResources): BridgeGroup {
    return bridgeGroup(this, scaling, {
      name: this.name,
      namespace: this.bridgeNamespace,
      labels,
      window: this.#window,
      cpuLimit: cpu?.limit && millisOf(cpu.limit),
      leavingSeconds: () => this.#stopSeconds(),
    });
  }

  #egress(): NetworkRule[] {
    const modelNamespaces = this.#routes.map(({ model }) => model.namespace);
    const toModels = connectorEgress(this.broker, modelNamespaces, this.#servingNamespaces);
    return [...toModels, ...(this.#modelLogin?._egress() ?? [])];
  }

  #missingRoutes(): string[] {
    if (this.#routes.length > 0) return [];
    const problem = {
      at: 'the number of routes of a bridge',
      value: 0,
      rule: 'a bridge without one has nothing to do',
      fix: 'Call addRoute(..), or leave the bridge out',
    };
    return [describe('EDGE_ERR_NO_ROUTES', problem)];
  }
}

const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
};

/** What the bridge needs to know, if the broker's URL is one of TLS. */
function brokerTrust({ mqttUrl, mqttsUrl, trust }: Mosquitto): MosquittoTrust | undefined {
  return mqttUrl === mqttsUrl ? trust : undefined;
}

function tlsConfig(broker: Mosquitto): Pick<BridgeConfigInput['broker'], 'tls'> {
  const trust = brokerTrust(broker);
  if (!trust) return {};
  const hasFile = trust.authority.objectName !== undefined;
  const caFile = `${BRIDGE_PATHS.brokerAuthority}/${BRIDGE_PATHS.authorityFile}`;
  return { tls: { ...(hasFile && { caFile }), ...(trust.serverName && { serverName: trust.serverName }) } };
}

function validateCredentials({ certificate }: Credentials): void {
  if (!certificate) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: 'InferenceBridge.credentials',
    value: 'Credentials.fromCertificate()',
    rule: 'a bridge logs in with a password',
    fix: 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)',
  });
}

function validateNames(names: { name: string; namespace: string }): void {
  const problems = { name: workloadNameProblem(names.name), namespace: dnsLabelProblem(names.namespace) };
  for (const prop of ['name', 'namespace'] as const) {
    const rule = problems[prop];
    if (!rule) continue;
    const at = `InferenceBridge.${prop}`;
    throw new EdgeError('EDGE_ERR_NAME', { at, value: names[prop], rule, fix: 'Choose another one' });
  }
}

function validNamespaces(namespaces: string[]): string[] {
  for (const [i, value] of namespaces.entries()) {
    const rule = dnsLabelProblem(value);
    const at = `InferenceBridge.servingNamespaces[${i}]`;
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Name a namespace' });
  }
  return [...namespaces];
}

function validWindow(window: number): number {
  if (Number.isInteger(window) && window >= 1 && window <= 65_535) return window;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'InferenceBridge.window',
    value: window,
    rule: 'MQTT has message ids for 1 to 65535 messages at a time',
    fix: 'Choose a number within that',
  });
}
