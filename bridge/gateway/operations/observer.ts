import type { Logger } from 'pino';
import type { ModelEvents } from '../../model/open-model';
import { loggedFailure } from '../../operations/logged-failure';
import type { WatchedBreaker } from '../../operations/metrics';
import { reconnectReason } from '../../operations/reconnect-reason';
import type { ConnectionEvents } from '../connection';
import type { AppEvents } from '../http/app';
import type { Visit, Visitor } from '../http/visit';
import { createGatewayMetrics, type Gauges } from './metrics';

/** Hears of everything that happens in the gateway, and turns it into metrics and log lines. */
export class GatewayObserver implements AppEvents {
  readonly #log: Logger;
  readonly #metrics: ReturnType<typeof createGatewayMetrics>;
  readonly #breakers = new Set<WatchedBreaker>();
  readonly #accessLog: boolean;
  #spansLost = false;

  /** @param accessLog whether the log has every request, or only those that were answered with 5xx */
  constructor(log: Logger, accessLog: boolean, gauges: Omit<Gauges, 'breakers'>) {
    this.#log = log;
    this.#accessLog = accessLog;
    this.#metrics = createGatewayMetrics({ ...gauges, breakers: this.#breakers });
    this.#metrics.resultsEvicted.inc(0);
  }

  get registry() {
    return this.#metrics.registry;
  }

  /** A response is over. */
  visited({ route, requestId, refusal, seconds }: Visit, status: number, { method, subject }: Visitor): void {
    this.#metrics.requests.count(route, String(status), refusal?.failure.code ?? '');
    this.#metrics.seconds.record(seconds, route);
    if (!this.#accessLog && status < 500) return;
    const failed = refusal && loggedFailure(refusal.failure);
    const fields = {
      requestId,
      route,
      method,
      status,
      ms: Math.round(seconds * 1_000_000) / 1_000,
      ...(failed && { code: failed.code }),
      ...(subject !== undefined && { client: subject }),
    };
    if (status >= 500) this.#log.warn(fields, failed?.text ?? 'answered');
    else this.#log.info(fields, failed?.text ?? 'answered');
  }

  /** @param name of the connection in metrics, and `url` of the broker in the log */
  connection(name: string, url: string): ConnectionEvents {
    this.#metrics.connected.set({ connection: name }, 0);
    this.#metrics.stray.inc({ connection: name }, 0);
    const fields = { connection: name, broker: url };
    return {
      opened: () => {
        this.#metrics.connected.set({ connection: name }, 1);
        this.#log.info(fields, 'connected');
      },
      closed: () => this.#metrics.connected.set({ connection: name }, 0),
      failed: (reason, retryInMs) => {
        const why = reconnectReason(reason);
        this.#metrics.reconnects.inc({ connection: name, reason: why });
        const code = why === 'login' ? 'BRIDGE_ERR_BROKER_LOGIN' : 'BRIDGE_ERR_BROKER_CONNECTION';
        this.#log[why === 'login' ? 'error' : 'warn']({ ...fields, retryInMs, code }, explain(reason));
      },
      stray: () => this.#metrics.stray.inc({ connection: name }),
    };
  }

  modelCalled(route: string, code: string, seconds: number): void {
    this.#metrics.modelCalls.count(route, code);
    this.#metrics.modelSeconds.record(seconds, route);
  }

  model(route: string): ModelEvents {
    return {
      askedAgain: () => this.#metrics.modelRetries.inc({ route }),
      spared: (model, open) => {
        const fields = { route, model };
        if (open)
          this.#log.warn(fields, 'the model keeps failing: it is asked only now and then until it answers again');
        else this.#log.info(fields, 'the model answers again');
      },
      watch: (model, breaker) => {
        const watched = { route, model, breaker };
        this.#breakers.add(watched);
        return () => this.#breakers.delete(watched);
      },
    };
  }

  resultEvicted(): void {
    this.#metrics.resultsEvicted.inc();
  }

  spansExported(spans: number, failure: Error | undefined): void {
    this.#metrics.spans.inc({ result: failure ? 'lost' : 'exported' }, spans);
    if (failure && !this.#spansLost) this.#log.warn(`the collector does not take traces: ${failure.message}`);
    if (!failure && this.#spansLost) this.#log.info('the collector takes traces again');
    this.#spansLost = failure !== undefined;
  }

  certificatesRenewed(problem: Error | undefined): void {
    if (problem) this.#log.warn(`${problem.message}. Those before stay in use`);
    else this.#log.info('certificates were read again, and are in use for new connections');
  }

  broken(error: Error, { requestId, route }: Visit): void {
    this.#log.error({ requestId, route, code: 'BRIDGE_ERR_INTERNAL', err: error }, 'the gateway made a mistake');
  }
}

/** Node's error for a host of which no address answered has no message of its own. */
function explain(reason: Error): string {
  if (reason instanceof AggregateError) return reason.errors.map(({ message }: Error) => message).join(', ');
  return reason.message;
}
