import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import {
  type CertificatePlan,
  type CertificatePlanOptions,
  certificateCountProblem,
  certificateNameProblem,
  certificateNames,
  certificatePlan,
  commonNameProblem,
  maxNamesProblem,
} from '../../naming/certificate-plan';
import { zoneProblem } from '../../naming/hosted-zones';
import { domainProblem } from '../../naming/model-hosts';
import type { IPublishedHosts } from '../../naming/published-hosts';

/**
 * The plan, when certificates can be had for it.
 *
 * @param at what the options belong to, for messages
 * @throws EdgeError EDGE_ERR_VALUE, EDGE_ERR_DOMAIN, EDGE_ERR_ZONE, EDGE_ERR_COMMON_NAME or EDGE_ERR_CERTIFICATE_QUOTA
 */
export function planCertificates(
  at: string,
  published: IPublishedHosts,
  options: CertificatePlanOptions,
): CertificatePlan {
  const { maxNames, zones } = options;
  if (maxNames !== undefined) {
    refuse('EDGE_ERR_VALUE', `${at}.maxNames`, maxNames, maxNamesProblem(maxNames), 'Use the quota of the account');
  }
  for (const zone of zones ?? []) {
    refuse('EDGE_ERR_DOMAIN', `a zone of ${at}`, zone, domainProblem(zone), 'Give its name without the dot at the end');
  }
  for (const name of certificateNames(published, options.hosts)) {
    const what = `a name for the certificates of ${at}`;
    refuse(
      'EDGE_ERR_DOMAIN',
      what,
      name,
      certificateNameProblem(name),
      'Correct the host, the namespace or the domain',
    );
    refuse('EDGE_ERR_ZONE', what, name, zoneProblem(name, zones), 'Add the zone, or leave zones out');
  }
  const plan = certificatePlan(published, options);
  for (const { commonName } of plan.certificates) {
    const fix = 'Shorten the domain, or add a shorter host';
    refuse('EDGE_ERR_COMMON_NAME', `the common name of ${at}`, commonName, commonNameProblem(commonName), fix);
  }
  const count = plan.certificates.length;
  const fix = 'Raise maxNames, or use HostLayout.FLAT';
  refuse(
    'EDGE_ERR_CERTIFICATE_QUOTA',
    `the number of certificates of ${at}`,
    count,
    certificateCountProblem(count),
    fix,
  );
  return plan;
}

function refuse(code: EdgeErrorCode, at: string, value: unknown, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError(code, { at, value, rule, fix });
}
