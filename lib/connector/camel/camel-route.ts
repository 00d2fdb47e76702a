import type { ApiObject, Duration } from 'cdk8s';
import { Construct } from 'constructs';
import type { Mosquitto } from '../../broker/mosquitto';
import type { IMqttUser } from '../../broker/mqtt-broker';
import { NetworkPolicy, podsLabelled } from '../../kubernetes/objects';
import type { InferenceModel } from '../../serving/inference-model';
import { connectorEgress } from '../connector-egress';
import type { ResolvedRoute } from '../resolve-route';
import { type CamelWorkload, routeObject } from './camel-objects';
import { consumerUri, producerUri } from './uris';

export interface CamelRouteProps {
  readonly route: ResolvedRoute;
  readonly objectName: string;
  readonly broker: Mosquitto;
  /** Who the connector is at the broker. */
  readonly user: IMqttUser;
  /** The key of the Secret with the password. */
  readonly passwordProperty: string;
  readonly servingNamespaces: string[];
  readonly workload: CamelWorkload;
}

/** The way from a request topic through a model to a reply topic, as Camel K runs it. */
export class CamelRoute extends Construct {
  /** @internal use `connector.addRoute(..)` */
  static _add(scope: Construct, id: string, props: CamelRouteProps): CamelRoute {
    return new CamelRoute(scope, id, props);
  }

  readonly name: string;
  readonly model: InferenceModel;
  readonly clients: IMqttUser[];
  readonly requestTopic: string;
  readonly replyTopic: string;
  readonly deadLetterTopic: string;
  readonly timeout: Duration;
  /** Name of the Integration, Pipe or KameletBinding, and of the Deployment that Camel K makes of it. */
  readonly objectName: string;
  /** Under this id the broker keeps the session of the subscription. */
  readonly clientId: string;

  /** The Integration, Pipe or KameletBinding. */
  readonly resource: ApiObject;
  readonly networkPolicy: ApiObject;

  /** @internal use `connector.addRoute(..)` */
  private constructor(scope: Construct, id: string, props: CamelRouteProps) {
    super(scope, id);
    const { route, broker, user, objectName, workload } = props;
    const { namespace, labels } = workload;
    this.name = route.name;
    this.model = route.model;
    this.clients = route.clients;
    this.requestTopic = route.requestTopic;
    this.replyTopic = route.replyTopic;
    this.deadLetterTopic = route.deadLetterTopic;
    this.timeout = route.timeout;
    this.objectName = objectName;
    // No name has a slash, and bridges use "<namespace>/<name>" and "<namespace>/<name>/replies".
    this.clientId = `${namespace}/${objectName}/requests`;

    const login = { brokerUrl: broker.mqttUrl, user: user.name, passwordProperty: props.passwordProperty };
    this.resource = routeObject(this, 'Resource', workload, {
      name: objectName,
      source: consumerUri(this.requestTopic, this.clientId, login),
      modelUrl: this.model.predictUrl,
      timeoutMs: this.timeout.toMilliseconds(),
      sink: producerUri(this.replyTopic, login),
      deadLetters: producerUri(this.deadLetterTopic, login),
    });
    const pods = { 'camel.apache.org/integration': objectName };
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: { name: objectName, namespace, labels },
      spec: {
        podSelector: { matchLabels: pods },
        policyTypes: ['Ingress', 'Egress'],
        ingress: [],
        egress: connectorEgress(broker, [this.model.namespace], props.servingNamespaces),
      },
    });
    broker._allowPeer(podsLabelled(namespace, pods));
    this.#grant(user);
  }

  /** Without the clients' own reply topics, which Camel does not publish to. */
  #grant(connector: IMqttUser): void {
    connector.allowSubscribe(this.requestTopic);
    connector.allowPublish(this.replyTopic).allowPublish(this.deadLetterTopic);
    for (const client of this.clients) client.allowPublish(this.requestTopic).allowSubscribe(this.replyTopic);
  }
}
