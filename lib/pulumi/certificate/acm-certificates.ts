import * as acm from '@pulumi/aws/acm';
import * as route53 from '@pulumi/aws/route53';
import type * as pulumi from '@pulumi/pulumi';
import type { CertificatePlan, PlannedCertificate } from '../../naming/certificate-plan';
import { validationOption } from './validation-options';

/** Resolvers ask again soon, for somebody waits for the validation. */
const VALIDATION_TTL = 60;

export interface AcmCertificatesOptions {
  /** Who owns the resources; their names begin with `name`. */
  readonly parent: pulumi.Resource;
  readonly name: string;
  /** The id of a zone by its name. */
  readonly zoneId: (zone: string) => pulumi.Input<string>;
  readonly region?: pulumi.Input<string>;
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
  /** How long to wait for ACM at most, as Pulumi writes times. */
  readonly validationTimeout?: string;
}

/**
 * The certificates of a plan whose records all have a zone, requested from ACM and validated.
 *
 * Certificates are called by their place in the plan and records by their base, so that a name at the end of the plan
 * touches the last certificate alone.
 *
 * @returns their ARNs in the order of the plan, known when ACM has issued the certificates
 */
export function acmCertificates(plan: CertificatePlan, options: AcmCertificatesOptions): pulumi.Output<string>[] {
  const { parent, name, region, validationTimeout } = options;
  const requested = plan.certificates.map((certificate, i) => request(`${name}-${i + 1}`, certificate, options));
  const records = new Map(
    plan.validationRecords.map(({ base, zone }) => {
      const first = plan.certificates.findIndex(({ validationBases }) => validationBases.includes(base));
      return [base, validate(base, zone as string, requested[first] as acm.Certificate, options)];
    }),
  );
  return plan.certificates.map(({ validationBases }, i) => {
    const validation = new acm.CertificateValidation(
      `${name}-${i + 1}`,
      {
        certificateArn: (requested[i] as acm.Certificate).arn,
        validationRecordFqdns: validationBases.map((base) => (records.get(base) as route53.Record).fqdn),
        region,
      },
      { parent, ...(validationTimeout !== undefined && { customTimeouts: { create: validationTimeout } }) },
    );
    return validation.certificateArn;
  });
}

function request(
  name: string,
  { commonName, names }: PlannedCertificate,
  { parent, region, tags }: AcmCertificatesOptions,
): acm.Certificate {
  const others = names.slice(1);
  return new acm.Certificate(
    name,
    {
      domainName: commonName,
      subjectAlternativeNames: others.length === 0 ? undefined : others,
      validationMethod: 'DNS',
      region,
      tags,
    },
    { parent },
  );
}

/**
 * The record is the same for every certificate of the account that has this base: in another region, in another stack,
 * and in the one that replaces this. So it may be there already, and it stays behind: without it ACM could not renew
 * those.
 */
function validate(
  base: string,
  zone: string,
  certificate: acm.Certificate,
  { parent, name, zoneId }: AcmCertificatesOptions,
): route53.Record {
  const option = certificate.domainValidationOptions.apply((all) => validationOption(all, base));
  return new route53.Record(
    `${name}:${base}`,
    {
      zoneId: zoneId(zone),
      name: option.resourceRecordName,
      type: option.resourceRecordType,
      records: [option.resourceRecordValue],
      ttl: VALIDATION_TTL,
      allowOverwrite: true,
    },
    { parent, retainOnDelete: true },
  );
}
