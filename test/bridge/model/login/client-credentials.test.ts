import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, ModelClient } from '../../../../bridge/model/model-client';
import { routeConfig } from '../../support/config';
import { type FakeModel, freePort, json, type ModelRequest, startModel } from '../../support/http';
import { SecretFiles } from '../../support/secret-files';

const SECRET = 's:e c%r&t+';

const closing: (() => Promise<unknown>)[] = [];
let secrets: SecretFiles;
let model: FakeModel;
/** The token that the model takes. */
let valid: string;
beforeEach(async () => {
  secrets = new SecretFiles();
  secrets.write('secret', SECRET);
  valid = 'token-1';
  model = await startModel((response, { headers }) => {
    if (headers.authorization === `Bearer ${valid}`) json(response, { predictions: [1] });
    else response.writeHead(401).end('Jwt is expired');
  });
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
  await model.close();
  secrets.removeAll();
});

type Respond = (response: ServerResponse, request: ModelRequest) => void;

/** Issues token-1, token-2, … */
function issuing(fields: object = { expires_in: 3600 }): Respond {
  let issued = 0;
  return (response) => {
    issued += 1;
    json(response, { access_token: `token-${issued}`, token_type: 'Bearer', ...fields });
  };
}

async function issuerThat(answer: Respond): Promise<FakeModel> {
  const issuer = await startModel(answer);
  closing.push(() => issuer.close());
  return issuer;
}

function clientWith(clientCredentials: object) {
  const login = {
    clientCredentials: { clientId: 'bridge', clientSecretFile: secrets.path('secret'), ...clientCredentials },
  };
  const client = new ModelClient(routeConfig({ model: { url: model.origin, login } }), model.origin, () => undefined);
  closing.push(() => client.close());
  return () => client.predict({ body: Buffer.from('{}'), requestId: 'r' }, 5_000);
}

async function askWith(answer: Respond, options: object = {}) {
  const issuer = await issuerThat(answer);
  const ask = clientWith({ tokenUrl: `${issuer.origin}/token`, ...options });
  return { issuer, ask, answer: await ask() };
}

function failureOf(answer: Answer) {
  if (answer.ok) throw new Error(`there is an answer: ${answer.body}`);
  return answer.failure;
}

function letTimePass(ms: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

describe('client credentials', () => {
  it('are changed for a token, which calls carry', async () => {
    const { issuer, answer } = await askWith(issuing());

    expect(answer).toMatchObject({ ok: true });
    expect(issuer.requests).toMatchObject([{ method: 'POST', url: '/token', body: 'grant_type=client_credentials' }]);
    expect(issuer.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-www-form-urlencoded',
      accept: 'application/json',
    });
  });

  it('are form-encoded within the header, so that both may have a colon (D-T4)', async () => {
    const { issuer } = await askWith(issuing(), { clientId: 'the:bridge' });

    const [, encoded = ''] = (issuer.requests[0]?.headers.authorization ?? '').split(' ');
    expect(Buffer.from(encoded, 'base64').toString()).toBe('the%3Abridge:s%3Ae+c%25r%26t%2B');
  });

  it('are sent in the form for issuers that want them there (D-T4)', async () => {
    const { issuer } = await askWith(issuing(), { authentication: 'post' });

    const [request] = issuer.requests;
    expect(request?.headers.authorization).toBeUndefined();
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toStrictEqual({
      grant_type: 'client_credentials',
      client_id: 'bridge',
      client_secret: SECRET,
    });
  });

  it('ask for scope and audience', async () => {
    const { issuer } = await askWith(issuing(), { scope: 'models:call other', audience: 'https://models' });

    expect(Object.fromEntries(new URLSearchParams(issuer.requests[0]?.body))).toStrictEqual({
      grant_type: 'client_credentials',
      scope: 'models:call other',
      audience: 'https://models',
    });
  });

  it('are the new ones after a rotation', async () => {
    const { issuer, ask } = await askWith(issuing(), { authentication: 'post' });
    secrets.write('secret', 'renewed');
    valid = 'token-2';

    expect(await ask()).toMatchObject({ ok: true });
    expect(issuer.requests.at(-1)?.body).toContain('client_secret=renewed');
  });
});

describe('an issuer', () => {
  it.each(['', '/realms/models', '/realms/models/'])('at %j says where tokens are issued', async (path) => {
    const issue = issuing();
    const issuer: FakeModel = await issuerThat((response, request) => {
      const fields = { issuer: `${issuer.origin}${path}`, token_endpoint: `${issuer.origin}/over/here` };
      if (request.method === 'GET') json(response, fields);
      else issue(response, request);
    });

    const answer = await clientWith({ issuer: `${issuer.origin}${path}` })();

    expect(answer).toMatchObject({ ok: true });
    expect(issuer.requests.map(({ method, url }) => `${method} ${url}`)).toStrictEqual([
      `GET ${path.replace(/\/$/, '')}/.well-known/openid-configuration`,
      'POST /over/here',
    ]);
  });

  it.each([
    [
      'is about another',
      (origin: string) => ({ issuer: 'http://elsewhere', token_endpoint: origin }),
      'another issuer',
    ],
    ['names no endpoint', (origin: string) => ({ issuer: origin }), 'names no token_endpoint'],
    ['names no URL', (origin: string) => ({ issuer: origin, token_endpoint: 'token' }), 'names no token_endpoint'],
  ])('whose answer %s gets no secret', async (_, fields, says) => {
    const issuer: FakeModel = await issuerThat((response) => json(response, fields(issuer.origin)));

    const failure = failureOf(await clientWith({ issuer: issuer.origin })());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false });
    expect(failure.message).toContain(says);
    expect(issuer.requests).toHaveLength(1);
  });

  it.each([
    [404, false],
    [503, true],
  ])('that answers %i may be another later: %s', async (status, retryable) => {
    const issuer = await issuerThat((response) => response.writeHead(status).end());

    const failure = failureOf(await clientWith({ issuer: issuer.origin })());

    expect(failure.retryable).toBe(retryable);
    expect(failure.message).toContain(`/.well-known/openid-configuration answers ${status}`);
  });
});

describe('a token', () => {
  it('is used for all calls until shortly before it expires', async () => {
    const { issuer, ask } = await askWith(issuing());

    await Promise.all([ask(), ask(), ask()]);

    expect(issuer.requests).toHaveLength(1);
  });

  it('is fetched once for calls at the same time', async () => {
    const issuer = await issuerThat(issuing());
    const ask = clientWith({ tokenUrl: issuer.origin });

    const answers = await Promise.all(Array.from({ length: 20 }, ask));

    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(issuer.requests).toHaveLength(1);
  });

  it('is fetched again when the last has expired', async () => {
    const { issuer, ask } = await askWith(issuing());
    letTimePass(3_600_000);
    valid = 'token-2';

    expect(await ask()).toMatchObject({ ok: true });
    expect(issuer.requests).toHaveLength(2);
  });

  it.each([{}, { expires_in: 0 }, { expires_in: 'soon' }])(
    'counts until it is refused when the issuer says %o about its life',
    async (fields) => {
      const { issuer, ask } = await askWith(issuing(fields));
      letTimePass(86_400_000);

      await ask();

      expect(issuer.requests).toHaveLength(1);
    },
  );

  it('is fetched again exactly once when the model answers 401 (D-T2)', async () => {
    const { issuer, ask } = await askWith(issuing());
    letTimePass(60_000);
    valid = 'token-2';

    const answers = await Promise.all(Array.from({ length: 20 }, ask));

    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(issuer.requests).toHaveLength(2);
  });

  it('that is refused as soon as it is issued is not fetched again and again', async () => {
    valid = 'none';
    const { issuer, ask, answer } = await askWith(issuing());

    expect([failureOf(answer).code, failureOf(await ask()).code]).toStrictEqual([
      'BRIDGE_ERR_MODEL_REJECTED',
      'BRIDGE_ERR_MODEL_REJECTED',
    ]);
    expect(issuer.requests).toHaveLength(1);
  });
});

describe('no token', () => {
  it.each([400, 401, 403])(
    'for credentials that are answered with %i: they are not given again (D-T2)',
    async (status) => {
      const refusing: Respond = (response) =>
        json(response, { error: 'invalid_client', error_description: `no ${SECRET}` }, status);
      const { issuer, ask, answer } = await askWith(refusing);

      await ask();

      const failure = failureOf(answer);
      expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', status: 503, retryable: false });
      expect(failure.message).toBe(
        `there is no login to the model: ${issuer.origin}/token answers ${status} (invalid_client)`,
      );
      expect(issuer.requests).toHaveLength(1);
      expect(model.requests).toHaveLength(0);
    },
  );

  it.each([408, 429, 500, 502, 503])('yet, from an issuer that answers %i', async (status) => {
    const { ask, issuer, answer } = await askWith((response) => response.writeHead(status).end('<html>'));

    await ask();

    expect(failureOf(answer)).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: true });
    expect(issuer.requests).toHaveLength(2);
  });

  it('yet, from an issuer that is away', async () => {
    const tokenUrl = `http://127.0.0.1:${await freePort()}/token`;

    const failure = failureOf(await clientWith({ tokenUrl })());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: true });
    expect(failure.message).toContain(`${tokenUrl} cannot be reached: `);
  });

  it('in time is a timeout of the request', async () => {
    const issuer = await issuerThat(() => undefined);
    const login = {
      clientCredentials: { clientId: 'b', clientSecretFile: secrets.path('secret'), tokenUrl: issuer.origin },
    };
    const client = new ModelClient(routeConfig({ model: { url: model.origin, login } }), model.origin, () => undefined);
    closing.push(() => client.close());

    const answer = await client.predict({ body: Buffer.from('{}'), requestId: 'r' }, 50);

    expect(failureOf(answer).code).toBe('BRIDGE_ERR_MODEL_TIMEOUT');
  });

  it.each([
    ['no JSON', 'Sign in', 'without a token'],
    ['no token', '{}', 'without a token'],
    ['nothing that fits into a header', '{"access_token":"a\\r\\nb","token_type":"Bearer"}', 'without a token'],
    ['a token of another kind', '{"access_token":"secret-token","token_type":"mac"}', 'issues no bearer tokens'],
    ['null', 'null', 'without a token'],
  ])('from an answer that is %s', async (_, body, says) => {
    const { answer } = await askWith((response) => response.writeHead(200).end(body));

    expect(failureOf(answer)).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false });
    expect(failureOf(answer).message).toContain(says);
    expect(failureOf(answer).message).not.toContain('secret-token');
  });
});
