import type * as acm from '@pulumi/aws/acm';
import type * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { baseOf } from '../../naming/published-hosts';

/** The record that proves a domain, as ACM asks for it. */
type ValidationOption = pulumi.Unwrap<acm.Certificate['domainValidationOptions']>[number];

/**
 * What ACM asks for `base` and for `*.base`, which is one and the same record. ACM lists its options in any order, and
 * one for each name.
 *
 * @throws EdgeError EDGE_ERR_VALIDATION_RECORD when it asks for nothing
 */
export function validationOption(options: readonly ValidationOption[], base: string): ValidationOption {
  const found = options.find(({ domainName }) => baseOf(domainName) === base);
  if (found) return found;
  const names = options.map(({ domainName }) => domainName).join(', ') || 'none';
  throw new EdgeError('EDGE_ERR_VALIDATION_RECORD', {
    at: 'a name that a certificate of ACM must be validated for',
    value: base,
    rule: `the names that ACM gives a validation record for are ${names}`,
    fix: 'Run `pulumi refresh`, and look at the certificate in ACM when the message comes back',
  });
}
