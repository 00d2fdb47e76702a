import { generate } from 'selfsigned';

/** A key and its certificate, in PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

const KEY = { keySize: 2048, algorithm: 'sha256' } as const;

/** Signs certificates for as long as the system runs. */
export class LocalAuthority {
  static async create(commonName: string): Promise<LocalAuthority> {
    const extensions = [{ name: 'basicConstraints' as const, cA: true, critical: true }];
    const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], { ...KEY, extensions });
    return new LocalAuthority({ key, cert });
  }

  readonly certificate: string;
  readonly #own: KeyPair;

  private constructor(own: KeyPair) {
    this.#own = own;
    this.certificate = own.cert;
  }

  async sign(commonName: string, dnsNames: readonly string[]): Promise<KeyPair> {
    const altNames = dnsNames.map((value) => ({ type: 2 as const, value }));
    const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
      ...KEY,
      ca: this.#own,
      extensions: [{ name: 'subjectAltName', altNames }],
    });
    return { key, cert };
  }
}
