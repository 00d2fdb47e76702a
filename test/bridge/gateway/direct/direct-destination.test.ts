import { expect, it, vi } from 'vitest';
import { DirectDestination } from '../../../../bridge/gateway/direct/direct-destination';
import type { Question } from '../../../../bridge/gateway/question';
import { Models } from '../../../../bridge/model/models';
import { UNTRACED } from '../../../../bridge/operations/tracing/tracing';
import { routeConfig, toModel } from '../support/config';

it('lets a request wait for its turn no longer than it has time', async () => {
  const config = routeConfig(toModel()).direct;
  if (!config) throw new Error('the route goes elsewhere');
  const model = { predict: () => new Promise<never>(() => undefined), retire: vi.fn(), close: vi.fn() };
  const destination = new DirectDestination(config, new Models(config.model.url, () => model));
  const question: Question = {
    requestId: 'seven',
    body: Buffer.from('{}'),
    contentType: 'application/json',
    captures: {},
    routingKey: undefined,
    headers: {},
    trace: UNTRACED,
    expiresAt: performance.now() + 10,
    gone: new AbortController().signal,
  };

  expect(await destination.ask(question)).toMatchObject({ ok: false, failure: { code: 'BRIDGE_ERR_MODEL_TIMEOUT' } });
});
