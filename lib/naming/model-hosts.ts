import { HostLayout } from './host-layout';
import { dnsLabelProblem, dnsSubdomainProblem, MAX_LABEL, MAX_SUBDOMAIN } from './kubernetes-names';

const ISVC_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;

/** The parts of an InferenceService that requests come to first. */
export type ModelComponent = 'predictor' | 'transformer';

/** Where a model is found, by whom. */
export interface ModelUrls {
  /** Scheme and host. */
  readonly base: string;
  /** KServe V1: `{"instances": …}` → `{"predictions": …}`. */
  readonly v1Predict: string;
  /** KServe V2 (Open Inference Protocol): `{"inputs": …}` → `{"outputs": …}`. */
  readonly v2Infer: string;
  /** The Open Inference Protocol by gRPC, for models with a `grpcPort`; the path is the name of the model. */
  readonly grpc: string;
}

/** Says why `host` is no host name, or nothing when it is one. */
export function hostProblem(host: string): string | undefined {
  return dnsSubdomainProblem(host) ?? host.split('.').map(dnsLabelProblem).find(Boolean);
}

/** Says why `domain` cannot be the domain of a platform, or nothing when it can. */
export function domainProblem(domain: string): string | undefined {
  const problem = hostProblem(domain);
  if (problem) return problem;
  return domain.includes('.') ? undefined : 'a domain has at least two parts, example.com for instance';
}

/** What KServe calls the Service of a component. */
export function componentName(model: string, component: ModelComponent): string {
  return `${model}-${component}`;
}

/**
 * Says why KServe would refuse `name` for an InferenceService, or nothing when it would not.
 *
 * The Services behind it are called `<name>-predictor` and `<name>-transformer`, and these are host labels.
 */
export function modelNameProblem(name: string, component: ModelComponent = 'predictor'): string | undefined {
  if (!ISVC_NAME.test(name))
    return "KServe's names have only a-z, 0-9 and -, begin with a letter, and do not end with -";
  const longest = MAX_LABEL - componentName('', component).length;
  if (name.length > longest) {
    return `the host label "${componentName('<name>', component)}" has at most ${MAX_LABEL} characters, which leaves ${longest}, and this name has ${name.length}`;
  }
  return undefined;
}

/**
 * Says why KServe would publish a wrong host, or nothing when it would not.
 *
 * KServe takes the predictor's host and removes the first "-predictor" from it; when the host has "-default" anywhere,
 * it removes "-predictor-default" instead, which is not there, and the host stays the predictor's.
 *
 * @see https://github.com/kserve/kserve/blob/v0.20.0/pkg/controller/v1beta1/inferenceservice/reconcilers/ingress/ingress_reconciler.go
 */
export function hostDerivationProblem(part: string): string | undefined {
  const word = ['-predictor', '-transformer', '-default'].find((word) => part.includes(word));
  return word && `KServe cuts "${word}" out of hosts, and would publish a host that does not lead to the model`;
}

/**
 * The same for a namespace that follows the model's name after a "-": in "iris-predictor-default.example.com" KServe
 * finds "-predictor-default" and removes all of it.
 */
export function flatHostDerivationProblem(namespace: string): string | undefined {
  return namespace.startsWith('default') ? hostDerivationProblem(`-${namespace}`) : undefined;
}

/** Says why the host of a model is too long for DNS, or nothing when it is not. */
export function hostLengthProblem(host: string): string | undefined {
  if (host.length > MAX_SUBDOMAIN)
    return `a host has at most ${MAX_SUBDOMAIN} characters, and this one has ${host.length}`;
  const label = host.split('.').find((label) => label.length > MAX_LABEL);
  return label && `a part of a host has at most ${MAX_LABEL} characters, and "${label}" has ${label.length}`;
}

/** The host that a template makes of the name of a model, or of one of its components. */
export function externalHost(
  name: string,
  namespace: string,
  domain: string,
  layout: HostLayout = HostLayout.PER_NAMESPACE,
): string {
  return layout === HostLayout.FLAT ? `${name}-${namespace}.${domain}` : `${name}.${namespace}.${domain}`;
}

/** The host of a Service inside the cluster: that of a model, or of one of its components. */
export function inClusterHost(service: string, namespace: string): string {
  return `${service}.${namespace}.svc.cluster.local`;
}

/**
 * @param model the name under which the runtime serves the model; it may be another than the InferenceService's
 */
export function modelUrls(scheme: 'http' | 'https', host: string, model: string): ModelUrls {
  const base = `${scheme}://${host}`;
  return {
    base,
    v1Predict: `${base}/v1/models/${model}:predict`,
    v2Infer: `${base}/v2/models/${model}/infer`,
    grpc: `${scheme === 'https' ? 'grpcs' : 'grpc'}://${host}/${model}`,
  };
}
