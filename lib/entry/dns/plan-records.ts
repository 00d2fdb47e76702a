import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { apexProblem, type DnsPlan, type DnsPlanOptions, dnsPlan } from '../../naming/dns-plan';
import { zoneProblem } from '../../naming/hosted-zones';
import { domainProblem } from '../../naming/model-hosts';
import { type IPublishedHosts, publishedNameProblem } from '../../naming/published-hosts';

/**
 * The plan, when its records can be made.
 *
 * @param at what the options belong to, for messages
 * @throws EdgeError EDGE_ERR_DOMAIN, EDGE_ERR_ZONE or EDGE_ERR_ZONE_APEX
 */
export function planRecords(at: string, published: IPublishedHosts, options: DnsPlanOptions): DnsPlan {
  const { zones } = options;
  for (const zone of zones ?? []) {
    refuse('EDGE_ERR_DOMAIN', `a zone of ${at}`, zone, domainProblem(zone), 'Give its name without the dot at the end');
  }
  const plan = dnsPlan(published, options);
  for (const record of plan.records) {
    const { name } = record;
    const what = `a record of ${at}`;
    refuse('EDGE_ERR_DOMAIN', what, name, publishedNameProblem(name), 'Correct the host, the namespace or the domain');
    refuse('EDGE_ERR_ZONE', what, name, zoneProblem(name, zones), 'Add the zone, or leave zones out');
    refuse('EDGE_ERR_ZONE_APEX', what, name, apexProblem(record), 'Use an alias, or publish another host');
  }
  return plan;
}

function refuse(code: EdgeErrorCode, at: string, value: string, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError(code, { at, value, rule, fix });
}
