import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from './support/collector';
import { freePort } from './support/http';
import { startLoop } from './support/loop';

function headersFile(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-tracing-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'headers'), text);
  return join(folder, 'headers');
}

describe('a bridge that records traces', () => {
  it('has sent all of them to the collector when it has stopped', async () => {
    const { exports, endpoint } = await startCollector();
    const tracing = {
      endpoint,
      headersFile: headersFile('authorization: Bearer abc\n'),
      serviceName: 'bridge-of-plant-7',
    };
    const { ask, bridge, get } = await startLoop({ config: { tracing } });

    await ask('iris/input');
    await bridge.stop();

    expect(exports).toMatchObject([
      { url: '/v1/traces', headers: { 'content-type': 'application/x-protobuf', authorization: 'Bearer abc' } },
    ]);
    for (const text of ['bridge-of-plant-7', 'bridge-0', 'process iris/input', 'POST', 'send']) {
      expect(exports[0]?.text).toContain(text);
    }
    await expect(get('/livez')).rejects.toThrow();
  });

  it('tells the model which span it is called by', async () => {
    const { endpoint } = await startCollector();
    const { ask, model } = await startLoop({ config: { tracing: { endpoint } } });

    await ask('iris/input');

    expect(model.requests[0]?.headers.traceparent).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
  });

  it('records none when the ratio is 0', async () => {
    const { exports, endpoint } = await startCollector();
    const { ask, model, bridge } = await startLoop({ config: { tracing: { endpoint, sampleRatio: 0 } } });

    await ask('iris/input');
    await bridge.stop();

    expect(model.requests[0]?.headers.traceparent).toMatch(/-00$/);
    expect(exports).toEqual([]);
  });

  it('goes where the environment says, unless the configuration does', async () => {
    const { exports, endpoint } = await startCollector();
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = endpoint;
    process.env.OTEL_RESOURCE_ATTRIBUTES = 'deployment.environment=plant-7';
    onTestFinished(() => {
      delete process.env.OTEL_EXPORTER_OTLP_ENDPOINT;
      delete process.env.OTEL_RESOURCE_ATTRIBUTES;
    });
    const { ask, bridge } = await startLoop({ config: { tracing: {} } });

    await ask('iris/input');
    await bridge.stop();

    expect(exports.map(({ url }) => url)).toEqual(['/v1/traces']);
    expect(exports[0]?.text).toContain('plant-7');
    expect(exports[0]?.text).toContain('edge-inference-bridge');
  });

  it('answers requests, and stops in time, although there is no collector', async () => {
    const endpoint = `http://127.0.0.1:${await freePort()}`;
    const { ask, bridge } = await startLoop({ config: { tracing: { endpoint } } });
    await expect(ask('iris/input')).resolves.toEqual({ predictions: [1] });

    const began = performance.now();
    await bridge.stop();

    expect(performance.now() - began).toBeLessThan(6_000);
  });
});

describe('a bridge that records no traces', () => {
  it('sends the model no trace of its own', async () => {
    const { ask, model } = await startLoop();

    await ask('iris/input');

    expect(model.requests[0]?.headers).not.toHaveProperty('traceparent');
  });
});
