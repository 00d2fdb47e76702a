import type { ServerResponse } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ModelClient } from '../../../../bridge/model/model-client';
import { Models } from '../../../../bridge/model/models';
import type { Message } from '../../../../bridge/mqtt/message';
import { MqttRoute } from '../../../../bridge/mqtt/mqtt-route';
import { routeConfig } from '../../support/config';
import { message } from '../../support/fake-client';
import { json, startModel } from '../../support/http';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const trace = { traceparent, tracestate: 'vendor=1' };

/** A route that records no traces, and its model. */
async function routeTo(answer: (response: ServerResponse) => void) {
  const model = await startModel(answer);
  onTestFinished(() => model.close());
  const config = routeConfig({ model: { url: model.origin } });
  const client = new ModelClient(config, model.origin, () => undefined);
  onTestFinished(() => client.close());
  const published: Message[] = [];
  const route = new MqttRoute(config, {
    models: new Models(model.origin, () => ({
      predict: async (call) => ({ ...(await client.predict(call, 5_000)), attempts: 1 }),
      retire: () => client.retire(),
      close: () => client.close(),
    })),
    publish: async (sent) => {
      published.push(sent);
      return { accepted: true };
    },
    failed: () => undefined,
  });
  const propertiesOf = (topic: string) =>
    published.find((sent) => sent.topic === topic)?.options.properties?.userProperties;
  const bodyOf = (topic: string) => JSON.parse(String(published.find((sent) => sent.topic === topic)?.payload));
  return { route, model, propertiesOf, bodyOf };
}

const request = (userProperties: Record<string, string>) =>
  message(1, { payload: Buffer.from('{"instances":[]}'), properties: { userProperties } });

describe('the trace of a request', () => {
  it('goes on unchanged to the model, and with the answer', async () => {
    const { route, model, propertiesOf } = await routeTo((response) => json(response, { predictions: [1] }));

    await route.deliver(request({ ...trace, camera: '7' }));

    expect(model.requests[0]?.headers).toMatchObject(trace);
    expect(propertiesOf('iris/output')).toEqual({ status: '200', ...trace });
  });

  it('goes on with the error reply, and with and in the dead letter', async () => {
    const { route, propertiesOf, bodyOf } = await routeTo((response) => response.writeHead(400).end());

    await route.deliver(request(trace));

    expect(propertiesOf('iris/output')).toMatchObject(trace);
    expect(propertiesOf('iris/dead')).toEqual(trace);
    expect(bodyOf('iris/dead')).toMatchObject({ traceparent });
  });

  it('is nowhere when there is none', async () => {
    const { route, model, propertiesOf, bodyOf } = await routeTo((response) => response.writeHead(400).end());

    await route.deliver(request({ camera: '7' }));

    expect(model.requests[0]?.headers).not.toHaveProperty('traceparent');
    expect(propertiesOf('iris/output')).not.toHaveProperty('traceparent');
    expect(propertiesOf('iris/dead')).toBeUndefined();
    expect(bodyOf('iris/dead')).not.toHaveProperty('traceparent');
  });

  it('cannot smuggle a header into the call', async () => {
    const { route, model } = await routeTo((response) => json(response, { predictions: [1] }));

    await route.deliver(request({ traceparent: `${traceparent}\r\nx-smuggled: 1` }));

    expect(model.requests[0]?.headers).not.toHaveProperty('x-smuggled');
  });
});
