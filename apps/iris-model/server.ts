import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import { predict } from './classifier';
import { ModelNotFound } from './errors';
import { describeV2, readV1, readV2, writeV1, writeV2 } from './protocol';

export interface IrisServerOptions {
  /** 0, the default, takes a free port. */
  port?: number;
  host?: string;
  name?: string;
  /** How long every prediction takes, as a slow model would. */
  delayMs?: number;
}

export interface IrisServer {
  url: string;
  port: number;
  /** How many prediction requests for this model have arrived, over V1 and V2, refused ones included. */
  calls(): number;
  close(): Promise<void>;
}

type ModelRoute = { Params: { model?: string } };

export async function startIrisServer(options: IrisServerOptions = {}): Promise<IrisServer> {
  const { port = 0, host = '127.0.0.1', name = 'sklearn-iris', delayMs = 0 } = options;
  let calls = 0;
  const onCall = async () => {
    calls += 1;
    await delay(delayMs);
  };

  const app = fastify();
  answerErrorsAsKServe(app);
  refuseOtherModels(app, name);
  routeV1(app, name, onCall);
  routeV2(app, name, onCall);

  const url = await app.listen({ port, host });
  const { port: boundPort } = app.server.address() as AddressInfo;
  return { url, port: boundPort, calls: () => calls, close: () => app.close() };
}

function routeV1(app: FastifyInstance, name: string, onCall: () => Promise<void>): void {
  app.get('/v1/models', async () => ({ models: [name] }));
  app.get('/v1/models/:model', async () => ({ name, ready: true }));
  // Without the pattern the router would take ":predict" for a part of the parameter's name.
  app.post('/v1/models/:model(^[^:]+)::predict', async ({ body }) => {
    await onCall();
    return writeV1(predict(readV1(body)));
  });
}

function routeV2(app: FastifyInstance, name: string, onCall: () => Promise<void>): void {
  app.get('/v2', async () => ({ name: 'iris-model', version: '1', extensions: [] }));
  app.get('/v2/health/live', async () => ({ live: true }));
  app.get('/v2/health/ready', async () => ({ ready: true }));
  app.get('/v2/models/:model', async () => describeV2(name));
  app.get('/v2/models/:model/ready', async () => ({ name, ready: true }));
  app.post('/v2/models/:model/infer', async ({ body }) => {
    await onCall();
    const { id, rows } = readV2(body);
    return writeV2(name, id, predict(rows));
  });
}

function refuseOtherModels(app: FastifyInstance, name: string): void {
  app.addHook<ModelRoute>('onRequest', async ({ params }) => {
    if (params.model !== undefined && params.model !== name) throw new ModelNotFound(params.model);
  });
}

function answerErrorsAsKServe(app: FastifyInstance): void {
  app.setErrorHandler<FastifyError>((error, _request, reply) =>
    reply.code(error.statusCode ?? 500).send({ error: error.message }),
  );
  app.setNotFoundHandler(({ method, url }, reply) => reply.code(404).send({ error: `No route ${method} ${url}` }));
}
