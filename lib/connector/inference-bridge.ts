import { type ApiObject, Chart, Lazy, Size, Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import type { BridgeConfigInput } from '../../bridge/config';
import { BRIDGE_DEFAULTS, MAX_TIMER_SECONDS } from '../../bridge/config/defaults';
import { RouteConflictFinder } from '../../bridge/config/route-conflicts';
import { Credentials } from '../broker/credentials';
import type { Mosquitto } from '../broker/mosquitto';
import type { MosquittoUser } from '../broker/mosquitto-user';
import { describe, EdgeError } from '../errors';
import { podLabels } from '../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../kubernetes/namespaces';
import {
  ConfigMap,
  NetworkPolicy,
  type NetworkRule,
  podsLabelled,
  podsOfNamespaces,
  Secret,
  Service,
  ServiceAccount,
} from '../kubernetes/objects';
import { type ContainerResources, cpu, renderResources } from '../kubernetes/plus';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';
import { BridgeCode } from './bridge-code';
import { BridgeRoute, type RouteOptions } from './bridge-route';
import { BRIDGE_PATHS, bridgeWorkload } from './bridge-workload';
import { checkClients, checkModel } from './route-checks';

const OPERATIONS_PORT = BRIDGE_DEFAULTS.httpPort;
/** For what comes after the last prediction: publishing it, acknowledging, saying goodbye. */
const DRAIN_MARGIN_SECONDS = 10;
const KILL_MARGIN_SECONDS = 10;
/** Where the gateways and the activator run that requests to models pass through, by the usual installations. */
const SERVING_NAMESPACES = ['istio-system', 'knative-serving', 'kourier-system'];

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
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
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
  /** Under this id the broker keeps the bridge's session. */
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

  readonly #routes: BridgeRoute[] = [];
  readonly #conflicts = new RouteConflictFinder();
  readonly #window: number;
  readonly #servingNamespaces: string[];

  constructor(scope: Construct, id: string, props: InferenceBridgeProps) {
    super(scope, id, { namespace: props.namespace ?? props.broker.brokerNamespace });
    const { broker } = props;
    const namespace = props.namespace ?? broker.brokerNamespace;
    const name = props.name ?? id;
    validateNames({ name, namespace });
    this.broker = broker;
    this.name = name;
    this.bridgeNamespace = namespace;
    // No name has a slash, so no two bridges have one id.
    this.clientId = `${namespace}/${name}`;
    this.#window = validWindow(props.window ?? BRIDGE_DEFAULTS.window);
    this.#servingNamespaces = validNamespaces(props.servingNamespaces ?? SERVING_NAMESPACES);
    if (namespace !== broker.brokerNamespace && (props.createNamespace ?? true)) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }

    const ownSecret = `${name}-mqtt`;
    const credentials = props.credentials ?? Credentials.fromSecret(ownSecret);
    this.user = broker.addUser(name, credentials);
    const labels = podLabels('inference-bridge', name);
    const metadata = { namespace, labels };
    broker._allowPeer(podsLabelled(namespace, labels));

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
        ports: [{ name: 'operations', port: OPERATIONS_PORT, targetPort: 'operations', protocol: 'TCP' }],
      },
    });
    this.statefulSet = bridgeWorkload(this, 'Resource', {
      namespace,
      name,
      labels,
      image: code.image,
      resources: renderResources(
        props.resources ?? {
          cpu: { request: cpu(100) },
          memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
        },
      ),
      operationsPort: OPERATIONS_PORT,
      configMap: this.configMap.name,
      codeConfigMaps: this.codeConfigMaps.map(({ name }) => name),
      password: credentials.secret ?? { secretName: ownSecret, key: 'password' },
      startupFiles: () => [this.#configFile(), broker._passwordLine(this.user), JSON.stringify(parts)],
      terminationGracePeriodSeconds: () => Math.ceil(this.#drainSeconds()) + KILL_MARGIN_SECONDS,
    });
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: { ...metadata, name },
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [{ ports: [{ port: 'operations', protocol: 'TCP' }] }],
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
    checkClients(this, this.broker, options.clients);
    const route = new BridgeRoute(options);
    const [conflict] = this.#conflicts.add(route);
    if (conflict) {
      throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', {
        at: `a route of ${this.node.path}`,
        value: route.name,
        rule: conflict.message,
        fix: "Set the route's name, requestTopic, replyTopic or deadLetterTopic",
      });
    }
    this.broker._addRoute({
      bridge: this.node.path,
      name: route.name,
      requestTopic: route.requestTopic,
      publishes: [route.replyTopic, ...route.allowedResponseTopics, route.deadLetterTopic],
    });
    route._grant(this.user);
    this.#routes.push(route);
    return route;
  }

  #configFile(): string {
    const config: BridgeConfigInput = {
      broker: {
        url: this.broker.mqttUrl,
        clientId: this.clientId,
        username: this.user.name,
        passwordFile: `${BRIDGE_PATHS.credentials}/${BRIDGE_PATHS.passwordFile}`,
        maxPacketBytes: this.broker.maxPacketBytes,
      },
      delivery: { window: this.#window, drainTimeoutSeconds: this.#drainSeconds() },
      http: { port: OPERATIONS_PORT },
      routes: this.#routes.map((route) => route._config()),
    };
    return Yaml.stringify(config);
  }

  #drainSeconds(): number {
    const longest = Math.max(0, ...this.#routes.map(({ timeout }) => timeout.toMilliseconds() / 1000));
    return Math.min(longest + DRAIN_MARGIN_SECONDS, MAX_TIMER_SECONDS);
  }

  #egress(): NetworkRule[] {
    const { mqttPort } = this.broker;
    const modelNamespaces = new Set(this.#routes.map(({ model }) => model.namespace));
    const namespaces = [...modelNamespaces, ...this.#servingNamespaces];
    return [
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      {
        to: [this.broker._peer()],
        ports: [{ port: mqttPort, protocol: 'TCP' }],
      },
      { to: [podsOfNamespaces(...namespaces)] },
    ];
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
