import type { Manifest, ManifestJson, ManifestProblem } from '../manifest';
import { podSpecOf } from './pods';

/** What settings with a secret in them are called. */
const SECRET_NAME = /(passw(or)?d|secret|token|api[-_]?key|private[-_]?key|credentials?)$/i;
/** What published examples have in this place; everybody knows them. */
const PUBLISHED = /^(12341234|token[12]|changeme|password|admin|guest)$/i;
/** The hashes that brokers keep; whoever reads one can guess at leisure. */
const HASH = /\$(6|7|argon2id?|2[aby])\$/;
const PEM = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
const LINE = /^\s*["']?([\w.-]+)["']?\s*[:=]\s*["']?([^"',;]+)["']?[,;]?\s*$/;
const ARGUMENT = /^--?([\w.-]+)=(.+)$/;

interface Setting {
  readonly at: string;
  readonly name: string;
  readonly value: string;
}

/** Secrets in ConfigMaps, in environment variables and in arguments, where everybody who may list objects reads them. */
export function plainSecrets(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) =>
    [...fromConfigMap(json), ...fromPod(json)].filter(isSecret).map(({ at }) => {
      const problem = {
        at,
        value: 'a secret in clear',
        rule: 'everybody who may read the object, or the repository with the manifests, can read it',
        fix: 'Keep it in a Secret, and refer to that',
      };
      return { path, code: 'EDGE_ERR_PLAIN_SECRET', problem };
    }),
  );
}

function isSecret({ name, value }: Setting): boolean {
  if (HASH.test(value) || PEM.test(value)) return true;
  if (!SECRET_NAME.test(name)) return false;
  return PUBLISHED.test(value) || !(value === '' || isReference(value));
}

/** A path, a URL without a password, the name of another variable, or a switch: not the secret itself, nor an Output. */
function isReference(value: string): boolean {
  return /^(\/|\.{0,2}\/|\$[({](?!pulumi:)|https?:\/\/|file:|true$|false$|\d+$)/.test(value) || /\s/.test(value.trim());
}

function fromConfigMap({ kind, metadata, data }: ManifestJson): Setting[] {
  if (kind !== 'ConfigMap' || typeof data !== 'object' || data === null) return [];
  return Object.entries(data).flatMap(([name, value]) => {
    const at = `ConfigMap ${metadata.name}, key ${name}`;
    const whole = { at, name, value: String(value) };
    return isSecret(whole) ? [whole] : fromLines(at, whole.value);
  });
}

/** The settings in a properties, YAML or JSON file. */
function fromLines(at: string, text: string): Setting[] {
  return text.split('\n').flatMap((line, i) => {
    const [, name, value] = LINE.exec(line) ?? [];
    return name === undefined || value === undefined ? [] : [{ at: `line ${i + 1} of ${at}`, name, value }];
  });
}

function fromPod(json: ManifestJson): Setting[] {
  const { containers = [], initContainers = [] } = podSpecOf(json) ?? {};
  return [...containers, ...initContainers].flatMap((container) => {
    const at = `container ${container.name} of ${json.kind} ${json.metadata.name}`;
    const variables = (container.env ?? []).flatMap(({ name, value }) =>
      value === undefined ? [] : [{ at: `${name} in ${at}`, name, value }],
    );
    const args = [...(container.command ?? []), ...(container.args ?? [])].flatMap((argument) => {
      const [, name, value] = ARGUMENT.exec(argument) ?? [];
      return name === undefined || value === undefined ? [] : [{ at: `argument ${name} of ${at}`, name, value }];
    });
    return [...variables, ...args];
  });
}
