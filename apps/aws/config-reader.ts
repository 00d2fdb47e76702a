import { type Config, type Output, RunError, secret } from '@pulumi/pulumi';
import { EdgeError, type EdgeErrorCode } from '../../lib';

/** A secret of the configuration. */
export interface ConfigSecret {
  /** To be checked before anything is registered, and for nothing else. */
  readonly plain: string;
  /** The same, as a secret of Pulumi's. */
  readonly output: Output<string>;
}

/** Reads configuration, and collects what is wrong with it. A key that is empty counts as not given. */
export class ConfigReader {
  readonly #config: Config;
  readonly #problems: string[] = [];

  constructor(config: Config) {
    this.#config = config;
  }

  text(key: string): string | undefined {
    return this.#config.get(key) || undefined;
  }

  /** Empty when it is missing, which is a problem. */
  required(key: string): string {
    return this.text(key) ?? this.#missing(key, '');
  }

  oneOf<T extends string>(key: string, values: readonly T[], fallback: T): T {
    const text = this.text(key);
    if (text === undefined || (values as readonly string[]).includes(text)) return (text as T | undefined) ?? fallback;
    this.refuse('EDGE_ERR_VALUE', key, text, `it is one of ${values.join(', ')}`, 'Choose one of them');
    return fallback;
  }

  list(key: string): string[] {
    const text = this.text(key);
    if (text === undefined) return this.#missing(key, []);
    const list = parsed(text);
    if (Array.isArray(list) && list.every((item) => typeof item === 'string')) return list;
    const fix = `Set it by: pulumi config set --path '${key}[0]' <value>`;
    this.refuse('EDGE_ERR_VALUE', key, text, 'it is a list of texts', fix);
    return [];
  }

  flag(key: string, fallback: boolean): boolean {
    return this.oneOf(key, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  secret(key: string): ConfigSecret | undefined {
    const plain = this.text(key);
    return plain === undefined ? undefined : { plain, output: this.#config.requireSecret(key) };
  }

  requiredSecret(key: string): ConfigSecret {
    return this.secret(key) ?? { plain: this.#missing(key, ''), output: secret('') };
  }

  /** What the library says to a value counts as a problem of the key. */
  check(key: string, use: () => unknown): void {
    try {
      use();
    } catch (error) {
      if (!(error instanceof EdgeError)) throw error;
      this.#problems.push(`${key}: ${error.message}`);
    }
  }

  refuse(code: EdgeErrorCode, key: string, value: unknown, rule: string, fix: string): void {
    this.check(key, () => {
      throw new EdgeError(code, { at: 'it', value, rule, fix });
    });
  }

  /** @throws RunError with every problem that was found, which Pulumi shows without a stack trace */
  finish(): void {
    if (this.#problems.length === 0) return;
    throw new RunError(
      `${this.#problems.length} problem(s) in the configuration of this stack:\n  ${this.#problems.join('\n  ')}`,
    );
  }

  #missing<T>(key: string, instead: T): T {
    this.refuse('EDGE_ERR_VALUE', key, 'missing', 'nothing can be deployed without it', `Set ${key}, see Pulumi.yaml`);
    return instead;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
