import type { IConstruct } from 'constructs';
import { describe } from '../../errors';
import { closestName, dnsResolves } from '../../naming/host-coverage';
import { baseOf, type IPublishedHosts } from '../../naming/published-hosts';
import { servedHosts } from '../../synth/served-hosts';
import { declaredCertificates } from '../certificates/host-certificates';
import { plannedTooEarly } from '../planned-hosts';

const RECORDS = Symbol.for('cdk8s-edge-inference.dnsRecords');

/** Records, and who makes them. */
export interface DeclaredRecords {
  readonly construct: IConstruct;
  /** Made by the construct. */
  readonly names: string[];
  /** Made by somebody else. */
  readonly elsewhere: string[];
  /** Whose hosts they were planned for. */
  readonly platform?: IPublishedHosts;
  /** Zones that are known to exist: a wildcard above one does not answer for what is in it. */
  readonly zones: string[];
}

interface WithRecords {
  [RECORDS]?: DeclaredRecords[];
}

/**
 * Declares DNS records. From then on the app is refused while anything in it answers to a host that no record leads to,
 * or while two constructs make records of one name.
 */
export function declareRecords(records: DeclaredRecords): void {
  const { construct } = records;
  const root = construct.node.root as unknown as WithRecords;
  if (root[RECORDS] === undefined) {
    root[RECORDS] = [];
    construct.node.addValidation({ validate: () => unresolvedHosts(construct) });
  }
  root[RECORDS].push(records);
  construct.node.addValidation({ validate: () => sharedNames(records) });
}

function declaredRecords(root: IConstruct): DeclaredRecords[] {
  return (root.node.root as unknown as WithRecords)[RECORDS] ?? [];
}

/** Says which hosts that are served no declared record leads to. */
export function unresolvedHosts(root: IConstruct): string[] {
  const declared = declaredRecords(root);
  const platforms = declared.flatMap(({ platform }) => platform ?? []);
  const names = declared.flatMap(({ names, elsewhere }) => [...names, ...elsewhere]);
  // Who has a certificate has proven its names by records below them, some of which stay for ever.
  const validated = declaredCertificates(root).flatMap(({ names }) => names.map(baseOf));
  const others = [...declared.flatMap(({ zones }) => zones), ...validated];
  const unresolved = servedHosts(root).filter(({ host }) => !dnsResolves(names, host, others));
  return unresolved.map(({ host, path }) =>
    describe('EDGE_ERR_HOST_RECORD', {
      at: `a host that [${path}] serves`,
      value: host,
      rule: `no DNS record of the app leads to it${ended(closestName([...names, ...others], host), host)}`,
      fix:
        plannedTooEarly(platforms, host, 'ExternalDnsRecords') ??
        `Add "${host}" to hosts, or to recordedElsewhere when its record comes from elsewhere`,
    }),
  );
}

/** Which name keeps wildcards above it from answering. */
function ended(closest: string, host: string): string {
  if (closest === '') return '';
  if (closest === host) return ': names below it exist, or a validation record, and so wildcards do not answer for it';
  return `: the closest name that exists is ${closest}, and there is no *.${closest}`;
}

/** A CNAME stands beside no other record, and of two that differ external-dns makes one. */
function sharedNames(own: DeclaredRecords): string[] {
  const declared = declaredRecords(own.construct);
  const earlier = declared.slice(0, declared.indexOf(own));
  return own.names.flatMap((name) => {
    const other = earlier.find(({ names }) => names.includes(name));
    if (!other) return [];
    const problem = describe('EDGE_ERR_DUPLICATE', {
      at: 'a DNS record',
      value: name,
      rule: `[${other.construct.node.path}] has one of this name already`,
      fix: 'Leave one of them out',
    });
    return [problem];
  });
}
