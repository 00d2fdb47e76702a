import type { AddressInfo } from 'node:net';
import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { GatewayConfig } from '../config/gateway';
import { BridgeError } from '../errors';
import { endOperations } from '../operations/end-operations';
import { serveProbes } from '../operations/probes';
import { openTracing } from '../operations/tracing/open-tracing';
import { within } from '../pacing/within';
import { refusal } from './answer';
import { Admission } from './http/admission';
import { type App, createApp } from './http/app';
import { GatewayHealth } from './operations/health';
import { GatewayObserver } from './operations/observer';
import { Results } from './results';
import { openWays, type Ways } from './ways';

/** A gateway at work. */
export interface RunningGateway {
  /** Where requests are taken. */
  readonly port: number;
  /** Where /livez, /readyz, /startupz, /healthz and /metrics are. */
  readonly operationsPort: number;
  /**
   * Says that it is not ready, waits until load balancers have heard of it, takes no more requests, answers those that it
   * has taken, and ends.
   *
   * @returns how many requests got no answer, because the time for it was over
   */
  stop(): Promise<number>;
}

/** How long requesters have to read what they are told at the very end. */
const LAST_WORDS_MS = 2_000;

/**
 * Starts the gateway. It resolves as soon as requests are taken; connections to brokers come and go after that, and
 * /readyz tells.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when a port is taken, or a certificate or a login cannot be used
 */
export async function startGateway(config: GatewayConfig, log: Logger): Promise<RunningGateway> {
  const { gateway } = config;
  const host = hostname();
  const admission = new Admission({ requests: gateway.maxInFlight, bytes: gateway.maxInFlightBytes });
  const observer: GatewayObserver = new GatewayObserver(log, gateway.accessLog, {
    inFlight: () => admission.requests,
    waiting: () => ways.waiting(),
    results: () => results.size,
  });
  const spans = { exported: (count: number, lost: Error | undefined) => observer.spansExported(count, lost) };
  const tracing = await openTracing(config.tracing, host, spans, 'edge-inference-gateway');
  const results = new Results(host, gateway.results, () => observer.resultEvicted());
  const ways: Ways = openWays(config, host, observer);
  const health = new GatewayHealth(() => ways.problems());
  let closing = false;
  let stopping: Promise<number> | undefined;

  const app = createApp(gateway, {
    destinations: ways.destinations,
    results,
    admission,
    resultsAt: (gateway.results.baseUrl ?? '').replaceAll('{hostname}', host),
    ready: () => health.ready,
    stopping: () => closing,
    tracing,
    events: observer,
  });
  const operations = await serveProbes(config.http, health, observer.registry);
  await listen(app, gateway).catch((error: Error) => {
    operations.close();
    throw error;
  });
  ways.start();

  return {
    port: (app.server.address() as AddressInfo).port,
    operationsPort: (operations.address() as AddressInfo).port,
    stop: () => {
      stopping ??= stop();
      return stopping;
    },
  };

  async function stop(): Promise<number> {
    health.stopping();
    await sleep(gateway.drain.delaySeconds * 1000);
    // Those who come for a result, and those whom nobody told, are still answered.
    closing = true;
    await within(gateway.drain.timeoutSeconds * 1000, admission.empty());
    const unanswered = admission.requests;
    await ways.close(refusal('BRIDGE_ERR_STOPPING', 'the gateway is stopping, and there was no answer in time'));
    await within(LAST_WORDS_MS, app.close());
    app.server.closeAllConnections();
    results.close();
    await endOperations(operations, tracing);
    return unanswered;
  }
}

/** @throws BridgeError BRIDGE_ERR_CONFIG when the port is taken */
async function listen(
  { fastify }: App,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  await fastify.listen({ host, port }).catch((error: Error) => {
    const where = `${host}:${port}`;
    throw new BridgeError(
      'BRIDGE_ERR_CONFIG',
      `no requests on ${where}: ${error.message}. Choose another gateway.port`,
    );
  });
}
