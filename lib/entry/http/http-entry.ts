import { EdgeError } from '../../errors';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';
import type { GatewayListener } from '../gateway-api/gateway-listener';
import type { GatewayReference } from '../gateway-api/gateway-reference';
import { TraefikInstallation } from '../traefik/traefik-installation';
import { ownGatewayRenderer, sharedGatewayRenderer } from './gateway-http';
import type { HttpRenderer } from './http-renderer';
import { nginxRenderer } from './ingress-nginx';
import { traefikRenderer } from './traefik-http';

export interface IngressNginxOptions {
  /** The IngressClass of the controller. @default 'nginx' */
  readonly className?: string;
  /** Where the controller's pods run. @default 'ingress-nginx' */
  readonly namespace?: string;
}

export interface TraefikHttpOptions {
  /** Entry point for plain HTTP. @default 'web', the chart's on port 80 */
  readonly entryPoint?: string;
  /** Entry point for HTTPS. @default 'websecure', the chart's on port 443 */
  readonly tlsEntryPoint?: string;
  /** @default TraefikInstallation.helm() */
  readonly installation?: TraefikInstallation;
}

export interface GatewayApiOptions {
  /** The GatewayClass that the Gateway is made of. */
  readonly className: string;
  /**
   * Where the pods run that requests pass through.
   *
   * @default - the namespace of the routes, where Istio and others start them
   */
  readonly podNamespace?: string;
}

export interface SharedGatewayOptions {
  /** One that is there, or an EdgeGateway's. */
  readonly gateway: GatewayReference;
  /**
   * Its listeners that take the routes' requests: an EdgeGateway opens them; elsewhere they are there, and let routes of
   * the services' namespace attach.
   */
  readonly listeners: GatewayListener[];
}

/** The controller that takes requests from outside, and how it is told about routes. */
export class HttpEntry {
  /**
   * By Ingresses of ingress-nginx. It is retired, which synth says too: for clusters that have nothing else yet.
   *
   * @see https://kubernetes.io/blog/2025/11/11/ingress-nginx-retirement/
   */
  static ingressNginx(options: IngressNginxOptions = {}): HttpEntry {
    const { className = 'nginx', namespace = 'ingress-nginx' } = options;
    validSubdomain('HttpEntry.ingressNginx(..).className', className);
    validLabel('HttpEntry.ingressNginx(..).namespace', namespace);
    return new HttpEntry(nginxRenderer({ className, podNamespace: namespace }));
  }

  /** By IngressRoutes and Middlewares of Traefik 3. */
  static traefik(options: TraefikHttpOptions = {}): HttpEntry {
    const { entryPoint = 'web', tlsEntryPoint = 'websecure', installation = TraefikInstallation.helm() } = options;
    validLabel('HttpEntry.traefik(..).entryPoint', entryPoint);
    validLabel('HttpEntry.traefik(..).tlsEntryPoint', tlsEntryPoint);
    return new HttpEntry(traefikRenderer({ entryPoint, tlsEntryPoint, installation }));
  }

  /** By HTTPRoutes at a Gateway of their own, which synth makes. */
  static gatewayApi(options: GatewayApiOptions): HttpEntry {
    const { className, podNamespace } = options;
    validSubdomain('HttpEntry.gatewayApi(..).className', className);
    if (podNamespace !== undefined) validLabel('HttpEntry.gatewayApi(..).podNamespace', podNamespace);
    return new HttpEntry(ownGatewayRenderer({ className, podNamespace }));
  }

  /**
   * By HTTPRoutes at listeners of a Gateway that they share with others.
   *
   * @throws EdgeError EDGE_ERR_GATEWAY_LISTENER for listeners that take no HTTP
   */
  static sharedGateway(options: SharedGatewayOptions): HttpEntry {
    const { gateway } = options;
    return new HttpEntry(sharedGatewayRenderer({ gateway, listeners: validListeners(options.listeners) }));
  }

  /** @internal */
  readonly _renderer: HttpRenderer;

  private constructor(renderer: HttpRenderer) {
    this._renderer = renderer;
  }

  /** Whether routes may limit the size of bodies. */
  get limitsBodies(): boolean {
    return !this._renderer.refusals.has('maxBody');
  }
}

function validListeners(listeners: GatewayListener[]): GatewayListener[] {
  const at = 'HttpEntry.sharedGateway(..).listeners';
  const other = listeners.find(({ protocol }) => protocol !== 'HTTP' && protocol !== 'HTTPS');
  if (listeners.length > 0 && other === undefined) return [...listeners];
  throw new EdgeError('EDGE_ERR_GATEWAY_LISTENER', {
    at,
    value: other ? `${other.name}, which speaks ${other.protocol}` : 'an empty list',
    rule: 'HTTPRoutes attach to listeners that speak HTTP or HTTPS, and to those only',
    fix: 'Use GatewayListener.http(..) or .https(..)',
  });
}

function validLabel(at: string, name: string): void {
  refuse(at, name, dnsLabelProblem(name));
}

function validSubdomain(at: string, name: string): void {
  refuse(at, name, dnsSubdomainProblem(name));
}

function refuse(at: string, value: string, rule: string | undefined): void {
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Use the name of what is in the cluster' });
}
