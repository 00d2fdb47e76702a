import { EdgeError } from '../errors';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';
import type { ISecret } from './plus';
import type { ProjectedSource } from './pod';

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/**
 * The source of a projected volume for entries of a Secret.
 *
 * @param at who names the Secret, for the message
 * @param files which key of the Secret becomes which file
 * @throws EdgeError EDGE_ERR_NAME for a name or key that no Secret can have
 */
export function secretEntries(at: string, secret: ISecret | string, files: Record<string, string>): ProjectedSource {
  const name = typeof secret === 'string' ? secret : secret.name;
  const rule = dnsSubdomainProblem(name);
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at: `the Secret of ${at}`, value: name, rule, fix: 'Use its name' });
  const items = Object.entries(files).map(([path, key]) => ({ key, path }));
  const wrong = items.find(({ key }) => !KEY.test(key));
  if (wrong) {
    const rule = 'keys of a Secret have letters, digits and - _ .';
    const fix = "Use the Secret's key";
    throw new EdgeError('EDGE_ERR_NAME', { at: `the ${wrong.path} key of ${at}`, value: wrong.key, rule, fix });
  }
  return { secret: { name, items } };
}
