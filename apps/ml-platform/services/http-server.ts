import type { Writable } from 'node:stream';
import fastify, { type FastifyError, type FastifyInstance, type FastifyRequest, LogController } from 'fastify';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';
import type { z } from 'zod';
import type { Settings } from './settings';

/** Where the entry's routes lead to. */
const API = '/api/v1';
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

export interface HttpServerOptions {
  readonly settings: Settings;
  /** Where log lines go. @default - standard output */
  readonly log?: Writable;
  /** What keeps it from taking requests. Asked at every probe. */
  readonly notReady?: () => Promise<string | undefined>;
  /** What it says to requests for what it does not have. @default - JSON, as all other answers */
  readonly notFound?: 'json' | 'text';
}

/** What all services have in common: probes, metrics, a log, and answers to mistakes. */
export class HttpServer {
  readonly app: FastifyInstance;
  readonly metrics = new Registry();
  readonly #settings: Settings;
  #draining = false;

  constructor({ settings, log, notReady, notFound = 'json' }: HttpServerOptions) {
    this.#settings = settings;
    this.app = fastify({
      logger: { level: settings.logLevel, ...(log && { stream: log }) },
      // Log lines are for predictions and for what goes wrong; how many requests there are is in the metrics.
      logController: new LogController({ disableRequestLogging: true }),
      requestIdHeader: 'x-request-id',
      trustProxy: settings.trustedProxies,
      forceCloseConnections: 'idle',
    });
    collectDefaultMetrics({ register: this.metrics });
    this.#countRequests();
    this.#answerProbes(notReady);
    this.#answerMistakes(notFound);
  }

  /**
   * Announces a service under its own path. Without the slash at the end clients are sent to the one with it, with the
   * scheme and the host that they used.
   */
  root(name: string, about: object): void {
    const path = `${API}/${name}`;
    this.app.get(path, (request, reply) => reply.redirect(`${publicOrigin(request)}${path}/`, 307));
    this.app.get(`${path}/`, async () => about);
  }

  /** Takes the service off the list of endpoints, while what still comes is answered; then stops. */
  async drain(): Promise<void> {
    this.#draining = true;
    await new Promise((resolve) => setTimeout(resolve, this.#settings.drainMs));
    await this.app.close();
  }

  #countRequests(): void {
    const registers = [this.metrics];
    const labelNames = ['method', 'route', 'status'] as const;
    const requests = new Counter({ name: 'http_requests_total', help: 'Requests answered.', labelNames, registers });
    const seconds = new Histogram({
      name: 'http_request_duration_seconds',
      help: 'Time from a request to its answer.',
      labelNames: ['method', 'route'] as const,
      buckets: SECONDS,
      registers,
    });
    this.app.addHook('onResponse', async ({ method, routeOptions }, { statusCode, elapsedTime }) => {
      const route = routeOptions.url ?? 'none';
      requests.inc({ method, route, status: statusCode });
      seconds.observe({ method, route }, elapsedTime / 1000);
    });
  }

  /** For the cluster only: whoever comes through a router, which says for whom it asks, is told that there is nothing. */
  #answerProbes(notReady: HttpServerOptions['notReady']): void {
    this.app.register(async (operations) => {
      operations.addHook('onRequest', async (request, reply) => {
        if (request.headers['x-forwarded-for'] !== undefined) return reply.callNotFound();
      });
      operations.get('/healthz/live', async () => 'ok\n');
      operations.get('/healthz/ready', async (_request, reply) => {
        const reason = this.#draining ? 'shutting down' : await notReady?.();
        return reason === undefined ? 'ok\n' : reply.code(503).send(`${reason}\n`);
      });
      operations.get('/metrics', async (_request, reply) => {
        return reply.type(this.metrics.contentType).send(await this.metrics.metrics());
      });
    });
  }

  #answerMistakes(notFound: 'json' | 'text'): void {
    const { notFoundText } = this.#settings;
    const body = notFound === 'json' ? { error: notFoundText } : `${notFoundText}\n`;
    this.app.setNotFoundHandler((_request, reply) => reply.code(404).send(body));
    this.app.setErrorHandler<FastifyError>((error, request, reply) => {
      const status = error.statusCode ?? 500;
      if (status < 500) return reply.code(status).send({ error: error.message });
      request.log.error(error);
      return reply.code(status).send({ error: 'Something went wrong here. The log has the details.' });
    });
  }
}

/** Answered with 400. */
export class InvalidRequest extends Error {
  readonly statusCode = 400;
}

/** @throws InvalidRequest that says what is wrong, and what to send */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown, example: object): T {
  const { success, data, error } = schema.safeParse(body);
  if (success) return data;
  const problems = error.issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ');
  throw new InvalidRequest(`${problems}. Send a body like ${JSON.stringify(example)}.`);
}

/** Scheme and host as the client sees them; a proxy that is trusted says so in X-Forwarded-Proto and -Host. */
function publicOrigin({ protocol, host }: FastifyRequest): string {
  return `${protocol}://${host}`;
}
