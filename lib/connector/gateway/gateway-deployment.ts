import { type ApiObject, Chart, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { MAX_TIMER_SECONDS } from '../../../bridge/config/defaults';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import { GATEWAY_DEFAULTS } from '../../../bridge/config/gateway-defaults';
import { Credentials } from '../../broker/credentials';
import { HttpBackend } from '../../entry/http/http-backend';
import { describe, EdgeError } from '../../errors';
import { podLabels } from '../../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { type NetworkPeer, type NetworkRule, podsLabelled, podsOfNamespaces } from '../../kubernetes/objects';
import { type ContainerResources, cpu, millisOf } from '../../kubernetes/plus';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { AmqpClient, passwordSecretName } from '../amqp/amqp-client';
import { gatewayProblems } from '../amqp/config-problems';
import { ConnectorMonitoring, type ConnectorMonitoringOptions } from '../amqp/connector-monitoring';
import { connectorPlace } from '../amqp/connector-place';
import { ConnectorScaling } from '../amqp/connector-scaling';
import { type ConnectorPort, ConnectorWorkload } from '../amqp/connector-workload';
import { OPERATIONS_PORT } from '../amqp/operations-port';
import { type SecretFolder, secretFolder } from '../amqp/secret-folder';
import { uniqueRules } from '../amqp/unique-rules';
import { BridgeCode } from '../bridge-code';
import { BridgeTracing } from '../bridge-tracing';
import { BRIDGE_PATHS } from '../bridge-workload';
import { admitDestination } from './admit-destination';
import type { GatewayAccess } from './gateway-access';
import { GATEWAY_PATHS as paths } from './gateway-paths';
import type { GatewayDeploymentProps } from './gateway-props';
import { GatewayRoute, type GatewayRouteOptions } from './gateway-route';
import { checkBodies, gatewaySettings } from './gateway-settings';
import { modelSeconds, providersAt, timeoutProblem } from './gateway-timeouts';
import { MqttClient, mqttSecretName } from './mqtt-client';
import { OPENSHIFT_ROUTERS, OpenShiftExposure, type OpenShiftRouteOptions } from './openshift-exposure';

const KILL_MARGIN_SECONDS = 15;

/**
 * Takes requests over HTTP and hands them on, over RabbitMQ, over MQTT, or to the model itself; whoever asked gets the
 * answer, in the same connection or later.
 */
export class GatewayDeployment extends Chart {
  readonly name: string;
  readonly gatewayNamespace: string;
  readonly access: GatewayAccess;
  readonly scaling: ConnectorScaling;
  /** Where pods of the cluster call it, if its NetworkPolicy lets them. */
  readonly url: string;

  /** The namespace, unless it is the broker's or not created. */
  readonly namespaceObject: ApiObject | undefined;
  /** cert-manager's Certificate, where the gateway's comes from there. */
  readonly certificate: ApiObject | undefined;
  /** Who the gateway is at RabbitMQ; nothing without one. */
  readonly client: AmqpClient | undefined;
  /** Who the gateway is at an MQTT broker; nothing without one. */
  readonly mqttClient: MqttClient | undefined;
  readonly workload: ConnectorWorkload;
  /** Nothing for a fixed number of pods. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;

  readonly #props: GatewayDeploymentProps;
  readonly #port: ConnectorPort;
  readonly #labels: Record<string, string>;
  readonly #tracing: BridgeTracing | undefined;
  readonly #tlsSecret: string | undefined;
  readonly #certifiedNames: string[] | undefined;
  readonly #routes: GatewayRoute[] = [];
  readonly #clients = new Map<string, NetworkPeer>();

  /**
   * @throws EdgeError EDGE_ERR_NAME for what Kubernetes or a broker would refuse; EDGE_ERR_DUPLICATE for a user that is
   * there; EDGE_ERR_CREDENTIALS for a certificate that nobody asks for; EDGE_ERR_VALUE for scaling or limits that cannot be
   */
  constructor(scope: Construct, id: string, props: GatewayDeploymentProps) {
    const { name, namespace, apart } = connectorPlace('GatewayDeployment', id, props);
    super(scope, id, { namespace });
    const { broker, mqttBroker, access } = props;
    const labels = podLabels('inference-gateway', name);
    checkBodies(props);
    this.#props = props;
    this.#labels = labels;
    this.#port = { name: access._protocol, port: GATEWAY_DEFAULTS.port, appProtocol: access._protocol };
    this.#tracing = props.tracing && new BridgeTracing(props.tracing);
    this.name = name;
    this.gatewayNamespace = namespace;
    this.access = access;
    this.scaling = checkedScaling(props.scaling ?? ConnectorScaling.fixed(2));
    const host = `${name}.${namespace}.svc.cluster.local`;
    this.url = `${access._protocol}://${host}:${this.#port.port}`;
    if (apart && (props.createNamespace ?? true)) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }
    const tls = access.certificate?._bind(this, { name, namespace, host, labels });
    this.certificate = tls?.certificate;
    this.#tlsSecret = tls?.secretName;
    this.#certifiedNames = tls?.dnsNames;
    const client = { name, namespace, labels, user: props.user ?? name };
    this.client =
      broker &&
      new AmqpClient(this, 'client', {
        ...{ ...client, broker, _peer: podsLabelled(namespace, labels) },
        credentials: props.credentials ?? Credentials.fromSecret(passwordSecretName(name)),
      });
    this.mqttClient =
      mqttBroker &&
      new MqttClient(this, 'mqtt-client', {
        ...{ ...client, broker: mqttBroker },
        credentials: props.mqttCredentials ?? Credentials.fromSecret(mqttSecretName(name)),
      });
    const resources = props.resources ?? DEFAULT_RESOURCES;
    this.workload = new ConnectorWorkload(this, 'workload', {
      ...{ name, namespace, labels, resources, role: 'gateway', command: ['gateway'] },
      code: props.code ?? BridgeCode.bundled(),
      replicas: this.scaling._replicas(),
      several: this.scaling.maxReplicas > 1,
      servicePorts: [this.#port, OPERATIONS_PORT],
      balanced: true,
      _config: () => this.#config(this.#routes),
      _folders: () => this.#folders(),
      _graceSeconds: () => this.#drainSeconds() + GATEWAY_DEFAULTS.drainDelaySeconds + KILL_MARGIN_SECONDS,
      _ingress: () => this.#ingress(),
      _egress: () => this.#egress(),
    });
    const cpuLimit = resources.cpu?.limit && millisOf(resources.cpu.limit);
    const scaled = { name, namespace, labels, cpuLimit };
    this.horizontalPodAutoscaler = this.scaling._cpuScaler(this, 'autoscaler', scaled);
    this.node.addValidation({ validate: () => this.#problems() });
  }

  get routes(): GatewayRoute[] {
    return [...this.#routes];
  }

  /**
   * For routes of a front door that ends TLS itself, as `HttpRoutes` do.
   *
   * @throws EdgeError EDGE_ERR_GATEWAY_ACCESS for a gateway that speaks TLS, to which such routes would speak plain HTTP
   */
  get backend(): HttpBackend {
    if (!this.access.certificate) {
      return HttpBackend._of(this.workload.service, this.#port.name, (peer) => this.#allow(peer));
    }
    throw new EdgeError('EDGE_ERR_GATEWAY_ACCESS', {
      at: `the access of ${this.node.path}, of which the backend is asked for`,
      value: 'TLS',
      rule: 'routes of HttpRoutes speak plain HTTP to their backends',
      fix: 'Use GatewayAccess.plaintext() behind such routes, or exposeThroughOpenShift(..), which passes TLS through',
    });
  }

  /**
   * Takes requests at a path, and hands them on.
   *
   * @throws EdgeError EDGE_ERR_GATEWAY_DESTINATION for a broker that the gateway does not know; EDGE_ERR_TIMEOUT for less
   * time than the model has; EDGE_ERR_BRIDGE_CONFIG for what the gateway would not start with
   */
  addRoute(options: GatewayRouteOptions): GatewayRoute {
    const route = new GatewayRoute(options);
    const providers = providersAt(this, this.#props.broker);
    const timeout = timeoutProblem(route, providers);
    if (timeout) throw new EdgeError('EDGE_ERR_TIMEOUT', timeout);
    admitDestination(this, route, { ...this.#props, client: this.client, mqttClient: this.mqttClient });
    this.#checkConfig(route);
    route.destination._direct?.model._allowFrom(podsLabelled(this.gatewayNamespace, this.#labels));
    this.#routes.push(route);
    return route;
  }

  /** Lets all pods of a namespace send requests. Whoever comes through a route to the gateway may already. */
  allowConnectionsFrom(namespace: string): void {
    const rule = dnsLabelProblem(namespace);
    if (rule) {
      const at = 'the namespace of allowConnectionsFrom(..)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: 'Name a namespace' });
    }
    this.#allow(podsOfNamespaces(namespace));
  }

  /**
   * Gives the gateway a host of OpenShift's router.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for what is no host; EDGE_ERR_GATEWAY_ACCESS for a termination that the gateway's access
   * does not go with; EDGE_ERR_HOST_CERTIFICATE for a host that its certificate does not have
   */
  exposeThroughOpenShift(options: OpenShiftRouteOptions): OpenShiftExposure {
    this.#allow(OPENSHIFT_ROUTERS);
    return new OpenShiftExposure(this, 'route', {
      ...options,
      ...{ name: this.name, namespace: this.gatewayNamespace, labels: this.#labels, access: this.access },
      service: this.workload.service,
      portName: this.#port.name,
      certifiedNames: this.#certifiedNames,
      _seconds: () => this.#longestSeconds() + GATEWAY_DEFAULTS.marginSeconds,
    });
  }

  /** Has the Prometheus operator collect the metrics of every pod. */
  addMonitoring(options: ConnectorMonitoringOptions = {}): ConnectorMonitoring {
    const { name, gatewayNamespace: namespace } = this;
    return new ConnectorMonitoring(this, 'monitoring', { ...options, name, namespace, role: 'inference-gateway' });
  }

  #config(routes: GatewayRoute[]): GatewayConfigInput {
    return {
      gateway: {
        port: this.#port.port,
        tls: this.#tlsConfig(),
        ...gatewaySettings(this.#props),
        drain: { timeoutSeconds: this.#drainSeconds() },
        routes: routes.map((route) => route._config(this.#modelSeconds(route))),
      },
      amqp: this.client?._config(),
      broker: this.mqttClient?._config(),
      http: { port: OPERATIONS_PORT.port },
      tracing: this.#tracing?.config(BRIDGE_PATHS.tracing),
    };
  }

  #tlsConfig() {
    const { certificate, clientAuthority } = this.access;
    return (
      certificate && {
        certFile: `${paths.certificate}/tls.crt`,
        keyFile: `${paths.certificate}/tls.key`,
        ...(clientAuthority && { clientCaFile: `${paths.clientAuthority}/${paths.authorityFile}` }),
      }
    );
  }

  #folders(): SecretFolder[] {
    const items = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));
    const certificate = this.#tlsSecret === undefined ? undefined : { secret: { name: this.#tlsSecret, items } };
    return [
      ...secretFolder('certificate', paths.certificate, certificate),
      ...secretFolder('client-authority', paths.clientAuthority, this.access.clientAuthority?._source('ca.crt')),
      ...(this.client?._folders() ?? []),
      ...(this.mqttClient?._folders() ?? []),
      ...secretFolder('tracing', BRIDGE_PATHS.tracing, this.#tracing?.source),
    ];
  }

  #ingress(): NetworkRule[] {
    if (this.#clients.size === 0) return [];
    return [{ from: [...this.#clients.values()], ports: [{ port: this.#port.name, protocol: 'TCP' }] }];
  }

  #egress(): NetworkRule[] {
    return uniqueRules([
      ...(this.client?._egress() ?? []),
      ...(this.mqttClient?._egress() ?? []),
      ...this.#routes.flatMap(({ destination }) => destination._direct?.model._egress() ?? []),
      ...(this.#tracing?.egress() ?? []),
    ]);
  }

  #allow(peer: NetworkPeer): void {
    this.#clients.set(JSON.stringify(peer), peer);
  }

  #modelSeconds(route: GatewayRoute): number {
    return modelSeconds(route, providersAt(this, this.#props.broker));
  }

  #longestSeconds(): number {
    return Math.max(0, ...this.#routes.map((route) => route._seconds(this.#modelSeconds(route))));
  }

  /** Whoever has been let in gets an answer. */
  #drainSeconds(): number {
    return Math.min(Math.max(1, Math.ceil(this.#longestSeconds())), MAX_TIMER_SECONDS);
  }

  #checkConfig(route: GatewayRoute): void {
    const of = 'gateway.routes[0]';
    const problem = gatewayProblems(this.#config([route])).find((line) => line.startsWith(of));
    if (problem === undefined) return;
    throw new EdgeError('EDGE_ERR_BRIDGE_CONFIG', {
      at: `what the gateway says to route ${route.name}`,
      value: problem.slice(of.length).replace(/^[. ]/, ''),
      rule: 'it would not start with it',
      fix: 'Correct the option of addRoute(..) that it comes from',
    });
  }

  #problems(): string[] {
    if (this.#routes.length === 0) return [NO_ROUTES];
    const providers = providersAt(this, this.#props.broker);
    const timeouts = this.#routes.flatMap((route) => timeoutProblem(route, providers) ?? []);
    if (timeouts.length > 0) return timeouts.map((problem) => describe('EDGE_ERR_TIMEOUT', problem));
    return gatewayProblems(this.#config(this.#routes)).map((value) =>
      describe('EDGE_ERR_BRIDGE_CONFIG', {
        at: 'what the gateway says to its configuration',
        value,
        rule: 'it would not start with it',
        fix: 'Correct the prop or option that it comes from',
      }),
    );
  }
}

const NO_ROUTES = describe('EDGE_ERR_NO_ROUTES', {
  at: 'the number of routes of a gateway',
  value: 0,
  rule: 'a gateway without one has nothing to do',
  fix: 'Call addRoute(..), or leave the gateway out',
});

const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(256), limit: Size.gibibytes(1) },
};

function checkedScaling(scaling: ConnectorScaling): ConnectorScaling {
  if (!scaling._queueDepth) return scaling;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'GatewayDeployment.scaling',
    value: 'ConnectorScaling.queueDepth(..)',
    rule: 'a gateway consumes no queue of requests',
    fix: 'Use ConnectorScaling.cpu(..) or fixed(..)',
  });
}
