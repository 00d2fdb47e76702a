import type { Problem } from '../../errors';
import { groupOf, type Manifest, type ManifestJson, type ManifestProblem } from '../manifest';

/** Where a policy counts for the whole mesh, unless Istio was told of another namespace. */
const ROOT_NAMESPACE = 'istio-system';
/** A condition on one of these is one on the caller. */
const CALLER_KEY = /^(source\.|remote\.ip$|request\.auth\.)/;
/** Exact, or with one star at the begin or the end. Paths may have templates in braces. */
const PATTERN = /^(\*|\*?[^*]+|[^*]+\*)$/;
const TEMPLATE = /\{\*{1,2}\}/g;

interface PolicyJson {
  readonly action?: string;
  readonly targetRef?: unknown;
  readonly targetRefs?: unknown;
  readonly rules?: RuleJson[];
}

type Lists = Record<string, string[]>;

interface RuleJson {
  readonly from?: { readonly source?: Lists }[];
  readonly to?: { readonly operation?: Lists }[];
  readonly when?: { readonly key: string; readonly values?: string[]; readonly notValues?: string[] }[];
}

/** AuthorizationPolicies that open the whole mesh, and rules that mean another thing than they seem to. */
export function authorizationPolicies(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests
    .filter(isPolicy)
    .flatMap(({ path, json }) => [
      ...openProblems(json).map((problem) => ({ path, code: 'EDGE_ERR_POLICY_OPEN' as const, problem })),
      ...ruleProblems(json).map((problem) => ({ path, code: 'EDGE_ERR_POLICY_RULE' as const, problem })),
    ]);
}

function isPolicy({ json }: Manifest): boolean {
  return json.kind === 'AuthorizationPolicy' && groupOf(json) === 'security.istio.io';
}

function policyOf(json: ManifestJson): PolicyJson {
  return (json.spec ?? {}) as PolicyJson;
}

function openProblems(json: ManifestJson): Problem[] {
  if (!isOpen(json)) return [];
  const { name, namespace } = json.metadata;
  return [
    {
      at: `the from of a rule of AuthorizationPolicy ${name}`,
      value: 'anybody',
      rule: `in ${namespace}, Istio's root namespace, it lets them through in every namespace of the mesh`,
      fix: 'Name the callers, or put the policy into the namespace of the workload',
    },
  ];
}

function isOpen(json: ManifestJson): boolean {
  const { targetRef, targetRefs, rules = [] } = policyOf(json);
  if (json.metadata.namespace !== ROOT_NAMESPACE || targetRef || targetRefs) return false;
  return isAllow(json) && rules.some((rule) => !namesCaller(rule));
}

function isAllow(json: ManifestJson): boolean {
  return (policyOf(json).action ?? 'ALLOW') === 'ALLOW';
}

function namesCaller({ from = [], when = [] }: RuleJson): boolean {
  return from.length > 0 || when.some(({ key }) => CALLER_KEY.test(key));
}

function ruleProblems(json: ManifestJson): Problem[] {
  const { rules = [] } = policyOf(json);
  const policy = `AuthorizationPolicy ${json.metadata.name}`;
  if (rules.length === 0) return [withoutRules(json, policy)];
  return rules.flatMap((rule, i) => {
    const at = `rules[${i}] of ${policy}`;
    if (Object.keys(rule).length > 0) return [...emptyParts(rule, at), ...deadPatterns(rule, at)];
    return isOpen(json) ? [] : [withoutConditions(json, at)];
  });
}

function withoutRules(json: ManifestJson, policy: string): Problem {
  const rule = isAllow(json)
    ? 'a policy that allows nothing refuses every request to what it selects'
    : 'Istio refuses such a policy when it has none';
  const fix = 'Write a rule; to refuse everything on purpose, accept it with the reason';
  return { at: `the list of rules of ${policy}`, value: 'empty', rule, fix };
}

function withoutConditions(json: ManifestJson, at: string): Problem {
  const rule = isAllow(json)
    ? 'without from, to and when it lets everybody call everything'
    : 'without from, to and when it is about every request';
  return { at, value: '{}', rule, fix: 'Say from whom, or to what' };
}

function emptyParts(rule: RuleJson, at: string): Problem[] {
  const refused = { rule: 'Istio refuses a policy with an empty part', fix: 'Fill it, or leave it out' };
  const lists: [string, unknown[] | undefined][] = [
    ...(['from', 'to', 'when'] as const).map((part): [string, unknown[] | undefined] => [part, rule[part]]),
    ...conditionsOf(rule).flatMap(({ part, lists }) =>
      Object.entries(lists).map(([name, list]): [string, unknown[]] => [`${part}.${name}`, list]),
    ),
  ];
  const empty = lists.filter(([, list]) => list?.length === 0).map(([part]) => ({ part, value: '[]' }));
  const bare = conditionsOf(rule)
    .filter(({ lists }) => Object.keys(lists).length === 0)
    .map(({ part }) => ({ part, value: '{}' }));
  return [...empty, ...bare].map(({ part, value }) => ({ at: `${part} of ${at}`, value, ...refused }));
}

function deadPatterns(rule: RuleJson, at: string): Problem[] {
  return conditionsOf(rule).flatMap(({ part, lists }) =>
    Object.entries(lists).flatMap(([name, list]) =>
      list
        .filter((value) => !PATTERN.test(value.replace(TEMPLATE, '')) && value.replace(TEMPLATE, '') !== '')
        .map((value) => ({
          at: `${part}.${name} of ${at}`,
          value,
          rule: 'a star stands for anything only at the very begin or end, and elsewhere for itself',
          fix: 'Use one star, at the begin or the end',
        })),
    ),
  );
}

/** Each source, operation and condition of a rule, with its lists. */
function conditionsOf({ from = [], to = [], when = [] }: RuleJson): { part: string; lists: Lists }[] {
  return [
    ...from.map(({ source = {} }, i) => ({ part: `from[${i}].source`, lists: source })),
    ...to.map(({ operation = {} }, i) => ({ part: `to[${i}].operation`, lists: operation })),
    ...when.map(({ key: _, ...lists }, i) => ({ part: `when[${i}]`, lists: lists as Lists })),
  ];
}
