import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Answer, ModelClient } from '../../../../bridge/model/model-client';
import { routeConfig } from '../../support/config';
import { type FakeModel, freePort, json, startModel } from '../../support/http';
import { PASSWORD, USERNAME } from '../../support/kubeflow-gateway';
import { SecretFiles } from '../../support/secret-files';

/** bcrypt of PASSWORD. */
const HASH = '$2a$10$vsUZCapiyHj7V/xqxw2ZaOsqhAwYGuEMwdjOaGsPXJsnFtY4NOut.';
const CLIENT_SECRET = 'of-the-proxy';
const PREDICT = '/v1/models/iris:predict';

const missing = ['dex', 'oauth2-proxy'].filter((program) => !isInstalled(program));
const why = missing.length > 0 ? ` (skipped: no ${missing.join(' and no ')} on PATH)` : '';

const ends: (() => Promise<unknown>)[] = [];
let secrets: SecretFiles;
let model: FakeModel;
beforeEach(async () => {
  secrets = new SecretFiles();
  secrets.write('username', USERNAME);
  secrets.write('password', PASSWORD);
  model = await startModel((response) => json(response, { predictions: [1] }));
});
afterEach(async () => {
  vi.restoreAllMocks();
  for (const end of ends.splice(0).reverse()) await end();
  await model.close();
  secrets.removeAll();
});

describe.skipIf(missing.length > 0)(`a login by form, to a Dex and an oauth2-proxy that are real${why}`, () => {
  it.each([
    { skipApproval: true, entry: 'page' },
    { skipApproval: true, entry: 'API' },
    { skipApproval: false, entry: 'page' },
    { skipApproval: true, entry: 'page', connectors: 2 },
    { skipApproval: false, entry: 'API', connectors: 2 },
  ])('lets calls in: %o', async (options) => {
    const { ask } = await gatewayWith(options);

    expect([await ask(), await ask()]).toMatchObject([{ ok: true }, { ok: true }]);
    expect(model.requests.map(({ method }) => method)).toStrictEqual(['POST', 'POST']);
  });

  it('is made again when the proxy does not take the session any more (D-T2)', async () => {
    const { ask, restartProxy } = await gatewayWith({ skipApproval: true, entry: 'page' });
    await ask();
    await restartProxy();
    letTimePass(60_000);

    expect(await ask()).toMatchObject({ ok: true });
  });

  it('fails once with a wrong password (D-T2)', async () => {
    secrets.write('password', 'a-wrong-password');
    const { ask, dexLog } = await gatewayWith({ skipApproval: true, entry: 'page' });

    const answers = [await ask(), await ask()];

    expect(answers.map(failureOf)).toMatchObject([
      { code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false },
      { code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: false },
    ]);
    expect(failureOf(answers[0] as Answer).message).toContain('does not accept the user name and password');
    expect(dexLog().toLowerCase()).not.toContain('panic');
  });
});

interface GatewayOptions {
  readonly skipApproval: boolean;
  /** Whether oauth2-proxy answers with its sign-in page or, as on API paths, with 401. */
  readonly entry: string;
  readonly connectors?: number;
}

async function gatewayWith({ skipApproval, entry, connectors = 1 }: GatewayOptions) {
  const [dexPort, proxyPort] = [await freePort(), await freePort()];
  const issuer = `http://127.0.0.1:${dexPort}/dex`;
  const origin = `http://127.0.0.1:${proxyPort}`;
  const config = secrets.write(
    'dex.yaml',
    JSON.stringify({
      issuer,
      storage: { type: 'memory' },
      web: { http: `127.0.0.1:${dexPort}` },
      oauth2: { skipApprovalScreen: skipApproval },
      enablePasswordDB: true,
      staticPasswords: [{ email: USERNAME, hash: HASH, username: 'user', userID: '1' }],
      connectors: Array.from({ length: connectors - 1 }, (_, i) => ({
        type: 'mockCallback',
        id: `m${i}`,
        name: `M${i}`,
      })),
      staticClients: [
        { id: 'proxy', name: 'proxy', secret: CLIENT_SECRET, redirectURIs: [`${origin}/oauth2/callback`] },
      ],
    }),
  );
  const dex = await started(['dex', 'serve', config], `${issuer}/.well-known/openid-configuration`);
  const startProxy = () =>
    started(
      [
        'oauth2-proxy',
        `--http-address=127.0.0.1:${proxyPort}`,
        '--provider=oidc',
        `--oidc-issuer-url=${issuer}`,
        '--client-id=proxy',
        `--redirect-url=${origin}/oauth2/callback`,
        `--upstream=${model.origin}`,
        '--email-domain=*',
        '--insecure-oidc-allow-unverified-email',
        '--code-challenge-method=S256',
        '--cookie-name=oauth2_proxy_kubeflow',
        '--cookie-secure=false',
        ...(entry === 'API' ? ['--api-route=^/v1/'] : []),
      ],
      `${origin}/ping`,
    );
  let proxy = await startProxy();
  const restartProxy = async () => {
    await proxy.stop();
    proxy = await startProxy();
  };
  const files = { usernameFile: secrets.path('username'), passwordFile: secrets.path('password') };
  const dexForm = { ...files, allowedHosts: [`127.0.0.1:${dexPort}`] };
  const url = `${origin}${PREDICT}`;
  const client = new ModelClient(routeConfig({ model: { url, login: { dexForm } } }), url, () => undefined);
  ends.push(() => client.close());
  const ask = () => client.predict({ body: Buffer.from('{"instances":[]}'), requestId: 'r' }, 20_000);
  return { ask, restartProxy, dexLog: dex.log };
}

/** A program that answers at a URL; each start has a cookie secret of its own. */
async function started([program = '', ...args]: string[], ready: string) {
  const env = {
    ...process.env,
    OAUTH2_PROXY_CLIENT_SECRET: CLIENT_SECRET,
    OAUTH2_PROXY_COOKIE_SECRET: randomBytes(16).toString('hex'),
  };
  const child: ChildProcess = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (chunk) => output.push(String(chunk)));
  const log = () => output.join('');
  const stop = async () => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill();
    await once(child, 'exit');
  };
  ends.push(stop);
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${program} has ended: ${log()}`)));
  ended.catch(() => undefined);
  const answers = async () => expect((await fetch(ready)).status).toBe(200);
  await Promise.race([ended, vi.waitFor(answers, { timeout: 20_000, interval: 100 })]);
  return { log, stop };
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

function isInstalled(program: string): boolean {
  try {
    execFileSync(program, ['--help'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
