import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { describe } from '../../errors';
import type { CertificateIssuer } from './certificate-issuer';

interface AcmeIssuer {
  readonly spec?: { readonly acme?: { readonly solvers?: { readonly dns01?: object }[] } };
}

/**
 * Says what is wrong when the issuer is an object of the same app, and one that can prove no wildcard.
 *
 * An ACME server offers DNS-01 alone for a wildcard; cert-manager then finds no solver for the challenge, and the order
 * fails every time it is tried again.
 */
export function wildcardProblems(root: IConstruct, issuer: CertificateIssuer, namespace: string): string[] {
  const found = root.node.root.node.findAll().find((object) => isIssuer(object, issuer, namespace));
  const acme = found && ((found as ApiObject).toJson() as AcmeIssuer).spec?.acme;
  if (!acme || acme.solvers?.some(({ dns01 }) => dns01 !== undefined)) return [];
  const problem = describe('EDGE_ERR_ISSUER', {
    at: `the ACME issuer [${found.node.path}]`,
    value: issuer.name,
    rule: 'the certificates have wildcards, which only DNS-01 proves, and it has no such solver',
    fix: 'Give it a dns01 solver for the domain',
  });
  return [problem];
}

function isIssuer(object: IConstruct, issuer: CertificateIssuer, namespace: string): boolean {
  if (!ApiObject.isApiObject(object) || object.name !== issuer.name) return false;
  if (object.apiGroup !== issuer.group || object.kind !== issuer.kind) return false;
  return object.kind !== 'Issuer' || object.metadata.namespace === namespace;
}
