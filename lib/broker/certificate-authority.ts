import { EdgeError } from '../errors';
import type { ProjectedSource } from '../kubernetes/pod';
import { dnsSubdomainProblem } from '../naming/kubernetes-names';

/** @see https://kubernetes.io/docs/concepts/configuration/secret/#restriction-names-data */
const KEY = /^[-._a-zA-Z0-9]{1,253}$/;

/** Whose certificates somebody trusts. */
export class CertificateAuthority {
  /** Those that operating systems and Node trust, Let's Encrypt for instance. None of them signs names of a cluster. */
  static readonly PUBLIC = new CertificateAuthority();

  /**
   * The certificates in an entry of a Secret, in the namespace of the pod that trusts them.
   *
   * @param key @default 'ca.crt', where cert-manager puts the issuer's
   * @throws EdgeError EDGE_ERR_NAME for a name or key that no Secret can have
   */
  static fromSecret(secretName: string, key: string = 'ca.crt'): CertificateAuthority {
    return new CertificateAuthority('secret', secretName, key);
  }

  /**
   * The certificates in an entry of a ConfigMap, in the namespace of the pod that trusts them, as trust-manager makes it.
   *
   * @param key @default 'ca.crt'
   * @throws EdgeError EDGE_ERR_NAME for a name or key that no ConfigMap can have
   */
  static fromConfigMap(configMapName: string, key: string = 'ca.crt'): CertificateAuthority {
    return new CertificateAuthority('configMap', configMapName, key);
  }

  /** Name of the Secret or ConfigMap; nothing for {@link PUBLIC}. */
  readonly objectName: string | undefined;
  /** Which entry of it. */
  readonly key: string | undefined;
  readonly #kind: 'secret' | 'configMap' | undefined;

  private constructor(kind?: 'secret' | 'configMap', name?: string, key?: string) {
    if (kind !== undefined) validate(kind, name, key);
    this.#kind = kind;
    this.objectName = name;
    this.key = key;
  }

  /**
   * The source of a projected volume; nothing for {@link PUBLIC}.
   *
   * @internal
   */
  _source(path: string): ProjectedSource | undefined {
    const { objectName: name, key } = this;
    if (this.#kind === undefined || name === undefined || key === undefined) return undefined;
    return { [this.#kind]: { name, items: [{ key, path }] } };
  }
}

function validate(kind: 'secret' | 'configMap', name: unknown, key: unknown): void {
  const factory = kind === 'secret' ? 'fromSecret' : 'fromConfigMap';
  const rule = dnsSubdomainProblem(String(name));
  if (rule) {
    const at = `the name given to CertificateAuthority.${factory}(..)`;
    throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Use the name of the object' });
  }
  if (typeof key === 'string' && KEY.test(key)) return;
  throw new EdgeError('EDGE_ERR_NAME', {
    at: `the key given to CertificateAuthority.${factory}(..)`,
    value: key,
    rule: 'keys of Secrets and ConfigMaps have letters, digits and - _ .',
    fix: 'Use the key that holds the certificates',
  });
}
