import { type AlbIngressJson, albIngresses, parseJson } from '../../synth/checks/alb-ingresses';
import type { Manifest, ManifestProblem } from '../../synth/manifest';

const REGION = /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]+):/;

interface NamedArn {
  readonly annotation: string;
  readonly arn: string;
  readonly region: string;
}

/**
 * Certificates, web ACLs and trust stores that are not in the load balancer's region: it can use no others. Where the
 * region is not known, those of one load balancer must at least be in the same.
 */
export function foreignArns(manifests: readonly Manifest[], region: string | undefined): ManifestProblem[] {
  const groups = Map.groupBy(albIngresses(manifests), ({ group }) => group);
  return [...groups.values()].flatMap((members) => {
    const arns = members.flatMap((member) => arnsOf(member).map((arn) => ({ ...arn, member })));
    const expected = region ?? arns[0]?.region;
    return arns
      .filter((arn) => arn.region !== expected)
      .map(({ annotation, arn, region: found, member }) => {
        const known = region ? `the load balancer is in ${region}` : `others of this load balancer are in ${expected}`;
        const problem = {
          at: `annotation ${annotation} of Ingress ${member.key}`,
          value: arn,
          rule: `it is in ${found}, and ${known}`,
          fix: `Use one of ${expected}`,
        };
        return { path: member.path, code: 'EDGE_ERR_REGION' as const, problem };
      });
  });
}

function arnsOf({ annotations }: AlbIngressJson): NamedArn[] {
  const stores = parseJson(annotations['mutual-authentication'] ?? '[]');
  const named: [annotation: string, text: string][] = [
    ...list(annotations['certificate-arn']).map((arn): [string, string] => ['certificate-arn', arn]),
    ...list(annotations['wafv2-acl-arn']).map((arn): [string, string] => ['wafv2-acl-arn', arn]),
    ...(Array.isArray(stores) ? stores : []).map((store): [string, string] => [
      'mutual-authentication',
      String(store?.trustStore ?? ''),
    ]),
  ];
  return named.flatMap(([annotation, arn]) => {
    const region = REGION.exec(arn)?.[1];
    return region === undefined ? [] : [{ annotation, arn, region }];
  });
}

function list(text: string | undefined): string[] {
  return (text ?? '').split(',').map((part) => part.trim());
}
