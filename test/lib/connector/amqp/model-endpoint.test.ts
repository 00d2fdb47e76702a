import { describe, expect, it } from 'vitest';
import { EdgeApp, ModelEndpoint } from '../../../../lib';
import { MODEL_URL, modelService } from '../../support/provider';
import { expectRefusal } from '../../support/refusals';

describe('an endpoint', () => {
  it('at a Service has its host, its port and a path', () => {
    expect(ModelEndpoint.ofBackend(modelService(new EdgeApp()).backend, '/predict').url).toBe(MODEL_URL);
  });

  it('needs a path that begins with a slash', () => {
    expectRefusal(() => ModelEndpoint.ofBackend(modelService(new EdgeApp()).backend, 'predict'), {
      code: 'EDGE_ERR_VALUE',
      value: '"predict"',
      rule: '/',
    });
  });

  it.each(['grpcs://model.example.com:8001/fib', 'http://{model}.models.svc/predict'])('may be at %s', (url) => {
    expect(ModelEndpoint.atUrl(url).url).toBe(url);
  });

  it.each([
    ['model.example.com', 'a model is asked by http, https, grpc or grpcs'],
    ['amqp://model.example.com', 'a model is asked by http, https, grpc or grpcs'],
  ])('is not at %s', (url, rule) => {
    expectRefusal(() => ModelEndpoint.atUrl(url), { code: 'EDGE_ERR_VALUE', value: `"${url}"`, rule });
  });

  it('has no password in its URL, and the message does not repeat it', () => {
    expectRefusal(() => ModelEndpoint.atUrl('http://a:hunter2@model.example.com/predict'), {
      code: 'EDGE_ERR_VALUE',
      value: '"http://…@model.example.com/predict"',
      rule: 'would see the password',
    });
  });
});
