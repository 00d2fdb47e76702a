import { conditionsFor } from '../../synth/checks/alb-conditions';
import { type AlbBackendJson, type AlbIngressJson, albIngresses, parseJson } from '../../synth/checks/alb-ingresses';
import type { Manifest, ManifestProblem } from '../../synth/manifest';

/** Conditions that only some callers meet. */
const CALLER_FIELDS = ['http-header', 'source-ip'];
/** Actions with which nothing behind the load balancer is reached. */
const ANSWERS = ['fixed-response', 'redirect'];

/**
 * Ingresses of the class `alb` with a way to a Service that asks for nothing: neither a login, a token or a certificate,
 * nor a header or an address.
 *
 * @param meant Ingresses that are open on purpose, as `<namespace>/<name>`
 */
export function openIngresses(manifests: readonly Manifest[], meant: readonly string[]): ManifestProblem[] {
  return albIngresses(manifests)
    .filter(({ key }) => !meant.includes(key))
    .flatMap((ingress) => {
      const open = ingress.backends.filter((backend) => isOpen(ingress, backend)).map(({ name }) => name);
      if (open.length === 0) return [];
      const problem = {
        at: `Ingress ${ingress.key}`,
        value: `open to everybody (${[...new Set(open)].join(', ')})`,
        rule: 'a load balancer asks for a login, a token, a certificate, a header or an address',
        fix: 'Give it an AlbAuth; if it is meant for everybody, name it in `open` of this policy',
      };
      return [{ path: ingress.path, code: 'EDGE_ERR_ALB_AUTH' as const, problem }];
    });
}

/** Ingresses of the class `alb` that answer without TLS. HTTP listeners that only redirect are none of them. */
export function clearIngresses(manifests: readonly Manifest[]): ManifestProblem[] {
  const groups = Map.groupBy(albIngresses(manifests), ({ group }) => group);
  return [...groups.values()].flatMap((members) => {
    const redirected = members.some(({ annotations }) => annotations['ssl-redirect'] !== undefined);
    return members.filter(servesSomething).flatMap((member) => {
      const secure = member.listeners.some(({ protocol }) => protocol === 'HTTPS');
      const clear = member.listeners.find(({ protocol }) => protocol === 'HTTP');
      if (secure && (redirected || !clear)) return [];
      const problem = {
        at: `Ingress ${member.key}`,
        value: secure ? `HTTPS, and HTTP at port ${clear?.port}` : 'without an HTTPS listener',
        rule: 'what it answers, and every token it is sent, crosses the network in clear',
        fix: "Add a certificate, listen-ports with HTTPS, and ssl-redirect: '443'",
      };
      return [{ path: member.path, code: 'EDGE_ERR_ALB_AUTH' as const, problem }];
    });
  });
}

function servesSomething(ingress: AlbIngressJson): boolean {
  return ingress.backends.some((backend) => !answersItself(ingress, backend));
}

function isOpen(ingress: AlbIngressJson, backend: AlbBackendJson): boolean {
  if (answersItself(ingress, backend) || asksEverybody(ingress)) return false;
  const conditions = conditionsFor(ingress, backend.name);
  return !conditions.some(({ field, values }) => CALLER_FIELDS.includes(field) && values.length > 0);
}

function answersItself({ annotations }: AlbIngressJson, { name, byAnnotation }: AlbBackendJson): boolean {
  const action = byAnnotation ? read(annotations[`actions.${name}`]) : undefined;
  return ANSWERS.includes(String(action?.type));
}

/** Auth of the whole Ingress. */
function asksEverybody({ annotations }: AlbIngressJson): boolean {
  const login = annotations['auth-type'];
  // `allow` lets those pass who have not logged in.
  const loginIsAsked = annotations['auth-on-unauthenticated-request'] !== 'allow';
  if (login !== undefined && login !== 'none' && loginIsAsked) return true;
  if (annotations['jwt-validation'] !== undefined) return true;
  const listeners = parseJson(annotations['mutual-authentication'] ?? '[]');
  return Array.isArray(listeners) && listeners.some((listener) => lowerKeys(listener)?.mode === 'verify');
}

function read(json: string | undefined): Record<string, unknown> | undefined {
  return json === undefined ? undefined : lowerKeys(parseJson(json));
}

/** The controller ignores the case of keys. */
function lowerKeys(json: unknown): Record<string, unknown> | undefined {
  if (typeof json !== 'object' || json === null) return undefined;
  return Object.fromEntries(Object.entries(json).map(([key, value]) => [key.toLowerCase(), value]));
}
