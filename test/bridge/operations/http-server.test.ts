import type { AddressInfo } from 'node:net';
import { Counter, Registry } from 'prom-client';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { serveOperations } from '../../../bridge/operations/http-server';

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function operations(notReady: () => string[] = () => [], registry = new Registry()) {
  const server = await serveOperations({ host: '127.0.0.1', port: 0 }, { notReady }, registry);
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
  it('says at /livez that the process answers', async () => {
    const { get } = await operations(() => ['no broker']);

    expect(await get('/livez')).toEqual({ status: 200, type: PLAIN, text: 'ok\n' });
  });

  it('says at /readyz that nothing is missing', async () => {
    const { get } = await operations();

    expect(await get('/readyz')).toEqual({ status: 200, type: PLAIN, text: 'ok\n' });
  });

  it('says at /readyz everything that is missing', async () => {
    const { get } = await operations(() => ['no connection for requests', 'no connection for replies']);

    const text = 'no connection for requests\nno connection for replies\n';
    expect(await get('/readyz')).toEqual({ status: 503, type: PLAIN, text });
  });

  it('asks again at every probe', async () => {
    const notReady = vi.fn<() => string[]>().mockReturnValueOnce(['no broker']).mockReturnValue([]);
    const { get } = await operations(notReady);

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

    expect(await get(path)).toMatchObject({ status: 404, text: 'here are /livez, /readyz and /metrics\n' });
  });

  it('fails when the port is taken', async () => {
    const { port } = await operations();

    const second = serveOperations({ host: '127.0.0.1', port }, { notReady: () => [] }, new Registry());

    await expect(second).rejects.toThrow('EADDRINUSE');
  });
});
