import type { Server } from 'node:http';
import { TLSSocket } from 'node:tls';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { GatewayConfig } from '../../config/gateway';
import type { GatewayRouteConfig } from '../../config/gateway-route';
import { routerPath } from '../../config/path-pattern';
import type {
  ServedRoute,
  ServerTrace,
  ServerTracing,
  Tracing,
  UserProperties,
} from '../../operations/tracing/tracing';
import { type Refusal, refusal } from '../answer';
import type { Destination } from '../destination';
import { kserveModels } from '../kserve-models';
import type { Results } from '../results';
import type { Admission } from './admission';
import { contentTypeProblem } from './content-type';
import { refusalOf, refuseConnection } from './framework-errors';
import { serveKServe } from './kserve';
import { createListener, type Listener } from './listener';
import { predictHandler } from './predict';
import { repeatedHeader } from './repeated-header';
import { sendRefusal } from './reply';
import { REQUEST_ID, requestIdOf } from './request-id';
import { resultsHandler } from './results-handler';
import { waitForReader } from './slow-readers';
import { Visit, type Visitor } from './visit';

/** What the HTTP side needs of the rest of the gateway. */
export interface AppParts {
  /** By the name of the route. */
  readonly destinations: ReadonlyMap<string, Destination>;
  readonly results: Results;
  readonly admission: Admission;
  /** What comes before the path of a result; nothing where it is asked for at the same address. */
  readonly resultsAt: string;
  /** Whether requests can be handed on at the moment. */
  readonly ready: () => boolean;
  /** Whether the gateway takes no more requests. */
  readonly stopping: () => boolean;
  readonly tracing: Pick<Tracing, 'serving'>;
  readonly events: AppEvents;
}

export interface AppEvents {
  /** A request is over. The status is what its requester got; 499 for one that had gone. */
  visited(visit: Visit, status: number, visitor: Visitor): void;
  /** Something happened that should not. */
  broken(error: Error, visit: Visit): void;
  /** @param problem why those before stay in use */
  certificatesRenewed(problem: Error | undefined): void;
}

export interface App {
  readonly fastify: FastifyInstance;
  readonly server: Server;
  /** Resolves when the last response is read. */
  close(): Promise<void>;
}

/** As nginx says that a requester did not wait. */
const CLIENT_CLOSED_REQUEST = 499;
const RESULTS_PATH = '/v1/results';

/**
 * The HTTP side of the gateway.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG for certificates that there are not
 */
export function createApp(config: GatewayConfig['gateway'], parts: AppParts): App {
  const { destinations, results, admission, resultsAt, events } = parts;
  let listener = undefined as unknown as Listener;
  const app = fastify({
    bodyLimit: config.maxBodyBytes,
    exposeHeadRoutes: false,
    // What comes while the gateway stops is refused in its own words.
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    frameworkErrors: (error, request, reply) => {
      begin(request, reply);
      return sendRefusal(reply, refusalOf(error));
    },
    clientErrorHandler: refuseConnection,
    serverFactory: (handler) => {
      listener = createListener(config, handler, (problem) => events.certificatesRenewed(problem));
      return listener.server;
    },
  });
  app.decorateRequest('visit', null as unknown as Visit);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', (request, reply, done) => {
    begin(request, reply);
    const problem = headersRefusal(request, config.maxHeaders) ?? identify(request, reply);
    if (problem) sendRefusal(reply, problem);
    else done();
  });
  app.setNotFoundHandler((request, reply) => {
    const message = `nothing is answered here to ${request.method}`;
    return sendRefusal(reply, refusal('BRIDGE_ERR_NO_ROUTE', message));
  });
  app.setErrorHandler((error: Error, request, reply) => {
    const found = refusalOf(error);
    if (found.failure.code === 'BRIDGE_ERR_INTERNAL') events.broken(error, request.visit);
    // On a connection that is closed at once, whoever is still sending never gets to read why. The rest is read and dropped.
    if (found.failure.code === 'BRIDGE_ERR_REQUEST_TOO_LARGE' && !parts.stopping()) reply.removeHeader('connection');
    return sendRefusal(reply, found);
  });

  for (const route of config.routes) {
    const destination = destinations.get(route.name) as Destination;
    const tracing = parts.tracing.serving({ name: route.name, path: route.path, system: systemOf(route) });
    app.post(routerPath(route.path), {
      onRequest: (request, reply, done) => {
        request.visit.route = route.name;
        request.visit.trace = follow(tracing, request);
        const problem = unwanted(request, route.contentTypes) ?? admit(request);
        if (problem) sendRefusal(reply, problem);
        else done();
      },
      handler: predictHandler({ route, destination, results, passed: config.headers, resultUrl }),
    });
  }
  app.get(`${RESULTS_PATH}/:name`, resultsHandler(results, config.headers.answer));
  serveKServe(app, kserveModels(config.routes), parts.ready);
  return {
    fastify: app,
    server: listener.server,
    close: () => {
      listener.close();
      return app.close();
    },
  };

  function resultUrl(name: string): string {
    return `${resultsAt}${RESULTS_PATH}/${name}`;
  }

  function begin(request: FastifyRequest, reply: FastifyReply): void {
    const visit = new Visit();
    request.visit = visit;
    // Nobody's browser is to guess what a model answers, and nobody's cache to keep it.
    reply.headers({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' });
    if (parts.stopping()) reply.header('connection', 'close');
    reply.raw.once('prefinish', () => waitForReader(reply.raw, config.receiveTimeoutSeconds * 1000));
    let complete = false;
    reply.raw.once('finish', () => {
      complete = true;
    });
    reply.raw.once('close', () => {
      const status = complete ? reply.raw.statusCode : CLIENT_CLOSED_REQUEST;
      visit.trace.answered(status, visit.refusal?.failure.code);
      events.visited(visit, status, visitorOf(request));
      visit.end(complete);
    });
  }

  function admit(request: FastifyRequest): Refusal | undefined {
    if (parts.stopping()) return refusal('BRIDGE_ERR_STOPPING', 'this replica of the gateway takes no more requests');
    const announced = request.headers['content-length'];
    const bytes = announced === undefined ? config.maxBodyBytes : Number(announced);
    if (bytes > config.maxBodyBytes) {
      return refusal('BRIDGE_ERR_REQUEST_TOO_LARGE', `the body has more than ${config.maxBodyBytes} bytes`);
    }
    const leave = admission.enter(bytes);
    if (!leave) return refusal('BRIDGE_ERR_OVERLOADED', 'as many requests are under way as the gateway takes');
    request.visit.onEnd(leave);
    return undefined;
  }
}

function identify(request: FastifyRequest, reply: FastifyReply): Refusal | undefined {
  const id = requestIdOf(request.headers[REQUEST_ID.toLowerCase()]);
  if (id === undefined) {
    const rule = 'it has up to 128 letters, digits and . _ : @ / + = -';
    return refusal('BRIDGE_ERR_REQUEST_HEADER', `the header ${REQUEST_ID} cannot be handed on: ${rule}`);
  }
  request.visit.requestId = id;
  reply.header(REQUEST_ID, id);
  return undefined;
}

function follow(tracing: ServerTracing, { visit, method, headers }: FastifyRequest): ServerTrace {
  return tracing.serve({ id: visit.requestId, method, headers: headers as UserProperties });
}

function systemOf({ amqp, mqtt }: GatewayRouteConfig): ServedRoute['system'] {
  if (amqp) return 'rabbitmq';
  return mqtt && 'mqtt';
}

function headersRefusal({ raw }: FastifyRequest, most: number): Refusal | undefined {
  const count = raw.rawHeaders.length / 2;
  if (count > most) {
    return refusal('BRIDGE_ERR_TOO_MANY_HEADERS', `the request has ${count} headers, but the gateway takes ${most}`);
  }
  const name = repeatedHeader(raw);
  if (name === undefined) return undefined;
  return refusal('BRIDGE_ERR_REQUEST_HEADER', `the header ${name} came more than once, and says one thing at most`);
}

function unwanted({ headers }: FastifyRequest, taken: readonly string[]): Refusal | undefined {
  const problem = contentTypeProblem(headers['content-type'], headers['content-encoding'], taken);
  return problem === undefined ? undefined : refusal('BRIDGE_ERR_CONTENT_TYPE', problem);
}

function visitorOf({ method, raw }: FastifyRequest): Visitor {
  const subject = raw.socket instanceof TLSSocket ? raw.socket.getPeerX509Certificate()?.subject : undefined;
  return { method, subject };
}
