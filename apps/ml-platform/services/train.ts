import { Counter, Histogram } from 'prom-client';
import { z } from 'zod';
import { parseDataSet } from '../model/data-set';
import { ModelStore } from '../model/model-store';
import { trainFlowers } from '../model/training';
import { HttpServer, type HttpServerOptions, InvalidRequest, parseBody } from './http-server';

const runSchema = z.strictObject({ dataset: z.string() });
const EXAMPLE = { dataset: '0123456789abcdef' };

/** Answered with 429. */
class Busy extends Error {
  readonly statusCode = 429;

  constructor() {
    super('Another training is under way here. Try again when it is done.');
  }
}

/** Takes data sets, and makes models of them. */
export async function trainService(options: HttpServerOptions): Promise<HttpServer> {
  const { settings } = options;
  const store = new ModelStore(settings.modelStore);
  await store.prepare();
  const server = new HttpServer({ ...options, notReady: () => whyNotWritable(store) });
  const metrics = createMetrics(server);

  server.root('train', { service: 'train', datasets: '/api/v1/train/datasets', runs: '/api/v1/train/runs' });
  const csv = { parseAs: 'string', bodyLimit: settings.maxUploadBytes } as const;
  server.app.addContentTypeParser('text/csv', csv, (_request, body, done) => done(null, body));

  server.app.post('/api/v1/train/datasets', { bodyLimit: settings.maxUploadBytes }, async ({ body }, reply) => {
    if (typeof body !== 'string') throw new InvalidRequest('A data set is uploaded with content-type text/csv.');
    const { rows } = parseDataSet(body);
    return reply.code(201).send({ dataset: await store.saveDataSet(body), rows: rows.length });
  });
  let busy = false;
  server.app.post('/api/v1/train/runs', async ({ body, log }, reply) => {
    const { dataset } = parseBody(runSchema, body, EXAMPLE);
    const samples = parseDataSet(await store.dataSet(dataset));
    if (busy) throw new Busy();
    busy = true;
    const timed = metrics.seconds.startTimer();
    try {
      const { model: _, ...run } = await store.publish(dataset, await trainFlowers(samples));
      metrics.runs.inc();
      log.info({ run }, 'model trained');
      return await reply.code(201).send(run);
    } finally {
      timed();
      busy = false;
    }
  });
  server.app.get('/api/v1/train/runs', async () => ({
    runs: (await store.versions()).map((version) => ({ version })),
  }));
  return server;
}

async function whyNotWritable(store: ModelStore): Promise<string | undefined> {
  return store.checkWritable().then(
    () => undefined,
    (error: Error) => error.message,
  );
}

function createMetrics({ metrics }: HttpServer) {
  const registers = [metrics];
  return {
    runs: new Counter({ name: 'training_runs_total', help: 'Models trained.', registers }),
    seconds: new Histogram({ name: 'training_seconds', help: 'Time to train and to keep a model.', registers }),
  };
}
