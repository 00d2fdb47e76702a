import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, ModelClient } from '../../../../bridge/model/model-client';
import { routeConfig } from '../../support/config';
import { freePort } from '../../support/http';
import { type GatewayOptions, KubeflowGateway, PASSWORD, USERNAME } from '../../support/kubeflow-gateway';
import { SecretFiles } from '../../support/secret-files';

const PREDICT = '/v1/models/iris:predict';

const closing: (() => Promise<unknown>)[] = [];
let secrets: SecretFiles;
beforeEach(() => {
  secrets = new SecretFiles();
  secrets.write('username', `${USERNAME}\n`);
  secrets.write('password', `${PASSWORD}\n`);
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0).reverse()) await close();
  secrets.removeAll();
});

interface DexFormChanges {
  readonly url?: string;
  readonly connector?: string;
  readonly allowedHosts?: string[];
}

async function gatewayWith(options?: GatewayOptions): Promise<KubeflowGateway> {
  const gateway = await KubeflowGateway.start(options);
  closing.push(() => gateway.close());
  return gateway;
}

/** A model behind a gateway, and somebody who asks it. */
function clientOf(origin: string, dexForm: DexFormChanges = {}, model: { readonly hostHeader?: string } = {}) {
  const url = `${origin}${PREDICT}`;
  const files = { usernameFile: secrets.path('username'), passwordFile: secrets.path('password') };
  const config = routeConfig({ model: { url, ...model, login: { dexForm: { ...files, ...dexForm } } } });
  const client = new ModelClient(config, url, () => undefined);
  closing.push(() => client.close());
  return { ask: () => client.predict({ body: Buffer.from('{"instances":[]}'), requestId: 'r' }, 5_000) };
}

async function askThrough(options: GatewayOptions, dexForm?: DexFormChanges) {
  const gateway = await gatewayWith(options);
  const answer = await clientOf(gateway.origin, dexForm).ask();
  return { gateway, answer };
}

function failureOf(answer: Answer) {
  if (answer.ok) throw new Error(`there is an answer: ${answer.body}`);
  return answer.failure;
}

/** A pass that is refused at once would be taken for one that never counted. */
function letTimePass(ms: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, 'now').mockImplementation(() => now() + ms);
}

describe('a login by form (D-T1)', () => {
  it.each([
    {
      name: 'Dex 2.24 behind the authservice of 2019, which knows no CSRF cookie',
      options: { dex: '2.24', proxy: 'authservice of 2019' },
      way: ['GET /dex/auth', 'GET /dex/auth/local', 'POST /dex/auth/local', 'GET /dex/approval', 'GET /login/oidc'],
    },
    {
      name: 'Dex 2.31 behind the authservice of 2019, as Kubeflow 1.6 has it',
      options: { dex: '2.31', proxy: 'authservice of 2019' },
      way: [
        'GET /dex/auth',
        'GET /dex/auth/local',
        'GET /dex/auth/local/login',
        'POST /dex/auth/local/login',
        'GET /dex/approval',
        'GET /login/oidc',
      ],
    },
    {
      name: 'Dex 2.31 behind the authservice of 2021, which demands its CSRF cookie',
      options: { dex: '2.31', proxy: 'authservice of 2021' },
      way: [
        'GET /dex/auth',
        'GET /dex/auth/local',
        'GET /dex/auth/local/login',
        'POST /dex/auth/local/login',
        'GET /dex/approval',
        'GET /authservice/oidc/callback',
      ],
    },
    {
      name: 'Dex 2.35, which demands an hmac',
      options: { dex: '2.35', proxy: 'authservice of 2021' },
      way: [
        'GET /dex/auth',
        'GET /dex/auth/local',
        'GET /dex/auth/local/login',
        'POST /dex/auth/local/login',
        'GET /dex/approval',
        'GET /authservice/oidc/callback',
      ],
    },
    {
      name: 'Dex 2.36 behind oauth2-proxy with its sign-in page (403)',
      options: { dex: '2.36', proxy: 'oauth2-proxy, page' },
      way: [
        'GET /oauth2/start',
        'GET /dex/auth',
        'GET /dex/auth/local',
        'GET /dex/auth/local/login',
        'POST /dex/auth/local/login',
        'GET /oauth2/callback',
      ],
    },
    {
      name: 'Dex 2.36 behind oauth2-proxy on an API path (401)',
      options: { dex: '2.36', proxy: 'oauth2-proxy, API' },
      way: [
        'GET /oauth2/start',
        'GET /dex/auth',
        'GET /dex/auth/local',
        'GET /dex/auth/local/login',
        'POST /dex/auth/local/login',
        'GET /oauth2/callback',
      ],
    },
  ] satisfies { name: string; options: GatewayOptions; way: string[] }[])(
    'finds its way through $name',
    async ({ options, way }) => {
      const { gateway, answer } = await askThrough(options);

      expect(answer).toMatchObject({ ok: true });
      expect(gateway.way).toStrictEqual([`GET ${PREDICT}`, ...way, `POST ${PREDICT}`]);
    },
  );

  it.each(['2.24', '2.31', '2.35', '2.36'] as const)('approves what Dex %s asks it to', async (dex) => {
    const { gateway, answer } = await askThrough({ dex, skipApproval: false });

    expect(answer).toMatchObject({ ok: true });
    expect(gateway.way.filter((step) => step.endsWith('/approval'))).toStrictEqual([
      'GET /dex/approval',
      'POST /dex/approval',
    ]);
  });

  it.each(['2.24', '2.31', '2.36'] as const)('chooses among the connectors of Dex %s', async (dex) => {
    const { gateway, answer } = await askThrough({ dex, connectors: ['github', 'ldap'] }, { connector: 'ldap' });

    expect(answer).toMatchObject({ ok: true });
    expect(gateway.way).toContain('GET /dex/auth/ldap');
  });

  it('says so when Dex has no such connector', async () => {
    const { answer } = await askThrough({ connectors: ['github', 'ldap'] });

    expect(failureOf(answer).message).toMatch(/\/dex\/auth answers 400/);
  });

  it('goes to the gateway by its address, and asks it for the model’s host (D-3)', async () => {
    const gateway = await gatewayWith();
    const { ask } = clientOf(gateway.origin, {}, { hostHeader: 'iris.staging.example.com' });

    expect(await ask()).toMatchObject({ ok: true });
    expect(new Set(gateway.requests.map(({ host }) => host))).toStrictEqual(new Set(['iris.staging.example.com']));
  });

  it('takes a redirect to the model’s own host for one to the gateway', async () => {
    const host = 'iris.staging.example.com';
    const { gateway, ask } = await gatewayThatRedirectsTo(`http://${host}/oauth2/start?rd=/`, { hostHeader: host });

    expect(await ask()).toMatchObject({ ok: true });
    expect(gateway.way).toContain('GET /oauth2/callback');
  });

  it('goes without, where nobody asks for a login', async () => {
    const gateway = await gatewayWith();
    gateway.intercept = ({ method }, response) => {
      response.writeHead(method === 'GET' ? 405 : 200, { 'content-type': 'application/json' }).end('{}');
      return true;
    };

    expect(await clientOf(gateway.origin).ask()).toMatchObject({ ok: true });
    expect(gateway.way).toStrictEqual([`GET ${PREDICT}`, `POST ${PREDICT}`]);
  });

  it('may begin at another page than the model', async () => {
    const gateway = await gatewayWith();

    expect(await clientOf(gateway.origin, { url: `${gateway.origin}/dashboard` }).ask()).toMatchObject({ ok: true });
    expect(gateway.way.filter((step) => !/dex|oauth2/.test(step))).toStrictEqual(['GET /dashboard', `POST ${PREDICT}`]);
  });
});

describe('the form', () => {
  it('is encoded, whatever the credentials have in them (D-T4)', async () => {
    const { gateway } = await askThrough({});

    expect(gateway.logins).toStrictEqual([{ login: USERNAME, password: PASSWORD }]);
    const [body] = gateway.requests.flatMap((request) => (request.body.includes('password=') ? [request.body] : []));
    expect(body).toBe('login=user%2B1%40example.com&password=p%26ss%3Dw%25rd+%2B%C3%BC%40');
  });

  it('is never sent to a host that the configuration does not name', async () => {
    const stranger = await gatewayWith();
    const { gateway, ask } = await gatewayThatRedirectsTo(`${stranger.origin}/dex/auth/local/login?state=x`);

    const failure = failureOf(await ask());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false });
    expect(failure.message).toContain(
      `the login leads to ${new URL(stranger.origin).host}, which is none of the hosts`,
    );
    expect([stranger.requests, gateway.logins]).toStrictEqual([[], []]);
  });

  it('is sent to Dex at a host of its own, which the configuration names', async () => {
    const dex = await gatewayWith();
    const gateway = await gatewayWith({ dexOrigin: dex.origin });
    // Its codes and states are the gateway's own: the two share what they would share through OIDC.
    dex.intercept = (request, response) => {
      void relay(gateway, request).then(({ status, location }) =>
        response.writeHead(status, { ...(location && { location }), 'set-cookie': 'dex=secret-of-dex; Path=/' }).end(),
      );
      return true;
    };
    const { ask } = clientOf(gateway.origin, { allowedHosts: [new URL(dex.origin).host] });

    expect(await ask()).toMatchObject({ ok: true });
    expect(dex.logins).toHaveLength(1);
    expect(JSON.stringify(gateway.requests.filter(({ cookie }) => cookie))).not.toContain('secret-of-dex');
  });
});

describe('the cookies', () => {
  it('are returned all, also where the session is split (D-T3)', async () => {
    const { gateway, answer } = await askThrough({ sessionCookies: 2 });

    expect(answer).toMatchObject({ ok: true });
    expect(gateway.requests.at(-1)?.cookie).toMatch(/^oauth2_proxy_kubeflow_0=[^;]+; oauth2_proxy_kubeflow_1=[^;]+$/);
  });

  it('are not sent to another host (D-T3)', async () => {
    const dex = await gatewayWith();
    const gateway = await gatewayWith({ proxy: 'authservice of 2021', dexOrigin: dex.origin });

    await clientOf(gateway.origin, { allowedHosts: [new URL(dex.origin).host] }).ask();

    expect(dex.requests.length).toBeGreaterThan(0);
    expect(dex.requests.map(({ cookie }) => cookie?.includes('oidc_state_csrf') ?? false)).not.toContain(true);
  });

  it('are a new jar’s at each login', async () => {
    const gateway = await gatewayWith({ proxy: 'authservice of 2021' });
    const { ask } = clientOf(gateway.origin);
    await ask();
    gateway.expireSessions();
    letTimePass(60_000);

    await ask();

    const starts = gateway.requests.filter(({ method, target }) => method === 'GET' && target === PREDICT);
    expect(starts.map(({ cookie }) => cookie)).toStrictEqual([undefined, undefined]);
  });
});

describe('a login that there is', () => {
  it('is used for all calls', async () => {
    const gateway = await gatewayWith();
    const { ask } = clientOf(gateway.origin);

    const answers = [await ask(), ...(await Promise.all([ask(), ask(), ask()]))];

    expect(answers.map(({ ok }) => ok)).toStrictEqual([true, true, true, true]);
    expect(gateway.logins).toHaveLength(1);
  });

  it('is made once for calls at the same time', async () => {
    const gateway = await gatewayWith();
    const { ask } = clientOf(gateway.origin);

    const answers = await Promise.all(Array.from({ length: 20 }, ask));

    expect(answers.every(({ ok }) => ok)).toBe(true);
    expect(gateway.logins).toHaveLength(1);
  });

  it.each(['authservice of 2021', 'oauth2-proxy, page', 'oauth2-proxy, API'] as const)(
    'is made again exactly once when it has expired, for however many calls (D-T2): %s',
    async (proxy) => {
      const gateway = await gatewayWith({ proxy });
      const { ask } = clientOf(gateway.origin);
      await ask();
      gateway.expireSessions();
      letTimePass(60_000);

      const answers = await Promise.all(Array.from({ length: 20 }, ask));

      expect(answers.every(({ ok }) => ok)).toBe(true);
      expect(gateway.logins).toHaveLength(2);
    },
  );

  it('is not made again and again for a model that lets this user in never', async () => {
    const gateway = await gatewayWith();
    gateway.answer = (response) => response.writeHead(403).end('RBAC: access denied');
    const { ask } = clientOf(gateway.origin);

    const answers = [await ask(), await ask(), await ask()];

    expect(answers.map((answer) => failureOf(answer).code)).toStrictEqual(Array(3).fill('BRIDGE_ERR_MODEL_REJECTED'));
    expect(gateway.logins).toHaveLength(1);
  });
});

describe('no login', () => {
  it.each(['2.24', '2.31', '2.35', '2.36'] as const)(
    'because Dex %s does not accept the credentials: it fails once, without a retry (D-T2)',
    async (dex) => {
      secrets.write('password', 'a-wrong-password');
      const { gateway, answer } = await askThrough({ dex });

      expect(failureOf(answer)).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', status: 503, retryable: false });
      expect(failureOf(answer).message).toMatch(
        /^there is no login to the model: .* does not accept the user name and/,
      );
      expect(gateway.logins).toHaveLength(1);
    },
  );

  it('is tried again neither by the next request, as accounts get locked (D-T2)', async () => {
    secrets.write('password', 'a-wrong-password');
    const gateway = await gatewayWith();
    const { ask } = clientOf(gateway.origin);

    const codes = [failureOf(await ask()).code, failureOf(await ask()).code];

    expect(codes).toStrictEqual(['BRIDGE_ERR_MODEL_LOGIN', 'BRIDGE_ERR_MODEL_LOGIN']);
    expect(gateway.logins).toHaveLength(1);
  });

  it('because credentials lead back to the form: they are given once (D-T2)', async () => {
    const gateway = await gatewayWith();
    gateway.intercept = ({ method, target }, response) => {
      if (method === 'POST') response.writeHead(302, { location: target }).end();
      return method === 'POST';
    };

    const failure = failureOf(await clientOf(gateway.origin).ask());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false });
    expect(gateway.logins).toHaveLength(1);
  });

  it('is tried again as soon as the credentials are others', async () => {
    secrets.write('password', 'a-wrong-password');
    const gateway = await gatewayWith();
    const { ask } = clientOf(gateway.origin);
    await ask();

    secrets.write('password', PASSWORD);

    expect(await ask()).toMatchObject({ ok: true });
  });

  it.each([500, 503, 429])('because Dex answers %i may be one later', async (status) => {
    const gateway = await gatewayWith();
    gateway.intercept = ({ target }, response) => {
      if (target.startsWith('/dex/auth/local/login')) response.writeHead(status).end();
      return response.headersSent;
    };
    const { ask } = clientOf(gateway.origin);
    const first = failureOf(await ask());
    gateway.intercept = () => false;

    expect(first).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: true });
    expect(first.message).toMatch(new RegExp(`/dex/auth/local/login answers ${status}, which may work later`));
    expect(await ask()).toMatchObject({ ok: true });
  });

  it('because nothing listens may be one later', async () => {
    const origin = `http://127.0.0.1:${await freePort()}`;

    const failure = failureOf(await clientOf(origin).ask());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: true });
    expect(failure.message).toContain(`${origin}${PREDICT} cannot be reached: `);
  });

  it('because the callback is refused may be one later, and no code is in the message', async () => {
    const gateway = await gatewayWith();
    gateway.intercept = ({ target }, response) => {
      if (target.startsWith('/oauth2/callback')) response.writeHead(403).end();
      return response.headersSent;
    };

    const failure = failureOf(await clientOf(gateway.origin).ask());

    expect(failure.retryable).toBe(true);
    expect(failure.message).toMatch(/\/oauth2\/callback answers 403, which does not give a session/);
    expect(failure.message).not.toContain('code=');
  });

  it('because the page is of something else is said', async () => {
    const gateway = await gatewayWith();
    gateway.intercept = ({ target }, response) => {
      if (target.startsWith('/oauth2/start')) response.writeHead(404).end();
      return response.headersSent;
    };

    const failure = failureOf(await clientOf(gateway.origin).ask());

    expect(failure).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false });
    expect(failure.message).toMatch(/\/oauth2\/start answers 404/);
  });

  it('because it goes in circles is said', async () => {
    const { ask } = await gatewayThatRedirectsTo('/again');

    expect(failureOf(await ask()).message).toMatch(/the login goes in circles, past .*\/again/);
  });

  it('says neither user name nor password', async () => {
    const astray = (await askThrough({ connectors: ['a', 'b'] })).answer;
    secrets.write('password', 'a-wrong-password');
    const refused = (await askThrough({})).answer;

    for (const { message } of [failureOf(astray), failureOf(refused)]) {
      expect(message).not.toContain(USERNAME);
      expect(message).not.toMatch(/a-wrong-password|p&ss/);
    }
  });
});

/** A gateway that sends to somewhere at first, and is a usual one from then on. */
async function gatewayThatRedirectsTo(location: string, model?: { readonly hostHeader: string }) {
  const gateway = await gatewayWith();
  gateway.intercept = ({ method, target }, response) => {
    if (method !== 'GET' || (target !== PREDICT && target !== location)) return false;
    response.writeHead(302, { location }).end();
    return true;
  };
  return { gateway, ask: clientOf(gateway.origin, {}, model).ask };
}

async function relay(
  { origin }: KubeflowGateway,
  { method, target, body }: { method: string; target: string; body: string },
) {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const response = await fetch(origin + target, { method, redirect: 'manual', ...(body && { body, headers }) });
  return { status: response.status, location: response.headers.get('location') };
}
