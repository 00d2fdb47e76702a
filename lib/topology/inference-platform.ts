import { type ApiObject, Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import { EdgeError } from '../errors';
import { declareNamespace, leaveNamespace, PodSecurity } from '../kubernetes/namespaces';
import { dnsLabelProblem } from '../naming/kubernetes-names';
import { domainProblem, hostDerivationProblem } from '../naming/model-hosts';
import { InferenceModel, type ModelOptions } from '../serving/inference-model';
import { KnativeDomain } from '../serving/knative-domain';

export interface InferencePlatformProps {
  /** Models are published as `<model>.<namespace>.<domain>`. */
  readonly domain: string;
  /** The tenants: models live in these namespaces. */
  readonly namespaces: string[];
  /**
   * Whether the app creates the namespaces. Kubeflow's profiles, for one, bring their own.
   *
   * @default true
   */
  readonly createNamespaces?: boolean;
  /**
   * What the published URLs begin with: `https` where a load balancer in front of the cluster ends TLS.
   *
   * @default 'http'
   */
  readonly externalScheme?: 'http' | 'https';
}

/** KServe on Knative: a domain, the tenants' namespaces, and the models in them. */
export class InferencePlatform extends Chart {
  readonly domain: string;
  readonly externalScheme: 'http' | 'https';
  readonly knativeDomain: KnativeDomain;
  /** The namespaces, unless they are not created. */
  readonly namespaceObjects: ApiObject[];
  readonly #namespaces: string[];
  readonly #models = new Map<string, InferenceModel>();

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN, EDGE_ERR_NAME or EDGE_ERR_DUPLICATE for a domain or namespaces that cannot be;
   * EDGE_ERR_MODEL_HOST for those from which KServe derives wrong hosts
   */
  constructor(scope: Construct, id: string, props: InferencePlatformProps) {
    super(scope, id);
    validate(props);
    this.domain = props.domain;
    this.externalScheme = props.externalScheme ?? 'http';
    this.#namespaces = [...props.namespaces];
    if (props.createNamespaces ?? true) {
      const created = this.#namespaces.map((name) => declareNamespace(this, name, PodSecurity.UNENFORCED));
      this.namespaceObjects = created.filter((namespace) => namespace !== undefined);
    } else {
      for (const name of this.#namespaces) leaveNamespace(this, name);
      this.namespaceObjects = [];
    }
    this.knativeDomain = new KnativeDomain(this, 'domain', { domain: this.domain });
  }

  get namespaces(): string[] {
    return [...this.#namespaces];
  }

  get models(): InferenceModel[] {
    return [...this.#models.values()];
  }

  /**
   * Serves a model: an InferenceService of this name in one of the platform's namespaces.
   *
   * @throws EdgeError EDGE_ERR_NAME and EDGE_ERR_MODEL_HOST for names that KServe would refuse or get wrong;
   * EDGE_ERR_NAMESPACE for a namespace that is not the platform's; EDGE_ERR_DUPLICATE for a model that is there already
   */
  addModel(name: string, options: ModelOptions): InferenceModel {
    const { namespace } = options;
    if (!this.#namespaces.includes(namespace)) {
      throw new EdgeError('EDGE_ERR_NAMESPACE', {
        at: `the namespace of model "${name}"`,
        value: namespace,
        rule: `the platform's namespaces are ${this.#namespaces.join(', ')}`,
        fix: 'Use one of them, or add it to InferencePlatform.namespaces',
      });
    }
    const path = `${namespace}/${name}`;
    if (this.#models.has(path)) {
      throw new EdgeError('EDGE_ERR_DUPLICATE', {
        at: 'a model',
        value: path,
        rule: 'there is one already by this name in this namespace',
        fix: 'Rename one, or use the model that addModel returned the first time',
      });
    }
    const model = new InferenceModel(this, `${namespace}.${name}`, {
      ...options,
      name,
      domain: this.domain,
      externalScheme: this.externalScheme,
    });
    this.#models.set(path, model);
    return model;
  }
}

function validate({ domain, namespaces }: InferencePlatformProps): void {
  const wrongDomain = domainProblem(domain);
  if (wrongDomain) {
    const fix = 'Give the domain without scheme or port, platform.example.com for instance';
    throw new EdgeError('EDGE_ERR_DOMAIN', { at: 'InferencePlatform.domain', value: domain, rule: wrongDomain, fix });
  }
  const wrongHosts = hostDerivationProblem(domain);
  if (wrongHosts) {
    const fix = 'Use another domain';
    throw new EdgeError('EDGE_ERR_MODEL_HOST', {
      at: 'InferencePlatform.domain',
      value: domain,
      rule: wrongHosts,
      fix,
    });
  }
  if (namespaces.length === 0) {
    const rule = 'models live in namespaces';
    const at = 'InferencePlatform.namespaces';
    throw new EdgeError('EDGE_ERR_NAMESPACE', { at, value: '[]', rule, fix: 'Name at least one' });
  }
  for (const [i, namespace] of namespaces.entries()) {
    const at = `InferencePlatform.namespaces[${i}]`;
    const wrongName = dnsLabelProblem(namespace);
    if (wrongName) {
      throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule: wrongName, fix: 'Choose another name' });
    }
    const wrongHosts = hostDerivationProblem(namespace);
    if (wrongHosts) {
      const fix = 'Rename the namespace';
      throw new EdgeError('EDGE_ERR_MODEL_HOST', { at, value: namespace, rule: wrongHosts, fix });
    }
    if (namespaces.indexOf(namespace) !== i) {
      const rule = 'it is in the list already';
      throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value: namespace, rule, fix: 'Remove one' });
    }
  }
}
