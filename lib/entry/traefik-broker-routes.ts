import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { IngressRoute, IngressRouteTcp, type TraefikTlsSpec } from '../crds/traefik';
import { describe, EdgeError } from '../errors';
import { hostProblem } from '../naming/model-hosts';
import { TraefikEntryPoints } from './traefik-entry-points';
import type { TraefikInstallation } from './traefik-installation';
import type { TraefikTls } from './traefik-tls';

const MQTT = 'mqtt';
const WEBSOCKETS = 'wss';

/** How devices reach a broker through Traefik. */
export interface TraefikExposure {
  /** Port for MQTT over TCP. @default 5883 */
  readonly mqtt?: number;
  /** Port for MQTT over websockets. @default 5884 */
  readonly websockets?: number;
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
  /** @default TraefikInstallation.helm() */
  readonly installation?: TraefikInstallation;
}

export interface TraefikBrokerRoutesProps extends TraefikExposure {
  readonly name: string;
  readonly namespace: string;
  readonly service: string;
  readonly mqttPort: number;
  readonly websocketPort: number;
}

/** Traefik's way to one broker: entry points, a TCP route for MQTT and an HTTP route for websockets. */
export class TraefikBrokerRoutes extends Construct {
  readonly entryPoints: TraefikEntryPoints;
  readonly mqttRoute: ApiObject;
  readonly websocketRoute: ApiObject;
  readonly #matches: string[];

  constructor(scope: Construct, id: string, props: TraefikBrokerRoutesProps) {
    super(scope, id);
    validate(props);
    const { name, namespace, service, host } = props;
    const tls = props.tls && tlsSpec(props.tls);
    // A host can be told apart only by the server name of a TLS handshake.
    const mqttMatch = tls ? `HostSNI(\`${host}\`)` : 'HostSNI(`*`)';
    const websocketMatch = host ? `Host(\`${host}\`)` : 'PathPrefix(`/`)';
    this.#matches = [mqttMatch, websocketMatch];

    this.entryPoints = new TraefikEntryPoints(this, 'entry-points', {
      entryPoints: [
        { name: MQTT, port: props.mqtt ?? 5883 },
        { name: WEBSOCKETS, port: props.websockets ?? 5884 },
      ],
      installation: props.installation,
    });
    this.mqttRoute = new IngressRouteTcp(this, 'mqtt', {
      metadata: { name: `${name}-mqtt`, namespace },
      spec: {
        entryPoints: [MQTT],
        routes: [{ match: mqttMatch, services: [{ name: service, port: props.mqttPort }] }],
        tls,
      },
    });
    this.websocketRoute = new IngressRoute(this, 'websockets', {
      metadata: { name: `${name}-websockets`, namespace },
      spec: {
        entryPoints: [WEBSOCKETS],
        routes: [
          {
            match: websocketMatch,
            kind: 'Rule',
            services: [{ name: service, port: props.websocketPort }],
          },
        ],
        tls,
      },
    });
    this.node.addValidation({ validate: () => this.#sharedMatches() });
  }

  /** Of two routes with one match at one entry point Traefik serves one, and does not say which. */
  #sharedMatches(): string[] {
    const all = this.node.root.node.findAll().filter((construct) => construct instanceof TraefikBrokerRoutes);
    const earlier = all
      .slice(0, all.indexOf(this))
      .filter(({ entryPoints }) => entryPoints.namespace === this.entryPoints.namespace);
    return earlier.flatMap((other) =>
      this.#matches.flatMap((match, i) =>
        match === other.#matches[i]
          ? [
              describe('EDGE_ERR_ENTRY_POINT', {
                at: `a route to broker ${this.node.scope?.node.path}`,
                value: match,
                rule: `broker ${other.node.scope?.node.path} has the same match at the same entry point, and Traefik would serve one of them`,
                fix: 'Give the brokers different hosts and tls, or expose one',
              }),
            ]
          : [],
      ),
    );
  }
}

function tlsSpec({ secretName, certResolver }: TraefikTls): TraefikTlsSpec {
  return secretName === undefined ? { certResolver } : { secretName };
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
