import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { dnsLabelProblem } from '../../naming/kubernetes-names';

/** What is spoken between load balancer and gateway. */
export enum AlbBackendProtocol {
  HTTP = 'HTTP',
  /** The certificate is not verified: Elastic Load Balancing takes any. */
  HTTPS = 'HTTPS',
}

/** The Service that a load balancer forwards to: that of Istio's ingress gateway, unless told otherwise. */
export interface AlbGateway {
  /** The Ingress is made there: the controller looks for the Service in the namespace of the Ingress. @default 'istio-system' */
  readonly namespace?: string;
  /** @default 'istio-ingressgateway' */
  readonly service?: string;
  /**
   * HTTPS needs a server with TLS in the gateway, which neither Knative nor Kubeflow configures.
   *
   * @default AlbBackendProtocol.HTTP
   */
  readonly protocol?: AlbBackendProtocol;
  /** Port of the Service. @default - 80, and 443 for HTTPS */
  readonly port?: number;
  /** Labels of the gateway's pods. @default { istio: 'ingressgateway' } */
  readonly labels?: Record<string, string>;
  /** Where pods say that they are well; on the port for traffic they answer 404. @default 15021 */
  readonly healthCheckPort?: number;
  /** @default '/healthz/ready' */
  readonly healthCheckPath?: string;
}

/**
 * The gateway with every default filled in.
 *
 * @throws EdgeError EDGE_ERR_NAME and EDGE_ERR_VALUE for names and ports that cannot be
 */
export function resolveGateway(gateway: AlbGateway = {}): Required<AlbGateway> {
  const at = 'AlbIngress.gateway.protocol';
  const protocol = knownValue(at, gateway.protocol ?? AlbBackendProtocol.HTTP, AlbBackendProtocol);
  return {
    namespace: validName('namespace', gateway.namespace ?? 'istio-system'),
    service: validName('service', gateway.service ?? 'istio-ingressgateway'),
    protocol,
    port: validPort('port', gateway.port ?? (protocol === AlbBackendProtocol.HTTPS ? 443 : 80)),
    labels: gateway.labels ?? { istio: 'ingressgateway' },
    healthCheckPort: validPort('healthCheckPort', gateway.healthCheckPort ?? 15021),
    healthCheckPath: validPath(gateway.healthCheckPath ?? '/healthz/ready'),
  };
}

function validName(prop: string, name: string): string {
  const rule = dnsLabelProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at: `AlbIngress.gateway.${prop}`, value: name, rule, fix: 'Use its name' });
}

function validPort(prop: string, port: number): number {
  if (Number.isInteger(port) && port >= 1 && port <= 65_535) return port;
  const rule = 'a port is a whole number from 1 to 65535';
  throw new EdgeError('EDGE_ERR_VALUE', { at: `AlbIngress.gateway.${prop}`, value: port, rule, fix: 'Choose one' });
}

function validPath(path: string): string {
  if (/^\/[\x21-\x7e]*$/.test(path)) return path;
  const at = 'AlbIngress.gateway.healthCheckPath';
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: path, rule: 'a path begins with /', fix: 'Put one before it' });
}
