import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { IngressRoute, IngressRouteTcp, type TraefikTlsSpec } from '../../crds/traefik';
import { describe, EdgeError } from '../../errors';
import { hostProblem } from '../../naming/model-hosts';
import { acceptProblem } from '../../synth/accepted-problems';
import { addWarning } from '../../synth/warnings';
import { declareBrokerHost } from '../broker-host';
import { ConnectionLimits } from './connection-limits';
import { matchClash, routeMatches } from './route-matches';
import { TraefikEntryPoints } from './traefik-entry-points';
import { TraefikInstallation } from './traefik-installation';
import type { TraefikTls } from './traefik-tls';
import { resourceVersion, TraefikVersion } from './traefik-version';

/** How devices reach a broker through Traefik. */
export interface TraefikExposure {
  /** Port for MQTT over TCP. @default 5883 */
  readonly mqtt?: number;
  /** Port for MQTT over websockets. @default 5884 */
  readonly websockets?: number;
  /**
   * Name of the entry point for MQTT. Brokers of one Traefik share an entry point when they are told apart by host and
   * TLS; otherwise each needs its own.
   *
   * @default 'mqtt'
   */
  readonly mqttEntryPoint?: string;
  /** Name of the entry point for MQTT over websockets. @default 'wss' */
  readonly websocketEntryPoint?: string;
  /**
   * The host that devices connect to. Plain TCP carries no host name, so without TLS it only limits the websockets.
   *
   * @default - any host
   */
  readonly host?: string;
  /**
   * Encrypts both ports, and needs `host`. Without it passwords cross the network in clear.
   *
   * @default - no TLS
   */
  readonly tls?: TraefikTls;
  /**
   * Addresses, or ranges of them in CIDR notation, from which devices may connect. Traefik sees the device's address only
   * when its Service has `externalTrafficPolicy: Local`; otherwise it sees that of a node.
   *
   * @default - from everywhere
   */
  readonly allowedSourceRanges?: string[];
  /**
   * Connections that one address may hold at a time, for MQTT and for websockets each; devices behind one NAT have one
   * address. Each of Traefik's pods counts for itself.
   *
   * @default - any number
   */
  readonly maxConnectionsPerClient?: number;
  /** @default TraefikInstallation.helm() */
  readonly installation?: TraefikInstallation;
}

export interface TraefikBrokerRoutesProps extends TraefikExposure {
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

/** Traefik's way to one broker: entry points, a TCP route for MQTT and one for websockets. */
export class TraefikBrokerRoutes extends Construct {
  readonly entryPoints: TraefikEntryPoints;
  readonly mqttRoute: ApiObject;
  /** Nothing where TLS is passed through to a broker that does not end that of websockets. */
  readonly websocketRoute: ApiObject | undefined;
  /** What limits who may connect. */
  readonly middlewares: ApiObject[];

  /**
   * @throws EdgeError EDGE_ERR_TRAEFIK_TLS for `tls` without `host`; EDGE_ERR_PASSTHROUGH for TLS that is passed through
   * to a broker without a TLS listener; EDGE_ERR_DOMAIN, EDGE_ERR_VALUE and EDGE_ERR_ENTRY_POINT for what Traefik would
   * not take
   */
  constructor(scope: Construct, id: string, props: TraefikBrokerRoutesProps) {
    super(scope, id);
    validate(props);
    const installation = props.installation ?? TraefikInstallation.helm();
    const [mqtt, websockets] = backends(props);
    this.entryPoints = new TraefikEntryPoints(this, 'entry-points', {
      entryPoints: [mqtt, ...(websockets ? [websockets] : [])].map(({ entryPoint: name, port }) => ({ name, port })),
      installation,
    });
    const apiVersion = resourceVersion(installation.version);
    const limits = new ConnectionLimits(this, 'limits', {
      ...props,
      apiVersion,
      allowList: installation.version === TraefikVersion.V3 ? 'ipAllowList' : 'ipWhiteList',
      http: websockets !== undefined && !props.tls?.passesThrough,
    });
    this.middlewares = limits.middlewares;
    const route = { apiVersion, tls: props.tls && tlsSpec(props.tls), ingressClass: installation.ingressClass, limits };
    this.mqttRoute = this.#tcpRoute('mqtt', mqtt, route, props);
    this.websocketRoute = websockets && this.#websocketRoute(websockets, route, props);
    if (installation.version === TraefikVersion.V2) {
      acceptProblem(this, 'EDGE_ERR_API_VERSION', 'Traefik before 2.10 knows no other group');
    }
    if (limits.middlewares.length > 0 && !installation._delivery.keepsClientAddresses) {
      addWarning(
        this,
        'allowedSourceRanges and maxConnectionsPerClient are about the address that Traefik sees: ' +
          'without externalTrafficPolicy: Local at its Service that is a node, for all devices alike',
      );
    }
    if (props.host !== undefined) {
      const certifiedNames = props.tls?.passesThrough ? props.certifiedNames : undefined;
      // A resolver of Traefik gets a certificate for whatever host a route names.
      const tls = props.tls !== undefined && props.tls.certResolver === undefined;
      declareBrokerHost(this, { host: props.host, tls, certifiedNames });
    }
    this.node.addValidation({ validate: () => this.#clashes() });
  }

  #websocketRoute(backend: Backend, route: RouteSettings, props: TraefikBrokerRoutesProps): ApiObject {
    // What Traefik does not decrypt is no HTTP to it.
    if (props.tls?.passesThrough) return this.#tcpRoute('websockets', backend, route, props);
    const { name, namespace, service, host } = props;
    const { apiVersion, tls, limits } = route;
    const match = host ? `Host(\`${host}\`)` : 'PathPrefix(`/`)';
    const services = [{ name: service, port: backend.servicePort }];
    return new IngressRoute(this, 'websockets', {
      apiVersion,
      metadata: { name: `${name}-websockets`, namespace, annotations: annotations(route) },
      spec: {
        entryPoints: [backend.entryPoint],
        routes: [{ match, kind: 'Rule', middlewares: limits.references, services }],
        tls,
      },
    });
  }

  #tcpRoute(id: string, backend: Backend, route: RouteSettings, props: TraefikBrokerRoutesProps): ApiObject {
    const { name, namespace, service, host } = props;
    const { apiVersion, tls, limits } = route;
    // A host can be told apart only by the server name of a TLS handshake.
    const match = tls ? `HostSNI(\`${host}\`)` : 'HostSNI(`*`)';
    const services = [{ name: service, port: backend.servicePort }];
    return new IngressRouteTcp(this, id, {
      apiVersion,
      metadata: { name: `${name}-${id}`, namespace, annotations: annotations(route) },
      spec: { entryPoints: [backend.entryPoint], routes: [{ match, middlewares: limits.references, services }], tls },
    });
  }

  /** Looked for in the whole app, also among routes that somebody wrote by hand. */
  #clashes(): string[] {
    const all = routeMatches(this.node.root);
    const own = all.filter(({ object }) => object.node.scope === this);
    const rivals = all.filter(
      (other, i) => !(other.object.node.scope instanceof TraefikBrokerRoutes) || i < all.indexOf(own[0] ?? other),
    );
    return own.flatMap((match) => {
      const rival = rivals
        .map((other) => ({ path: other.object.node.path, rule: matchClash(match, other) }))
        .find(({ rule }) => rule !== undefined);
      if (!rival) return [];
      return [
        describe('EDGE_ERR_ENTRY_POINT', {
          at: `a route to broker ${this.node.scope?.node.path} at entry point "${match.entryPoint}"`,
          value: match.match,
          rule: `${rival.path} ${rival.rule}`,
          fix: 'Give them different hosts and tls, or different entry points',
        }),
      ];
    });
  }
}

/** An entry point, and the port of the broker's Service that it leads to. */
interface Backend {
  readonly entryPoint: string;
  readonly port: number;
  readonly servicePort: number;
}

interface RouteSettings {
  readonly apiVersion: ReturnType<typeof resourceVersion>;
  readonly tls: TraefikTlsSpec | undefined;
  readonly ingressClass: string | undefined;
  readonly limits: ConnectionLimits;
}

function backends(props: TraefikBrokerRoutesProps): [mqtt: Backend, websockets: Backend | undefined] {
  const passThrough = props.tls?.passesThrough ?? false;
  const mqttPort = passThrough ? props.mqttsPort : props.mqttPort;
  const websocketPort = passThrough ? props.wssPort : props.websocketPort;
  if (mqttPort === undefined) {
    throw new EdgeError('EDGE_ERR_PASSTHROUGH', {
      at: 'exposeThroughTraefik(..).tls',
      value: 'TraefikTls.passthrough()',
      rule: 'the broker has no listener for TLS that it could be passed to',
      fix: 'Give the broker a certificate, or let Traefik end TLS',
    });
  }
  const mqtt = { entryPoint: props.mqttEntryPoint ?? 'mqtt', port: props.mqtt ?? 5883, servicePort: mqttPort };
  if (websocketPort === undefined) return [mqtt, undefined];
  const entryPoint = props.websocketEntryPoint ?? 'wss';
  return [mqtt, { entryPoint, port: props.websockets ?? 5884, servicePort: websocketPort }];
}

function annotations({ ingressClass }: RouteSettings): Record<string, string> | undefined {
  return ingressClass === undefined ? undefined : { 'kubernetes.io/ingress.class': ingressClass };
}

function tlsSpec({ secretName, certResolver, passesThrough, ...tls }: TraefikTls): TraefikTlsSpec {
  if (passesThrough) return { passthrough: true };
  const options = tls.optionsName && { options: { name: tls.optionsName, namespace: tls.optionsNamespace } };
  return { secretName, certResolver, ...options };
}

function validate({ host, tls }: TraefikExposure): void {
  if (tls && host === undefined) {
    throw new EdgeError('EDGE_ERR_TRAEFIK_TLS', {
      at: 'exposeThroughTraefik(..).host',
      value: undefined,
      rule: 'with tls Traefik chooses the certificate and the route by host',
      fix: 'Name the host that devices connect to',
    });
  }
  const problem = host === undefined ? undefined : hostProblem(host);
  if (problem) {
    throw new EdgeError('EDGE_ERR_DOMAIN', {
      at: 'exposeThroughTraefik(..).host',
      value: host,
      rule: problem,
      fix: 'Give the full host name, mqtt.example.com for instance',
    });
  }
}
