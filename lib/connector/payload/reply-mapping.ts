import type { BridgeConfigInput } from '../../../bridge/config';

export type ReplyConfig = NonNullable<BridgeConfigInput['routes'][number]['reply']['body']>;

/** How binary values of `BYTES` are written in the JSON of a reply. */
export enum ReplyBytes {
  TEXT = 'text',
  /** For images, and other bytes that are no text. */
  BASE64 = 'base64',
}

export interface ReplyPathOptions {
  /** @default ReplyBytes.TEXT */
  readonly bytesAs?: ReplyBytes;
}

export interface ReplyOutputOptions extends ReplyPathOptions {
  /** JSONPath of the part of the values that becomes the reply. @default - all of them */
  readonly path?: string;
}

/** What of a model's answer becomes the reply; always JSON. A route without one hands answers on unread. */
export class ReplyMapping {
  /** The values of one output of a V2 answer, in arrays as its shape says. */
  static output(name: string, options: ReplyOutputOptions = {}): ReplyMapping {
    return new ReplyMapping({ output: name, ...options });
  }

  /**
   * A part of the answer.
   *
   * @param path JSONPath: `$.predictions[0]` for instance, or `$` for all of it, with binary outputs written as JSON
   */
  static path(path: string, options: ReplyPathOptions = {}): ReplyMapping {
    return new ReplyMapping({ path, ...options });
  }

  readonly #config: ReplyConfig;

  private constructor(config: ReplyConfig) {
    this.#config = { ...config };
  }

  /** @internal */
  _config(): ReplyConfig {
    return this.#config;
  }
}
