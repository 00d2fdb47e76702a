import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { OpenShiftRoute } from '../../crds/openshift';
import { EdgeError } from '../../errors';
import type { NetworkPeer } from '../../kubernetes/objects';
import { tlsCovers } from '../../naming/host-coverage';
import { hostProblem } from '../../naming/model-hosts';
import { declareHost } from '../../synth/served-hosts';
import type { GatewayAccess } from './gateway-access';

/** Where TLS of requesters ends. */
export enum RouteTermination {
  /** At the router, which speaks plain HTTP to the gateway. */
  EDGE = 'edge',
  /** At the gateway: the router sees a name and nothing else. */
  PASSTHROUGH = 'passthrough',
  /** At the router, which speaks TLS to the gateway too. */
  REENCRYPT = 'reencrypt',
}

export interface OpenShiftRouteOptions {
  readonly host: string;
  /** @default - PASSTHROUGH where the gateway speaks TLS, otherwise EDGE */
  readonly termination?: RouteTermination;
  /**
   * For REENCRYPT: who signed the gateway's certificate, in PEM.
   *
   * @default - authorities that the router knows, that of OpenShift's own service certificates among them
   */
  readonly destinationCertificateAuthority?: string;
}

export interface OpenShiftExposureProps extends OpenShiftRouteOptions {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly access: GatewayAccess;
  /** The Service, and its port by name. */
  readonly service: ApiObject;
  readonly portName: string;
  /** Names in a certificate that the app makes; of others only their owners know them. */
  readonly certifiedNames: string[] | undefined;
  /** The longest that a request may take. @internal */
  readonly _seconds: () => number;
}

/** The pods of OpenShift's routers, on networks of their own as on those of the nodes. */
export const OPENSHIFT_ROUTERS: NetworkPeer = {
  namespaceSelector: { matchLabels: { 'policy-group.network.openshift.io/ingress': '' } },
};

/** A host of OpenShift's router that leads to a gateway. */
export class OpenShiftExposure extends Construct {
  readonly host: string;
  readonly termination: RouteTermination;
  readonly route: ApiObject;

  /** @internal use `gateway.exposeThroughOpenShift(..)` */
  constructor(scope: Construct, id: string, props: OpenShiftExposureProps) {
    super(scope, id);
    const { host, access, service, certifiedNames } = props;
    const termination =
      props.termination ?? (access.certificate ? RouteTermination.PASSTHROUGH : RouteTermination.EDGE);
    checkHost(host);
    checkTermination(access, termination);
    checkAuthority(termination, props.destinationCertificateAuthority);
    if (termination === RouteTermination.PASSTHROUGH) checkCertificate(host, certifiedNames);
    this.host = host;
    this.termination = termination;
    this.route = new OpenShiftRoute(this, 'Resource', {
      metadata: {
        name: props.name,
        namespace: props.namespace,
        labels: props.labels,
        annotations: {
          // The router's own patience is 30 s.
          'haproxy.router.openshift.io/timeout': Lazy.any({
            produce: () => `${Math.ceil(props._seconds())}s`,
          }) as unknown as string,
        },
      },
      spec: {
        host,
        to: { kind: 'Service', name: service.name, weight: 100 },
        port: { targetPort: props.portName },
        tls: {
          termination,
          insecureEdgeTerminationPolicy: termination === RouteTermination.PASSTHROUGH ? 'None' : 'Redirect',
          destinationCACertificate: props.destinationCertificateAuthority,
        },
        wildcardPolicy: 'None',
      },
    });
    // Elsewhere the router shows its own certificate, for all hosts of the cluster.
    declareHost(this, host, termination === RouteTermination.PASSTHROUGH && certifiedNames === undefined);
  }
}

function checkHost(host: string): void {
  const rule = hostProblem(host);
  if (!rule) return;
  const at = 'the host of exposeThroughOpenShift(..)';
  throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: host, rule, fix: 'Give the full host name, models.example.com' });
}

/** A router that ends TLS keeps the requester's certificate to itself. */
function checkTermination({ certificate, clientAuthority }: GatewayAccess, termination: RouteTermination): void {
  const rule =
    clientAuthority && termination !== RouteTermination.PASSTHROUGH
      ? 'the gateway asks requesters for a certificate, which would end at the router'
      : certificate && termination === RouteTermination.EDGE
        ? 'the router would speak plain HTTP to a gateway that speaks TLS'
        : !certificate && termination !== RouteTermination.EDGE
          ? 'the gateway speaks no TLS'
          : undefined;
  if (!rule) return;
  const fix = 'Leave the termination out, or change the access of the gateway';
  const at = 'the termination of exposeThroughOpenShift(..)';
  throw new EdgeError('EDGE_ERR_GATEWAY_ACCESS', { at, value: termination, rule, fix });
}

function checkAuthority(termination: RouteTermination, authority: string | undefined): void {
  if (authority === undefined || (termination === RouteTermination.REENCRYPT && isCertificate(authority))) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'the destinationCertificateAuthority of exposeThroughOpenShift(..)',
    value: isCertificate(authority) ? `one beside ${termination}` : 'no certificate',
    rule: 'the router holds the certificate of a gateway against it that it speaks TLS to itself',
    fix: 'Give the certificate of the authority in PEM beside RouteTermination.REENCRYPT, or leave it out',
  });
}

/** Of which nothing is a key. */
function isCertificate(pem: string): boolean {
  return /^\s*(-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\s*)+$/.test(pem);
}

function checkCertificate(host: string, certifiedNames: string[] | undefined): void {
  if (!certifiedNames || tlsCovers(certifiedNames, host)) return;
  throw new EdgeError('EDGE_ERR_HOST_CERTIFICATE', {
    at: 'a host whose TLS is passed through to a gateway',
    value: host,
    rule: `the gateway's certificate has the names ${certifiedNames.join(', ')}`,
    fix: `Add "${host}" to dnsNames of GatewayCertificate.fromCertManager(..)`,
  });
}
