import type { BridgeConfig } from '../config';
import { BridgeError } from '../errors';
import { type ConfigChanges, configChanges } from './config-changes';

/** A configuration that can become another one. */
export interface ReloadableConfig {
  readonly routes: readonly { readonly name: string }[];
}

export interface ReloadParts<Config extends ReloadableConfig> {
  /** What another configuration means. */
  readonly compare?: (before: Config, after: Config) => ConfigChanges;
  /** Serves these routes. @returns a function that takes it back */
  readonly serve: (routes: Config['routes']) => () => void;
  /** Asks the broker for their requests. */
  readonly subscribe: (routes: Config['routes']) => Promise<void>;
  /** Told of the configuration that is in force from now on. */
  readonly applied: (config: Config, changes: ConfigChanges) => void;
  readonly refused: (reason: Error) => void;
}

/** Takes over one configuration after the other, as a whole or not at all. */
export class Reloads<Config extends ReloadableConfig = BridgeConfig> {
  readonly #parts: ReloadParts<Config>;
  #config: Config;
  #last: Promise<unknown> = Promise.resolve();

  constructor(config: Config, parts: ReloadParts<Config>) {
    this.#config = config;
    this.#parts = parts;
  }

  /**
   * @param read called when those before are done with
   * @throws BridgeError BRIDGE_ERR_CONFIG, and whatever `read` throws; then nothing has changed
   */
  apply(read: () => Config): Promise<ConfigChanges> {
    const applied = this.#last.then(() => this.#apply(read));
    this.#last = applied.catch(() => undefined);
    return applied;
  }

  async #apply(read: () => Config): Promise<ConfigChanges> {
    try {
      const config = read();
      const changes = (this.#parts.compare ?? configChanges)(this.#config, config);
      if (changes.needRestart.length > 0) throw needsRestart(changes);
      await this.#serve(config.routes);
      this.#config = config;
      this.#parts.applied(config, changes);
      return changes;
    } catch (error) {
      this.#parts.refused(error as Error);
      throw error;
    }
  }

  /** Routes are served before they are subscribed to: requests may come before the answer to SUBSCRIBE. */
  async #serve(routes: Config['routes']): Promise<void> {
    const takeBack = this.#parts.serve(routes);
    try {
      await this.#parts.subscribe(routes);
    } catch (error) {
      takeBack();
      throw new BridgeError('BRIDGE_ERR_CONFIG', `${(error as Error).message}. Check what the bridge's user may read`);
    }
  }
}

function needsRestart({ needRestart }: ConfigChanges): BridgeError {
  const settings = needRestart.join(', ');
  return new BridgeError(
    'BRIDGE_ERR_CONFIG',
    `a bridge at work keeps these settings, which are others now: ${settings}. Restart it, or change them back`,
  );
}
