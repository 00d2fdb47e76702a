import { type ApiObject, Chart, Lazy, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { BRIDGE_DEFAULTS } from '../../bridge/config/defaults';
import { RouteConflictFinder } from '../../bridge/config/route-conflicts';
import { Credentials } from '../broker/credentials';
import type { IMqttBroker, IMqttUser } from '../broker/mqtt-broker';
import { describe } from '../errors';
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
import { addWarning } from '../synth/warnings';
import { admitRoute } from './admit-route';
import { checkCredentials, checkNames, validNamespaces, validWindow } from './bridge-checks';
import { BridgeCode } from './bridge-code';
import { BridgeConfiguration, OPERATIONS_PORT } from './bridge-configuration';
import type { InferenceBridgeProps } from './bridge-props';
import { BridgeRoute } from './bridge-route';
import { BridgeTracing } from './bridge-tracing';
import { BRIDGE_PATHS, bridgeWorkload, OPERATIONS } from './bridge-workload';
import { brokerTrust } from './broker-link';
import { connectorEgress, SERVING_NAMESPACES } from './connector-egress';
import type { ModelLogin } from './model-login';
import { BridgeMonitoring, type BridgeMonitoringOptions } from './monitoring/bridge-monitoring';
import { checkClients, checkModel } from './route-checks';
import { checkRouteOptions, routeWarnings } from './route-contradictions';
import type { BridgeRouteOptions } from './route-options';
import { type BridgeGroup, bridgeGroup } from './scaling/bridge-group';
import type { BridgeScaling } from './scaling/bridge-scaling';
import { loginWarnings } from './unanswered-logins';

/**
 * Carries requests from the broker to models and the answers back, at least once: a request is acknowledged when the
 * broker has accepted its answer.
 */
export class InferenceBridge extends Chart {
  readonly name: string;
  readonly bridgeNamespace: string;
  readonly broker: IMqttBroker;
  /** Who the bridge is at the broker. */
  readonly user: IMqttUser;
  /** Under this id the broker keeps the bridge's session. With several pods `{ordinal}` in it is the pod's number. */
  readonly clientId: string;

  /** The namespace, unless it is the broker's or not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly configMap: ApiObject;
  readonly codeConfigMaps: ApiObject[];
  readonly credentialsSecret: ApiObject | undefined;
  /** cert-manager's Certificate of the bridge, where the broker asks for one and cert-manager makes it. */
  readonly clientCertificate: ApiObject | undefined;
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
  readonly #tracing: BridgeTracing | undefined;
  #warned = false;
  readonly #config: BridgeConfiguration;

  constructor(scope: Construct, id: string, props: InferenceBridgeProps) {
    super(scope, id, { namespace: props.namespace ?? props.broker.brokerNamespace });
    const { broker } = props;
    const namespace = props.namespace ?? broker.brokerNamespace;
    const name = props.name ?? id;
    checkNames({ name, namespace });
    this.broker = broker;
    this.name = name;
    this.bridgeNamespace = namespace;
    this.scaling = props.scaling;
    // No name has a slash, so no two bridges have one id.
    this.clientId = `${namespace}/${name}${this.scaling ? '/{ordinal}' : ''}`;
    this.#window = validWindow(props.window ?? BRIDGE_DEFAULTS.window);
    this.#servingNamespaces = validNamespaces(props.servingNamespaces ?? SERVING_NAMESPACES);
    this.#modelLogin = props.modelLogin;
    this.#tracing = props.tracing && new BridgeTracing(props.tracing);
    if (namespace !== broker.brokerNamespace && (props.createNamespace ?? true)) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }

    const ownSecret = `${name}-mqtt`;
    const credentials = props.credentials ?? Credentials.fromSecret(ownSecret);
    checkCredentials(credentials);
    const labels = podLabels('inference-bridge', name);
    const client = { name, namespace, labels, credentials, clientId: this.clientId, window: this.#window };
    this.user = broker._addBridge({ ...client, shared: this.scaling !== undefined });
    const droppedMessagesTopic = broker._addWatcher(this.user);
    const certificate = broker._certifyBridge(this, { user: name, name, namespace, labels });
    this.clientCertificate = certificate?.object;
    const { user, clientId } = this;
    this.#config = new BridgeConfiguration({
      link: { broker, user, clientId, droppedMessagesTopic, certified: certificate !== undefined },
      window: this.#window,
      group: this.scaling && name,
      modelLogin: props.modelLogin,
      tracing: this.#tracing,
      routes: this.#routes,
    });
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
      data: Lazy.any({ produce: () => ({ [BRIDGE_PATHS.configFile]: this.#config.text() }) }),
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
      brokerCertificate: certificate?.source,
      modelLogin: props.modelLogin?._source(),
      tracing: this.#tracing?.source,
      startupFiles: () => [this.#config.startupText(), broker._passwordLine(this.user), JSON.stringify(parts)],
      terminationGracePeriodSeconds: () => this.#config.stopSeconds(),
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
    this.node.addValidation({
      validate: () => (this.#routes.length === 0 ? missingRoutes() : this.#config.problems()),
    });
    if (!this.#modelLogin) this.node.addValidation({ validate: () => this.#warnOfLogins() });
  }

  get routes(): BridgeRoute[] {
    return [...this.#routes];
  }

  /**
   * Lets clients of the broker ask a model. The broker's ACL follows: they may publish to the request topic and receive
   * from the reply topic, the bridge the other way round.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_MODEL, EDGE_ERR_ROUTE_CLIENT, EDGE_ERR_ROUTE_TOPIC or EDGE_ERR_ROUTE_CONFLICT;
   * EDGE_ERR_ROUTE_OPTIONS for options that have no use beside each other; EDGE_ERR_BRIDGE_CONFIG for what the bridge
   * would not start with
   */
  addRoute(options: BridgeRouteOptions): BridgeRoute {
    checkModel(this, options.model);
    this.#modelLogin?._admit(options.model);
    checkClients(this, this.broker, options.clients);
    const route = new BridgeRoute(options);
    checkRouteOptions(`route ${route.name}`, options, this.scaling !== undefined);
    this.#config.checkRoute(route);
    admitRoute(this, this.broker, this.#conflicts, route, route._demands());
    route._grant(this.user);
    this.#routes.push(route);
    for (const warning of routeWarnings(options)) addWarning(this, `route ${route.name}: ${warning}`);
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

  #group(scaling: BridgeScaling, labels: Record<string, string>, { cpu }: ContainerResources): BridgeGroup {
    return bridgeGroup(this, scaling, {
      name: this.name,
      namespace: this.bridgeNamespace,
      labels,
      window: this.#window,
      cpuLimit: cpu?.limit && millisOf(cpu.limit),
      leavingSeconds: () => this.#config.stopSeconds(),
    });
  }

  #egress(): NetworkRule[] {
    const modelNamespaces = this.#routes.map(({ model }) => model.namespace);
    const toModels = connectorEgress(this.broker, modelNamespaces, this.#servingNamespaces);
    return [...toModels, ...(this.#modelLogin?._egress() ?? []), ...(this.#tracing?.egress() ?? [])];
  }

  /** Logins may be added until synth, so this is its last moment. */
  #warnOfLogins(): string[] {
    if (this.#warned) return [];
    this.#warned = true;
    for (const warning of loginWarnings(this, this.#routes)) addWarning(this, warning);
    return [];
  }
}

function missingRoutes(): string[] {
  const problem = {
    at: 'the number of routes of a bridge',
    value: 0,
    rule: 'a bridge without one has nothing to do',
    fix: 'Call addRoute(..), or leave the bridge out',
  };
  return [describe('EDGE_ERR_NO_ROUTES', problem)];
}

const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
};
