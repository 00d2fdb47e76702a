import { describe, expect, it } from 'vitest';
import { startApp } from '../support/app';
import { toModel } from '../support/config';

const routes = [
  toModel(),
  toModel({ name: 'v2', path: '/v2/models/iris/infer' }),
  toModel({ name: 'some', path: '/v1/models/{model}:predict', captures: { model: ['mnist', 'cats'] } }),
  toModel({ name: 'any', path: '/v2/models/{model}/infer' }),
];

describe('what clients of KServe ask', () => {
  it.each([
    ['/v1/models', 200, { models: ['cats', 'iris', 'mnist'] }],
    ['/v1/models/iris', 200, { name: 'iris', ready: true }],
    ['/v1/models/cats', 200, { name: 'cats', ready: true }],
    ['/v2/models/iris/ready', 200, { name: 'iris', ready: true }],
    ['/v2/health/live', 200, { live: true }],
    ['/v2/health/ready', 200, { ready: true }],
  ])('%s', async (url, status, body) => {
    const app = await startApp({ config: { routes } });

    const answered = await app.get(url);

    expect([answered.status, JSON.parse(answered.text)]).toStrictEqual([status, body]);
  });

  it.each(['/v1/models/dogs', '/v2/models/mnist/ready'])(
    'knows nothing of a model that no route names: %s',
    async (url) => {
      const app = await startApp({ config: { routes } });

      expect(await app.get(url)).toMatchObject({ status: 404, code: 'BRIDGE_ERR_NO_ROUTE' });
    },
  );

  it.each([
    ['/v1/models/iris', { name: 'iris', ready: false }],
    ['/v2/models/iris/ready', { name: 'iris', ready: false }],
    ['/v2/health/ready', { ready: false }],
  ])('%s is 503 when nothing can be handed on', async (url, body) => {
    const app = await startApp({ config: { routes }, ready: false });

    const answered = await app.get(url);

    expect([answered.status, JSON.parse(answered.text)]).toStrictEqual([503, body]);
    expect((await app.get('/v2/health/live')).status).toBe(200);
  });

  it.each([
    ['/v1/models/iris:predict', 'iris'],
    ['/v1/models/mnist:predict', 'some'],
    ['/v2/models/iris/infer', 'v2'],
    ['/v2/models/dogs/infer', 'any'],
  ])('%s goes to the route that names it most exactly', async (url, route) => {
    const app = await startApp({ config: { routes } });

    await app.post({ url });

    expect(app.visits[0]?.visit.route).toBe(route);
  });
});
