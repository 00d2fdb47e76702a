import { EdgeError } from '../../errors';
import { dnsLabelProblem, workloadNameProblem } from '../../naming/kubernetes-names';
import type { Credentials } from '../credentials';

/** The longest that Erlang takes. */
const COOKIE = /^[A-Za-z0-9_+/=-]{12,255}$/;

/** @throws EdgeError EDGE_ERR_NAME */
export function validBrokerName(at: string, name: string): string {
  const rule = workloadNameProblem(name);
  if (!rule) return name;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Choose another name' });
}

/** @throws EdgeError EDGE_ERR_NAME */
export function validNamespace(at: string, namespace: string): string {
  const rule = dnsLabelProblem(namespace);
  if (!rule) return namespace;
  throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: 'Choose another name' });
}

/** @throws EdgeError EDGE_ERR_CREDENTIALS for what Erlang would not take for a cookie */
export function checkCookie(cookie: Credentials): void {
  const at = 'RabbitMq.erlangCookie';
  if (cookie.certificate) {
    throw new EdgeError('EDGE_ERR_CREDENTIALS', {
      at,
      value: 'Credentials.fromCertificate()',
      rule: 'nodes know each other by a text',
      fix: 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)',
    });
  }
  const text = cookie._reveal();
  if (text === undefined || COOKIE.test(text)) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at,
    value: `${text.length} characters`,
    rule: 'Erlang takes 12 to 255 letters, digits and _ + / = -',
    fix: 'Draw one: openssl rand -hex 32',
  });
}
