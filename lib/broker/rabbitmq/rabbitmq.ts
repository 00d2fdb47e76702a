import type { Construct } from 'constructs';
import type { GatewayBrokerRoutes, GatewayExposure } from '../../entry/gateway-api/gateway-broker-routes';
import type { TraefikBrokerRoutes, TraefikExposure } from '../../entry/traefik/traefik-broker-routes';
import { podLabels } from '../../kubernetes/labels';
import { MosquittoExposure } from '../mosquitto-exposure';
import { RabbitMqBroker } from './rabbitmq-broker';
import { RabbitMqMonitoring, type RabbitMqMonitoringOptions } from './rabbitmq-monitoring';
import { NODES_LABEL, RabbitMqNodes } from './rabbitmq-nodes';
import type { RabbitMqProps } from './rabbitmq-props';

/**
 * A RabbitMQ cluster without an operator: nodes with a volume each, TLS, users that may do what their routes and grants
 * say, and queues that outlive a node.
 *
 * There is no administrator. Changed users, permissions and queues reach the running cluster by themselves, and users that
 * are no longer in the stack are removed; queues stay, for there may be messages in them.
 *
 * @see https://www.rabbitmq.com/docs/configure
 */
export class RabbitMq extends RabbitMqBroker {
  /** The StatefulSet and what belongs to it. */
  readonly nodes: RabbitMqNodes;

  /**
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what Kubernetes or RabbitMQ would not take;
   * EDGE_ERR_BROKER_TLS for listeners that no client could use, or anybody; EDGE_ERR_CREDENTIALS for a cookie that is none
   */
  constructor(scope: Construct, id: string, props: RabbitMqProps) {
    super(scope, id, props);
    this.nodes = new RabbitMqNodes(this, 'nodes', {
      name: this.name,
      namespace: this.brokerNamespace,
      labels: this._podLabels,
      _parts: {
        broker: props,
        settings: this._settings,
        contents: this._contents,
        certificates: this._certificates,
        clients: this._clients,
        prefetch: () => this._prefetch,
      },
    });
  }

  /**
   * Opens MQTT to devices outside of the cluster. Over websockets RabbitMQ answers at the path `/ws`.
   *
   * @throws EdgeError as `Mosquitto.exposeThroughTraefik`, and EDGE_ERR_BROKER_FEATURE without MQTT
   */
  exposeThroughTraefik(exposure: TraefikExposure = {}): TraefikBrokerRoutes {
    return this.#exposure().throughTraefik(exposure);
  }

  /**
   * Opens MQTT to devices outside of the cluster, at a Gateway of the Gateway API. Over websockets RabbitMQ answers at the
   * path `/ws`.
   *
   * @throws EdgeError as `Mosquitto.exposeThroughGateway`, and EDGE_ERR_BROKER_FEATURE without MQTT
   */
  exposeThroughGateway(exposure: GatewayExposure): GatewayBrokerRoutes {
    return this.#exposure().throughGateway(exposure);
  }

  /** Has the Prometheus operator collect the broker's metrics, and tell somebody when it stands still. */
  addMonitoring(options: RabbitMqMonitoringOptions = {}): RabbitMqMonitoring {
    return new RabbitMqMonitoring(this, 'monitoring', {
      ...options,
      name: this.name,
      namespace: this.brokerNamespace,
      serviceLabels: { ...this._podLabels, ...NODES_LABEL },
      replicas: this._settings.replicas,
    });
  }

  /** @internal */
  _labelsOf(name: string): Record<string, string> {
    return podLabels('rabbitmq', name);
  }

  #exposure(): MosquittoExposure {
    return new MosquittoExposure(this, {
      backend: {
        ...this._mqtt(),
        name: this.name,
        namespace: this.brokerNamespace,
        service: this.nodes.service.name,
        certifiedNames: this._certificates.tls?.dnsNames,
      },
      plain: this._settings.mqtt?.plaintext ?? false,
      allowPeer: (peer) => this._allowPeer(peer),
    });
  }
}
