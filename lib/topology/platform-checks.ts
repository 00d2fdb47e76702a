import type { IConstruct } from 'constructs';
import type { AlbExposure } from '../entry/alb/alb-exposure';
import { knownValue } from '../known-values';
import { HostLayout } from '../naming/host-layout';
import { dnsLabelProblem } from '../naming/kubernetes-names';
import { domainProblem, flatHostDerivationProblem, hostDerivationProblem } from '../naming/model-hosts';
import { DeploymentMode } from '../serving/deployment-mode';
import { hasVirtualHost, type KServeTarget } from '../serving/kserve-target';
import { refuse } from '../serving/refuse';
import type { InferencePlatformProps } from './inference-platform';

const PLATFORM = Symbol.for('cdk8s-edge-inference.InferencePlatform');

/**
 * Domain template, schemes and ingress exist once in a cluster.
 *
 * @throws EdgeError EDGE_ERR_DUPLICATE for a second platform in the app
 */
export function claimCluster(platform: IConstruct): void {
  const other = platform.node.root.node.findAll().find((construct) => PLATFORM in construct);
  refuse(
    'EDGE_ERR_DUPLICATE',
    other && `[${other.node.path}] is one, and Knative and KServe have one set of settings`,
    {
      at: 'a platform',
      value: platform.node.path,
      fix: 'Add its namespaces to that one, and its domain to selectedDomains',
    },
  );
  Object.defineProperty(platform, PLATFORM, { value: true });
}

/**
 * @throws EdgeError EDGE_ERR_DOMAIN, EDGE_ERR_NAME, EDGE_ERR_NAMESPACE or EDGE_ERR_DUPLICATE for domains or namespaces
 * that cannot be; EDGE_ERR_MODEL_HOST for those from which KServe derives wrong hosts; EDGE_ERR_DEPLOYMENT_MODE for
 * settings of Knative where there is none; EDGE_ERR_VALUE for a time that is none
 */
export function checkPlatform(props: InferencePlatformProps, kserve: KServeTarget): void {
  const derivesHosts = hasVirtualHost(kserve);
  checkDomain('InferencePlatform.domain', props.domain, derivesHosts);
  const { externalScheme = 'http' } = props;
  refuse('EDGE_ERR_VALUE', ['http', 'https'].includes(externalScheme) ? undefined : 'URLs begin with http or https', {
    at: 'InferencePlatform.externalScheme',
    value: externalScheme,
    fix: "Use 'https' where something in front of the cluster ends TLS",
  });
  knownValue('InferencePlatform.hostLayout', props.hostLayout ?? HostLayout.PER_NAMESPACE, HostLayout);
  checkSelectedDomains(props, derivesHosts);
  checkNamespaces(props, derivesHosts);
  checkKnative(props, kserve);
  const seconds = props.maxTimeout === undefined ? 1 : props.maxTimeout.toMilliseconds() / 1000;
  refuse(
    'EDGE_ERR_VALUE',
    Number.isInteger(seconds) && seconds >= 1 ? undefined : 'it is in whole seconds, from 1 on',
    {
      at: 'InferencePlatform.maxTimeout',
      value: `${seconds} s`,
      fix: 'Give what max-revision-timeout-seconds in config-defaults is',
    },
  );
}

/**
 * A load balancer forwards to Istio's gateway unless told otherwise, and removes headers by an object of Istio's.
 *
 * @throws EdgeError EDGE_ERR_DEPLOYMENT_MODE for models that are not reached through Istio
 */
export function checkAlbGateway({ gateway, removedHeaders }: AlbExposure, { mode, ingress }: KServeTarget): void {
  if (ingress._usesIstio(mode)) return;
  refuse('EDGE_ERR_DEPLOYMENT_MODE', gateway?.service ? undefined : "Istio's gateway has no routes to these models", {
    at: 'exposeThroughAlb(..).gateway',
    value: gateway?.service,
    fix: 'Name the Service of the gateway that has, with its namespace, port and health check: kourier in kourier-system for instance',
  });
  const filters = removedHeaders?.length !== 0 && gateway?.labels === undefined;
  refuse(
    'EDGE_ERR_DEPLOYMENT_MODE',
    filters ? 'they are removed by an EnvoyFilter, which only Istio reads' : undefined,
    {
      at: 'exposeThroughAlb(..).removedHeaders',
      value: removedHeaders?.join(', ') ?? 'the usual ones',
      fix: 'Set it to [], and see to it that nobody behind the gateway believes them; or give gateway.labels where it is one of Istio',
    },
  );
}

function checkDomain(at: string, domain: string, derivesHosts: boolean): void {
  refuse('EDGE_ERR_DOMAIN', domainProblem(domain), {
    at,
    value: domain,
    fix: 'Give the domain without scheme or port, platform.example.com for instance',
  });
  // Knative takes what is published under it for private, and routes it inside the cluster only.
  const inside = /(^|\.)cluster\.local$/.test(domain) ? 'it is the domain of the cluster itself' : undefined;
  refuse('EDGE_ERR_DOMAIN', inside, { at, value: domain, fix: 'Use a domain of your own' });
  const wrongHosts = derivesHosts ? hostDerivationProblem(domain) : undefined;
  refuse('EDGE_ERR_MODEL_HOST', wrongHosts, { at, value: domain, fix: 'Use another domain' });
}

function checkSelectedDomains(props: InferencePlatformProps, derivesHosts: boolean): void {
  const known = [props.domain];
  for (const [i, { domain, selector }] of (props.selectedDomains ?? []).entries()) {
    const at = `InferencePlatform.selectedDomains[${i}]`;
    checkDomain(`${at}.domain`, domain, derivesHosts);
    refuse('EDGE_ERR_DUPLICATE', known.includes(domain) ? 'the platform has it already' : undefined, {
      at: `${at}.domain`,
      value: domain,
      fix: 'Remove one',
    });
    const ambiguous = 'without labels it would be the default of every Service, as the domain of the platform is';
    refuse('EDGE_ERR_VALUE', Object.keys(selector).length === 0 ? ambiguous : undefined, {
      at: `${at}.selector`,
      value: '{}',
      fix: 'Name the labels of the models that have this domain',
    });
    known.push(domain);
  }
}

function checkNamespaces({ namespaces, hostLayout }: InferencePlatformProps, derivesHosts: boolean): void {
  refuse('EDGE_ERR_NAMESPACE', namespaces.length === 0 ? 'models live in namespaces' : undefined, {
    at: 'InferencePlatform.namespaces',
    value: '[]',
    fix: 'Name at least one',
  });
  for (const [i, namespace] of namespaces.entries()) {
    const checked = { at: `InferencePlatform.namespaces[${i}]`, value: namespace };
    refuse('EDGE_ERR_NAME', dnsLabelProblem(namespace), { ...checked, fix: 'Choose another name' });
    const flat = hostLayout === HostLayout.FLAT ? flatHostDerivationProblem(namespace) : undefined;
    const wrongHosts = derivesHosts ? (hostDerivationProblem(namespace) ?? flat) : undefined;
    refuse('EDGE_ERR_MODEL_HOST', wrongHosts, { ...checked, fix: 'Rename the namespace' });
    const twice = namespaces.indexOf(namespace) === i ? undefined : 'it is in the list already';
    refuse('EDGE_ERR_DUPLICATE', twice, { ...checked, fix: 'Remove one' });
  }
}

function checkKnative({ knative, selectedDomains }: InferencePlatformProps, { mode }: KServeTarget): void {
  if (mode === DeploymentMode.KNATIVE) return;
  for (const [prop, value] of Object.entries({ knative, selectedDomains })) {
    refuse('EDGE_ERR_DEPLOYMENT_MODE', value && 'models in Standard mode do without Knative', {
      at: `InferencePlatform.${prop}`,
      value: 'given',
      fix: 'Leave it out, or use Knative mode',
    });
  }
}
