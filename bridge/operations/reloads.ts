import type { BridgeConfig, RouteConfig } from '../config';
import { BridgeError } from '../errors';
import { type ConfigChanges, configChanges } from './config-changes';

export interface ReloadParts {
  /** Serves these routes. @returns a function that takes it back */
  readonly serve: (routes: readonly RouteConfig[]) => () => void;
  /** Asks the broker for their requests. */
  readonly subscribe: (routes: readonly RouteConfig[]) => Promise<void>;
  /** Told of the configuration that is in force from now on. */
  readonly applied: (config: BridgeConfig, changes: ConfigChanges) => void;
  readonly refused: (reason: Error) => void;
}

/** Takes over one configuration after the other, as a whole or not at all. */
export class Reloads {
  readonly #parts: ReloadParts;
  #config: BridgeConfig;
  #last: Promise<unknown> = Promise.resolve();

  constructor(config: BridgeConfig, parts: ReloadParts) {
    this.#config = config;
    this.#parts = parts;
  }

  /**
   * @param read called when those before are done with
   * @throws BridgeError BRIDGE_ERR_CONFIG, and whatever `read` throws; then nothing has changed
   */
  apply(read: () => BridgeConfig): Promise<ConfigChanges> {
    const applied = this.#last.then(() => this.#apply(read));
    this.#last = applied.catch(() => undefined);
    return applied;
  }

  async #apply(read: () => BridgeConfig): Promise<ConfigChanges> {
    try {
      const config = read();
      const changes = configChanges(this.#config, config);
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
  async #serve(routes: readonly RouteConfig[]): Promise<void> {
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
