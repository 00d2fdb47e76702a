import { HostLayout } from '../naming/host-layout';
import { hostProblem } from '../naming/model-hosts';
import { DeploymentMode } from './deployment-mode';
import type { KServeVersion } from './kserve-version';
import { refuse } from './refuse';

/** What KServe is told about the ways to its models. The values are those that its own manifests have. */
export interface KServeIngressOptions {
  /** Istio's Gateway for requests from outside, in Knative mode. @default 'knative-serving/knative-ingress-gateway' */
  readonly ingressGateway?: string;
  /** Istio's Gateway for requests from inside, in Knative mode. @default 'knative-serving/knative-local-gateway' */
  readonly localGateway?: string;
  /**
   * The host of that Gateway's Service.
   *
   * @default 'knative-local-gateway.istio-system.svc.cluster.local'
   */
  readonly localGatewayService?: string;
  /**
   * The host of the Service that leads on to Knative; KServe 0.14 and later.
   *
   * @default - KServe's: the same as `localGatewayService`
   */
  readonly knativeLocalGatewayService?: string;
  /**
   * The host of the Service in front of `ingressGateway`; KServe up to 0.13.
   *
   * @default 'istio-ingressgateway.istio-system.svc.cluster.local' for these, nothing for later ones
   */
  readonly ingressService?: string;
  /** The domain of models in Standard mode. @default - the platform's domain */
  readonly ingressDomain?: string;
  /** The class of the Ingress of each model in Standard mode. @default 'istio' */
  readonly ingressClassName?: string;
  /**
   * Domains under which models are published besides their own; KServe 0.13 and later.
   *
   * @default - none
   */
  readonly additionalIngressDomains?: string[];
  /**
   * Path of a model on `ingressDomain`, beside its host, with `{{ .Namespace }}` and `{{ .Name }}` in it.
   *
   * @default - none
   */
  readonly pathTemplate?: string;
  /**
   * Whether KServe does without Istio's VirtualServices: with Kourier or Contour below Knative. Models are then published
   * at the hosts of their predictors or transformers, `<model>-predictor.<namespace>.<domain>`.
   *
   * @default false
   */
  readonly disableIstioVirtualHost?: boolean;
  /** Whether models in Standard mode get no Ingress; KServe 0.12 and later. @default false */
  readonly disableIngressCreation?: boolean;
  /** Whether models in Standard mode get an HTTPRoute instead of an Ingress; KServe 0.15 and later. @default false */
  readonly enableGatewayApi?: boolean;
  /** The Gateway of these HTTPRoutes; KServe 0.15 and later. @default 'kserve/kserve-ingress-gateway' */
  readonly kserveIngressGateway?: string;
}

/** What the platform knows, and the configuration repeats. */
export interface KServeIngressContext {
  readonly version: KServeVersion;
  readonly domain: string;
  readonly externalScheme: 'http' | 'https';
  readonly hostLayout: HostLayout;
}

/** In the notation of KServe's template, which knows other names than Knative's. */
const TEMPLATES: Record<HostLayout, string> = {
  [HostLayout.PER_NAMESPACE]: '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}',
  [HostLayout.FLAT]: '{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}',
};
const LOCAL_GATEWAY_SERVICE = 'knative-local-gateway.istio-system.svc.cluster.local';
const INGRESS_SERVICE = 'istio-ingressgateway.istio-system.svc.cluster.local';
/** In these versions KServe began to read an option. */
const SINCE: [option: keyof KServeIngressOptions, minor: number][] = [
  ['disableIngressCreation', 12],
  ['additionalIngressDomains', 13],
  ['knativeLocalGatewayService', 14],
  ['enableGatewayApi', 15],
  ['kserveIngressGateway', 15],
];
/** The last version that reads `ingressService`. */
const LAST_WITH_INGRESS_SERVICE = 13;

/** Who decides what is in the key `ingress` of KServe's ConfigMap `inferenceservice-config`. */
export class KServeIngress {
  /**
   * The app does: it replaces the key as a whole, since it is one text to Kubernetes; other keys stay as they are.
   *
   * @throws EdgeError EDGE_ERR_VALUE for what is no path, EDGE_ERR_DOMAIN for what is no host
   */
  static configured(options: KServeIngressOptions = {}): KServeIngress {
    const { ingressDomain, additionalIngressDomains = [], pathTemplate } = options;
    for (const domain of [...(ingressDomain === undefined ? [] : [ingressDomain]), ...additionalIngressDomains]) {
      const fix = 'Give the domain without scheme or port';
      refuse('EDGE_ERR_DOMAIN', hostProblem(domain), { at: "a domain of KServe's ingress", value: domain, fix });
    }
    const isPath = pathTemplate === undefined || (/^\/\S/.test(pathTemplate) && !pathTemplate.startsWith('//'));
    refuse('EDGE_ERR_VALUE', isPath ? undefined : 'KServe takes a path that begins with /', {
      at: 'KServeIngress.pathTemplate',
      value: pathTemplate,
      fix: 'Begin it with /, as in /serving/{{ .Namespace }}/{{ .Name }}',
    });
    return new KServeIngress(options, !(options.disableIstioVirtualHost ?? false));
  }

  /**
   * Somebody else does; the app only has to know where models are found.
   *
   * @param istioVirtualHosts whether KServe makes Istio's VirtualServices; not with Kourier or Contour below Knative
   */
  static unmanaged(istioVirtualHosts = true): KServeIngress {
    return new KServeIngress(undefined, istioVirtualHosts);
  }

  readonly istioVirtualHosts: boolean;
  readonly #options: KServeIngressOptions | undefined;

  private constructor(options: KServeIngressOptions | undefined, istioVirtualHosts: boolean) {
    this.#options = options;
    this.istioVirtualHosts = istioVirtualHosts;
  }

  /**
   * Domains at which models are found besides their own.
   *
   * @internal
   */
  _additionalDomains(): string[] {
    return [...(this.#options?.additionalIngressDomains ?? [])];
  }

  /**
   * The domain of models in Standard mode, when it is not the platform's.
   *
   * @internal
   */
  _ingressDomain(): string | undefined {
    return this.#options?.ingressDomain;
  }

  /**
   * Whether requests from outside come to models through Istio's ingress gateway, as far as the app knows.
   *
   * @internal
   */
  _usesIstio(mode: DeploymentMode): boolean {
    if (mode === DeploymentMode.KNATIVE) return this.istioVirtualHosts;
    const { ingressClassName = 'istio', enableGatewayApi, disableIngressCreation } = this.#options ?? {};
    return ingressClassName === 'istio' && !enableGatewayApi && !disableIngressCreation;
  }

  /**
   * The value of the key, or nothing when it is left alone.
   *
   * @throws EdgeError EDGE_ERR_KSERVE_VERSION for what the version does not read
   * @internal
   */
  _json(context: KServeIngressContext): string | undefined {
    const options = this.#options;
    if (!options) return undefined;
    const { version } = context;
    checkVersion(options, version);
    const value = {
      enableGatewayApi: options.enableGatewayApi,
      kserveIngressGateway:
        options.kserveIngressGateway ?? (version._isAtLeast(15) ? 'kserve/kserve-ingress-gateway' : undefined),
      ingressGateway: options.ingressGateway ?? 'knative-serving/knative-ingress-gateway',
      ingressService:
        options.ingressService ?? (version._isAtLeast(LAST_WITH_INGRESS_SERVICE + 1) ? undefined : INGRESS_SERVICE),
      localGateway: options.localGateway ?? 'knative-serving/knative-local-gateway',
      localGatewayService: options.localGatewayService ?? LOCAL_GATEWAY_SERVICE,
      knativeLocalGatewayService: options.knativeLocalGatewayService,
      ingressDomain: options.ingressDomain ?? context.domain,
      additionalIngressDomains: options.additionalIngressDomains,
      ingressClassName: options.ingressClassName ?? 'istio',
      domainTemplate: TEMPLATES[context.hostLayout],
      urlScheme: context.externalScheme,
      pathTemplate: options.pathTemplate,
      disableIstioVirtualHost: options.disableIstioVirtualHost ?? false,
      disableIngressCreation: options.disableIngressCreation,
    };
    return JSON.stringify(value, undefined, 2);
  }
}

function checkVersion(options: KServeIngressOptions, version: KServeVersion): void {
  for (const [option, since] of SINCE) {
    const early = options[option] !== undefined && !version._isAtLeast(since);
    refuse('EDGE_ERR_KSERVE_VERSION', early ? `KServe ${version} does not read it, 0.${since} does` : undefined, {
      at: `KServeIngress.${option}`,
      value: String(options[option]),
      fix: 'Leave it out, or give the version of KServe that is installed',
    });
  }
  const late = options.ingressService !== undefined && version._isAtLeast(LAST_WITH_INGRESS_SERVICE + 1);
  refuse('EDGE_ERR_KSERVE_VERSION', late ? `KServe reads it up to 0.${LAST_WITH_INGRESS_SERVICE} only` : undefined, {
    at: 'KServeIngress.ingressService',
    value: options.ingressService,
    fix: 'Leave it out',
  });
}
