import { dnsLabelProblem, dnsSubdomainProblem, MAX_LABEL, MAX_SUBDOMAIN } from './kubernetes-names';

const ISVC_NAME = /^[a-z]([-a-z0-9]*[a-z0-9])?$/;
const PREDICTOR = '-predictor';

/** Where a model is found, by whom. */
export interface ModelUrls {
  /** Scheme and host. */
  readonly base: string;
  /** KServe V1: `{"instances": …}` → `{"predictions": …}`. */
  readonly v1Predict: string;
  /** KServe V2 (Open Inference Protocol): `{"inputs": …}` → `{"outputs": …}`. */
  readonly v2Infer: string;
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

/**
 * Says why KServe would refuse `name` for an InferenceService, or nothing when it would not.
 *
 * The Knative Service behind it is called `<name>-predictor`, and that is a host label.
 */
export function modelNameProblem(name: string): string | undefined {
  if (!ISVC_NAME.test(name))
    return "KServe's names have only a-z, 0-9 and -, begin with a letter, and do not end with -";
  const longest = MAX_LABEL - PREDICTOR.length;
  if (name.length > longest) {
    return `the host label "<name>${PREDICTOR}" has at most ${MAX_LABEL} characters, which leaves ${longest}, and this name has ${name.length}`;
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

/** Says why the host of a model is too long for DNS, or nothing when it is not. */
export function hostLengthProblem(host: string): string | undefined {
  return host.length > MAX_SUBDOMAIN
    ? `a host has at most ${MAX_SUBDOMAIN} characters, and this one has ${host.length}`
    : undefined;
}

/** The host at which Knative's default template (`name.namespace.domain`) publishes a model. */
export function externalHost(model: string, namespace: string, domain: string): string {
  return `${model}.${namespace}.${domain}`;
}

/** The host that KServe's top-level VirtualService answers to inside the cluster. */
export function inClusterHost(model: string, namespace: string): string {
  return `${model}.${namespace}.svc.cluster.local`;
}

export function modelUrls(scheme: 'http' | 'https', host: string, model: string): ModelUrls {
  const base = `${scheme}://${host}`;
  return { base, v1Predict: `${base}/v1/models/${model}:predict`, v2Infer: `${base}/v2/models/${model}/infer` };
}
