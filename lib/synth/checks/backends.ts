import type { ManifestJson } from '../manifest';

/** A port of a Service that a route leads to. */
export interface Backend {
  readonly namespace: string | undefined;
  readonly service: string;
  readonly port: string | number | undefined;
}

interface IngressBackend {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string; readonly number?: number } };
}

interface IngressSpec {
  readonly defaultBackend?: IngressBackend;
  readonly rules?: { readonly http?: { readonly paths?: { readonly backend?: IngressBackend }[] } }[];
}

interface TraefikSpec {
  readonly routes?: { readonly services?: TraefikService[] }[];
}

interface TraefikService {
  readonly name: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly port?: string | number;
}

interface GatewaySpec {
  readonly rules?: { readonly backendRefs?: BackendRef[] }[];
}

interface BackendRef {
  readonly name: string;
  readonly kind?: string;
  readonly namespace?: string;
  readonly port?: number;
}

/** The Services that an Ingress, a route of Traefik or a route of the Gateway API leads to. */
export function backendsOf(json: ManifestJson): Backend[] {
  const { namespace } = json.metadata;
  switch (json.kind) {
    case 'Ingress':
      return ingressBackends((json.spec ?? {}) as IngressSpec).flatMap(({ service }) => {
        const port = service?.port?.name ?? service?.port?.number;
        // The AWS controller takes such a backend for the name of an action, not of a Service.
        if (!service || port === 'use-annotation') return [];
        return [{ namespace, service: service.name, port }];
      });
    case 'IngressRoute':
    case 'IngressRouteTCP':
    case 'IngressRouteUDP':
      return (
        ((json.spec ?? {}) as TraefikSpec).routes
          ?.flatMap(({ services = [] }) => services)
          .filter(({ kind = 'Service' }) => kind === 'Service')
          .map((service) => ({
            namespace: service.namespace ?? namespace,
            service: service.name,
            port: service.port,
          })) ?? []
      );
    case 'HTTPRoute':
    case 'GRPCRoute':
    case 'TCPRoute':
    case 'TLSRoute':
      return (
        ((json.spec ?? {}) as GatewaySpec).rules
          ?.flatMap(({ backendRefs = [] }) => backendRefs)
          .filter(({ kind = 'Service' }) => kind === 'Service')
          .map((ref) => ({ namespace: ref.namespace ?? namespace, service: ref.name, port: ref.port })) ?? []
      );
    default:
      return [];
  }
}

function ingressBackends({ defaultBackend, rules = [] }: IngressSpec): IngressBackend[] {
  const paths = rules.flatMap(({ http }) => http?.paths ?? []).map(({ backend }) => backend);
  return [defaultBackend, ...paths].filter((backend) => backend !== undefined);
}
