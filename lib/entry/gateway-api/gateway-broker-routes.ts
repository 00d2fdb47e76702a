import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { HttpRoute, type ParentReference, TcpRoute, TlsRoute } from '../../crds/gateway-api';
import { describe, EdgeError } from '../../errors';
import { hostProblem } from '../../naming/model-hosts';
import { acceptProblem } from '../../synth/accepted-problems';
import { declareBrokerHost } from '../broker-host';
import { GatewayApiVersion } from './gateway-api-version';
import type { GatewayListener } from './gateway-listener';
import type { GatewayReference } from './gateway-reference';

/** How devices reach a broker through a Gateway. */
export interface GatewayExposure {
  readonly gateway: GatewayReference;
  /** The listener for MQTT: `GatewayListener.tcp(..)`, `.tls(..)` or `.passthrough(..)`. @default - no MQTT over TCP */
  readonly mqttListener?: GatewayListener;
  /** The listener for MQTT over websockets: of any kind. @default - no websockets */
  readonly websocketListener?: GatewayListener;
  /**
   * The host that devices connect to. Plain TCP carries no host name.
   *
   * @default - the host of the listener
   */
  readonly host?: string;
}

export interface GatewayBrokerRoutesProps extends GatewayExposure {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly mqttPort: number;
  readonly websocketPort: number;
  /** Where the broker itself ends TLS. @default - nowhere */
  readonly mqttsPort?: number;
  /** Where the broker itself ends the TLS of websockets. @default - nowhere */
  readonly wssPort?: number;
  /** All names in the certificate of the broker itself. @default - they are not known */
  readonly certifiedNames?: string[];
}

/** A Gateway's way to one broker: a route for MQTT, and one for websockets. */
export class GatewayBrokerRoutes extends Construct {
  readonly gateway: GatewayReference;
  readonly mqttRoute: ApiObject | undefined;
  readonly websocketRoute: ApiObject | undefined;
  readonly #attachments: Attachment[];

  /**
   * @throws EdgeError EDGE_ERR_GATEWAY_ROUTE for listeners that would not take the route; EDGE_ERR_GATEWAY_LISTENER for
   * one that an EdgeGateway cannot open; EDGE_ERR_PASSTHROUGH for TLS that is passed to a broker without a TLS listener
   */
  constructor(scope: Construct, id: string, props: GatewayBrokerRoutesProps) {
    super(scope, id);
    validate(props);
    this.gateway = props.gateway;
    const { mqttListener, websocketListener } = props;
    const mqtt = mqttListener && attachment(mqttListener, props, { plain: props.mqttPort, tls: props.mqttsPort });
    const websockets =
      websocketListener && attachment(websocketListener, props, { plain: props.websocketPort, tls: props.wssPort });
    this.#attachments = [mqtt, websockets].filter((found) => found !== undefined);
    for (const { listener, routeKind, host } of this.#attachments) {
      props.gateway._open({ listener, routeKind, namespace: props.namespace });
      if (host === undefined) continue;
      const certifiedNames = listener.passesThrough ? props.certifiedNames : undefined;
      declareBrokerHost(this, { host, tls: listener.encrypts, certifiedNames });
    }
    this.mqttRoute = mqtt && this.#route('mqtt', mqtt, props);
    this.websocketRoute = websockets && this.#route('websockets', websockets, props);
    if (props.gateway.version === GatewayApiVersion.BEFORE_1_6) {
      acceptProblem(this, 'EDGE_ERR_API_VERSION', 'the cluster has a Gateway API before 1.6');
    }
    this.node.addValidation({ validate: () => this.#rivals() });
  }

  #route(id: string, { listener, routeKind, host, port }: Attachment, props: GatewayBrokerRoutesProps): ApiObject {
    const { gateway, name, namespace, service } = props;
    const metadata = { name: `${name}-${id}`, namespace };
    const parent: ParentReference = { name: gateway.name, namespace: gateway.namespace, sectionName: listener.name };
    const hostnames = host === undefined ? undefined : [host];
    const [parentRefs, rules] = [[parent], [{ backendRefs: [{ name: service, port }] }]];
    switch (routeKind) {
      case 'HTTPRoute':
        return new HttpRoute(this, id, { metadata, spec: { parentRefs, hostnames, rules } });
      case 'TLSRoute':
        return new TlsRoute(this, id, gateway.version, {
          metadata,
          spec: { parentRefs, hostnames: hostnames ?? [], rules },
        });
      case 'TCPRoute':
        return new TcpRoute(this, id, gateway.version, { metadata, spec: { parentRefs, rules } });
    }
  }

  /** Of two routes for the same at one listener the older one is served, which is chance. */
  #rivals(): string[] {
    const all = this.node.root.node.findAll().filter((construct) => construct instanceof GatewayBrokerRoutes);
    const earlier = all.slice(0, all.indexOf(this)).filter((other) => sameGateway(other.gateway, this.gateway));
    return this.#attachments.flatMap((own) => {
      const rival = earlier.find((other) => other.#attachments.some((attachment) => isRival(own, attachment)));
      if (!rival) return [];
      return [
        describe('EDGE_ERR_GATEWAY_ROUTE', {
          at: `the ${own.routeKind} to broker ${this.node.scope?.node.path}`,
          value: own.host ?? 'for any host',
          rule: `broker ${rival.node.scope?.node.path} has one for the same at listener "${own.listener.name}"`,
          fix: 'Give the brokers different hosts, or listeners of their own',
        }),
      ];
    });
  }
}

/** A route, and where it attaches. */
interface Attachment {
  readonly listener: GatewayListener;
  readonly routeKind: 'TCPRoute' | 'TLSRoute' | 'HTTPRoute';
  /** What tells it from other routes at the listener; plain TCP has nothing. */
  readonly host: string | undefined;
  readonly port: number;
}

function attachment(
  listener: GatewayListener,
  { host: asked }: GatewayExposure,
  ports: { plain: number; tls: number | undefined },
): Attachment {
  const host = listener.protocol === 'TCP' ? undefined : (asked ?? listener.host);
  if (!listener.passesThrough) {
    const routeKind = listener.protocol === 'HTTP' || listener.protocol === 'HTTPS' ? 'HTTPRoute' : 'TCPRoute';
    return { listener, routeKind, host, port: ports.plain };
  }
  if (ports.tls === undefined) {
    throw new EdgeError('EDGE_ERR_PASSTHROUGH', {
      at: `listener "${listener.name}" of exposeThroughGateway(..)`,
      value: 'a GatewayListener.passthrough(..)',
      rule: 'the broker has no listener for TLS that it could be passed to',
      fix: 'Give the broker a certificate, or let the Gateway end TLS',
    });
  }
  return { listener, routeKind: 'TLSRoute', host, port: ports.tls };
}

function sameGateway(one: GatewayReference, other: GatewayReference): boolean {
  return one.name === other.name && one.namespace === other.namespace;
}

function isRival(one: Attachment, other: Attachment): boolean {
  if (one.listener.name !== other.listener.name) return false;
  // A TCPRoute takes every connection of its listener.
  return one.routeKind === 'TCPRoute' || other.routeKind === 'TCPRoute' || one.host === other.host;
}

function validate({ mqttListener, websocketListener, host }: GatewayExposure): void {
  const problem = host === undefined ? undefined : hostProblem(host);
  if (problem) {
    const fix = 'Give the full host name, mqtt.example.com for instance';
    throw new EdgeError('EDGE_ERR_DOMAIN', { at: 'exposeThroughGateway(..).host', value: host, rule: problem, fix });
  }
  if (!mqttListener && !websocketListener) {
    throw new EdgeError('EDGE_ERR_GATEWAY_ROUTE', {
      at: 'exposeThroughGateway(..)',
      value: 'without listeners',
      rule: 'a route attaches to a listener',
      fix: 'Give mqttListener, websocketListener, or both',
    });
  }
  if (mqttListener?.protocol === 'HTTP' || mqttListener?.protocol === 'HTTPS') {
    throw new EdgeError('EDGE_ERR_GATEWAY_ROUTE', {
      at: 'exposeThroughGateway(..).mqttListener',
      value: mqttListener.protocol,
      rule: 'MQTT is no HTTP unless it is in websockets',
      fix: 'Use a listener for TCP or TLS, or websocketListener',
    });
  }
  if (mqttListener && mqttListener.name === websocketListener?.name) {
    throw new EdgeError('EDGE_ERR_GATEWAY_ROUTE', {
      at: 'exposeThroughGateway(..).websocketListener',
      value: mqttListener.name,
      rule: 'mqttListener is the same, and a connection goes to one of the two',
      fix: 'Give each its own listener',
    });
  }
  for (const listener of [mqttListener, websocketListener]) {
    if (!listener || host === undefined || takesHost(listener, host)) continue;
    throw new EdgeError('EDGE_ERR_GATEWAY_ROUTE', {
      at: 'exposeThroughGateway(..).host',
      value: host,
      rule: `listener "${listener.name}" is for ${listener.host}, and takes no route for another host`,
      fix: 'Use the host of the listener, or another listener',
    });
  }
}

function takesHost({ host: own }: GatewayListener, host: string): boolean {
  return own === undefined || own === host || (own.startsWith('*.') && host.endsWith(own.slice(1)));
}
