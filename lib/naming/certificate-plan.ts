import { tlsCovers } from './host-coverage';
import { zoneOf } from './hosted-zones';
import {
  baseOf,
  distinct,
  type IPublishedHosts,
  isWildcard,
  publishedNameProblem,
  wildcardsOf,
} from './published-hosts';

/** Names that ACM grants a certificate as long as nobody asks for a higher quota. */
const DEFAULT_NAMES = 10;
const MAX_NAMES = 100;
/** An ALB takes a default certificate and 25 others. */
const MAX_CERTIFICATES = 26;
/** X.509 has no room for more in a common name. */
const MAX_COMMON_NAME = 64;

export interface CertificatePlanOptions {
  /** Further hosts, or wildcards (`*.example.com`). One that a wildcard covers already takes no place. @default - none */
  readonly hosts?: string[];
  /**
   * Names in one certificate, its common name included: 2 to 100. ACM grants 10 unless the account's quota was raised.
   *
   * @default 10
   */
  readonly maxNames?: number;
  /** Hosted zones by name, in which ACM's validation records are made. @default - the plan names no zones */
  readonly zones?: string[];
}

/** The certificates that a domain needs, as plain data: for ACM, for cert-manager, or for a person. */
export interface CertificatePlan {
  /** The first is the load balancer's default certificate. */
  readonly certificates: PlannedCertificate[];
  /** One for each base of all certificates together, however many names and certificates share it. */
  readonly validationRecords: PlannedValidationRecord[];
}

export interface PlannedCertificate {
  /** At most 64 characters, and the same in all certificates of the plan: ACM's domain name. */
  readonly commonName: string;
  /** All names, the common name first. */
  readonly names: string[];
  /** The bases that must be validated for it: see {@link PlannedValidationRecord.base}. */
  readonly validationBases: string[];
}

/** The proof that a domain is one's own. ACM tells its name and value when the certificate is requested. */
export interface PlannedValidationRecord {
  /**
   * A name without `*.`. ACM asks for one and the same record for `x` and for `*.x`: find it by this base among the
   * validation options, never by position.
   */
  readonly base: string;
  /** The zone it is made in, when zones were given: the longest that the base ends with. */
  readonly zone?: string;
}

/**
 * The certificates for everything that is published.
 *
 * Names are dealt out in a fixed order: the domain's wildcard, further hosts, the namespaces as they are listed, and last
 * the models' hosts that none of these covers. So a namespace at the end of the list changes the last certificate or
 * adds one, and no other; one that is removed moves those behind it up. The domain's wildcard leads every certificate:
 * it is short enough for a common name where a namespace's may not be, and it never changes.
 */
export function certificatePlan(published: IPublishedHosts, options: CertificatePlanOptions = {}): CertificatePlan {
  const names = certificateNames(published, options.hosts);
  const commonName = commonNameOf(names);
  const others = names.filter((name) => name !== commonName);
  const certificates = chunks(others, (options.maxNames ?? DEFAULT_NAMES) - 1).map((chunk) => {
    const all = [commonName, ...chunk];
    return { commonName, names: all, validationBases: distinct(all.map(baseOf)) };
  });
  const validationRecords = distinct(names.map(baseOf)).map((base) => {
    const zone = options.zones && zoneOf(base, options.zones);
    return zone === undefined ? { base } : { base, zone };
  });
  return { certificates, validationRecords };
}

/** All names that certificates must have between them, each once. */
export function certificateNames(published: IPublishedHosts, furtherHosts: readonly string[] = []): string[] {
  const own = wildcardsOf(published).map(({ name }) => name);
  const all = distinct([...own.slice(0, 1), ...furtherHosts, ...own.slice(1), ...published.hosts]);
  const wildcards = all.filter(isWildcard);
  return all.filter((name) => isWildcard(name) || !tlsCovers(wildcards, name));
}

/** The first name, the domain's wildcard, unless it is too long for that; then the shortest. */
function commonNameOf(names: readonly string[]): string {
  const [first = ''] = names;
  if (first.length <= MAX_COMMON_NAME) return first;
  return names.reduce((shortest, name) => (name.length < shortest.length ? name : shortest), first);
}

/** At least one, which may be empty. */
function chunks(names: readonly string[], size: number): string[][] {
  const count = Math.max(1, Math.ceil(names.length / size));
  return Array.from({ length: count }, (_, i) => names.slice(i * size, (i + 1) * size));
}

/**
 * Says why ACM would refuse `name`, or nothing when it would not.
 *
 * @see https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
 */
export function certificateNameProblem(name: string): string | undefined {
  const problem = publishedNameProblem(name);
  if (problem) return problem;
  return /[^.]{2}$/.test(name) ? undefined : "the last part of a certificate's name has at least two characters";
}

/** Says why no certificate can have so many names, or nothing when one can. */
export function maxNamesProblem(count: number): string | undefined {
  if (Number.isInteger(count) && count >= 2 && count <= MAX_NAMES) return undefined;
  return `it is a whole number from 2, for the common name and another, to ${MAX_NAMES}, which no quota exceeds`;
}

/** Says why the certificates of a plan cannot be issued under their common name, or nothing when they can. */
export function commonNameProblem(commonName: string): string | undefined {
  if (commonName.length <= MAX_COMMON_NAME) return undefined;
  return `the first name of a certificate has at most ${MAX_COMMON_NAME} characters, and the shortest there is has ${commonName.length}`;
}

/** Says why a load balancer cannot have so many certificates, or nothing when it can. */
export function certificateCountProblem(count: number): string | undefined {
  if (count <= MAX_CERTIFICATES) return undefined;
  return `a load balancer takes ${MAX_CERTIFICATES}, its default one and ${MAX_CERTIFICATES - 1} others`;
}
