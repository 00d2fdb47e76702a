import { readFileSync, statSync } from 'node:fs';
import { LoginError } from './login';

/** What a secret of some kind looks like, and what to call it. */
export interface SecretKind {
  readonly name: string;
  readonly pattern: RegExp;
}

/**
 * Anything but these characters, a second line for instance, would break the header that the token is sent in.
 *
 * @see https://www.rfc-editor.org/rfc/rfc6750#section-2.1
 */
export const BEARER_TOKEN: SecretKind = { name: 'bearer token', pattern: /^[\w.~+/-]+=*$/ };

/** @see https://www.rfc-editor.org/rfc/rfc9110#section-5.5 */
export const HEADER_VALUE: SecretKind = { name: 'header value', pattern: /^[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?$/ };

/** User names and passwords: whatever fits on a line. */
export const ONE_LINE: SecretKind = { name: 'single line of text', pattern: /^[^\r\n\0]+$/ };

/**
 * A secret in a file that somebody else renews: a kubelet replaces a ServiceAccount's token long before it expires.
 *
 * The file is read again when it has changed. Looking takes microseconds, so that the first call after a change uses the
 * new secret, and no clock has to be trusted.
 */
export class SecretFile {
  readonly #file: string;
  readonly #kind: SecretKind;
  #version = '';
  #secret = '';

  constructor(file: string, kind: SecretKind) {
    this.#file = file;
    this.#kind = kind;
  }

  /** @throws LoginError when the file cannot be read, or holds no secret of this kind */
  read(): string {
    const version = this.version();
    if (version !== this.#version) {
      this.#secret = this.#content();
      this.#version = version;
    }
    return this.#secret;
  }

  /**
   * Another text when the file is another, or has been written to. A kubelet puts a new file in place of the old one;
   * others write into it.
   *
   * @throws LoginError when there is no file
   */
  version(): string {
    const { ino, mtimeNs, size } = this.#reading(() => statSync(this.#file, { bigint: true }));
    return `${ino} ${mtimeNs} ${size}`;
  }

  #content(): string {
    // Editors and Secrets end a file with a line end; blanks within a password are part of it.
    const secret = this.#reading(() => readFileSync(this.#file, 'utf8')).replace(/[\r\n]+$/, '');
    if (secret.trim() === '') throw this.#problem('is empty');
    if (!this.#kind.pattern.test(secret)) throw this.#problem(`holds something that is no ${this.#kind.name}`);
    return secret;
  }

  #reading<T>(read: () => T): T {
    try {
      return read();
    } catch (error) {
      throw new LoginError(`cannot read ${this.#file}: ${(error as NodeJS.ErrnoException).code}`, { retryable: true });
    }
  }

  #problem(what: string): LoginError {
    return new LoginError(`${this.#file} ${what}`, { retryable: true });
  }
}
