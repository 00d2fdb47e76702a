import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type Answer, type Ask, ask } from '../../apps/ml-platform/local/http-client';
import { type LocalPlatform, startLocalPlatform } from '../../apps/ml-platform/local/local-platform';
import { irisDataSet, parseDataSet } from '../../apps/ml-platform/model/data-set';
import { ModelStore } from '../../apps/ml-platform/model/model-store';
import { ServedModel } from '../../apps/ml-platform/model/served-model';
import { type TrainedModel, trainFlowers } from '../../apps/ml-platform/model/training';
import { startService } from '../../apps/ml-platform/service';
import { readSettings } from '../../apps/ml-platform/services/settings';
import { mlPlatform } from '../../apps/ml-platform/stack';
import { EdgeApp } from '../../lib';
import { synthesize } from '../../lib/testing';
import { ROOT, temporaryFolder } from '../lib/support/folders';
import { ofKind } from '../lib/support/manifests';

const API = 'ml-system-service-api.com';
const INFO = 'ml-info-service.com';
const BRAND = "This isn't the URL you're looking for.";
const SETOSA = { sepal_length: 5.1, sepal_width: 3.5 };
const SERVICES = ['info', 'serve', 'train', 'not-found'];

/** One service, that is closed after the test. */
async function started(name: string, env: Record<string, string> = {}, log = new PassThrough()) {
  const here = { PORT: '0', HOST: '127.0.0.1', DRAIN_MS: '0', RELOAD_MS: '10', MODEL_STORE: temporaryFolder() };
  const service = await startService(name, { ...here, ...env }, log);
  onTestFinished(() => service.close());
  return { ...service, port: Number(new URL(service.url).port) };
}

function asJson(body: object, more: Partial<Ask> = {}): Pick<Ask, 'method' | 'headers' | 'body'> {
  const headers = { 'content-type': 'application/json', ...more.headers };
  return { method: 'POST', ...more, headers, body: JSON.stringify(body) };
}

function asCsv(body: string, headers: Record<string, string> = {}): Pick<Ask, 'method' | 'headers' | 'body'> {
  return { method: 'POST', headers: { 'content-type': 'text/csv', ...headers }, body };
}

describe('E-11: the platform at work on this machine, behind the routes of its stack', () => {
  let platform: LocalPlatform;
  const steps: string[] = [];
  const asked = (host: string, path: string, more: Partial<Ask> = {}): Promise<Answer> =>
    ask(platform.port, { host, path, ...more });
  const login = () => ({ authorization: `Basic ${Buffer.from(platform.login).toString('base64')}` });

  beforeAll(async () => {
    platform = await startLocalPlatform({ onStep: (step) => steps.push(step) });
  });
  afterAll(() => platform?.stop());

  it('runs every Deployment of the stack, and says where', () => {
    expect(steps.map((step) => step.split(':')[0])).toStrictEqual([...SERVICES, 'router']);
  });

  it.each([
    [API, '/api/v1/info/', { service: 'info' }],
    [API, '/api/v1/serve/', { service: 'serve' }],
    [API, '/info/', { service: 'info' }],
    [API, '/serve/', { service: 'serve' }],
    [INFO, '/', { service: 'info' }],
    [INFO, '/services', { services: expect.arrayContaining([expect.objectContaining({ name: 'predict' })]) }],
    [API, '/info/services', { services: expect.arrayContaining([expect.objectContaining({ name: 'dataset' })]) }],
  ])('E-T3: https://%s%s reaches the right service', async (host, path, body) => {
    const answer = await asked(host, path);

    expect([answer.status, JSON.parse(answer.body)]).toStrictEqual([200, expect.objectContaining(body)]);
  });

  it.each(['/api/v1/train/', '/train/'])('E-T3: %s reaches train, with a password', async (path) => {
    expect((await asked(API, path)).status).toBe(401);
    expect((await asked(API, path, { headers: { authorization: 'Basic d3Jvbmc=' } })).status).toBe(401);

    const answer = await asked(API, path, { headers: login() });

    expect([answer.status, JSON.parse(answer.body)]).toMatchObject([200, { service: 'train' }]);
  });

  it.each([
    [API, '/'],
    [API, '/nothing'],
    [API, '/api/v1'],
    [API, '/healthz/live'],
    [API, '/healthz/ready'],
    [API, '/metrics'],
    ['unknown.example.com', '/'],
    ['unknown.example.com', '/info'],
    ['unknown.example.com', '/api/v1/serve/predict'],
  ])('E-T4: https://%s%s is answered with 404 and the branded body', async (host, path) => {
    const { status, body } = await asked(host, path);

    expect({ status, body }).toStrictEqual({ status: 404, body: BRAND });
  });

  it.each(['/api/v1/info/nothing', '/info/nothing', '/serve/nothing'])(
    'E-T4: what a service does not have is answered with its words too: %s',
    async (path) => {
      const { status, body } = await asked(API, path);

      expect({ status, body: JSON.parse(body) }).toStrictEqual({ status: 404, body: { error: BRAND } });
    },
  );

  it('E-T5: /information is not below /info, and /info/ is', async () => {
    expect((await asked(API, '/information')).status).toBe(404);
    expect((await asked(API, '/info/')).status).toBe(200);
  });

  it.each(['/info', '/api/v1/info'])('E-T6: the redirect from %s keeps scheme and host', async (path) => {
    const { status, location } = await asked(API, path);

    expect({ status, location }).toStrictEqual({ status: 307, location: `https://${API}/api/v1/info/` });
  });

  it('E-7, E-8: a data set is uploaded, a model trained, and served without a restart', async () => {
    const before = await asked(API, '/serve/predict', asJson(SETOSA));
    expect(before.version).toBe('built-in');

    const upload = await asked(API, '/train/datasets', asCsv(irisDataSet(), login()));
    const { dataset, rows } = JSON.parse(upload.body);
    expect([upload.status, rows]).toStrictEqual([201, 150]);
    const run = await asked(API, '/train/runs', asJson({ dataset }, { headers: login() }));
    const { version, heldOutAccuracy } = JSON.parse(run.body);
    expect(run.status).toBe(201);
    expect(heldOutAccuracy).toBeGreaterThan(0.7);

    await vi.waitFor(async () => {
      const after = await asked(API, '/serve/predict', asJson(SETOSA));
      expect(after.version).toBe(version);
      expect(JSON.parse(after.body)).toStrictEqual({ class: 'setosa', probability: expect.any(Number) });
    }, 10_000);
    const { models } = JSON.parse((await asked(API, '/serve/models?deployed=true')).body);
    expect(models).toStrictEqual([{ version, deployed: true, dataset, rows: 150, heldOutAccuracy }]);
  });

  it('E-5: more than may be uploaded is refused', async () => {
    const { status } = await asked(API, '/train/datasets', asCsv('x'.repeat(1024 * 1024 + 1), login()));

    expect(status).toBe(413);
  });
});

describe('E-3, E-T2: the probes of the Deployments', () => {
  const deployments = ofKind(synthesizedApp(), 'Deployment');

  it.each(deployments.map(({ metadata, spec }) => [metadata.name, spec.template.spec.containers[0]] as const))(
    'are answered by %s',
    async (name, container) => {
      const { port } = await started(name);

      for (const probe of ['startupProbe', 'livenessProbe', 'readinessProbe']) {
        const { status } = await ask(port, { host: 'pod', path: container[probe].httpGet.path });
        expect([probe, status]).toStrictEqual([probe, 200]);
      }
    },
  );

  it.each(['/healthz/live', '/healthz/ready', '/metrics'])(
    'answer nobody who comes through a router: %s',
    async (path) => {
      const { port } = await started('not-found');

      const { status, body } = await ask(port, { host: API, path, headers: { 'x-forwarded-for': '192.0.2.7' } });

      expect({ status, body }).toStrictEqual({ status: 404, body: BRAND });
    },
  );

  it('say that train is not ready when it cannot write', async () => {
    const store = temporaryFolder();
    const { port } = await started('train', { MODEL_STORE: store });
    const broken = vi.spyOn(ModelStore.prototype, 'checkWritable').mockRejectedValue(new Error('read-only'));
    onTestFinished(() => broken.mockRestore());

    const { status, body } = await ask(port, { host: 'pod', path: '/healthz/ready' });

    expect({ status, body }).toStrictEqual({ status: 503, body: 'read-only' });
  });

  it('say that a pod is going, while requests are still answered', async () => {
    const { port, drain } = await started('info', { DRAIN_MS: '300' });

    const drained = drain();

    expect((await ask(port, { host: 'pod', path: '/healthz/ready' })).status).toBe(503);
    expect((await ask(port, { host: 'pod', path: '/healthz/live' })).status).toBe(200);
    expect((await ask(port, { host: 'pod', path: '/api/v1/info/' })).status).toBe(200);
    await drained;
    await expect(ask(port, { host: 'pod', path: '/healthz/live' })).rejects.toThrow('ECONNREFUSED');
  });
});

describe('E-T6: behind a router', () => {
  const forwarded = { 'x-forwarded-for': '192.0.2.7', 'x-forwarded-proto': 'https', 'x-forwarded-host': API };
  const redirect = { host: '10.0.0.7:8000', path: '/api/v1/info', headers: forwarded };

  it('a redirect has the scheme and the host of the client', async () => {
    const { port } = await started('info');

    expect((await ask(port, redirect)).location).toBe(`https://${API}/api/v1/info/`);
  });

  it('a redirect has those of the request when nobody is trusted to say others', async () => {
    const { port } = await started('info', { TRUSTED_PROXIES: '192.0.2.1' });

    expect((await ask(port, redirect)).location).toBe('http://10.0.0.7:8000/api/v1/info/');
  });
});

describe('E-9: serve', () => {
  it('counts predictions by class and version, and says which model answers', async () => {
    const { port } = await started('serve');
    await ask(port, { host: 'pod', path: '/api/v1/serve/predict', ...asJson(SETOSA) });

    const { body } = await ask(port, { host: 'pod', path: '/metrics' });

    expect(body).toContain('predictions_total{class="setosa",version="built-in"} 1');
    expect(body).toContain('model_info{version="built-in"} 1');
    expect(body).toContain('http_requests_total{method="POST",route="/api/v1/serve/predict",status="200"} 1');
  });

  it('writes a line for each prediction, with what was asked and which model answered', async () => {
    const log = new PassThrough();
    const { port, close } = await started('serve', {}, log);
    await ask(port, {
      host: 'pod',
      path: '/api/v1/serve/predict',
      ...asJson(SETOSA, { headers: { 'x-request-id': 'request-7' } }),
    });
    await close();
    log.end();

    const lines = (await text(log))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.filter(({ msg }) => msg === 'prediction')).toStrictEqual([
      expect.objectContaining({
        reqId: 'request-7',
        prediction: { ...SETOSA, class: 'setosa', probability: expect.any(Number), version: 'built-in' },
      }),
    ]);
  });

  it('lets no other site read what it answers', async () => {
    const { url } = await started('serve');

    const { headers } = await fetch(`${url}/api/v1/serve/`, { headers: { origin: 'http://localhost' } });

    expect([...headers.keys()].filter((name) => name.startsWith('access-control'))).toStrictEqual([]);
  });
});

describe('a prediction', () => {
  it.each([
    ['setosa', { sepal_length: 4.9, sepal_width: 3.6 }],
    ['versicolor', { sepal_length: 5.7, sepal_width: 2.6 }],
    ['virginica', { sepal_length: 7.7, sepal_width: 3.0 }],
  ])('is %s for %j, with its probability', async (name, flower) => {
    const { port } = await started('serve');

    const answer = await ask(port, { host: 'pod', path: '/api/v1/serve/predict', ...asJson(flower) });

    const { class: found, probability } = JSON.parse(answer.body);
    expect(found).toBe(name);
    expect(probability).toBeGreaterThan(1 / 3);
    expect(probability).toBeLessThanOrEqual(1);
  });

  it.each([
    ['one number only', { sepal_length: 5.1 }, 'sepal_width: '],
    ['a text', { sepal_length: '5.1', sepal_width: 3.5 }, 'sepal_length: '],
    ['another field', { ...SETOSA, petal_length: 1.4 }, 'petal_length'],
    ['a list', [5.1, 3.5], 'body: '],
  ])('is refused for %s', async (_, body, fault) => {
    const { port } = await started('serve');

    const answer = await ask(port, { host: 'pod', path: '/api/v1/serve/predict', ...asJson(body) });

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error).toContain(fault);
  });

  it('is refused for what is no JSON', async () => {
    const { port } = await started('serve');
    const headers = { 'content-type': 'application/json' };

    const answer = await ask(port, { host: 'pod', path: '/api/v1/serve/predict', method: 'POST', headers, body: '{' });

    expect(answer.status).toBe(400);
  });
});

describe('E-8: the model that is served', () => {
  let trained: TrainedModel;
  beforeAll(async () => {
    trained = await trainFlowers(parseDataSet(irisDataSet()));
  });

  async function servedIn(folder = temporaryFolder()) {
    const store = new ModelStore(folder);
    await store.prepare();
    return { folder, store, served: await ServedModel.of(store) };
  }

  it('is in memory from the start, and the built-in one as long as there is no other', async () => {
    const { served } = await servedIn();

    expect(await served.reload()).toBe('unchanged');
    expect([served.version, served.predict(SETOSA).class]).toStrictEqual(['built-in', 'setosa']);
  });

  it('is the newest, once that is complete', async () => {
    const { store, served } = await servedIn();
    await store.publish('first', trained);
    const { version } = await store.publish('second', trained);

    expect([await served.reload(), await served.reload()]).toStrictEqual(['loaded', 'unchanged']);
    expect([served.version, served.stored.dataset]).toStrictEqual([version, 'second']);
  });

  it('is found again by a pod that starts later', async () => {
    const { folder, store } = await servedIn();
    const { version } = await store.publish('first', trained);

    const { served } = await servedIn(folder);
    await served.reload();

    expect(served.version).toBe(version);
  });

  it.each([
    ['no model', '{"version":"bad"}'],
    ['half a file', '{"version":"bad","data'],
    [
      'a model with other features',
      JSON.stringify({ version: 'bad', dataset: '', rows: 1, heldOutAccuracy: 1, model: {} }),
    ],
  ])('stays the last good one while the newest is %s', async (_, content) => {
    const { folder, store, served } = await servedIn();
    const { version } = await store.publish('first', trained);
    await served.reload();
    writeFileSync(path.join(folder, 'models', 'bad.json'), content);
    writeFileSync(path.join(folder, 'current'), 'bad');

    expect(await served.reload()).toBe('failed');

    expect([served.version, served.predict(SETOSA).class]).toStrictEqual([version, 'setosa']);
    expect(served.problem).toBeTruthy();
  });

  it.each(['missing', '../escape', ''])('stays the last good one while the store names %j', async (named) => {
    const { folder, served } = await servedIn();
    writeFileSync(path.join(folder, 'current'), named);

    expect(await served.reload()).toBe('failed');
    expect(served.version).toBe('built-in');
  });

  it('is the next good one, after a bad one', async () => {
    const { folder, store, served } = await servedIn();
    writeFileSync(path.join(folder, 'current'), 'bad');
    await served.reload();
    await store.publish('next', trained);

    expect(await served.reload()).toBe('loaded');
    expect(served.problem).toBeUndefined();
  });

  it('counts and logs a bad one in serve, which goes on', async () => {
    const store = temporaryFolder();
    const log = new PassThrough();
    mkdirSync(path.join(store, 'models'));
    writeFileSync(path.join(store, 'current'), 'bad');
    const { port } = await started('serve', { MODEL_STORE: store }, log);

    const { body } = await ask(port, { host: 'pod', path: '/metrics' });

    expect(body).toMatch(/model_reload_failures_total [1-9]/);
    expect(String(log.read())).toContain('the last good model stays');
    expect((await ask(port, { host: 'pod', path: '/healthz/ready' })).status).toBe(200);
  });
});

describe('the store', () => {
  it('has no file under its name that is not complete, and leaves no drafts', async () => {
    const folder = temporaryFolder();
    const store = new ModelStore(folder);
    await store.prepare();
    const trained = await trainFlowers(parseDataSet(irisDataSet()));

    await Promise.all(Array.from({ length: 8 }, () => store.publish('same', trained)));

    expect(readdirSync(folder).sort()).toStrictEqual(['current', 'datasets', 'models']);
    const versions = await store.versions();
    expect(versions).toHaveLength(8);
    expect(versions).toContain(await store.current());
    expect(readdirSync(path.join(folder, 'models')).filter((file) => file.startsWith('.'))).toStrictEqual([]);
  });

  it('keeps the newest twenty of each, and always the one that is served', async () => {
    const folder = temporaryFolder();
    const store = new ModelStore(folder);
    await store.prepare();
    const trained = await trainFlowers(parseDataSet(irisDataSet()));

    for (let i = 0; i < 23; i++) {
      await store.publish('same', trained);
      await store.saveDataSet(`data set ${i}`);
    }

    expect(readdirSync(path.join(folder, 'datasets'))).toHaveLength(20);
    expect((await store.versions()).length).toBeLessThanOrEqual(21);
    expect(await store.versions()).toContain(await store.current());
  });

  it('leaves nothing behind when it cannot write', async () => {
    const folder = path.join(temporaryFolder(), 'not', 'there');

    await expect(new ModelStore(folder).saveDataSet('a')).rejects.toThrow('ENOENT');
  });
});

describe('a data set', () => {
  const lines = irisDataSet().trim().split('\n');
  const [header = '', ...rows] = lines;

  it('is what trained the model: the same one gives the same', async () => {
    const samples = parseDataSet(irisDataSet());

    expect(await trainFlowers(samples)).toStrictEqual(await trainFlowers(samples));
  });

  it('may have a mark at its begin, line ends of Windows, and blanks', () => {
    const text = `\uFEFF${lines.map((line) => line.replaceAll(',', ' , ')).join('\r\n')}\r\n\r\n`;

    expect(parseDataSet(text)).toStrictEqual(parseDataSet(irisDataSet()));
  });

  it.each([
    ['nothing', '', 'Line 1 is ""'],
    ['no header', rows.join('\n'), 'a data set begins with "sepal_length,sepal_width,class"'],
    ['a flower that there is not', [header, '5.1,3.5,rose'].join('\n'), 'Line 2 is "5.1,3.5,rose"'],
    ['a text for a number', [...lines, '5.1,wide,setosa'].join('\n'), 'Line 152 is "5.1,wide,setosa"'],
    ['a number left out', [...lines, '5.1,,setosa'].join('\n'), 'Line 152 is'],
    ['a number too many', [...lines, '5.1,3.5,1.4,setosa'].join('\n'), 'Line 152 is'],
    ['an infinite number', [...lines, '5.1,1e999,setosa'].join('\n'), 'Line 152 is'],
    ['four of a class', [header, ...rows.slice(0, 54), ...rows.slice(100)].join('\n'), 'versicolor has 4 rows'],
    ['one length', [header, ...rows.map((row) => row.replace(/^[^,]+/, '5'))].join('\n'), 'sepal_length is the same'],
    ['too many rows', [header, ...Array.from({ length: 2_001 }, () => rows[0])].join('\n'), 'has 2001 rows'],
  ])('is refused with %s, and says where', async (_, csv, fault) => {
    const { port } = await started('train');

    const answer = await ask(port, { host: 'pod', path: '/api/v1/train/datasets', ...asCsv(csv) });

    expect(answer.status).toBe(400);
    expect(JSON.parse(answer.body).error).toContain(fault);
  });

  it('may have five of a class, and two thousand rows', () => {
    const five = [header, ...rows.slice(0, 55), ...rows.slice(100)].join('\n');
    const many = [header, ...Array.from({ length: 2_000 }, (_, i) => rows[i % rows.length])].join('\n');

    expect(() => [parseDataSet(five), parseDataSet(many)]).not.toThrow();
  });

  it('is refused as anything but text/csv', async () => {
    const { port } = await started('train');

    const answer = await ask(port, { host: 'pod', path: '/api/v1/train/datasets', ...asJson({ rows: [] }) });

    expect([answer.status, JSON.parse(answer.body).error]).toStrictEqual([400, expect.stringContaining('text/csv')]);
  });

  it('E-5: is refused by the service itself when it is too large', async () => {
    const { port } = await started('train', { MAX_UPLOAD_BYTES: '1024' });

    const answer = await ask(port, { host: 'pod', path: '/api/v1/train/datasets', ...asCsv('x'.repeat(1025)) });

    expect(answer.status).toBe(413);
  });
});

describe('a training', () => {
  async function uploaded(): Promise<{ port: number; dataset: string }> {
    const { port } = await started('train');
    const { body } = await ask(port, { host: 'pod', path: '/api/v1/train/datasets', ...asCsv(irisDataSet()) });
    return { port, dataset: JSON.parse(body).dataset };
  }

  it('lets probes be answered meanwhile, and no second one begin', async () => {
    const { port, dataset } = await uploaded();
    const train = () => ask(port, { host: 'pod', path: '/api/v1/train/runs', ...asJson({ dataset }) });

    const first = train();
    const live = await ask(port, { host: 'pod', path: '/healthz/live' });
    const second = await train();

    expect([live.status, second.status, (await first).status]).toStrictEqual([200, 429, 201]);
    expect((await train()).status).toBe(201);
  });

  it('is listed with those before', async () => {
    const { port, dataset } = await uploaded();
    const { body } = await ask(port, { host: 'pod', path: '/api/v1/train/runs', ...asJson({ dataset }) });

    const list = await ask(port, { host: 'pod', path: '/api/v1/train/runs' });

    expect(JSON.parse(list.body)).toStrictEqual({ runs: [{ version: JSON.parse(body).version }] });
  });

  it.each(['0123456789abcdef', '../../etc/passwd', ''])('has no data set %j', async (dataset) => {
    const { port } = await started('train');

    const answer = await ask(port, { host: 'pod', path: '/api/v1/train/runs', ...asJson({ dataset }) });

    expect([answer.status, JSON.parse(answer.body).error]).toStrictEqual([404, expect.stringContaining('no data set')]);
  });
});

describe('the settings of a service', () => {
  it('have defaults', () => {
    expect(readSettings({})).toStrictEqual({
      port: 8080,
      host: '0.0.0.0',
      logLevel: 'info',
      trustedProxies: ['loopback', 'linklocal', 'uniquelocal'],
      notFoundText: BRAND,
      modelStore: '/models',
      maxUploadBytes: 1024 * 1024,
      reloadMs: 2_000,
      drainMs: 5_000,
    });
  });

  it('are refused by name', () => {
    expect(() => readSettings({ PORT: 'http', RELOAD_MS: '0' })).toThrow(/^PORT: .*; RELOAD_MS: /);
  });

  it('name a service that there is', async () => {
    await expect(startService('predict', {})).rejects.toThrow('it is one of info, serve, train, not-found');
  });
});

describe('the image', () => {
  const dockerfile = readFileSync(path.join(ROOT, 'apps/ml-platform/Dockerfile'), 'utf8');

  it('does not run as root, and by number, so that Kubernetes can see it', () => {
    expect(dockerfile).toMatch(/^USER 1000:1000$/m);
  });

  it('E-9: has a program that runs alone, serves, and ends when it is told to', async () => {
    const folder = temporaryFolder();
    const command = /^RUN node_modules\/\.bin\/esbuild (.*)$/m.exec(dockerfile)?.[1] ?? '';
    const program = path.join(folder, 'service.cjs');
    const args = command.replace('/out/service.cjs', program).split(' ');
    await promisify(execFile)(path.join(ROOT, 'node_modules/.bin/esbuild'), args, { cwd: ROOT });

    const env = { ...process.env, PORT: '0', DRAIN_MS: '0', MODEL_STORE: folder };
    const child = spawn(process.execPath, [program, 'serve'], { cwd: folder, env });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [line] = await once(child.stdout, 'data');
    const port = Number(/:(\d+)"/.exec(String(line))?.[1]);
    const answer = await ask(port, { host: 'pod', path: '/api/v1/serve/predict', ...asJson(SETOSA) });
    child.kill('SIGTERM');
    const [code] = await once(child, 'exit');

    expect([JSON.parse(answer.body).class, code]).toStrictEqual(['setosa', 0]);
  });
});

describe('E-11: npm run start:ml-platform', () => {
  it('asks every kind of route, and ends with 0', async () => {
    const tsx = createRequire(__filename).resolve('tsx/cli');

    const { stdout } = await promisify(execFile)(process.execPath, [tsx, 'apps/ml-platform/start.ts'], { cwd: ROOT });

    expect(stdout).toContain(`GET https://${API}/info → 307 https://${API}/api/v1/info/`);
    expect(stdout).toContain(`GET https://unknown.example.com/info → 404 ${BRAND}`);
    expect(stdout).toMatch(/serve went from model built-in to \S+ without a restart/);
  });

  it('says what is wrong with a port, and ends with 1', async () => {
    const tsx = createRequire(__filename).resolve('tsx/cli');

    const run = promisify(execFile)(process.execPath, [tsx, 'apps/ml-platform/start.ts', '--port', 'http'], {
      cwd: ROOT,
    });

    await expect(run).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('--port is "http"') });
  });
});

function synthesizedApp() {
  const app = new EdgeApp();
  mlPlatform(app);
  return synthesize(app);
}
