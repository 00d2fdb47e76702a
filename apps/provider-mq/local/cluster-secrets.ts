import { randomBytes } from 'node:crypto';
import type { Manifest } from '../../../lib/testing';
import { type KeyPair, LocalAuthority } from './authority';

/** The Secrets of the stack, as cert-manager and an operator would have made them. */
export interface ClusterSecrets {
  /** Whom requesters trust. */
  readonly authority: string;
  /** What a requester shows. */
  readonly requester: KeyPair;
  value(name: string, key: string): string;
}

/** Signs what the stack's Certificates ask for, and draws everything else. */
export async function clusterSecrets(manifests: readonly Manifest[]): Promise<ClusterSecrets> {
  const [authority, requesters] = await Promise.all(
    ['messaging-ca', 'requesters-ca'].map((name) => LocalAuthority.create(name)),
  );
  if (!authority || !requesters) throw new Error('no authority');
  const values = new Map<string, string>([['requesters-ca/ca.crt', requesters.certificate]]);
  for (const { spec } of manifests.filter(({ kind }) => kind === 'Certificate')) {
    const { key, cert } = await authority.sign(spec.commonName ?? spec.dnsNames[0], spec.dnsNames);
    const files = { 'tls.key': key, 'tls.crt': cert, 'ca.crt': authority.certificate };
    for (const [file, text] of Object.entries(files)) values.set(`${spec.secretName}/${file}`, text);
  }
  return {
    authority: authority.certificate,
    requester: await requesters.sign('requester', ['requester']),
    value: (name, key) => {
      const id = `${name}/${key}`;
      const value = values.get(id) ?? randomBytes(16).toString('hex');
      values.set(id, value);
      return value;
    },
  };
}
