import type { Construct } from 'constructs';
import { GatewayBrokerRoutes, type GatewayExposure } from '../entry/gateway-api/gateway-broker-routes';
import { TraefikBrokerRoutes, type TraefikExposure } from '../entry/traefik/traefik-broker-routes';
import { EdgeError } from '../errors';
import { type NetworkPeer, podsOfNamespaces } from '../kubernetes/objects';

/** Where what comes from outside of the cluster goes. */
interface BrokerBackend {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly mqttPort: number;
  readonly websocketPort: number;
  readonly mqttsPort: number | undefined;
  readonly wssPort: number | undefined;
  /** The names in its own certificate, where they are known. */
  readonly certifiedNames: string[] | undefined;
}

export interface ExposedBroker {
  readonly backend: BrokerBackend;
  /** Whether it has listeners without TLS. */
  readonly plain: boolean;
  readonly allowPeer: (peer: NetworkPeer) => void;
}

/** Opens a broker to devices outside of the cluster, once for each way. */
export class MosquittoExposure {
  readonly #scope: Construct;
  readonly #broker: ExposedBroker;

  constructor(scope: Construct, broker: ExposedBroker) {
    this.#scope = scope;
    this.#broker = broker;
  }

  throughTraefik(exposure: TraefikExposure): TraefikBrokerRoutes {
    this.#refuseSecond('exposeThroughTraefik(..)', 'traefik');
    this.#refusePlain('exposeThroughTraefik(..).tls', exposure.tls?.passesThrough ?? false);
    const routes = new TraefikBrokerRoutes(this.#scope, 'traefik', { ...exposure, ...this.#broker.backend });
    this.#broker.allowPeer(podsOfNamespaces(routes.entryPoints.namespace));
    return routes;
  }

  throughGateway(exposure: GatewayExposure): GatewayBrokerRoutes {
    this.#refuseSecond('exposeThroughGateway(..)', 'gateway');
    for (const listener of [exposure.mqttListener, exposure.websocketListener]) {
      if (listener)
        this.#refusePlain(`listener "${listener.name}" of exposeThroughGateway(..)`, listener.passesThrough);
    }
    const routes = new GatewayBrokerRoutes(this.#scope, 'gateway', { ...exposure, ...this.#broker.backend });
    this.#broker.allowPeer(podsOfNamespaces(routes.gateway.proxyNamespace));
    return routes;
  }

  #refuseSecond(value: string, id: string): void {
    if (this.#scope.node.tryFindChild(id) === undefined) return;
    throw new EdgeError('EDGE_ERR_DUPLICATE', {
      at: `a way to broker ${this.#scope.node.path}`,
      value,
      rule: 'the broker has been given this one already',
      fix: 'Call it once for each broker',
    });
  }

  #refusePlain(at: string, passesThrough: boolean): void {
    if (this.#broker.plain || passesThrough) return;
    throw new EdgeError('EDGE_ERR_BROKER_TLS', {
      at,
      value: 'TLS that ends before the broker',
      rule: 'the broker has no listener without TLS, which would be connected to',
      fix: 'Pass TLS through to the broker, or leave the plain listeners on',
    });
  }
}
