import type { AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type Health, serveOperations } from '../../../bridge/operations/http-server';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

const none = () => [];

async function operations(health: Partial<Health> = {}, registry = new Registry()) {
  const whole = { notAlive: none, notReady: none, notStarted: none, ...health };
  const server = await serveOperations({ host: '127.0.0.1', port: 0 }, whole, registry);
  closing.push(() => server.close().closeAllConnections());
  const { port } = server.address() as AddressInfo;
  const get = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`);
    return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
  };
  return { get, port };
}

const PLAIN = 'text/plain; charset=utf-8';

describe('serveOperations', () => {
  it.each(['/livez', '/readyz', '/startupz'])('says at %s that nothing is wrong', async (path) => {
    const { get } = await operations();

    expect(await get(path)).toEqual({ status: 200, type: PLAIN, text: 'ok\n' });
  });

  it.each([
    ['/livez', 'notAlive'],
    ['/readyz', 'notReady'],
    ['/startupz', 'notStarted'],
  ])('says at %s everything that is wrong, and only there', async (path, question) => {
    const { get } = await operations({ [question]: () => ['one thing', 'another'] });

    expect(await get(path)).toEqual({ status: 503, type: PLAIN, text: 'one thing\nanother\n' });
    const others = ['/livez', '/readyz', '/startupz'].filter((other) => other !== path);
    for (const other of others) expect((await get(other)).status).toBe(200);
  });

  it('says at /healthz whether it is alive and ready', async () => {
    const { get } = await operations({ notAlive: () => ['stands still'], notReady: () => ['no broker'] });

    expect(await get('/healthz')).toEqual({ status: 503, type: PLAIN, text: 'stands still\nno broker\n' });
    const { get: well } = await operations({ notStarted: () => ['not yet'] });
    expect((await well('/healthz')).status).toBe(200);
  });

  it('asks again at every probe', async () => {
    const notReady = vi.fn<() => string[]>().mockReturnValueOnce(['no broker']).mockReturnValue([]);
    const { get } = await operations({ notReady });

    expect([(await get('/readyz')).status, (await get('/readyz')).status]).toEqual([503, 200]);
  });

  it('takes no notice of a query', async () => {
    const { get } = await operations();

    expect((await get('/readyz?verbose=1')).status).toBe(200);
  });

  it('gives the metrics in the format Prometheus reads', async () => {
    const registry = new Registry();
    new Counter({ name: 'bridge_example_total', help: 'An example.', registers: [registry] }).inc(3);
    const { get } = await operations(undefined, registry);

    const { status, type, text } = await get('/metrics');

    expect(status).toBe(200);
    expect(type).toBe(registry.contentType);
    expect(text).toContain('bridge_example_total 3');
  });

  it('answers 500 with the reason when the metrics cannot be collected', async () => {
    const registry = new Registry();
    vi.spyOn(registry, 'metrics').mockRejectedValue(new Error('a collector failed'));
    const { get } = await operations(undefined, registry);

    expect(await get('/metrics')).toMatchObject({ status: 500, text: 'a collector failed\n' });
  });

  it.each(['/', '/other', '/livez/'])('says at %s what there is instead', async (path) => {
    const { get } = await operations();

    expect(await get(path)).toMatchObject({
      status: 404,
      text: 'here are /livez, /readyz, /startupz, /healthz and /metrics\n',
    });
  });

  it('fails when the port is taken', async () => {
    const { port } = await operations();

    const second = serveOperations(
      { host: '127.0.0.1', port },
      { notAlive: none, notReady: none, notStarted: none },
      new Registry(),
    );

    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});
