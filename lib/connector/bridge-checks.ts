import type { Credentials } from '../broker/credentials';
import { EdgeError } from '../errors';
import { dnsLabelProblem, workloadNameProblem } from '../naming/kubernetes-names';

/** @throws EdgeError EDGE_ERR_CREDENTIALS */
export function checkCredentials({ certificate }: Credentials): void {
  if (!certificate) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: 'InferenceBridge.credentials',
    value: 'Credentials.fromCertificate()',
    rule: 'a bridge logs in with a password',
    fix: 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)',
  });
}

/** @throws EdgeError EDGE_ERR_NAME */
export function checkNames(names: { name: string; namespace: string }): void {
  const problems = { name: workloadNameProblem(names.name), namespace: dnsLabelProblem(names.namespace) };
  for (const prop of ['name', 'namespace'] as const) {
    const rule = problems[prop];
    if (!rule) continue;
    const at = `InferenceBridge.${prop}`;
    throw new EdgeError('EDGE_ERR_NAME', { at, value: names[prop], rule, fix: 'Choose another one' });
  }
}

/** @throws EdgeError EDGE_ERR_NAME */
export function validNamespaces(namespaces: string[]): string[] {
  for (const [i, value] of namespaces.entries()) {
    const rule = dnsLabelProblem(value);
    const at = `InferenceBridge.servingNamespaces[${i}]`;
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Name a namespace' });
  }
  return [...namespaces];
}

/** @throws EdgeError EDGE_ERR_VALUE */
export function validWindow(window: number): number {
  if (Number.isInteger(window) && window >= 1 && window <= 65_535) return window;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'InferenceBridge.window',
    value: window,
    rule: 'MQTT has message ids for 1 to 65535 messages at a time',
    fix: 'Choose a number within that',
  });
}
