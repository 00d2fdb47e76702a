import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { json } from './support/http';
import { startLoop } from './support/loop';

const PREDICTION = { predictions: [1] };

describe('a bridge that is given another configuration', () => {
  it('serves a route that was added, on the connection that it has', async () => {
    const { bridge, config, route, ask, log } = await startLoop();
    const connects = log.lines.filter(({ msg }) => msg === 'connected').length;

    await expect(bridge.reload(() => config({ routes: [route('iris'), route('digits')] }))).resolves.toMatchObject({
      added: ['digits'],
    });

    await expect(ask('digits/input')).resolves.toEqual(PREDICTION);
    await expect(ask('iris/input')).resolves.toEqual(PREDICTION);
    expect(log.lines.filter(({ msg }) => msg === 'connected')).toHaveLength(connects);
  });

  it('answers what it has taken for a route that is gone, and takes no more for it', async () => {
    const waiting: ServerResponse[] = [];
    const arrived = Promise.withResolvers<void>();
    const { bridge, broker, config, route, ask, model } = await startLoop({
      answer: (response) => {
        waiting.push(response);
        arrived.resolve();
      },
    });
    const answer = ask('iris/input');
    await arrived.promise;
    const unsubscribed = new Promise((resolve) => {
      broker.aedes.once('unsubscribe', (topics: string[]) => resolve(topics));
    });

    await bridge.reload(() => config({ routes: [route('digits')] }));
    expect(await unsubscribed).toEqual(['iris/input']);
    void ask('iris/input');
    json(waiting[0] as ServerResponse, PREDICTION);

    await expect(answer).resolves.toEqual(PREDICTION);
    expect(model.requests).toHaveLength(1);
  });

  it('asks the model of the new version of a route from the next request on', async () => {
    const { bridge, config, route, ask, model } = await startLoop();
    await ask('iris/input');

    const elsewhere = { model: { url: `${model.origin}/elsewhere` } };
    await bridge.reload(() => config({ routes: [route('iris', elsewhere)] }));
    await ask('iris/input');

    expect(model.requests.map(({ url }) => url)).toEqual(['/iris', '/elsewhere']);
  });

  it('keeps the one it has when the new one is refused, and says so in log and metrics', async () => {
    const { bridge, config, ask, log, get } = await startLoop();
    const moved = { url: 'mqtt://other.example', clientId: 'bridge-0', protocolVersion: 4 as const };

    await expect(bridge.reload(() => config({ broker: moved }))).rejects.toMatchObject({ code: 'BRIDGE_ERR_CONFIG' });

    await expect(ask('iris/input')).resolves.toEqual(PREDICTION);
    const { level, msg } = await log.line({ code: 'BRIDGE_ERR_CONFIG' });
    expect(level).toBe('error');
    expect(msg).toContain('broker.url');
    const { text } = await get('/metrics');
    expect(text).toContain('bridge_config_last_reload_successful 0');
    expect(text).toContain('bridge_config_reloads_total{result="refused"} 1');
  });

  it('keeps the one it has when the broker refuses a new subscription', async () => {
    const { bridge, config, route, ask } = await startLoop({
      broker: {
        authorizeSubscribe: (_client, subscription, callback) =>
          callback(null, subscription.topic === 'digits/input' ? null : subscription),
      },
    });

    const reloaded = bridge.reload(() => config({ routes: [route('iris'), route('digits')] }));

    await expect(reloaded).rejects.toThrow('no subscription to digits/input');
    await expect(ask('iris/input')).resolves.toEqual(PREDICTION);
  });

  it('keeps the one it has when a route cannot be served', async () => {
    const { bridge, config, route, ask } = await startLoop();
    const login = { model: { login: { bearerTokenFile: '/nonexistent/token' } } };

    const reloaded = bridge.reload(() => config({ routes: [route('iris'), route('digits', login)] }));

    await expect(reloaded).rejects.toMatchObject({ code: 'BRIDGE_ERR_CONFIG' });
    await expect(reloaded).rejects.toThrow('/nonexistent/token');
    await expect(ask('iris/input')).resolves.toEqual(PREDICTION);
  });

  it('logs at the new level', async () => {
    const { bridge, config, log } = await startLoop();

    await bridge.reload(() => config({ log: { level: 'error' } }));

    expect(log.logger.level).toBe('error');
  });

  it('logs at the level that it was started with, unless it is another in the configuration now', async () => {
    const { bridge, config, log } = await startLoop();
    log.logger.level = 'silent';

    await bridge.reload(() => config({ delivery: { drainTimeoutSeconds: 7 } }));

    expect(log.logger.level).toBe('silent');
  });

  it('subscribes to the new routes at the next connection, when there is none now', async () => {
    const { bridge, broker, config, route, ask, log } = await startLoop();
    const lost = log.next({ connection: 'requests', code: 'BRIDGE_ERR_BROKER_CONNECTION' });
    const back = Promise.all(['requests', 'replies'].map((connection) => log.next({ msg: 'connected', connection })));
    broker.dropConnections();
    await lost;

    await bridge.reload(() => config({ routes: [route('iris'), route('digits')] }));
    await back;

    await expect(ask('digits/input')).resolves.toEqual(PREDICTION);
  });
});
