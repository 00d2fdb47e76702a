import { domainFor, type SelectedDomain } from '../naming/domain-selection';
import type { HostLayout } from '../naming/host-layout';
import { componentName, externalHost, inClusterHost, type ModelComponent } from '../naming/model-hosts';
import { DeploymentMode } from './deployment-mode';
import { hasVirtualHost, type KServeTarget } from './kserve-target';

/** What the hosts of a model are made of. */
export interface AddressParts {
  readonly name: string;
  readonly namespace: string;
  /** The component that requests come to first. */
  readonly component: ModelComponent;
  readonly labels: Record<string, string>;
  readonly domain: string;
  readonly selectedDomains: SelectedDomain[];
  readonly hostLayout: HostLayout;
  readonly kserve: KServeTarget;
}

/** The hosts that a model has, as KServe and Knative make them. */
export interface ModelAddresses {
  /** Where everybody may call it. */
  readonly external: string;
  /** Where everybody may call it besides. */
  readonly others: string[];
  /** Where pods of the cluster call it. */
  readonly inCluster: string;
  /** All hosts outside that KServe and Knative make for it, those of its components too. */
  readonly taken: string[];
}

/**
 * Who has an Istio VirtualService is found under its own name, inside and outside. Without one a model in Knative mode
 * has the hosts of its component only, and a model in Standard mode a host of its own outside, and the Service of its
 * component inside.
 */
export function modelAddresses(parts: AddressParts): ModelAddresses {
  const { name, namespace, component, hostLayout, kserve } = parts;
  const virtualHost = hasVirtualHost(kserve);
  const service = componentName(name, component);
  const domain = domainOf(parts);
  const host = (label: string, domain: string) => externalHost(label, namespace, domain, hostLayout);
  const label = virtualHost || kserve.mode === DeploymentMode.STANDARD ? name : service;
  const components = [...new Set([componentName(name, 'predictor'), service])];
  return {
    external: host(label, domain),
    others: virtualHost ? kserve.ingress._additionalDomains().map((other) => host(label, other)) : [],
    inCluster: inClusterHost(virtualHost ? name : service, namespace),
    taken: [...new Set([label, ...components])].map((label) => host(label, domain)),
  };
}

function domainOf({ labels, domain, selectedDomains, kserve }: AddressParts): string {
  if (kserve.mode === DeploymentMode.STANDARD) return kserve.ingress._ingressDomain() ?? domain;
  return domainFor(labels, selectedDomains, domain);
}
