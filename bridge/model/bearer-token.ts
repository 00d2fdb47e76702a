import { readFileSync, statSync } from 'node:fs';

/**
 * The characters of a bearer token. Anything else, a second line for instance, would break the header it is sent in.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
const TOKEN = /^[\w.~+/-]+=*$/;

/** There is no token to send. Says which file, and never what is in it. */
export class TokenError extends Error {}

/**
 * A token in a file that somebody else renews: a kubelet replaces a ServiceAccount's long before it expires.
 *
 * The file is read again when it has changed. Looking takes microseconds, so that the first request after a change
 * carries the new token, and no clock has to be trusted.
 */
export class BearerToken {
  readonly #file: string;
  #version = '';
  #token = '';

  constructor(file: string) {
    this.#file = file;
  }

  /** @throws TokenError when the file cannot be read, or holds no token */
  read(): string {
    const version = this.#versionOfFile();
    if (version !== this.#version) {
      this.#token = this.#content();
      this.#version = version;
    }
    return this.#token;
  }

  /** A kubelet puts a new file in place of the old one; others write into it. */
  #versionOfFile(): string {
    const { ino, mtimeNs, size } = this.#reading(() => statSync(this.#file, { bigint: true }));
    return `${ino} ${mtimeNs} ${size}`;
  }

  #content(): string {
    const token = this.#reading(() => readFileSync(this.#file, 'utf8')).trim();
    if (token === '') throw new TokenError(`${this.#file} is empty`);
    if (!TOKEN.test(token)) throw new TokenError(`${this.#file} holds something that is no bearer token`);
    return token;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw new TokenError(`cannot read ${this.#file}: ${(error as NodeJS.ErrnoException).code}`);
    }
  }
}
