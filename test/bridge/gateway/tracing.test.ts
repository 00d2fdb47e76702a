import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollector } from '../support/collector';
import { json, startModel } from '../support/http';
import { gatewayInput, toModel } from './support/config';
import { runGateway } from './support/gateway';

const PATH = '/v1/models/iris:predict';
const TRACE = '0af7651916cd43dd8448eb211c80319c';
const TRACEPARENT = `00-${TRACE}-b7ad6b7169203331-01`;

async function traced(tracing?: object) {
  const model = await startModel((response) => json(response, { predictions: [1] }));
  onTestFinished(() => model.close());
  const direct = { model: { url: `${model.origin}${PATH}` } };
  const gateway = await runGateway(gatewayInput({ routes: [toModel({ path: PATH, direct })] }, tracing && { tracing }));
  const ask = (headers = {}) => gateway.post({ path: PATH, headers });
  return { model, gateway, ask };
}

describe('a gateway that records traces', () => {
  it('has sent all of them to the collector when it has stopped', async () => {
    const { exports, endpoint } = await startCollector();
    const { gateway, ask } = await traced({ endpoint });

    await ask();
    await gateway.stop();

    expect(exports.map(({ url }) => url)).toStrictEqual(['/v1/traces']);
    for (const text of ['edge-inference-gateway', `POST ${PATH}`, 'gateway.route', 'POST']) {
      expect(exports[0]?.text).toContain(text);
    }
  });

  it('goes on with the trace of a request, and tells the model and the requester which span is theirs', async () => {
    const { endpoint } = await startCollector();
    const { model, ask } = await traced({ endpoint });

    const { headers } = await ask({ traceparent: TRACEPARENT, tracestate: 'vendor=1' });

    const [told, answered] = [model.requests[0]?.headers.traceparent, headers.traceparent];
    expect(told).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(answered).toMatch(new RegExp(`^00-${TRACE}-[0-9a-f]{16}-01$`));
    expect(new Set([told, answered, TRACEPARENT]).size).toBe(3);
    expect(model.requests[0]?.headers.tracestate).toBe('vendor=1');
  });

  it('records none when the ratio is 0', async () => {
    const { exports, endpoint } = await startCollector();
    const { gateway, model, ask } = await traced({ endpoint, sampleRatio: 0 });

    await ask();
    await gateway.stop();

    expect(model.requests[0]?.headers.traceparent).toMatch(/-00$/);
    expect(exports).toStrictEqual([]);
  });

  it('records what it has no prediction for', async () => {
    const { exports, endpoint } = await startCollector();
    const { gateway } = await traced({ endpoint });

    await gateway.post({ path: PATH, body: '[' });
    await gateway.stop();

    expect(exports[0]?.text).toContain('BRIDGE_ERR_REQUEST_INVALID');
  });

  it('answers requests although the collector takes nothing, and says so', async () => {
    const collector = await startModel((response) => json(response, {}, 400));
    onTestFinished(() => collector.close());
    const { gateway, ask } = await traced({ endpoint: collector.origin });

    expect((await ask()).status).toBe(200);
    await gateway.stop();

    expect(gateway.log.lines.filter(({ msg }) => msg.startsWith('the collector does not take traces'))).toHaveLength(1);
  });
});

describe('a gateway that records no traces', () => {
  it('hands on what came, as it is', async () => {
    const { model, ask } = await traced();

    const { headers } = await ask({ traceparent: TRACEPARENT });
    await ask();

    expect([model.requests[0]?.headers.traceparent, headers.traceparent]).toStrictEqual([TRACEPARENT, TRACEPARENT]);
    expect(model.requests[1]?.headers).not.toHaveProperty('traceparent');
  });
});
