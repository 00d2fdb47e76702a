import { type ApiObject, Chart, Duration, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { RouteConflictFinder } from '../../../bridge/config/route-conflicts';
import { Credentials } from '../../broker/credentials';
import type { Mosquitto } from '../../broker/mosquitto';
import type { MosquittoUser } from '../../broker/mosquitto-user';
import { describe } from '../../errors';
import { knownValue } from '../../known-values';
import { podLabels } from '../../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { Secret, ServiceAccount } from '../../kubernetes/objects';
import { cpu } from '../../kubernetes/plus';
import { acceptProblem } from '../../synth/accepted-problems';
import { addWarning } from '../../synth/warnings';
import { admitRoute } from '../admit-route';
import { SERVING_NAMESPACES } from '../connector-egress';
import { resolveRoute } from '../resolve-route';
import { checkClients, checkModel } from '../route-checks';
import type { RouteOptions } from '../route-options';
import { askKamelet, type CamelWorkload } from './camel-objects';
import { CamelRendering } from './camel-rendering';
import { CamelRoute } from './camel-route';
import { checkConnector } from './connector-checks';
import type { CamelConnectorProps } from './connector-props';
import { checkCamelOptions, checkCamelRoute, objectNameOf } from './route-limits';
import { camelTraits } from './traits';

const DEFAULT_RESOURCES = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(256), limit: Size.mebibytes(512) },
};
const DEFAULT_REDELIVERIES = 3;
const DEFAULT_DELAY = Duration.seconds(2);

const LESS_THAN_A_BRIDGE =
  'Camel K promises less than an InferenceBridge: a route answers one request at a time, a request that fails gets no ' +
  'error reply, response topics are ignored, and what waits at the broker when a pod starts may stay unanswered until ' +
  'it connects again (docs/camel-connector.md)';
const NO_REDELIVERY =
  'Camel K 2.6 and later repeat no failed calls of a Pipe: the first 503 makes a dead letter. An Integration repeats ' +
  'them (CamelRendering.INTEGRATION)';
const ONLY_CAMEL_K_1 =
  'KameletBindings are for Camel K 1.12; 2.6 removed them, and no Camel K 1 is maintained any more';

/**
 * Carries requests from the broker to models and the answers back with Camel K, for clusters where it is in use. It
 * promises less than an InferenceBridge: one request at a time for each route, no error replies, no response topics, and
 * requests that wait for its start may stay unanswered until it connects again.
 */
export class CamelConnector extends Chart {
  readonly name: string;
  readonly connectorNamespace: string;
  readonly broker: Mosquitto;
  readonly rendering: CamelRendering;
  /** Who the connector is at the broker. */
  readonly user: MosquittoUser;

  /** The namespace, unless it is the broker's or not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly credentialsSecret: ApiObject | undefined;
  readonly serviceAccount: ApiObject;
  /** The call to a model, for Pipes and KameletBindings. */
  readonly kamelet: ApiObject | undefined;

  readonly #routes: CamelRoute[] = [];
  readonly #conflicts = new RouteConflictFinder();
  readonly #servingNamespaces: string[];
  readonly #passwordProperty: string;
  readonly #workload: CamelWorkload;

  /**
   * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_VALUE or EDGE_ERR_CREDENTIALS for props that Camel K cannot work with;
   * EDGE_ERR_BROKER_TLS for a broker without a plain listener; EDGE_ERR_DUPLICATE when it has a user of this name
   */
  constructor(scope: Construct, id: string, props: CamelConnectorProps) {
    super(scope, id, { namespace: props.namespace ?? props.broker.brokerNamespace });
    const { broker } = props;
    this.broker = broker;
    this.name = props.name ?? id;
    this.connectorNamespace = props.namespace ?? broker.brokerNamespace;
    this.rendering = knownValue(
      'CamelConnector.rendering',
      props.rendering ?? CamelRendering.INTEGRATION,
      CamelRendering,
    );
    const { name, connectorNamespace: namespace, rendering } = this;
    checkConnector({ ...props, name, namespace, rendering });
    const ownSecret = `${name}-mqtt`;
    const credentials = props.credentials ?? Credentials.fromSecret(ownSecret);
    this.#servingNamespaces = [...(props.servingNamespaces ?? SERVING_NAMESPACES)];
    this.namespaceObject = this.#declareNamespace(props.createNamespace ?? true);

    this.user = broker.addUser(name, credentials);
    const labels = podLabels('camel-connector', name);
    const metadata = { namespace, labels };
    const password = credentials._reveal();
    this.credentialsSecret =
      password === undefined
        ? undefined
        : new Secret(this, 'credentials', { metadata: { ...metadata, name: ownSecret }, stringData: { password } });
    this.serviceAccount = new ServiceAccount(this, 'service-account', { ...metadata, name });
    this.kamelet = askKamelet(this, 'ask', rendering, { ...metadata, name: `${name}-ask` });
    const passwordEntry = credentials.secret ?? { secretName: ownSecret, key: 'password' };
    this.#passwordProperty = passwordEntry.key;
    this.#workload = {
      ...metadata,
      rendering,
      serviceAccountName: this.serviceAccount.name,
      traits: camelTraits(rendering, props.resources ?? DEFAULT_RESOURCES, passwordEntry),
      redelivery: {
        maximumRedeliveries: props.maximumRedeliveries ?? DEFAULT_REDELIVERIES,
        redeliveryDelay: (props.redeliveryDelay ?? DEFAULT_DELAY).toMilliseconds(),
      },
      kamelet: this.kamelet,
    };
    this.#warn();
    this.node.addValidation({ validate: () => this.#missingRoutes() });
  }

  get routes(): CamelRoute[] {
    return [...this.#routes];
  }

  /**
   * Lets clients of the broker ask a model, as `InferenceBridge.addRoute(..)` does. The broker's ACL follows: they may
   * publish to the request topic and receive from the reply topic, the connector the other way round.
   *
   * Camel asks one request at a time, so `concurrency` is 1 or left out. Answers go to the reply topic whatever response
   * topic a request names.
   *
   * @throws EdgeError EDGE_ERR_ROUTE_MODEL, EDGE_ERR_ROUTE_CLIENT, EDGE_ERR_ROUTE_TOPIC or EDGE_ERR_ROUTE_CONFLICT;
   * EDGE_ERR_VALUE and EDGE_ERR_ROUTE_OPTIONS for what only a bridge does; EDGE_ERR_NAME and EDGE_ERR_DUPLICATE for a name that no object can have
   */
  addRoute(options: RouteOptions): CamelRoute {
    checkModel(this, options.model);
    checkClients(this, this.broker, options.clients);
    const route = resolveRoute(options);
    checkCamelOptions(options, route.name);
    checkCamelRoute(route);
    const objectName = objectNameOf(this.name, route, this.#routes);
    admitRoute(this, this.broker, this.#conflicts, { ...route, allowedResponseTopics: [] });
    const added = CamelRoute._add(this, `route-${objectName}`, {
      route,
      objectName,
      broker: this.broker,
      user: this.user,
      passwordProperty: this.#passwordProperty,
      servingNamespaces: this.#servingNamespaces,
      workload: this.#workload,
    });
    this.#routes.push(added);
    return added;
  }

  /** Camel K 1 makes pods that the "restricted" standard refuses, also where the broker's namespace enforces it. */
  #declareNamespace(create: boolean): ApiObject | undefined {
    const { connectorNamespace, broker, rendering } = this;
    const isBrokers = connectorNamespace === broker.brokerNamespace;
    const unenforced = rendering === CamelRendering.KAMELET_BINDING;
    if (isBrokers ? !(unenforced && broker.namespaceObject) : !create) return undefined;
    const podSecurity = unenforced ? PodSecurity.UNENFORCED : PodSecurity.RESTRICTED;
    const namespace = declareNamespace(this, connectorNamespace, podSecurity);
    return isBrokers ? undefined : namespace;
  }

  #warn(): void {
    addWarning(this, LESS_THAN_A_BRIDGE);
    if (this.rendering === CamelRendering.PIPE) addWarning(this, NO_REDELIVERY);
    if (this.rendering === CamelRendering.KAMELET_BINDING) {
      addWarning(this, ONLY_CAMEL_K_1);
      acceptProblem(this, 'EDGE_ERR_API_VERSION', 'Camel K 1 knows no other kind');
    }
  }

  #missingRoutes(): string[] {
    if (this.#routes.length > 0) return [];
    const problem = {
      at: 'the number of routes of a connector',
      value: 0,
      rule: 'a connector without one has nothing to do',
      fix: 'Call addRoute(..), or leave the connector out',
    };
    return [describe('EDGE_ERR_NO_ROUTES', problem)];
  }
}
