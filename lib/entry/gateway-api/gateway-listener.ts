import { EdgeError } from '../../errors';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { hostProblem } from '../../naming/model-hosts';

/** A listener that ends TLS. */
export interface TlsListenerOptions {
  readonly port: number;
  /** The host that clients connect to; `*.example.com` stands for all hosts below. */
  readonly host: string;
  /** Secret of type `kubernetes.io/tls`. An EdgeGateway needs it; of a Gateway that is there it is not asked. */
  readonly secretName?: string;
  /**
   * Where the Secret is. From another namespace than the Gateway's a ReferenceGrant lets the Gateway read it, which
   * EdgeGateway makes.
   *
   * @default - the Gateway's namespace
   */
  readonly secretNamespace?: string;
}

/** A listener that passes TLS through to the broker. */
export interface PassthroughListenerOptions {
  readonly port: number;
  /** The host that clients connect to; `*.example.com` stands for all hosts below. */
  readonly host: string;
}

interface ListenerFields {
  readonly port: number;
  readonly host?: string;
  readonly secretName?: string;
  readonly secretNamespace?: string;
}

/** What a listener speaks, by the names of the Gateway API. */
export type ListenerProtocol = 'TCP' | 'TLS' | 'HTTP' | 'HTTPS';

/**
 * A port of a Gateway, and what it speaks: one that is there, or one that an EdgeGateway opens.
 *
 * @see https://gateway-api.sigs.k8s.io/reference/spec/#listener
 */
export class GatewayListener {
  /** Plain TCP: passwords cross the network in clear, and there is one broker for the whole port. */
  static tcp(name: string, port: number): GatewayListener {
    return new GatewayListener('TCP', name, { port }, false);
  }

  /** Plain HTTP, for websockets. */
  static http(name: string, port: number, host?: string): GatewayListener {
    return new GatewayListener('HTTP', name, { port, host }, false);
  }

  /** TLS that the Gateway ends, with plain MQTT behind. */
  static tls(name: string, options: TlsListenerOptions): GatewayListener {
    return new GatewayListener('TLS', name, options, false);
  }

  /** HTTPS, for websockets. */
  static https(name: string, options: TlsListenerOptions): GatewayListener {
    return new GatewayListener('HTTPS', name, options, false);
  }

  /** TLS that the broker ends: the Gateway only reads the host from the handshake. */
  static passthrough(name: string, options: PassthroughListenerOptions): GatewayListener {
    return new GatewayListener('TLS', name, options, true);
  }

  readonly name: string;
  readonly port: number;
  readonly protocol: ListenerProtocol;
  readonly passesThrough: boolean;
  readonly host: string | undefined;
  readonly secretName: string | undefined;
  readonly secretNamespace: string | undefined;

  private constructor(
    protocol: ListenerProtocol,
    name: string,
    { port, host, secretName, secretNamespace }: ListenerFields,
    passesThrough: boolean,
  ) {
    refuse('EDGE_ERR_GATEWAY_LISTENER', 'the name of a listener', name, dnsSubdomainProblem(name));
    const at = `listener "${name}"`;
    refuse('EDGE_ERR_GATEWAY_LISTENER', `the port of ${at}`, port, portProblem(port));
    if (host !== undefined) {
      refuse('EDGE_ERR_DOMAIN', `the host of ${at}`, host, hostProblem(host.replace(/^\*\./, '')));
    }
    if (secretName !== undefined) {
      refuse('EDGE_ERR_NAME', `the secretName of ${at}`, secretName, dnsSubdomainProblem(secretName));
    }
    if (secretNamespace !== undefined) {
      refuse('EDGE_ERR_NAME', `the secretNamespace of ${at}`, secretNamespace, dnsLabelProblem(secretNamespace));
    }
    this.name = name;
    this.port = port;
    this.protocol = protocol;
    this.passesThrough = passesThrough;
    this.host = host;
    this.secretName = secretName;
    this.secretNamespace = secretNamespace;
  }

  /** Whether clients use TLS. */
  get encrypts(): boolean {
    return this.protocol === 'TLS' || this.protocol === 'HTTPS';
  }
}

/** Says why two listeners of one Gateway exclude each other, or nothing when they do not; they may be the same. */
export function listenerClash(one: GatewayListener, other: GatewayListener): string | undefined {
  if (one.name === other.name) {
    return JSON.stringify(one) === JSON.stringify(other)
      ? undefined
      : 'another listener of this name has other settings, and names are unique in a Gateway';
  }
  if (one.port !== other.port) return undefined;
  // The server name of the handshake tells listeners with TLS apart, and the Host header those for HTTP.
  const family = ({ protocol, encrypts }: GatewayListener) => (encrypts ? 'TLS' : protocol);
  if (family(one) !== family(other)) {
    return `listener "${other.name}" speaks ${other.protocol} at the same port, and nothing tells the two apart`;
  }
  return one.protocol !== 'TCP' && one.host !== other.host
    ? undefined
    : `listener "${other.name}" takes the same at the same port`;
}

function portProblem(port: number): string | undefined {
  return Number.isInteger(port) && port >= 1 && port <= 65_535 ? undefined : 'a port is a whole number from 1 to 65535';
}

type Code = 'EDGE_ERR_GATEWAY_LISTENER' | 'EDGE_ERR_DOMAIN' | 'EDGE_ERR_NAME';

function refuse(code: Code, at: string, value: unknown, rule: string | undefined): void {
  if (rule) throw new EdgeError(code, { at, value, rule, fix: 'Choose another one' });
}
