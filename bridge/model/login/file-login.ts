import type { Login, Pass } from './login';
import type { SecretFile } from './secret-file';

/** A header from a file. */
export class FileLogin implements Login {
  readonly #file: SecretFile;
  readonly #headers: (secret: string) => Record<string, string>;

  /** @param headers what is sent, by what is in the file */
  constructor(file: SecretFile, headers: (secret: string) => Record<string, string>) {
    this.#file = file;
    this.#headers = headers;
  }

  pass(): Pass {
    return { headers: this.#headers(this.#file.read()) };
  }

  /** The file was looked at for this very call: there is no other pass. */
  refused(): boolean {
    return false;
  }
}
