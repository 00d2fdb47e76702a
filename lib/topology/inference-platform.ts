import { type ApiObject, Chart, type Duration } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AlbExposure } from '../entry/alb/alb-exposure';
import { AlbIngress } from '../entry/alb/alb-ingress';
import { planCertificates } from '../entry/certificates/plan-certificates';
import { planRecords } from '../entry/dns/plan-records';
import { declareNamespace, leaveNamespace, PodSecurity } from '../kubernetes/namespaces';
import type { CertificatePlan, CertificatePlanOptions } from '../naming/certificate-plan';
import type { DnsPlan, DnsPlanOptions } from '../naming/dns-plan';
import type { SelectedDomain } from '../naming/domain-selection';
import { HostLayout } from '../naming/host-layout';
import type { IPublishedHosts } from '../naming/published-hosts';
import type { AccessPolicies } from '../serving/access/access-policies';
import { InferenceAccess } from '../serving/access/inference-access';
import { DeploymentMode } from '../serving/deployment-mode';
import { takeHost } from '../serving/host-owners';
import { InferenceModel } from '../serving/inference-model';
import { KnativeInstallation } from '../serving/knative-installation';
import { KnativeSettings } from '../serving/knative-settings';
import { KServeIngressConfig } from '../serving/kserve-ingress-config';
import type { KServeOptions } from '../serving/kserve-options';
import { type KServeTarget, resolveKServe } from '../serving/kserve-target';
import {
  type CustomModelOptions,
  type ModelOptions,
  ModelVisibility,
  type ServingOptions,
} from '../serving/model-options';
import { Predictor } from '../serving/predictor';
import { refuse } from '../serving/refuse';
import { type RuntimeOptions, ServingRuntime } from '../serving/serving-runtime';
import { applyAfter } from '../synth/apply-order';
import { addWarning } from '../synth/warnings';
import { checkAlbGateway, checkPlatform, claimCluster } from './platform-checks';

export interface InferencePlatformProps {
  /** Models are published as `<model>.<namespace>.<domain>`, or as `hostLayout` says. */
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
  /**
   * Who may call the models.
   *
   * @default InferenceAccess.perTenant()
   */
  readonly access?: InferenceAccess;
  /**
   * How hosts of models are made.
   *
   * @default HostLayout.PER_NAMESPACE
   */
  readonly hostLayout?: HostLayout;
  /**
   * Domains of models with certain labels, by Knative's rules: of several that fit, the one that asks for most labels.
   *
   * @default - all models are published under `domain`
   */
  readonly selectedDomains?: SelectedDomain[];
  /** How Knative came into the cluster. @default KnativeInstallation.manifests() */
  readonly knative?: KnativeInstallation;
  /** The KServe that is installed. @default - the newest that this library knows, in Knative mode */
  readonly kserve?: KServeOptions;
  /**
   * The longest timeout that a model may have: `max-revision-timeout-seconds` in Knative's `config-defaults`, which
   * whoever runs the cluster can raise.
   *
   * @default Duration.seconds(600) in Knative mode, none in Standard mode
   */
  readonly maxTimeout?: Duration;
}

/**
 * KServe, with or without Knative: a domain, the tenants' namespaces, and the models in them.
 *
 * An app has one: what Knative and KServe are told here is told for the whole cluster.
 */
export class InferencePlatform extends Chart implements IPublishedHosts {
  readonly domain: string;
  readonly externalScheme: 'http' | 'https';
  readonly hostLayout: HostLayout;
  /** What Knative is told; nothing in Standard mode, which does without it. */
  readonly knativeSettings: KnativeSettings | undefined;
  /** What KServe is told about the ways to its models, unless it is left to others. */
  readonly kserveIngressConfig: KServeIngressConfig | undefined;
  /** What enforces who may call the models. */
  readonly accessPolicies: AccessPolicies;
  /** The namespaces, unless they are not created. */
  readonly namespaceObjects: ApiObject[];
  readonly #namespaces: string[];
  readonly #models = new Map<string, InferenceModel>();
  readonly #runtimes = new Map<string, ServingRuntime>();
  readonly #props: InferencePlatformProps;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN, EDGE_ERR_NAME or EDGE_ERR_DUPLICATE for a domain or namespaces that cannot be;
   * EDGE_ERR_MODEL_HOST for those from which KServe derives wrong hosts; EDGE_ERR_DUPLICATE for a second platform in the
   * app; EDGE_ERR_KSERVE_VERSION and EDGE_ERR_DEPLOYMENT_MODE for what the KServe that is installed does not have
   */
  constructor(scope: Construct, id: string, props: InferencePlatformProps) {
    super(scope, id);
    const kserve = resolveKServe(props.kserve);
    checkPlatform(props, kserve);
    claimCluster(this);
    this.#props = { ...props };
    this.domain = props.domain;
    this.externalScheme = props.externalScheme ?? 'http';
    this.hostLayout = props.hostLayout ?? HostLayout.PER_NAMESPACE;
    this.#namespaces = [...props.namespaces];
    if (props.createNamespaces ?? true) {
      const created = this.#namespaces.map((name) => declareNamespace(this, name, PodSecurity.UNENFORCED));
      this.namespaceObjects = created.filter((namespace) => namespace !== undefined);
    } else {
      for (const name of this.#namespaces) leaveNamespace(this, name);
      this.namespaceObjects = [];
    }
    this.knativeSettings = this.#tellKnative(kserve);
    this.kserveIngressConfig = this.#tellKServe(kserve);
    const access = props.access ?? InferenceAccess.perTenant();
    this.accessPolicies = access._policies(this, 'access', this.#namespaces);
  }

  get namespaces(): string[] {
    return [...this.#namespaces];
  }

  get models(): InferenceModel[] {
    return [...this.#models.values()];
  }

  /** The hosts of the models that are published outside of the cluster. */
  get hosts(): string[] {
    const published = this.models.filter(({ visibility }) => visibility === ModelVisibility.PUBLIC);
    return published.map(({ externalHost }) => externalHost);
  }

  get runtimes(): ServingRuntime[] {
    return [...this.#runtimes.values()];
  }

  /**
   * The certificates that clients of the models need, as plain data. `CertManagerCertificates` makes them.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a host or a zone that is none; EDGE_ERR_ZONE for a name in none of the zones;
   * EDGE_ERR_VALUE, EDGE_ERR_COMMON_NAME and EDGE_ERR_CERTIFICATE_QUOTA for what no certificates can have
   */
  certificatePlan(options: CertificatePlanOptions = {}): CertificatePlan {
    return planCertificates('InferencePlatform.certificatePlan(..)', this, options);
  }

  /**
   * The DNS records that lead clients to the models, as plain data. `ExternalDnsRecords` makes them.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a host or a zone that is none; EDGE_ERR_ZONE for a name in none of the zones;
   * EDGE_ERR_ZONE_APEX for a CNAME at the apex of one
   */
  dnsPlan(options: DnsPlanOptions = {}): DnsPlan {
    return planRecords('InferencePlatform.dnsPlan(..)', this, options);
  }

  /**
   * Serves a saved model: an InferenceService of this name in one of the platform's namespaces.
   *
   * @throws EdgeError EDGE_ERR_NAME and EDGE_ERR_MODEL_HOST for names that KServe would refuse or get wrong;
   * EDGE_ERR_NAMESPACE for a namespace that is not the platform's; EDGE_ERR_DUPLICATE for a model, or for hosts, that are
   * there already; EDGE_ERR_VALUE, EDGE_ERR_DEPLOYMENT_MODE and EDGE_ERR_KSERVE_VERSION for what KServe would refuse or
   * pass over
   */
  addModel(name: string, options: ModelOptions): InferenceModel {
    return this.#add(name, options, Predictor.savedModel(options));
  }

  /**
   * Serves what a container of your own answers.
   *
   * @throws EdgeError as `addModel(..)`
   */
  addCustomModel(name: string, options: CustomModelOptions): InferenceModel {
    return this.#add(name, options, Predictor.customServer(options));
  }

  /**
   * Adds a server for models of certain formats, in one of the platform's namespaces or for all namespaces.
   *
   * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_NAMESPACE or EDGE_ERR_DUPLICATE for a place that it cannot have;
   * EDGE_ERR_VALUE for formats that KServe refuses or passes over
   */
  addRuntime(name: string, options: RuntimeOptions): ServingRuntime {
    const { namespace } = options;
    if (namespace !== undefined) this.#checkNamespace(`runtime "${name}"`, namespace);
    const path = namespace === undefined ? name : `${namespace}/${name}`;
    refuse('EDGE_ERR_DUPLICATE', this.#runtimes.has(path) ? 'there is one already by this name' : undefined, {
      at: 'a runtime',
      value: path,
      fix: 'Rename one, or use the runtime that addRuntime returned the first time',
    });
    const runtime = new ServingRuntime(this, `runtime.${path.replace('/', '.')}`, { ...options, name });
    this.#runtimes.set(path, runtime);
    for (const model of this.#models.values()) orderRuntime(model, runtime);
    return runtime;
  }

  /**
   * Lets the outside reach the models: rules of an AWS Application Load Balancer for the hosts of the tenants, with TLS,
   * and with an answer to who may pass. To be called again, with another `name`, for other callers, tenants or hosts.
   *
   * @throws EdgeError EDGE_ERR_ALB_LIMIT for more than a load balancer takes; EDGE_ERR_ALB_AUTH for auth that would let
   * in others than it says; EDGE_ERR_DUPLICATE for a name that is taken; EDGE_ERR_DEPLOYMENT_MODE for models that are not
   * reached through Istio, without a gateway that is named
   */
  exposeThroughAlb(exposure: AlbExposure): AlbIngress {
    const { domain, namespaces, hostLayout } = this;
    const id = exposure.name === undefined ? 'alb' : `alb.${exposure.name}`;
    refuse('EDGE_ERR_DUPLICATE', this.node.tryFindChild(id) && 'the platform is exposed by this name already', {
      at: 'exposeThroughAlb(..).name',
      value: exposure.name,
      fix: 'Give each exposure a name of its own',
    });
    checkAlbGateway(exposure, resolveKServe(this.#props.kserve));
    const ingress = new AlbIngress(this, id, { ...exposure, domain, tenants: namespaces, hostLayout });
    if (this.externalScheme !== 'https') {
      addWarning(
        this,
        "the load balancer answers http with a redirect, which turns POST into GET, and the models' URLs begin with http: set externalScheme to 'https'",
      );
    }
    return ingress;
  }

  #add(name: string, options: ServingOptions, predictor: Predictor): InferenceModel {
    const { namespace } = options;
    this.#checkNamespace(`model "${name}"`, namespace);
    const path = `${namespace}/${name}`;
    const twice = this.#models.has(path) ? 'there is one already by this name in this namespace' : undefined;
    refuse('EDGE_ERR_DUPLICATE', twice, {
      at: 'a model',
      value: path,
      fix: 'Rename one, or use the model that addModel returned the first time',
    });
    const { domain, externalScheme, hostLayout } = this;
    const { selectedDomains, maxTimeout, kserve } = this.#props;
    const platform = { domain, externalScheme, hostLayout, selectedDomains, maxTimeout, kserve };
    const model = new InferenceModel(this, `${namespace}.${name}`, { ...options, ...platform, name, predictor });
    this.#takeHosts(model);
    applyAfter(model, this.accessPolicies);
    this.#models.set(path, model);
    for (const runtime of this.#runtimes.values()) orderRuntime(model, runtime);
    return model;
  }

  #checkNamespace(what: string, namespace: string): void {
    const known = this.#namespaces.includes(namespace);
    refuse('EDGE_ERR_NAMESPACE', known ? undefined : `the platform's namespaces are ${this.#namespaces.join(', ')}`, {
      at: `the namespace of ${what}`,
      value: namespace,
      fix: 'Use one of them, or add it to InferencePlatform.namespaces',
    });
  }

  /** In a flat layout "a-b" in "c" and "a" in "b-c" have one host. */
  #takeHosts(model: InferenceModel): void {
    const path = `${model.namespace}/${model.name}`;
    for (const host of model._hosts()) {
      const owner = takeHost(this, host, path);
      refuse('EDGE_ERR_DUPLICATE', owner && `${owner} has it already`, {
        at: `a host of model ${path}`,
        value: host,
        fix: 'Rename one of them, or use HostLayout.PER_NAMESPACE',
      });
    }
  }

  #tellKnative({ mode }: KServeTarget): KnativeSettings | undefined {
    if (mode === DeploymentMode.STANDARD) return undefined;
    const { domain, selectedDomains, hostLayout, externalScheme, knative } = this.#props;
    const installation = knative ?? KnativeInstallation.manifests();
    return new KnativeSettings(this, 'knative', { domain, selectedDomains, hostLayout, externalScheme, installation });
  }

  #tellKServe({ version, mode, ingress }: KServeTarget): KServeIngressConfig | undefined {
    const { kserve: { deploymentMode, namespace = 'kserve' } = {} } = this.#props;
    const warning = deploymentMode && version._modeWarning(mode);
    if (warning) addWarning(this, warning);
    const { domain, externalScheme, hostLayout } = this;
    const json = ingress._json({ version, domain, externalScheme, hostLayout });
    return json === undefined ? undefined : new KServeIngressConfig(this, 'kserve-ingress', { namespace, json });
  }
}

/** KServe gives up on a model whose runtime is not there. */
function orderRuntime(model: InferenceModel, runtime: ServingRuntime): void {
  if (model.predictor.runtime === runtime.name) applyAfter(model, runtime);
}
