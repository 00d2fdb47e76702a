import type { EdgeErrorCode } from '../../error-codes';
import type { Problem } from '../../errors';
import { ALB_RULE_NAME_LENGTH, albHeaderNameProblem, albRuleProblem, albTokenProblem } from '../../naming/alb-rules';
import { type AlbBackendJson, type AlbIngressJson, parseJson, USE_ANNOTATION } from './alb-ingresses';

type Found = readonly [code: EdgeErrorCode, problem: Problem];

const FIELDS = ['http-header', 'http-request-method', 'host-header', 'path-pattern', 'query-string', 'source-ip'];
const CONDITIONS = 'conditions.';
const ACTIONS = 'actions.';

/** A condition with the spelling of its keys made equal: the controller ignores their case. */
interface Condition {
  readonly field: string;
  readonly header: string;
  readonly values: readonly string[];
}

/** Conditions and actions that the controller would leave out, or that Elastic Load Balancing would refuse. */
export function conditionProblems(ingress: AlbIngressJson): Found[] {
  const keys = Object.keys(ingress.annotations);
  const conditions = keys.filter((key) => key.startsWith(CONDITIONS));
  const actions = keys.filter((key) => key.startsWith(ACTIONS));
  return [
    ...conditions.flatMap((key) => annotationProblems(ingress, key)),
    ...actions.flatMap((key) => actionProblems(ingress, key)),
    ...missingActions(ingress),
    ...besideDefaultBackend(ingress, conditions),
  ];
}

/** The conditions that an Ingress has for a backend; none where they cannot be read. */
export function conditionsFor({ annotations }: AlbIngressJson, backend: string): Condition[] {
  return readConditions(annotations[`${CONDITIONS}${backend}`] ?? '[]') ?? [];
}

function annotationProblems(ingress: AlbIngressJson, key: string): Found[] {
  const name = key.slice(CONDITIONS.length);
  const backends = ingress.backends.filter((backend) => backend.name === name);
  const at = `annotation ${key} of Ingress ${ingress.key}`;
  const open = (value: unknown, rule: string, fix: string): Found => ['EDGE_ERR_ALB_AUTH', { at, value, rule, fix }];
  const conditions = readConditions(ingress.annotations[key] ?? '');
  if (!conditions) {
    return [open('no list of conditions', 'the controller reads JSON there, and stops at anything else', 'Correct it')];
  }
  if (backends.length === 0) {
    const known = [...new Set(ingress.backends.map((backend) => backend.name))].join(', ') || 'none';
    const rule = `no backend is called so (there is ${known}), and the controller leaves out what it asks for`;
    return [open(name, rule, 'Call it after the backend whose rule it belongs to')];
  }
  return [
    ...conditions.flatMap((condition) => fieldProblems(condition, open)),
    ...conditions.flatMap((condition) => headerProblems(at, condition)),
    ...backends.flatMap((backend) => crowded(at, backend, conditions)),
    ...tooLong(at, name),
  ];
}

function fieldProblems({ field, header }: Condition, open: (...problem: [unknown, string, string]) => Found): Found[] {
  if (!FIELDS.includes(field)) {
    const rule = `the controller knows ${FIELDS.join(', ')}, and leaves out any other without a word`;
    return [open(field, rule, 'Correct the field')];
  }
  if (field !== 'http-header' || header !== '') return [];
  return [open('a condition without httpHeaderName', 'no request would be held against it', 'Name the header')];
}

/** Values of headers are secrets: they are never in a message. */
function headerProblems(at: string, { field, header, values }: Condition): Found[] {
  if (field !== 'http-header' || header === '') return [];
  const wrongName = albHeaderNameProblem(header);
  const wrongValue = values.map(albTokenProblem).find(Boolean);
  const lower = values.map((value) => value.toLowerCase());
  const twice = lower.some((value, i) => lower.indexOf(value) !== i);
  const rules = [
    [header, wrongName],
    ['a value', wrongValue],
    ['a value', twice ? 'another one is the same to a load balancer, which ignores case' : undefined],
  ];
  return rules.flatMap(([value, rule]) =>
    rule === undefined ? [] : [['EDGE_ERR_ALB_LIMIT', { at, value, rule, fix: 'Choose another one' }]],
  );
}

function crowded(at: string, backend: AlbBackendJson, conditions: readonly Condition[]): Found[] {
  const of = (field: string) => conditions.filter((one) => one.field === field).flatMap(({ values }) => values);
  const hosts = [...backend.hosts, ...of('host-header')];
  const paths = [...backend.paths, ...of('path-pattern')];
  const lists = conditions.filter(({ field }) => !['host-header', 'path-pattern', 'source-ip'].includes(field));
  // Addresses count for the rule, and have no limit of their own below that.
  const others = [...lists.map(({ values }) => values), ...of('source-ip').map((address) => [address])];
  const rule = albRuleProblem({ hosts, paths, others });
  if (!rule) return [];
  const value = `a rule for ${[...hosts, ...paths].join(' ')}`;
  return [['EDGE_ERR_ALB_LIMIT', { at, value, rule, fix: 'Spread the values over several rules' }]];
}

function tooLong(at: string, name: string): Found[] {
  if (name.length <= ALB_RULE_NAME_LENGTH) return [];
  const rule = `an annotation's name leaves ${ALB_RULE_NAME_LENGTH} characters for it, and this has ${name.length}`;
  return [['EDGE_ERR_ALB_LIMIT', { at, value: name, rule, fix: `Use an action (port name ${USE_ANNOTATION})` }]];
}

function actionProblems(ingress: AlbIngressJson, key: string): Found[] {
  const name = key.slice(ACTIONS.length);
  if (ingress.backends.some((backend) => backend.name === name && backend.byAnnotation)) return [];
  const at = `annotation ${key} of Ingress ${ingress.key}`;
  const rule = `no backend of this name has the port name ${USE_ANNOTATION}, and the controller leaves the action out`;
  return [['EDGE_ERR_ALB_AUTH', { at, value: name, rule, fix: 'Remove it, or add the backend' }]];
}

function missingActions({ annotations, backends, key }: AlbIngressJson): Found[] {
  const names = backends.filter(({ name, byAnnotation }) => byAnnotation && !(`${ACTIONS}${name}` in annotations));
  const at = `a backend of Ingress ${key}`;
  const fix = `Add the annotation, or use another port than ${USE_ANNOTATION}`;
  return [...new Set(names.map(({ name }) => name))].map((name) => {
    const rule = `there is no annotation ${ACTIONS}${name} to say what it does`;
    return ['EDGE_ERR_BACKEND', { at, value: name, rule, fix }];
  });
}

function besideDefaultBackend(ingress: AlbIngressJson, conditions: readonly string[]): Found[] {
  if (!ingress.hasDefaultBackend || conditions.length === 0) return [];
  const at = `the defaultBackend of Ingress ${ingress.key}`;
  const rule = 'requests that meet no condition go there';
  const fix = 'Remove it: without one they get 404';
  return [['EDGE_ERR_ALB_AUTH', { at, value: `beside ${conditions.join(', ')}`, rule, fix }]];
}

function readConditions(text: string): Condition[] | undefined {
  const json = parseJson(text);
  return Array.isArray(json) ? json.map(readCondition) : undefined;
}

function readCondition(json: unknown): Condition {
  const fields = lowerKeys(json);
  const field = String(fields.field ?? '');
  const config = lowerKeys(fields[`${field.replaceAll('-', '')}config`]);
  const values = [config.values, config.regexvalues].flatMap((list) => (Array.isArray(list) ? list : []));
  return {
    field,
    header: String(config.httpheadername ?? ''),
    values: values.map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  };
}

function lowerKeys(json: unknown): Record<string, unknown> {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]));
}
