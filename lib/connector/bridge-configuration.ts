import { Yaml } from 'cdk8s';
import type { BridgeConfigInput } from '../../bridge/config';
import { BRIDGE_DEFAULTS, MAX_TIMER_SECONDS } from '../../bridge/config/defaults';
import { describe, EdgeError } from '../errors';
import type { BridgeRoute } from './bridge-route';
import { bridgeProblems } from './bridge-rules';
import type { BridgeTracing } from './bridge-tracing';
import { BRIDGE_PATHS } from './bridge-workload';
import { type BrokerLinkOptions, brokerLink } from './broker-link';
import { longestTimeoutSeconds } from './longest-timeout';
import type { ModelLogin } from './model-login';
import type { RouteConfig } from './route-config';

export const OPERATIONS_PORT = BRIDGE_DEFAULTS.httpPort;
/** For what comes after the last prediction: publishing it, acknowledging, saying goodbye. */
const DRAIN_MARGIN_SECONDS = 10;
const KILL_MARGIN_SECONDS = 10;
/** For what waits at the broker for a member of a group that leaves. */
const LEAVING_MARGIN_SECONDS = 60;

export interface BridgeConfigurationOptions {
  readonly link: BrokerLinkOptions;
  readonly window: number;
  /** The group whose members share the requests; nothing for a bridge of one pod. */
  readonly group: string | undefined;
  readonly modelLogin: ModelLogin | undefined;
  readonly tracing: BridgeTracing | undefined;
  /** To which others may be added. */
  readonly routes: readonly BridgeRoute[];
}

/** What a bridge is told, and whether it would take it. */
export class BridgeConfiguration {
  readonly #options: BridgeConfigurationOptions;

  constructor(options: BridgeConfigurationOptions) {
    this.#options = options;
  }

  /** The file. */
  text(): string {
    return written(this.#of(this.#options.routes));
  }

  /** What of it a running bridge cannot be given anew: it looks at its file, and takes over all else by itself. */
  startupText(): string {
    const { broker, delivery, http, tracing } = this.#of([]);
    return written({ broker, window: delivery?.window, http, tracing });
  }

  /** How long a bridge that stops waits for answers. */
  drainSeconds(): number {
    const margin = this.#options.group === undefined ? DRAIN_MARGIN_SECONDS : LEAVING_MARGIN_SECONDS;
    return Math.min(longestTimeoutSeconds(this.#options.routes) + margin, MAX_TIMER_SECONDS);
  }

  /** A member of a group has its drain time twice: for what waits for it at the broker, and for what it has taken. */
  stopSeconds(): number {
    return Math.ceil(this.drainSeconds() * (this.#options.group === undefined ? 1 : 2)) + KILL_MARGIN_SECONDS;
  }

  /** @throws EdgeError EDGE_ERR_BRIDGE_CONFIG for a route that the bridge would refuse */
  checkRoute(route: BridgeRoute): void {
    const of = 'routes[0]';
    const problem = bridgeProblems(this.#of([route])).find((line) => line.startsWith(of));
    if (problem === undefined) return;
    throw new EdgeError('EDGE_ERR_BRIDGE_CONFIG', {
      at: `what the bridge says to route ${route.name}`,
      value: problem.slice(of.length).replace(/^[. ]/, ''),
      rule: 'it would not start with it',
      fix: 'Correct the option of addRoute(..) that it comes from',
    });
  }

  /** What the bridge would say to all of it. */
  problems(): string[] {
    return bridgeProblems(this.#of(this.#options.routes)).map((value) =>
      describe('EDGE_ERR_BRIDGE_CONFIG', {
        at: 'what the bridge says to its configuration',
        value,
        rule: 'it would not start with it',
        fix: 'Correct the prop or option that it comes from',
      }),
    );
  }

  #of(routes: readonly BridgeRoute[]): BridgeConfigInput {
    const { link, window, group, tracing } = this.#options;
    return {
      broker: brokerLink(link),
      delivery: {
        window,
        drainTimeoutSeconds: this.drainSeconds(),
        ...(group !== undefined && { onStop: 'retire' }),
      },
      http: { port: OPERATIONS_PORT },
      tracing: tracing?.config(BRIDGE_PATHS.tracing),
      routes: routes.map((route) => this.#route(route)),
    };
  }

  #route(route: BridgeRoute): RouteConfig {
    const { modelLogin, group } = this.#options;
    const config = route._config();
    const login = modelLogin?._config(route.model, BRIDGE_PATHS.modelLogin);
    return { ...config, model: { ...config.model, ...login }, share: group };
  }
}

/** As YAML, in which what is left out would be null. */
function written(config: object): string {
  return Yaml.stringify(JSON.parse(JSON.stringify(config)));
}
