import { describe, expect, it } from 'vitest';
import { Models } from '../../../bridge/model/models';

function modelsOf(template: string) {
  const created: string[] = [];
  const retired: string[] = [];
  const closed: string[] = [];
  const models = new Models(template, (url) => {
    created.push(url);
    return {
      predict: async () => ({ ok: true, body: Buffer.from(url), contentType: 'application/json', attempts: 1 }),
      retire: async () => {
        retired.push(url);
      },
      close: async () => {
        closed.push(url);
      },
    };
  });
  return { models, created, retired, closed };
}

describe('Models', () => {
  it('has one model from the start when the URL takes nothing from topics', () => {
    const { models, created } = modelsOf('http://iris.svc/');

    expect(created).toStrictEqual(['http://iris.svc/']);
    expect(models.at({})).toBe(models.at({ any: 'thing' }));
  });

  it('has one model for each of what its URL becomes', () => {
    const { models, created } = modelsOf('http://{model}.svc/{model}');

    const [first, again] = ['iris', 'iris'].map((model) => models.at({ model }));
    models.at({ model: 'digits' });

    expect([first === again, created]).toStrictEqual([true, ['http://iris.svc/iris', 'http://digits.svc/digits']]);
  });

  it('keeps the 500 that were asked last, and retires the one that was not asked for longest', () => {
    const { models, retired } = modelsOf('http://{model}.svc/');
    for (let i = 0; i < 500; i += 1) models.at({ model: `m${i}` });
    models.at({ model: 'm0' });

    models.at({ model: 'one-more' });

    expect(retired).toStrictEqual(['http://m1.svc/']);
  });

  it('answers with the reason while a model cannot be made, and makes it when it can', async () => {
    const call = { body: Buffer.from('{}'), requestId: 'r-1' };
    let certificate: string | undefined;
    const models = new Models('https://{model}.svc/', () => {
      if (certificate === undefined) throw new Error('ENOENT: tls.crt');
      return {
        predict: async () => ({ ok: true, body: Buffer.from('1'), contentType: 'application/json', attempts: 1 }),
        retire: async () => undefined,
        close: async () => undefined,
      };
    });

    expect(await models.at({ model: 'iris' }).predict(call)).toMatchObject({
      ok: false,
      failure: { code: 'BRIDGE_ERR_MODEL_UNREACHABLE', retryable: true },
      attempts: 0,
    });

    certificate = 'renewed';

    expect(await models.at({ model: 'iris' }).predict(call)).toMatchObject({ ok: true });
  });

  it('retires none that has an answer to give', async () => {
    const { models, retired } = modelsOf('http://{model}.svc/');
    const answer = models.at({ model: 'm0' }).predict({ body: Buffer.from('{}'), requestId: 'r-1' });

    for (let i = 1; i <= 500; i += 1) models.at({ model: `m${i}` });

    expect(retired).toStrictEqual(['http://m1.svc/']);
    await answer;
  });

  it('closes all of them', async () => {
    const { models, closed } = modelsOf('http://{model}.svc/');
    models.at({ model: 'a' });
    models.at({ model: 'b' });

    await models.close();

    expect(closed).toStrictEqual(['http://a.svc/', 'http://b.svc/']);
  });
});
