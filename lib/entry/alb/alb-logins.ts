import type { IConstruct } from 'constructs';
import { describe } from '../../errors';
import { albPatternCovers } from '../../naming/alb-rules';
import { isUnresolved } from '../../naming/unresolved';
import { declaredLogins } from '../../serving/access/declared-logins';
import { asksAt, type LabelledPods, podsMeet } from '../../serving/access/login-reach';

/** A load balancer that verifies tokens, and the gateway behind it. */
export interface AlbTokenCheck {
  readonly construct: IConstruct;
  readonly issuer: string;
  /** Patterns. */
  readonly hosts: readonly string[];
  readonly gateway: LabelledPods;
}

/** A request has room for one token: it must be one that the gateway takes too. */
export function tokenProblems({ construct, issuer, hosts, gateway }: AlbTokenCheck): string[] {
  const logins = declaredLogins(construct).filter(
    ({ place }) =>
      place._targets.some((target) => podsMeet(target, gateway)) && hosts.some((host) => asks(place, host)),
  );
  const [login] = logins;
  if (!login || logins.some((other) => other.issuer === issuer)) return [];
  if (isUnresolved(issuer) || logins.some((other) => isUnresolved(other.issuer))) return [];
  return [
    describe('EDGE_ERR_LOGIN', {
      at: 'the issuer of AlbAuth.jwt(..)',
      value: issuer,
      rule: `at the gateway behind it [${login.construct.node.path}] asks for a token of ${login.issuer}, and a request has one`,
      fix: 'Use one issuer, or name the hosts of the load balancer in exceptHosts of the LoginPlace',
    }),
  ];
}

/** Whether the login is about a host that a pattern stands for. */
function asks(place: Parameters<typeof asksAt>[0], pattern: string): boolean {
  const { hosts } = place._operation;
  if (hosts) return hosts.some((host) => albPatternCovers(pattern, host) && asksAt(place, host));
  // What is left out for any subdomain is left out for a pattern of subdomains.
  return asksAt(place, pattern.replace(/^\*/, 'any'));
}
