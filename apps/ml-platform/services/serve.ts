import { Counter, Gauge } from 'prom-client';
import { z } from 'zod';
import { flowerSchema } from '../model/flowers';
import { ModelStore } from '../model/model-store';
import { ServedModel } from '../model/served-model';
import { HttpServer, type HttpServerOptions, parseBody } from './http-server';

const EXAMPLE = { sepal_length: 5.1, sepal_width: 3.5 };

/** Predicts with the newest model, which it looks for from time to time. */
export async function serveService(options: HttpServerOptions): Promise<HttpServer> {
  const { settings } = options;
  const server = new HttpServer(options);
  const store = new ModelStore(settings.modelStore);
  const served = await ServedModel.of(store);
  const metrics = createMetrics(server, served);

  const reload = async () => {
    const before = served.problem;
    const outcome = await served.reload();
    if (outcome === 'loaded') server.app.log.info({ version: served.version }, 'model loaded');
    if (outcome === 'failed') metrics.failures.inc();
    if (served.problem !== undefined && served.problem !== before) {
      server.app.log.error({ version: served.version, problem: served.problem }, 'the last good model stays');
    }
  };
  await reload();
  repeat(server, settings.reloadMs, reload);

  server.root('serve', { service: 'serve', predict: '/api/v1/serve/predict', models: '/api/v1/serve/models' });
  server.app.post('/api/v1/serve/predict', async (request, reply) => {
    const flower = parseBody(flowerSchema, request.body, EXAMPLE);
    const prediction = served.predict(flower);
    const { version } = served;
    metrics.predictions.inc({ class: prediction.class, version });
    // A line for each, from which somebody can see how the world has changed since the training.
    request.log.info({ prediction: { ...prediction, ...flower, version } }, 'prediction');
    return reply.header('x-model-version', version).send(prediction);
  });
  server.app.get('/api/v1/serve/models', async ({ query }) => {
    const { deployed } = parseBody(querySchema, query, { deployed: 'true' });
    const models = (await describeModels(store, served)).filter((model) => deployed !== 'true' || model.deployed);
    return { models };
  });
  return server;
}

const querySchema = z.object({ deployed: z.enum(['true', 'false']).optional() });

async function describeModels(store: ModelStore, served: ServedModel) {
  const { version, dataset, rows, heldOutAccuracy } = served.stored;
  const others = (await store.versions()).filter((other) => other !== version);
  return [
    { version, deployed: true, dataset, rows, heldOutAccuracy },
    ...others.map((other) => ({ version: other, deployed: false })),
  ];
}

function createMetrics({ metrics }: HttpServer, served: ServedModel) {
  const registers = [metrics];
  new Gauge({
    name: 'model_info',
    help: 'The model that answers.',
    labelNames: ['version'] as const,
    registers,
    collect() {
      this.reset();
      this.set({ version: served.version }, 1);
    },
  });
  return {
    predictions: new Counter({
      name: 'predictions_total',
      help: 'Predictions, by class and by version of the model.',
      labelNames: ['class', 'version'] as const,
      registers,
    }),
    failures: new Counter({
      name: 'model_reload_failures_total',
      help: 'Looks at the store that found something other than a model.',
      registers,
    }),
  };
}

/** One after the other, until the server is closed. */
function repeat({ app }: HttpServer, pause: number, task: () => Promise<void>): void {
  let timer: NodeJS.Timeout;
  const next = () => {
    timer = setTimeout(() => task().finally(next), pause).unref();
  };
  next();
  app.addHook('onClose', async () => clearTimeout(timer));
}
