import { generate } from 'selfsigned';

/** A key and its certificate, as PEM. */
export interface KeyPair {
  readonly key: string;
  readonly cert: string;
}

/** An authority that signs for one test. */
export class TestAuthority {
  static async create(name = 'test authority'): Promise<TestAuthority> {
    const { private: key, cert } = await generate([{ name: 'commonName', value: name }], {
      keySize: 2048,
      algorithm: 'sha256',
      extensions: [{ name: 'basicConstraints', cA: true, critical: true }],
    });
    return new TestAuthority({ key, cert });
  }

  readonly #own: KeyPair;

  private constructor(own: KeyPair) {
    this.#own = own;
  }

  /** What somebody who trusts it is given. */
  get certificate(): string {
    return this.#own.cert;
  }

  /** A certificate by which somebody is known, and reached under these hosts. */
  async sign(commonName: string, ...hosts: string[]): Promise<KeyPair> {
    const altNames = [commonName, ...hosts].map((value) => ({ type: 2 as const, value }));
    const { private: key, cert } = await generate([{ name: 'commonName', value: commonName }], {
      keySize: 2048,
      algorithm: 'sha256',
      ca: this.#own,
      extensions: [{ name: 'subjectAltName', altNames }],
    });
    return { key, cert };
  }
}
