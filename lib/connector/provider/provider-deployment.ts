import { type ApiObject, Chart, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { CONSUMER_TIMEOUT_MARGIN_SECONDS } from '../../../bridge/config/amqp-defaults';
import { MAX_TIMER_SECONDS } from '../../../bridge/config/defaults';
import type { ProviderConfigInput } from '../../../bridge/config/provider';
import { Credentials } from '../../broker/credentials';
import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import { describe, EdgeError } from '../../errors';
import { podLabels } from '../../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { type NetworkRule, podsLabelled } from '../../kubernetes/objects';
import { type ContainerResources, cpu, millisOf } from '../../kubernetes/plus';
import { AmqpClient, isOfApp, passwordSecretName } from '../amqp/amqp-client';
import { providerProblems } from '../amqp/config-problems';
import { ConnectorMonitoring, type ConnectorMonitoringOptions } from '../amqp/connector-monitoring';
import { connectorPlace } from '../amqp/connector-place';
import { ConnectorScaling } from '../amqp/connector-scaling';
import { ConnectorWorkload } from '../amqp/connector-workload';
import type { ExternalRabbitMq } from '../amqp/external-rabbitmq';
import { OPERATIONS_PORT } from '../amqp/operations-port';
import { type SecretFolder, secretFolder } from '../amqp/secret-folder';
import { uniqueRules } from '../amqp/unique-rules';
import { BridgeCode } from '../bridge-code';
import { BridgeTracing } from '../bridge-tracing';
import { BRIDGE_PATHS as paths } from '../bridge-workload';
import type { ModelLogin } from '../model-login';
import type { ProviderDeploymentProps } from './provider-props';
import { ProviderRoute, type ProviderRouteConfig } from './provider-route';
import type { ProviderRouteOptions } from './provider-route-options';
import { QueueScaler } from './queue-scaler';

const BRAND = Symbol.for('cdk8s-edge-inference.ProviderDeployment');
/** For what comes after the last prediction: publishing it, acknowledging, saying goodbye. */
const DRAIN_MARGIN_SECONDS = 10;
const KILL_MARGIN_SECONDS = 10;

/**
 * Takes requests from queues of RabbitMQ, asks models, and publishes the answers: at least once, for a request is
 * acknowledged when the broker has accepted its answer. What no try helps is answered with an error, and parked.
 */
export class ProviderDeployment extends Chart {
  /** Whether a construct is a provider. Of `instanceof` every chart is one of every class of charts. */
  static isProviderDeployment(construct: unknown): construct is ProviderDeployment {
    return typeof construct === 'object' && construct !== null && BRAND in construct;
  }

  readonly name: string;
  readonly providerNamespace: string;
  readonly broker: RabbitMqBroker | ExternalRabbitMq;
  /** Who the provider is at the broker, and what it shows there. */
  readonly client: AmqpClient;
  readonly scaling: ConnectorScaling;

  /** The namespace, unless it is the broker's or not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly workload: ConnectorWorkload;
  /** Nothing for a fixed number of pods, or with a {@link queueScaler}. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;
  /** Nothing unless queues are what pods are counted by. */
  readonly queueScaler: QueueScaler | undefined;

  readonly #routes: ProviderRoute[] = [];
  readonly #modelLogin: ModelLogin | undefined;
  readonly #tracing: BridgeTracing | undefined;

  /**
   * @throws EdgeError EDGE_ERR_NAME for what Kubernetes or RabbitMQ would refuse; EDGE_ERR_DUPLICATE for a user that is
   * there; EDGE_ERR_CREDENTIALS for a certificate that nobody asks for; EDGE_ERR_VALUE for scaling that cannot be
   */
  constructor(scope: Construct, id: string, props: ProviderDeploymentProps) {
    const { name, namespace, apart } = connectorPlace('ProviderDeployment', id, props);
    super(scope, id, { namespace });
    Object.defineProperty(this, BRAND, { value: true });
    const { broker } = props;
    const labels = podLabels('inference-provider', name);
    this.name = name;
    this.providerNamespace = namespace;
    this.broker = broker;
    this.scaling = props.scaling ?? ConnectorScaling.fixed(2);
    this.#modelLogin = props.modelLogin;
    this.#tracing = props.tracing && new BridgeTracing(props.tracing);
    if (apart && (props.createNamespace ?? true)) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }
    this.client = new AmqpClient(this, 'client', {
      ...{ broker, name, namespace, labels, _peer: podsLabelled(namespace, labels), user: props.user ?? name },
      credentials: props.credentials ?? Credentials.fromSecret(passwordSecretName(name)),
    });
    const resources = props.resources ?? DEFAULT_RESOURCES;
    this.workload = new ConnectorWorkload(this, 'workload', {
      ...{ name, namespace, labels, resources, role: 'provider', command: [] },
      code: props.code ?? BridgeCode.bundled(),
      replicas: this.scaling._replicas(),
      several: this.scaling.maxReplicas > 1,
      servicePorts: [OPERATIONS_PORT],
      balanced: false,
      _config: () => this.#config(this.#routes),
      _folders: () => this.#folders(),
      _graceSeconds: () => this.#drainSeconds() + KILL_MARGIN_SECONDS,
      _ingress: () => [],
      _egress: () => this.#egress(),
    });
    const scaled = { name, namespace, labels };
    const cpuLimit = resources.cpu?.limit && millisOf(resources.cpu.limit);
    this.horizontalPodAutoscaler = this.scaling._cpuScaler(this, 'autoscaler', { ...scaled, cpuLimit });
    const { _queueDepth: scaling, minReplicas } = this.scaling;
    const _queues = () => this.#routes.map(({ queue }) => queue.name);
    this.queueScaler = scaling && new QueueScaler(this, 'scaler', { ...scaled, broker, minReplicas, scaling, _queues });
    this.node.addValidation({ validate: () => [...this.#missingRoutes(), ...this.#refusedConfig()] });
  }

  get routes(): ProviderRoute[] {
    return [...this.#routes];
  }

  /**
   * Has the requests of a queue answered. At a broker of the app the queue comes with it, those for retries and for what was
   * given up, and what the provider may do there.
   *
   * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_VALUE or EDGE_ERR_ROUTE_CONFLICT for queues that cannot be;
   * EDGE_ERR_TIMEOUT for less time than the model takes, or more than the broker waits; EDGE_ERR_BRIDGE_CONFIG for what the provider would not start with
   */
  addRoute(options: ProviderRouteOptions): ProviderRoute {
    const route = new ProviderRoute(options);
    checkPatience(route, this.broker.consumerTimeoutSeconds);
    if (route.model.model) this.#modelLogin?._admit(route.model.model);
    this.#checkConfig(route);
    if (isOfApp(this.broker)) this.broker._declare(route._queues());
    if (this.client.user) route._grant(this.client.user);
    this.queueScaler?._watch(route.queue.name);
    route.model._allowFrom(podsLabelled(this.providerNamespace, podLabels('inference-provider', this.name)));
    this.#routes.push(route);
    return route;
  }

  /** Has the Prometheus operator collect the metrics of every pod. */
  addMonitoring(options: ConnectorMonitoringOptions = {}): ConnectorMonitoring {
    const { name, providerNamespace: namespace } = this;
    return new ConnectorMonitoring(this, 'monitoring', { ...options, name, namespace, role: 'inference-provider' });
  }

  #config(routes: ProviderRoute[]): ProviderConfigInput {
    return {
      amqp: this.client._config(),
      delivery: { drainTimeoutSeconds: this.#drainSeconds() },
      http: { port: OPERATIONS_PORT.port },
      tracing: this.#tracing?.config(paths.tracing),
      routes: routes.map((route) => this.#routeConfig(route)),
    };
  }

  #routeConfig(route: ProviderRoute): ProviderRouteConfig {
    const config = route._config();
    const { model } = route.model;
    const login = model && this.#modelLogin?._config(model, paths.modelLogin);
    return { ...config, model: { ...config.model, ...login } };
  }

  #folders(): SecretFolder[] {
    return [
      ...this.client._folders(),
      ...secretFolder('model-login', paths.modelLogin, this.#modelLogin?._source()),
      ...secretFolder('tracing', paths.tracing, this.#tracing?.source),
    ];
  }

  #egress(): NetworkRule[] {
    return uniqueRules([
      ...this.client._egress(),
      ...this.#routes.flatMap(({ model }) => model._egress()),
      ...(this.#modelLogin?._egress() ?? []),
      ...(this.#tracing?.egress() ?? []),
    ]);
  }

  #drainSeconds(): number {
    const longest = Math.max(0, ...this.#routes.map(({ timeoutSeconds }) => timeoutSeconds));
    return Math.min(Math.ceil(longest) + DRAIN_MARGIN_SECONDS, MAX_TIMER_SECONDS);
  }

  #checkConfig(route: ProviderRoute): void {
    const of = 'routes[0]';
    const problem = providerProblems(this.#config([route])).find((line) => line.startsWith(of));
    if (problem === undefined) return;
    throw new EdgeError('EDGE_ERR_BRIDGE_CONFIG', {
      at: `what the provider says to route ${route.name}`,
      value: problem.slice(of.length).replace(/^[. ]/, ''),
      rule: 'it would not start with it',
      fix: 'Correct the option of addRoute(..) that it comes from',
    });
  }

  #refusedConfig(): string[] {
    if (this.#routes.length === 0) return [];
    return providerProblems(this.#config(this.#routes)).map((value) =>
      describe('EDGE_ERR_BRIDGE_CONFIG', {
        at: 'what the provider says to its configuration',
        value,
        rule: 'it would not start with it',
        fix: 'Correct the prop or option that it comes from',
      }),
    );
  }

  #missingRoutes(): string[] {
    if (this.#routes.length > 0) return [];
    return [
      describe('EDGE_ERR_NO_ROUTES', {
        at: 'the number of routes of a provider',
        value: 0,
        rule: 'a provider without one has nothing to do',
        fix: 'Call addRoute(..), or leave the provider out',
      }),
    ];
  }
}

const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
};

/** The broker would take the request away from under the call, and hand it to the next provider. */
function checkPatience({ name, timeoutSeconds }: ProviderRoute, consumerTimeoutSeconds: number): void {
  const most = consumerTimeoutSeconds - CONSUMER_TIMEOUT_MARGIN_SECONDS;
  if (timeoutSeconds <= most) return;
  throw new EdgeError('EDGE_ERR_TIMEOUT', {
    at: `timeout of route ${name}`,
    value: `${timeoutSeconds} s`,
    rule: `the broker waits ${consumerTimeoutSeconds} s for an acknowledgement, of which ${CONSUMER_TIMEOUT_MARGIN_SECONDS} s are for all that is not the model`,
    fix: `Lower it to ${most} s, or raise the consumerTimeout of the broker`,
  });
}
