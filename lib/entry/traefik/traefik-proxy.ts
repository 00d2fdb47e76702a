import { type ApiObject, Chart, Lazy, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import { PodDisruptionBudget } from '../../kubernetes/deployment';
import { validImage } from '../../kubernetes/image';
import { IngressClass } from '../../kubernetes/ingress-class';
import { podLabels } from '../../kubernetes/labels';
import { LoadBalancer } from '../../kubernetes/load-balancer';
import { declareNamespace, PodSecurity } from '../../kubernetes/namespaces';
import { NetworkPolicy, ServiceAccount } from '../../kubernetes/objects';
import { type ContainerResources, cpu, renderResources } from '../../kubernetes/plus';
import { ClusterRole, ClusterRoleBinding } from '../../kubernetes/rbac';
import { dnsLabelProblem, dnsSubdomainProblem, workloadNameProblem } from '../../naming/kubernetes-names';
import { additionalArgumentProblem, entryPointsIn } from './command-line';
import { EntryPointRegistry } from './entry-point-registry';
import { TraefikInstallation } from './traefik-installation';
import { TRAEFIK_RULES } from './traefik-proxy-access';
import { proxyIngress, servicePorts } from './traefik-proxy-network';
import { INTERNAL, traefikProxyWorkload, WEB, WEBSECURE } from './traefik-proxy-workload';

const IMAGE = 'docker.io/library/traefik:v3.7.11';

export interface TraefikProxyProps {
  /** @default 'traefik' */
  readonly namespace?: string;
  /** @default true */
  readonly createNamespace?: boolean;
  /** Name of the Deployment, the Service and the ServiceAccount. @default 'traefik' */
  readonly name?: string;
  /** An image of Traefik 3. @default 'docker.io/library/traefik:v3.7.11' */
  readonly image?: string;
  /** Pods. With more than one, a PodDisruptionBudget keeps all but one of them. @default 1 */
  readonly replicas?: number;
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
  /**
   * Name of the IngressClass. Traefik reads Ingresses of this class, and of its own resources only those that are
   * annotated with it, as the routes of this library are; so it leaves those of another Traefik alone.
   *
   * @default - `name`
   */
  readonly ingressClass?: string;
  /**
   * Whether Traefik sees the addresses of clients. Then only nodes with a ready pod take connections, which a load
   * balancer finds out by itself (`externalTrafficPolicy: Local`).
   *
   * @default true
   */
  readonly keepClientAddresses?: boolean;
  /** Annotations of the Service, for the cloud's load balancer. @default - none */
  readonly serviceAnnotations?: Record<string, string>;
  /**
   * More of Traefik's configuration, certificate resolvers for instance. It takes no files and no environment variables
   * beside arguments.
   *
   * @default - none
   */
  readonly additionalArguments?: string[];
}

/**
 * A Traefik of the app's own: Deployment, Service, IngressClass, and what it may read.
 *
 * The resource definitions of `traefik.io` it does not install: they belong to the cluster, and outlive the app.
 *
 * @see https://doc.traefik.io/traefik/reference/routing-configuration/kubernetes/crd/
 */
export class TraefikProxy extends Chart {
  /** What exposures name, to use this one. */
  readonly installation: TraefikInstallation;
  readonly name: string;
  readonly proxyNamespace: string;

  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly serviceAccount: ApiObject;
  readonly clusterRole: ApiObject;
  readonly clusterRoleBinding: ApiObject;
  readonly ingressClass: ApiObject;
  readonly service: ApiObject;
  readonly deployment: ApiObject;
  readonly networkPolicy: ApiObject;
  /** Only with more than one pod. */
  readonly podDisruptionBudget: ApiObject | undefined;

  /**
   * @throws EdgeError EDGE_ERR_NAME and EDGE_ERR_VALUE for what Kubernetes would not take;
   * EDGE_ERR_TRAEFIK_INSTALLATION for additional arguments that would undo others
   */
  constructor(scope: Construct, id: string, props: TraefikProxyProps = {}) {
    super(scope, id);
    this.proxyNamespace = checked('namespace', props.namespace ?? 'traefik', dnsLabelProblem);
    this.name = checked('name', props.name ?? 'traefik', workloadNameProblem);
    const { name, proxyNamespace: namespace } = this;
    const className = checked('ingressClass', props.ingressClass ?? name, dnsSubdomainProblem);
    const replicas = validReplicas(props.replicas ?? 1);
    const additionalArguments = validArguments(props.additionalArguments ?? []);
    const keepsClientAddresses = props.keepClientAddresses ?? true;
    const labels = podLabels('traefik', name);

    this.installation = TraefikInstallation._own(namespace, className, {
      target: `the TraefikProxy ${this.node.path}`,
      settings: { namespace, name },
      there: [WEB, WEBSECURE, INTERNAL, ...entryPointsIn(additionalArguments)],
      keepsClientAddresses,
      deliver: () => undefined,
      helmValues: () => undefined,
    });
    const registry = EntryPointRegistry.of(this, this.installation);

    if (props.createNamespace ?? true) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }
    this.serviceAccount = new ServiceAccount(this, 'service-account', { name, namespace, labels });
    const roleName = `${namespace}-${name}`;
    this.clusterRole = new ClusterRole(this, 'cluster-role', {
      metadata: { name: roleName, labels },
      rules: TRAEFIK_RULES,
    });
    this.clusterRoleBinding = new ClusterRoleBinding(this, 'cluster-role-binding', {
      metadata: { name: roleName, labels },
      role: roleName,
      serviceAccount: { name, namespace },
    });
    this.ingressClass = new IngressClass(this, 'ingress-class', {
      metadata: { name: className, labels },
      spec: { controller: 'traefik.io/ingress-controller' },
    });
    this.service = new LoadBalancer(this, 'service', {
      metadata: { name, namespace, labels, annotations: props.serviceAnnotations },
      spec: {
        externalTrafficPolicy: keepsClientAddresses ? 'Local' : 'Cluster',
        selector: labels,
        ports: Lazy.any({ produce: () => servicePorts(registry.entryPoints) }),
      },
    });
    this.deployment = traefikProxyWorkload(this, 'Resource', {
      namespace,
      name,
      labels,
      image: validImage('TraefikProxy.image', props.image ?? IMAGE),
      replicas,
      resources: renderResources(
        props.resources ?? {
          cpu: { request: cpu(100) },
          memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
        },
      ),
      ingressClass: className,
      additionalArguments,
      entryPoints: () => registry.entryPoints,
    });
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: { name, namespace, labels },
      spec: {
        podSelector: { matchLabels: labels },
        // Where it connects to follows from routes that others add too.
        policyTypes: ['Ingress'],
        ingress: Lazy.any({ produce: () => proxyIngress(registry.entryPoints) }),
        egress: undefined,
      },
    });
    if (replicas > 1) {
      this.podDisruptionBudget = new PodDisruptionBudget(this, 'disruption-budget', {
        metadata: { name, namespace, labels },
        spec: { maxUnavailable: 1, selector: { matchLabels: labels } },
      });
    }
  }
}

function checked(prop: string, value: string, problem: (name: string) => string | undefined): string {
  const rule = problem(value);
  if (!rule) return value;
  throw new EdgeError('EDGE_ERR_NAME', { at: `TraefikProxy.${prop}`, value, rule, fix: 'Choose another name' });
}

function validReplicas(replicas: number): number {
  if (Number.isInteger(replicas) && replicas >= 1 && replicas <= 1_000) return replicas;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'TraefikProxy.replicas',
    value: replicas,
    rule: 'it is a whole number from 1 to 1000',
    fix: 'Choose one',
  });
}

function validArguments(args: string[]): string[] {
  const problem = additionalArgumentProblem(args);
  if (!problem) return [...args];
  throw new EdgeError('EDGE_ERR_TRAEFIK_INSTALLATION', { at: 'TraefikProxy.additionalArguments', ...problem });
}
