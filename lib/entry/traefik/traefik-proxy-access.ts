import type { PolicyRule } from '../../kubernetes/rbac';

const READ = ['get', 'list', 'watch'];

/**
 * What Traefik's two providers read. Certificates are in Secrets of the routes' namespaces, which it learns from the
 * routes, so it may read all Secrets; nothing but the status of Ingresses may it write.
 *
 * @see https://doc.traefik.io/traefik/reference/install-configuration/providers/kubernetes/kubernetes-crd/
 */
export const TRAEFIK_RULES: PolicyRule[] = [
  { apiGroups: [''], resources: ['configmaps', 'nodes', 'secrets', 'services'], verbs: READ },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: READ },
  { apiGroups: ['networking.k8s.io'], resources: ['ingressclasses', 'ingresses'], verbs: READ },
  { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
  {
    apiGroups: ['traefik.io'],
    resources: [
      'ingressroutes',
      'ingressroutetcps',
      'ingressrouteudps',
      'middlewares',
      'middlewaretcps',
      'serverstransports',
      'serverstransporttcps',
      'tlsoptions',
      'tlsstores',
      'traefikservices',
    ],
    verbs: READ,
  },
];
