import { describe, expect, it } from 'vitest';
import { type Answer, refusal } from '../../../../bridge/gateway/answer';
import { PREDICTION, startApp } from '../support/app';

const LATER = { headers: { prefer: 'respond-async', RqUID: 'later-1' } };

describe('Prefer: respond-async', () => {
  it('is answered with where the answer will be', async () => {
    const found = Promise.withResolvers<Answer>();
    const app = await startApp({ answer: () => found.promise });

    const { status, headers, text } = await app.post(LATER);
    const location = String(headers.location);

    expect(status).toBe(202);
    expect(headers['preference-applied']).toBe('respond-async');
    expect(location).toMatch(/^\/v1\/results\/gateway-0~[0-9a-f-]{36}$/);
    expect(JSON.parse(text)).toStrictEqual({ state: 'pending', location });
    expect(await app.get(location)).toMatchObject({ status: 202, headers: { 'retry-after': '1' } });

    found.resolve(PREDICTION);
    await expect.poll(async () => (await app.get(location)).status).toBe(200);
    expect(await app.get(location)).toMatchObject({ text: '{"result":500938}', headers: { rquid: 'later-1' } });
  });

  it('counts as under way until there is an answer', async () => {
    const found = Promise.withResolvers<Answer>();
    const app = await startApp({ config: { maxInFlight: 1 }, answer: () => found.promise });

    await app.post(LATER);

    expect((await app.post()).code).toBe('BRIDGE_ERR_OVERLOADED');
    found.resolve(PREDICTION);
    await expect.poll(() => app.admission.requests).toBe(0);
  });

  it('says later what went wrong', async () => {
    const app = await startApp({ answer: () => refusal('BRIDGE_ERR_MODEL_TIMEOUT', 'late') });

    const { headers } = await app.post(LATER);

    await expect.poll(async () => (await app.get(String(headers.location))).status).toBe(504);
  });

  it('refuses at once what could not be asked', async () => {
    const app = await startApp();

    expect(await app.post({ ...LATER, body: '[]' })).toMatchObject({ status: 422, code: 'BRIDGE_ERR_REQUEST_INVALID' });
    expect(app.results.size.pending).toBe(0);
  });
});

describe('GET /v1/results/{name}', () => {
  it('is 410 for what is gone, and 421 for what another replica has', async () => {
    const app = await startApp();
    const uuid = '6f1c1d5e-5a4e-4c52-9a43-0a3f6f6f5a11';

    expect(await app.get(`/v1/results/gateway-0~${uuid}`)).toMatchObject({
      status: 410,
      code: 'BRIDGE_ERR_RESULT_GONE',
    });
    expect(await app.get(`/v1/results/gateway-1~${uuid}`)).toMatchObject({
      status: 421,
      code: 'BRIDGE_ERR_RESULT_ELSEWHERE',
    });
  });
});
