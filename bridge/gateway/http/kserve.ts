import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from '../answer';
import type { KServeModels } from '../kserve-models';
import { sendRefusal } from './reply';

/**
 * Answers what KServe's clients ask before they ask for predictions. A model is called ready when the gateway could hand a
 * request on; the model itself is not asked.
 *
 * @param ready whether requests are taken at the moment
 * @see https://kserve.github.io/website/docs/concepts/architecture/data-plane
 */
export function serveKServe(app: FastifyInstance, { v1, v2 }: KServeModels, ready: () => boolean): void {
  const status = () => (ready() ? 200 : 503);
  const readinessOf = (models: readonly string[]) => (request: FastifyRequest, reply: FastifyReply) => {
    const { model: name } = request.params as { model: string };
    if (!models.includes(name)) {
      return sendRefusal(reply, refusal('BRIDGE_ERR_NO_ROUTE', 'no route of the gateway names this model'));
    }
    return reply.code(status()).send({ name, ready: ready() });
  };
  app.get('/v1/models', (_request, reply) => reply.send({ models: v1 }));
  app.get('/v1/models/:model(^[^:/]+)', readinessOf(v1));
  app.get('/v2/models/:model/ready', readinessOf(v2));
  app.get('/v2/health/live', (_request, reply) => reply.send({ live: true }));
  app.get('/v2/health/ready', (_request, reply) => reply.code(status()).send({ ready: ready() }));
}
