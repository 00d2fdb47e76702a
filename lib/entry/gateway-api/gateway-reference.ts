import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import { GatewayApiVersion } from './gateway-api-version';
import type { GatewayListener } from './gateway-listener';

/** A Gateway that others keep. */
export interface ExistingGatewayOptions {
  readonly name: string;
  readonly namespace: string;
  /**
   * Where the pods run that connections pass through: Envoy Gateway and Traefik, for instance, do not run them beside
   * the Gateway.
   *
   * @default - the Gateway's namespace
   */
  readonly proxyNamespace?: string;
  /** @default GatewayApiVersion.V1_6 */
  readonly version?: GatewayApiVersion;
}

/** A route that asks for a listener. */
export interface ListenerUse {
  readonly listener: GatewayListener;
  readonly routeKind: string;
  readonly namespace: string;
}

interface Fields {
  readonly name: string;
  readonly namespace: string;
  readonly proxyNamespace: string;
  readonly version: GatewayApiVersion;
}

/** A Gateway that routes attach to. */
export class GatewayReference {
  /**
   * A Gateway that is there, with the listeners that exposures name. Each of them must let routes of the broker's
   * namespace attach (`allowedRoutes`).
   *
   * @throws EdgeError EDGE_ERR_NAME for names that cannot be
   */
  static existing(options: ExistingGatewayOptions): GatewayReference {
    const { name, namespace, proxyNamespace = namespace, version = GatewayApiVersion.V1_6 } = options;
    const at = 'GatewayReference.existing(..)';
    knownValue(`${at}.version`, version, GatewayApiVersion);
    refuse(`${at}.name`, name, dnsSubdomainProblem(name));
    refuse(`${at}.namespace`, namespace, dnsLabelProblem(namespace));
    refuse(`${at}.proxyNamespace`, proxyNamespace, dnsLabelProblem(proxyNamespace));
    return new GatewayReference({ name, namespace, proxyNamespace, version }, () => {});
  }

  /**
   * A Gateway of this app, which opens the listeners that are asked for.
   *
   * @internal
   */
  static _own(fields: Fields, open: (use: ListenerUse) => void): GatewayReference {
    return new GatewayReference(fields, open);
  }

  readonly name: string;
  readonly namespace: string;
  /** Where the pods run that connections pass through. */
  readonly proxyNamespace: string;
  readonly version: GatewayApiVersion;
  /** @internal */
  readonly _open: (use: ListenerUse) => void;

  private constructor({ name, namespace, proxyNamespace, version }: Fields, open: (use: ListenerUse) => void) {
    this.name = name;
    this.namespace = namespace;
    this.proxyNamespace = proxyNamespace;
    this.version = version;
    this._open = open;
  }
}

function refuse(at: string, value: string, rule: string | undefined): void {
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Use the name that it has in the cluster' });
}
