import type { EdgeErrorCode } from '../../error-codes';
import type { Problem } from '../../errors';
import { ALB_LIMITS, albGroupNameProblem } from '../../naming/alb-rules';
import { conditionsFor } from './alb-conditions';
import type { AlbIngressJson } from './alb-ingresses';

type Found = readonly [ingress: AlbIngressJson, code: EdgeErrorCode, problem: Problem];

/** What Ingresses of one group may say only in the same words. The first three are lists, in any order. */
const EXCLUSIVE = [
  'inbound-cidrs',
  'security-groups',
  'subnets',
  'scheme',
  'ip-address-type',
  'load-balancer-name',
  'ssl-policy',
  'ssl-redirect',
  'wafv2-acl-arn',
  'mutual-authentication',
];
const LISTS = new Set(EXCLUSIVE.slice(0, 3));
/** The same for each of their keys. */
const EXCLUSIVE_MAPS = ['load-balancer-attributes', 'tags'];

/** Groups that the controller would stop at, and auth that their listeners would leave out. */
export function groupProblems(ingresses: readonly AlbIngressJson[]): Found[] {
  const groups = Map.groupBy(ingresses, ({ group }) => group);
  return [...ingresses.flatMap(wrongName), ...[...groups].flatMap(([name, members]) => problemsOf(name, members))];
}

function wrongName(ingress: AlbIngressJson): Found[] {
  const { explicitGroup, annotations, key } = ingress;
  const rule = explicitGroup === undefined ? undefined : albGroupNameProblem(explicitGroup);
  const order = annotations['group.order'];
  const at = `annotation group.order of Ingress ${key}`;
  const wrongOrder = order !== undefined && !(/^-?\d+$/.test(order) && Math.abs(Number(order)) <= 1000);
  return [
    ...(rule
      ? [
          found(
            ingress,
            'EDGE_ERR_ALB_GROUP',
            `annotation group.name of Ingress ${key}`,
            explicitGroup,
            rule,
            'Rename it',
          ),
        ]
      : []),
    ...(wrongOrder
      ? [found(ingress, 'EDGE_ERR_ALB_GROUP', at, order, 'orders are whole numbers from -1000 to 1000', 'Choose one')]
      : []),
  ];
}

function problemsOf(name: string, members: readonly AlbIngressJson[]): Found[] {
  return [
    ...EXCLUSIVE.flatMap((annotation) =>
      conflicts(members, annotation, (value) => [[annotation, plain(annotation, value)]]),
    ),
    ...EXCLUSIVE_MAPS.flatMap((annotation) => conflicts(members, annotation, mapEntries)),
    ...protocols(members),
    ...tooMany(name, members),
    ...members.flatMap((member) => inClear(member, members)),
  ];
}

/** The first that says something is right; whoever says something else stops the controller. */
function conflicts(
  members: readonly AlbIngressJson[],
  annotation: string,
  entriesOf: (value: string) => (readonly [string, string])[],
): Found[] {
  const said = new Map<string, readonly [value: string, by: AlbIngressJson]>();
  return members.flatMap((member) => {
    const text = member.annotations[annotation];
    if (text === undefined) return [];
    return entriesOf(text).flatMap(([what, value]) => {
      const [first, by] = said.get(what) ?? [value, member];
      said.set(what, [first, by]);
      if (first === value) return [];
      const at = `${what === annotation ? annotation : `${what} in ${annotation}`} of Ingress ${member.key}`;
      const rule = `Ingress ${by.key} of the same group says "${first}", and the controller would stop reconciling the group`;
      return [found(member, 'EDGE_ERR_ALB_GROUP', at, value, rule, 'Say the same in both')];
    });
  });
}

function plain(annotation: string, value: string): string {
  if (!LISTS.has(annotation)) return value;
  const parts = value.split(',').map((part) => part.trim());
  return [...new Set(parts)].sort().join(',');
}

function mapEntries(value: string): [string, string][] {
  return value
    .split(/(?<!\\),/)
    .map((entry) => entry.trim())
    .filter(Boolean)
    .map((entry) => [entry.split('=')[0] ?? '', entry.slice(entry.indexOf('=') + 1)]);
}

function protocols(members: readonly AlbIngressJson[]): Found[] {
  const spoken = new Map<number, readonly [protocol: string, by: AlbIngressJson]>();
  return members.flatMap((member) =>
    member.listeners.flatMap(({ protocol, port }) => {
      const [first, by] = spoken.get(port) ?? [protocol, member];
      spoken.set(port, [first, by]);
      if (first === protocol) return [];
      const at = `port ${port} of Ingress ${member.key}`;
      const rule = `Ingress ${by.key} of the same group has ${first} there`;
      return [found(member, 'EDGE_ERR_ALB_GROUP', at, protocol, rule, 'Choose one of them')];
    }),
  );
}

function tooMany(name: string, members: readonly AlbIngressJson[]): Found[] {
  const counts = members.map(({ key, backends, hasDefaultBackend }) => ({
    key,
    rules: backends.length - (hasDefaultBackend ? 1 : 0),
  }));
  const rules = counts.reduce((sum, { rules }) => sum + rules, 0);
  const arns = new Set(members.flatMap(({ annotations }) => (annotations['certificate-arn'] ?? '').split(',')));
  arns.delete('');
  const last = members.at(-1) as AlbIngressJson;
  const at = `group ${name}`;
  const sum = counts.map(({ key, rules }) => `${rules} of ${key}`).join(' + ');
  const most = ALB_LIMITS.extraCertificates + 1;
  return [
    ...(rules > ALB_LIMITS.rules
      ? [
          found(
            last,
            'EDGE_ERR_ALB_LIMIT',
            at,
            `${rules} rules`,
            `a load balancer has at most ${ALB_LIMITS.rules}, and there are ${sum}`,
            'Make two groups of it',
          ),
        ]
      : []),
    ...(arns.size > most
      ? [
          found(
            last,
            'EDGE_ERR_ALB_LIMIT',
            at,
            `${arns.size} certificates`,
            `a load balancer has at most ${most}, the default one included`,
            'Put several names into one certificate',
          ),
        ]
      : []),
  ];
}

/** The controller writes auth into rules of HTTPS listeners only: what an HTTP one serves, it serves to everybody. */
function inClear(member: AlbIngressJson, members: readonly AlbIngressJson[]): Found[] {
  const redirected = members.some(({ annotations }) => annotations['ssl-redirect'] !== undefined);
  const auth = authOf(member);
  if (redirected || auth === undefined || !member.listeners.some(({ protocol }) => protocol === 'HTTP')) return [];
  const at = `${auth} of Ingress ${member.key}`;
  const rule = 'an HTTP listener without ssl-redirect leaves it out, or has the token sent in clear';
  return [
    found(member, 'EDGE_ERR_ALB_AUTH', at, 'beside an HTTP listener', rule, "Add ssl-redirect: '443', and HTTPS"),
  ];
}

function authOf(ingress: AlbIngressJson): string | undefined {
  const { annotations, backends } = ingress;
  const type = annotations['auth-type'];
  if (type !== undefined && type !== 'none') return 'auth-type';
  const named = ['jwt-validation', 'mutual-authentication'].find((name) => annotations[name] !== undefined);
  if (named) return named;
  const byHeader = ({ name }: { name: string }) =>
    conditionsFor(ingress, name).some(({ field }) => field === 'http-header');
  return backends.some(byHeader) ? 'a header condition' : undefined;
}

function found(
  ingress: AlbIngressJson,
  code: EdgeErrorCode,
  at: string,
  value: unknown,
  rule: string,
  fix: string,
): Found {
  return [ingress, code, { at, value, rule, fix }];
}
