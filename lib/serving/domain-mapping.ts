import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ClusterDomainClaim, DomainMappingObject } from '../crds/knative';
import { domainProblem } from '../naming/model-hosts';
import { applyAfter } from '../synth/apply-order';
import { declareHost } from '../synth/served-hosts';
import { takeHost } from './host-owners';
import { refuse } from './refuse';

export interface DomainMappingOptions {
  /**
   * Secret of the model's namespace with the certificate for the domain, of type `kubernetes.io/tls`.
   *
   * @default - the gateway ends TLS, or nobody does
   */
  readonly tlsSecretName?: string;
  /**
   * Whether the app claims the domain for the model's namespace. Not needed where Knative does so itself
   * (`autocreate-cluster-domain-claims`), and then anybody who may make DomainMappings can have any domain.
   *
   * @default true
   */
  readonly claimDomain?: boolean;
}

export interface DomainMappingProps extends DomainMappingOptions {
  readonly domain: string;
  readonly namespace: string;
  /** The Knative Service that requests go to. */
  readonly service: string;
  /** Whether clients use TLS. */
  readonly tls: boolean;
}

/** Knative's webhook refuses to map these. */
const CLUSTER_DOMAIN = /(^|\.)cluster\.local$/;

/**
 * A domain of its own for one model. Made by `model.addDomain(..)`.
 *
 * Knative's gateway answers to the domain, and passes requests to the Service behind the model.
 *
 * @see https://knative.dev/docs/serving/services/custom-domains/
 */
export class DomainMapping extends Construct {
  readonly domain: string;
  readonly mapping: ApiObject;
  /** The right of the namespace to have the domain, unless Knative sees to it. */
  readonly clusterDomainClaim: ApiObject | undefined;

  /**
   * @throws EdgeError EDGE_ERR_DOMAIN for what is no domain that a model can have; EDGE_ERR_DUPLICATE for one that is
   * mapped already, or is the host of a model
   */
  constructor(scope: Construct, id: string, props: DomainMappingProps) {
    super(scope, id);
    const { domain, namespace, service, tlsSecretName } = props;
    const at = `a domain of ${namespace}/${service}`;
    refuse('EDGE_ERR_DOMAIN', mappingProblem(domain), { at, value: domain, fix: 'Name one host of a domain you own' });
    const other = takeHost(this, domain, `[${this.node.path}]`);
    refuse('EDGE_ERR_DUPLICATE', other && `${other} has it already`, {
      at,
      value: domain,
      fix: 'Map a domain to one model',
    });
    this.domain = domain;
    this.mapping = new DomainMappingObject(this, 'Resource', {
      metadata: { name: domain, namespace },
      spec: {
        ref: { apiVersion: 'serving.knative.dev/v1', kind: 'Service', name: service },
        ...(tlsSecretName !== undefined && { tls: { secretName: tlsSecretName } }),
      },
    });
    if (props.claimDomain ?? true) {
      this.clusterDomainClaim = new ClusterDomainClaim(this, 'claim', {
        metadata: { name: domain },
        spec: { namespace },
      });
      applyAfter(this.mapping, this.clusterDomainClaim);
    }
    // A Secret of its own brings a certificate that is not one of the plan's.
    declareHost(this, domain, props.tls && tlsSecretName === undefined);
  }
}

function mappingProblem(domain: string): string | undefined {
  if (domain.startsWith('*')) return "the mapping's name is the domain, and no object's name has a *";
  if (CLUSTER_DOMAIN.test(domain)) return 'Knative refuses domains of the cluster';
  return domainProblem(domain);
}
