import { type ApiObject, Lazy, Size } from 'cdk8s';
import { Construct } from 'constructs';
import type { SecretReference } from '../broker/credentials';
import { HttpBackend } from '../entry/http/http-backend';
import { EdgeError } from '../errors';
import { Deployment, HorizontalPodAutoscaler, PodDisruptionBudget } from '../kubernetes/deployment';
import { validImage } from '../kubernetes/image';
import { podLabels } from '../kubernetes/labels';
import { declareNamespace, PodSecurity } from '../kubernetes/namespaces';
import {
  type NetworkPeer,
  NetworkPolicy,
  type NetworkRule,
  podsOfNamespaces,
  Service,
  ServiceAccount,
} from '../kubernetes/objects';
import { type ContainerResources, cpu, renderResources } from '../kubernetes/plus';
import { httpPathProblem } from '../naming/http-paths';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';
import { HTTP_PORT_NAME, httpServicePod } from './http-service-pod';
import type { SharedVolume } from './shared-volume';

/** How many pods there are at least: one may be away, for a rollout or with its node. */
const LEAST_REPLICAS = 2;
/** User and group `node` of the official Node images. */
const NODE_UID = 1000;

/** Pods by their load, between `replicas` and a limit. */
export interface HttpAutoscaling {
  readonly maxReplicas: number;
  /** Of the processors asked for, over all pods. @default 70 */
  readonly targetCpuPercent?: number;
}

export interface HttpServiceProps {
  readonly namespace: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /** Of the Deployment, the Service and the ServiceAccount. @default - the construct's id */
  readonly name?: string;
  /** Name it by digest, so that every pod runs the same. */
  readonly image: string;
  /** Arguments for the image's entry point. @default - the image's own */
  readonly args?: string[];
  /** Settings that everybody may see. @default - none */
  readonly env?: Record<string, string>;
  /** Settings from Secrets of the namespace, by variable. @default - none */
  readonly secretEnv?: Record<string, SecretReference>;
  /** Where the process listens, and the Service too. Below 1024 it cannot, as an ordinary user. @default 8080 */
  readonly port?: number;
  /** What answers as long as the process is worth keeping. @default '/healthz/live' */
  readonly livePath?: string;
  /** What answers while requests may come. @default '/healthz/ready' */
  readonly readyPath?: string;
  /** At least 2; with autoscaling, the least there are. @default 2 */
  readonly replicas?: number;
  /** @default - always as many as `replicas` */
  readonly autoscaling?: HttpAutoscaling;
  /** @default - none */
  readonly volumes?: SharedVolume[];
  /** User and group that the image is made for. @default 1000, `node` of Node's images */
  readonly uid?: number;
  /** @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
}

/**
 * A service that speaks HTTP: at least two pods that are probed, spread over nodes and replaced one by one, with nobody
 * let in but who has a route to it.
 */
export class HttpService extends Construct {
  readonly name: string;
  readonly namespace: string;
  /** For routes: the Service, by its port `http`. */
  readonly backend: HttpBackend;
  /** Where pods of the cluster call it, if its NetworkPolicy lets them. */
  readonly url: string;

  /** The namespace, unless it is not created. */
  readonly namespaceObject: ApiObject | undefined;
  readonly serviceAccount: ApiObject;
  readonly deployment: ApiObject;
  readonly service: ApiObject;
  readonly podDisruptionBudget: ApiObject;
  /** Nothing without autoscaling. */
  readonly horizontalPodAutoscaler: ApiObject | undefined;
  readonly networkPolicy: ApiObject;
  readonly #labels: Record<string, string>;
  readonly #clients = new Map<string, NetworkPeer>();
  readonly #callees = new Map<string, NetworkPeer>();

  /**
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what Kubernetes would refuse; EDGE_ERR_SHARED_VOLUME for a volume
   * of another namespace
   */
  constructor(scope: Construct, id: string, props: HttpServiceProps) {
    super(scope, id);
    const { namespace, name = id, port = 8080, replicas = LEAST_REPLICAS, autoscaling } = props;
    const resources = props.resources ?? DEFAULT_RESOURCES;
    validate(`HttpService ${id}`, { ...props, name, port, replicas, resources });
    this.name = name;
    this.namespace = namespace;
    this.url = `http://${name}.${namespace}.svc.cluster.local:${port}`;
    this.#labels = podLabels('http-service', name);
    if (props.createNamespace ?? true) {
      this.namespaceObject = declareNamespace(this, namespace, PodSecurity.RESTRICTED);
    }

    this.serviceAccount = new ServiceAccount(this, 'service-account', this.#metadata());
    this.deployment = new Deployment(this, 'Resource', {
      metadata: this.#metadata(),
      spec: {
        replicas: autoscaling ? undefined : replicas,
        // A new pod is ready before an old one goes.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: this.#labels },
        template: httpServicePod({
          name,
          labels: this.#labels,
          image: validImage(`HttpService ${id}.image`, props.image),
          args: props.args,
          env: props.env ?? {},
          secretEnv: props.secretEnv ?? {},
          port,
          livePath: props.livePath ?? '/healthz/live',
          readyPath: props.readyPath ?? '/healthz/ready',
          volumes: props.volumes ?? [],
          uid: props.uid ?? NODE_UID,
          resources: renderResources(resources),
        }),
      },
    });
    this.service = new Service(this, 'service', {
      metadata: this.#metadata(),
      spec: {
        type: 'ClusterIP',
        selector: this.#labels,
        ports: [{ name: HTTP_PORT_NAME, port, targetPort: HTTP_PORT_NAME, protocol: 'TCP', appProtocol: 'http' }],
      },
    });
    this.podDisruptionBudget = this.#disruptionBudget();
    this.horizontalPodAutoscaler = autoscaling && this.#autoscaler(replicas, autoscaling);
    this.networkPolicy = this.#policy();
    this.backend = HttpBackend._of(this.service, HTTP_PORT_NAME, (peer) => this.#allow(this.#clients, peer));
  }

  /** Lets all pods of a namespace call the service: a Prometheus, for instance. Whoever has a route to it may already. */
  allowConnectionsFrom(namespace: string): void {
    this.#allow(this.#clients, podsOfNamespaces(validNamespace('allowConnectionsFrom', namespace)));
  }

  /** Lets the service call the pods of a namespace. Otherwise it calls nobody, not even the cluster's DNS. */
  allowCallsTo(namespace: string): void {
    this.#allow(this.#callees, podsOfNamespaces(validNamespace('allowCallsTo', namespace)));
  }

  #metadata() {
    return { name: this.name, namespace: this.namespace, labels: this.#labels };
  }

  #disruptionBudget(): ApiObject {
    return new PodDisruptionBudget(this, 'disruption-budget', {
      metadata: this.#metadata(),
      spec: {
        maxUnavailable: 1,
        // Otherwise pods that never get ready keep their node from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: this.#labels },
      },
    });
  }

  #autoscaler(minReplicas: number, { maxReplicas, targetCpuPercent = 70 }: HttpAutoscaling): ApiObject {
    const target = { type: 'Utilization', averageUtilization: targetCpuPercent };
    return new HorizontalPodAutoscaler(this, 'autoscaler', {
      metadata: this.#metadata(),
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: this.name },
        minReplicas,
        maxReplicas,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
      },
    });
  }

  #policy(): ApiObject {
    return new NetworkPolicy(this, 'network-policy', {
      metadata: this.#metadata(),
      spec: {
        podSelector: { matchLabels: this.#labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({ produce: () => this.#ingress() }),
        egress: Lazy.any({ produce: () => this.#egress() }),
      },
    });
  }

  #allow(peers: Map<string, NetworkPeer>, peer: NetworkPeer): void {
    peers.set(JSON.stringify(peer), peer);
  }

  #ingress(): NetworkRule[] {
    if (this.#clients.size === 0) return [];
    return [{ from: [...this.#clients.values()], ports: [{ port: HTTP_PORT_NAME, protocol: 'TCP' }] }];
  }

  #egress(): NetworkRule[] {
    if (this.#callees.size === 0) return [];
    const dns: NetworkRule['ports'] = [
      { port: 53, protocol: 'UDP' },
      { port: 53, protocol: 'TCP' },
    ];
    return [{ ports: dns }, { to: [...this.#callees.values()] }];
  }
}

const DEFAULT_RESOURCES: ContainerResources = {
  cpu: { request: cpu(100) },
  memory: { request: Size.mebibytes(128), limit: Size.mebibytes(512) },
};

type Checked = HttpServiceProps & Required<Pick<HttpServiceProps, 'name' | 'port' | 'replicas' | 'resources'>>;

function validate(at: string, props: Checked): void {
  refuseName(`${at}.name`, props.name, workloadNameProblem(props.name));
  validNamespace(`${at}.namespace`, props.namespace);
  for (const name of [...Object.keys(props.env ?? {}), ...Object.keys(props.secretEnv ?? {})]) {
    const rule = /^[A-Za-z_][A-Za-z0-9_]*$/.test(name)
      ? undefined
      : 'a variable has letters, digits and _, no digit first';
    refuseName(`a variable of ${at}`, name, rule);
  }
  const twice = Object.keys(props.env ?? {}).find((name) => name in (props.secretEnv ?? {}));
  if (twice !== undefined) {
    const rule = 'it is among env and among secretEnv';
    throw new EdgeError('EDGE_ERR_DUPLICATE', {
      at: `a variable of ${at}`,
      value: twice,
      rule,
      fix: 'Keep one of them',
    });
  }
  wholeNumber(`${at}.port`, props.port, 1_024, 65_535);
  wholeNumber(`${at}.replicas`, props.replicas, LEAST_REPLICAS);
  if (props.uid !== undefined) wholeNumber(`${at}.uid`, props.uid, 1);
  for (const prop of ['livePath', 'readyPath'] as const) validProbe(`${at}.${prop}`, props[prop]);
  if (props.autoscaling) validateAutoscaling(at, props.autoscaling, props);
  for (const { claim } of props.volumes ?? []) validVolume(at, claim, props.namespace);
}

function validateAutoscaling(at: string, autoscaling: HttpAutoscaling, { replicas, resources }: Checked): void {
  wholeNumber(`${at}.autoscaling.maxReplicas`, autoscaling.maxReplicas, replicas);
  wholeNumber(`${at}.autoscaling.targetCpuPercent`, autoscaling.targetCpuPercent ?? 70, 1, 100);
  if (resources.cpu?.request) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `${at}.resources.cpu.request`,
    value: undefined,
    rule: 'the autoscaler measures load in parts of it, and without it does nothing',
    fix: 'Say how much processor a pod asks for',
  });
}

function validVolume(at: string, claim: ApiObject, namespace: string): void {
  if (claim.metadata.namespace === namespace) return;
  throw new EdgeError('EDGE_ERR_SHARED_VOLUME', {
    at: `a volume of ${at}`,
    value: `${claim.name} in namespace ${claim.metadata.namespace}`,
    rule: `pods in namespace ${namespace} can have claims of that namespace only`,
    fix: 'Put claim and service into one namespace',
  });
}

function validProbe(at: string, path: string | undefined): void {
  const rule = path === undefined ? undefined : httpPathProblem(path);
  if (rule) throw new EdgeError('EDGE_ERR_VALUE', { at, value: path, rule, fix: 'Write it like /healthz/ready' });
}

function validNamespace(at: string, namespace: string): string {
  refuseName(at, namespace, dnsLabelProblem(namespace));
  return namespace;
}

function refuseName(at: string, value: string, rule: string | undefined): void {
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Choose another name' });
}

function wholeNumber(at: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
  const rule = `it is a whole number of at least ${least}${upTo}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix: 'Choose one' });
}
