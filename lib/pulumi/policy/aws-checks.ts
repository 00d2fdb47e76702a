import { describe } from '../../errors';
import type { JudgedResource } from './policy-manifest';
import { unlessUnknown } from './unless-unknown';

const CERTIFICATE = 'aws:acm/certificate:Certificate';
const RECORD = 'aws:route53/record:Record';

/** A sentence, and the resource it is about. */
export interface Violation {
  readonly message: string;
  readonly urn: string;
}

/** A certificate that is renewed only if somebody reads an e-mail. Imported and private ones are validated by nobody. */
export function certificateValidation({ type, name, urn, props }: JudgedResource): Violation[] {
  if (type !== CERTIFICATE || props.privateKey !== undefined || props.certificateAuthorityArn !== undefined) return [];
  if (props.validationMethod === 'DNS') return [];
  const message = describe('EDGE_ERR_VALUE', {
    at: `validationMethod of certificate ${name}`,
    value: props.validationMethod,
    rule: 'ACM renews without anybody only what is validated by DNS',
    fix: 'Use DNS; PlatformCertificate does',
  });
  return [{ message, urn }];
}

/**
 * Records of one zone, name and type: Route 53 refuses the second, or, where it may overwrite, they take turns. Those of
 * a routing policy are told apart by their identifier.
 */
export function duplicateRecords(resources: readonly JudgedResource[]): Violation[] {
  const owners = new Map<string, JudgedResource>();
  return resources.flatMap((resource) => {
    const key = resource.type === RECORD ? recordKey(resource) : undefined;
    if (key === undefined) return [];
    const owner = owners.get(key);
    owners.set(key, owner ?? resource);
    if (!owner) return [];
    const message = describe('EDGE_ERR_DUPLICATE', {
      at: `the record of ${resource.name}`,
      value: key,
      rule: `${owner.name} is the same one to Route 53`,
      fix: 'Make one of them; a certificate needs one record for a name and its wildcard',
    });
    return [{ message, urn: resource.urn }];
  });
}

/** As far as it is known: in a preview the names of validation records are not. */
function recordKey({ props }: JudgedResource): string | undefined {
  const parts = ['type', 'fqdn', 'name', 'zoneId', 'setIdentifier'].map((key) => unlessUnknown(() => props[key]));
  const [type, fqdn, relative, zone, identifier] = parts;
  const name = fqdn ?? relative;
  if (name === undefined || zone === undefined) return undefined;
  const shown = [type, String(name).toLowerCase().replace(/\.$/, ''), 'of zone', zone, identifier];
  return shown.filter(Boolean).join(' ');
}
