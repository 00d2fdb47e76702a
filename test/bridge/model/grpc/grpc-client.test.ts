import { createServer, type Server, type Socket } from 'node:net';
import { ServerCredentials, status } from '@grpc/grpc-js';
import { generate } from 'selfsigned';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RouteConfig } from '../../../../bridge/config';
import type { Answer, ModelCall } from '../../../../bridge/model/model-client';
import { modelClients, type SingleModel } from '../../../../bridge/model/model-clients';
import { routeConfig } from '../../support/config';
import { echo, type GrpcAnswer, type GrpcRequest, startGrpcModel } from '../../support/grpc-model';
import { freePort } from '../../support/http';
import { SecretFiles } from '../../support/secret-files';

type Changes = NonNullable<Parameters<typeof routeConfig>[0]>;

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

const BODY = '{"inputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[0.5,2]}]}';
const CALL: ModelCall = { body: Buffer.from(BODY), requestId: 'r-1' };

function clientsFor(changes: Changes) {
  const observed: { status: string; seconds: number }[] = [];
  const config: RouteConfig = routeConfig(changes);
  const open = modelClients(config, (status, seconds) => observed.push({ status, seconds }));
  const client = (url: string): SingleModel => {
    const opened = open(url);
    closing.push(() => opened.close());
    return opened;
  };
  return { client, observed, timeoutMs: config.model.timeoutSeconds * 1000 };
}

function clientFor(url: string, changes: Changes = {}) {
  const { client, observed, timeoutMs } = clientsFor({ ...changes, model: { ...changes.model, url } });
  const opened = client(url);
  return {
    client: opened,
    observed,
    ask: (call: Partial<ModelCall> = {}) => opened.predict({ ...CALL, ...call }, timeoutMs),
  };
}

async function modelThat(...args: Parameters<typeof startGrpcModel>) {
  const model = await startGrpcModel(...args);
  closing.push(() => model.close());
  return { ...model, url: `grpc://127.0.0.1:${model.port}/iris` };
}

async function askModelThat(answer: (request: GrpcRequest) => GrpcAnswer | Promise<GrpcAnswer>, changes: Changes = {}) {
  const model = await modelThat(answer);
  const { ask, observed, client } = clientFor(model.url, changes);
  return { answer: await ask(), observed, model, client, ask };
}

function failureOf(answer: Answer) {
  if (answer.ok) throw new Error(`there is an answer: ${answer.body}`);
  return answer.failure;
}

const never = () => new Promise<undefined>(() => undefined);

describe('GrpcClient', () => {
  it('asks the model of the URL, and answers with V2 in JSON', async () => {
    const { answer, model, observed } = await askModelThat(echo);

    expect(answer).toStrictEqual({
      ok: true,
      body: Buffer.from('{"outputs":[{"name":"x","datatype":"FP32","shape":[2],"data":[0.5,2]}]}'),
      contentType: 'application/json',
    });
    expect(model.requests.map(({ message }) => message)).toStrictEqual([
      {
        model_name: 'iris',
        inputs: [{ name: 'x', datatype: 'FP32', shape: ['2'], contents: { fp32_contents: [0.5, 2] } }],
      },
    ]);
    expect(observed.map(({ status }) => status)).toStrictEqual(['OK']);
  });

  it('asks for the version of the URL', async () => {
    const model = await modelThat(echo);

    await clientFor(`grpc://127.0.0.1:${model.port}/my%20iris/versions/3`).ask();

    expect(model.requests[0]?.message).toMatchObject({ model_name: 'my iris', model_version: '3' });
  });

  it('sends tensors that came in binary in binary, and reads such an answer', async () => {
    const json = '{"inputs":[{"name":"x","datatype":"INT16","shape":[2],"parameters":{"binary_data_size":4}}]}';
    const model = await modelThat(echo);

    const answer = await clientFor(model.url).ask({
      body: Buffer.concat([Buffer.from(json), Buffer.from('0100ffff', 'hex')]),
      headers: { 'inference-header-content-length': String(json.length) },
    });

    expect(answer.ok && answer.body.toString()).toBe(
      '{"outputs":[{"name":"x","datatype":"INT16","shape":[2],"data":[1,-1]}]}',
    );
    expect(model.requests[0]?.message.raw_input_contents).toStrictEqual([Buffer.from('0100ffff', 'hex')]);
  });

  it('writes bytes that are no text as the route says', async () => {
    const bytes = () => ({
      outputs: [{ name: 'y', datatype: 'BYTES', shape: [1], contents: { bytes_contents: [Buffer.from([0xff])] } }],
    });

    const { answer } = await askModelThat(bytes, { reply: { body: { path: '$', bytesAs: 'base64' } } });

    expect(answer.ok && JSON.parse(answer.body.toString()).outputs[0].data).toStrictEqual(['/w==']);
  });

  it('does not ask about what is no V2 request', async () => {
    const model = await modelThat(echo);
    const { ask, observed } = clientFor(model.url);

    expect(failureOf(await ask({ body: Buffer.from('{"instances":[1]}') }))).toStrictEqual({
      code: 'BRIDGE_ERR_REQUEST_INVALID',
      status: 400,
      message: 'the request has the member "instances", which a V2 request has not',
      retryable: false,
    });
    expect([model.requests, observed]).toStrictEqual([[], []]);
  });

  it('does not take an answer that JSON cannot write', async () => {
    const nan = () => ({
      outputs: [{ name: 'y', datatype: 'FP32', shape: [1], contents: { fp32_contents: [Number.NaN] } }],
    });

    const { answer } = await askModelThat(nan);

    expect(failureOf(answer)).toMatchObject({
      code: 'BRIDGE_ERR_MODEL_ANSWER',
      message: 'output "y" of the model\'s answer has NaN as value 0, which JSON has no number for',
    });
  });

  describe('goes along with the call', () => {
    it('the request id, and the headers of the route', async () => {
      const { model } = await askModelThat(echo, { model: { headers: { 'X-Tenant': 'a' } } });

      expect(model.requests[0]?.metadata).toMatchObject({ 'x-request-id': 'r-1', 'x-tenant': 'a' });
    });

    it('the login, read for each call', async () => {
      const files = new SecretFiles();
      closing.push(() => files.removeAll());
      const login = { bearerTokenFile: files.write('token', 'first') };
      const { model, ask } = await askModelThat(echo, { model: { login } });
      files.write('token', 'second');

      await ask();

      expect(model.requests.map(({ metadata }) => metadata.authorization)).toStrictEqual([
        'Bearer first',
        'Bearer second',
      ]);
    });

    it('the trace, in which the call is a step', async () => {
      const model = await modelThat(echo);
      const steps: unknown[] = [];
      const trace = {
        callModel: (url: string) => {
          steps.push(url.replace(String(model.port), 'port'));
          return { fields: { traceparent: '00-a-b-01' }, end: (result?: string) => steps.push(result) };
        },
      };

      await clientFor(model.url).ask({ trace });

      expect(model.requests[0]?.metadata.traceparent).toBe('00-a-b-01');
      expect(steps).toStrictEqual(['http://127.0.0.1:port/inference.GRPCInferenceService/ModelInfer', '200']);
    });

    it('how long the answer is waited for', async () => {
      const { model } = await askModelThat(echo, { model: { timeoutSeconds: 7 } });

      expect(model.requests[0]?.timeLeft).toBeGreaterThan(5_000);
      expect(model.requests[0]?.timeLeft).toBeLessThanOrEqual(7_000);
    });

    it('the host that is asked for: the address, or another', async () => {
      const { model } = await askModelThat(echo);
      await clientFor(model.url, { model: { hostHeader: 'iris.example.com' } }).ask();

      expect(model.requests.map(({ authority }) => authority)).toStrictEqual([
        `127.0.0.1:${model.port}`,
        'iris.example.com',
      ]);
    });
  });

  describe('a status', () => {
    it.each([
      [status.INVALID_ARGUMENT, 400],
      [status.FAILED_PRECONDITION, 400],
      [status.OUT_OF_RANGE, 400],
      [status.UNAUTHENTICATED, 401],
      [status.PERMISSION_DENIED, 403],
      [status.NOT_FOUND, 404],
      [status.ALREADY_EXISTS, 409],
      [status.UNIMPLEMENTED, 501],
    ])('%i is final, and is told as %i', async (code, httpStatus) => {
      const { answer, observed } = await askModelThat(() => ({ code, details: 'model "iris"\nis not there' }));

      const message = `the model answered ${status[code]}: model "iris" is not there`;
      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_REJECTED',
        status: httpStatus,
        message,
        retryable: false,
      });
      expect(observed.map((call) => call.status)).toStrictEqual([status[code]]);
    });

    it.each([
      [status.RESOURCE_EXHAUSTED, 429],
      [status.UNKNOWN, 500],
      [status.INTERNAL, 500],
      [status.DATA_LOSS, 500],
      [status.CANCELLED, 503],
      [status.ABORTED, 503],
      [status.UNAVAILABLE, 503],
    ])('%i may be another one later, and is told as %i', async (code, httpStatus) => {
      const { answer } = await askModelThat(() => ({ code, details: '' }));

      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_BUSY',
        status: httpStatus,
        message: `the model answered ${status[code]}: (no details)`,
        retryable: true,
      });
    });

    it('that says that the time is over is a timeout', async () => {
      const { answer } = await askModelThat(() => ({ code: status.DEADLINE_EXCEEDED, details: 'too slow' }));

      expect(failureOf(answer)).toMatchObject({ code: 'BRIDGE_ERR_MODEL_TIMEOUT', status: 504, retryable: true });
    });
  });

  describe('sizes', () => {
    const bytes = (length: number) => () => ({
      outputs: [
        { name: 'y', datatype: 'BYTES', shape: [1], contents: { bytes_contents: [Buffer.alloc(length, 'a')] } },
      ],
    });
    const jsonAround = '{"outputs":[{"name":"y","datatype":"BYTES","shape":[1],"data":[""]}]}'.length;

    it.each([
      { what: 'as JSON', length: 100, maxReplyBytes: jsonAround + 99 },
      { what: 'as a message', length: 10_000, maxReplyBytes: 5_000 },
    ])('an answer of more than maxReplyBytes, $what, is refused', async ({ length, maxReplyBytes }) => {
      const { answer } = await askModelThat(bytes(length), { model: { maxReplyBytes } });

      expect(failureOf(answer)).toMatchObject({ code: 'BRIDGE_ERR_REPLY_TOO_LARGE', retryable: false });
    });

    it('an answer of maxReplyBytes is taken', async () => {
      const { answer } = await askModelThat(bytes(100), { model: { maxReplyBytes: jsonAround + 100 } });

      expect(answer.ok).toBe(true);
    });

    it('a request that is too large for the server is not sent again', async () => {
      const model = await modelThat(echo, { server: { 'grpc.max_receive_message_length': 10 } });

      expect(failureOf(await clientFor(model.url).ask())).toMatchObject({
        code: 'BRIDGE_ERR_MODEL_REJECTED',
        status: 413,
        retryable: false,
      });
    });

    it('go beyond the four megabytes of gRPC', async () => {
      const { answer } = await askModelThat(bytes(5_000_000));

      expect(answer.ok && answer.body.length).toBe(jsonAround + 5_000_000);
    });
  });

  describe('no answer', () => {
    it('in time is a timeout', async () => {
      const { answer, observed } = await askModelThat(never, { model: { timeoutSeconds: 0.2 } });

      expect(failureOf(answer)).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_TIMEOUT',
        status: 504,
        message: 'the model did not answer within 0.2 s',
        retryable: true,
      });
      expect(observed.map((call) => call.status)).toStrictEqual(['DEADLINE_EXCEEDED']);
    });

    it('because nothing listens: the model cannot be reached', async () => {
      const { ask, observed } = clientFor(`grpc://127.0.0.1:${await freePort()}/iris`);

      const { code, status, message, retryable } = failureOf(await ask());

      expect({ code, status, retryable }).toStrictEqual({
        code: 'BRIDGE_ERR_MODEL_UNREACHABLE',
        status: 503,
        retryable: true,
      });
      expect(message).toMatch(/^the model cannot be reached: .*ECONNREFUSED/);
      expect(observed.map((call) => call.status)).toStrictEqual(['UNAVAILABLE']);
    });

    it('because the connection broke: the model cannot be reached', async () => {
      const sockets = new Set<Socket>();
      const server = createServer((socket) => {
        sockets.add(socket.on('error', () => undefined));
        socket.once('data', () => socket.destroy());
      });
      closing.push(() => shut(server));

      expect(failureOf(await clientFor(`grpc://127.0.0.1:${await listen(server)}/iris`).ask())).toMatchObject({
        code: 'BRIDGE_ERR_MODEL_UNREACHABLE',
        retryable: true,
      });
    });

    it('for now: the model is there again as soon as it listens', async () => {
      const port = await freePort();
      const { ask } = clientFor(`grpc://127.0.0.1:${port}/iris`, { model: { retry: { minMs: 20, maxMs: 50 } } });
      const before = await ask();
      await modelThat(echo, { port });

      await expect.poll(async () => (await ask()).ok, { timeout: 5_000 }).toBe(true);
      expect(before.ok).toBe(false);
    });

    it('from something that is not gRPC is a failure like any other', async () => {
      const server = createServer((socket) =>
        socket
          .resume()
          .end('HTTP/1.1 400 Bad Request\r\n\r\n')
          .on('error', () => undefined),
      );
      closing.push(() => shut(server));

      expect(failureOf(await clientFor(`grpc://127.0.0.1:${await listen(server)}/iris`).ask()).retryable).toBe(true);
    });

    it('without a login is said to be that', async () => {
      const files = new SecretFiles();
      closing.push(() => files.removeAll());
      const model = await modelThat(echo);
      const { ask } = clientFor(model.url, { model: { login: { bearerTokenFile: files.write('token', 'secret') } } });
      files.remove('token');

      expect(failureOf(await ask())).toMatchObject({ code: 'BRIDGE_ERR_MODEL_LOGIN', retryable: true });
      expect(model.requests).toStrictEqual([]);
    });
  });

  describe('connections', () => {
    it('are one to a server, for all calls and all models of a route', async () => {
      const model = await modelThat(echo);
      const { client } = clientsFor({ model: { url: model.url } });
      const models = ['iris', 'mnist'].map((name) => client(model.url.replace('iris', name)));

      await Promise.all([...models, ...models].map((model) => model.predict(CALL, 5_000)));

      expect(new Set(model.requests.map(({ message }) => message.model_name))).toStrictEqual(
        new Set(['iris', 'mnist']),
      );
      expect(new Set(model.requests.map(({ peer }) => peer)).size).toBe(1);
    });

    it('end when the model is retired and has answered', async () => {
      let answer = (_: GrpcAnswer): void => undefined;
      const model = await modelThat(
        (request) =>
          new Promise((resolve) => {
            answer = () => resolve(echo(request));
          }),
      );
      const { client, ask } = clientFor(model.url);
      const asked = ask();
      await expect.poll(() => model.requests.length).toBe(1);

      const retired = client.retire();
      answer(undefined);

      expect((await asked).ok).toBe(true);
      await retired;
      expect(failureOf(await ask()).retryable).toBe(true);
    });

    it('end at once when the client is closed', async () => {
      const model = await modelThat(never);
      const { client, ask } = clientFor(model.url);
      const asked = ask();
      await expect.poll(() => model.requests.length).toBe(1);

      await client.close();

      expect(failureOf(await asked).retryable).toBe(true);
    });
  });

  describe('over TLS', () => {
    let ca: Certificate;
    let other: Certificate;
    beforeAll(async () => {
      [ca, other] = await Promise.all([certificate('localhost'), certificate('localhost')]);
    });

    async function secureModel(own: Certificate = ca, clientCa?: Certificate) {
      const keys = [{ private_key: Buffer.from(own.private), cert_chain: Buffer.from(own.cert) }];
      const roots = clientCa ? Buffer.from(clientCa.cert) : null;
      const credentials = ServerCredentials.createSsl(roots, keys, clientCa !== undefined);
      const model = await modelThat(echo, { credentials });
      return { ...model, url: `grpcs://localhost:${model.port}/iris` };
    }

    function files() {
      const folder = new SecretFiles();
      closing.push(() => folder.removeAll());
      return folder;
    }

    it('asks a server that the authority signed for', async () => {
      const model = await secureModel();

      expect(
        (await clientFor(model.url, { model: { tls: { caFile: files().write('ca.pem', ca.cert) } } }).ask()).ok,
      ).toBe(true);
    });

    it('does not ask another server', async () => {
      const model = await secureModel();

      const { code, message } = failureOf(
        await clientFor(model.url, { model: { tls: { caFile: files().write('ca.pem', other.cert) } } }).ask(),
      );

      expect(code).toBe('BRIDGE_ERR_MODEL_UNREACHABLE');
      expect(message).toMatch(/certificate/);
      expect(model.requests).toStrictEqual([]);
    });

    it.each([
      { tls: { serverName: 'localhost' }, ok: true },
      { tls: {}, ok: false },
      { tls: { serverName: 'iris.example' }, ok: false },
    ])('asks for the name in the certificate: $tls', async ({ tls, ok }) => {
      const model = await secureModel();
      const url = model.url.replace('localhost', '127.0.0.1');

      expect(
        (await clientFor(url, { model: { tls: { ...tls, caFile: files().write('ca.pem', ca.cert) } } }).ask()).ok,
      ).toBe(ok);
    });

    it('asks for the name of the host header, as over HTTP', async () => {
      const model = await secureModel();
      const caFile = files().write('ca.pem', ca.cert);

      const right = clientFor(model.url.replace('localhost', '127.0.0.1'), {
        model: { hostHeader: 'localhost', tls: { caFile } },
      });
      const wrong = clientFor(model.url, { model: { hostHeader: 'iris.example', tls: { caFile } } });

      expect([(await right.ask()).ok, (await wrong.ask()).ok]).toStrictEqual([true, false]);
    });

    it('shows a certificate of its own, and a renewed one after the file has changed', async () => {
      const model = await secureModel(ca, other);
      const folder = files();
      const tls = {
        caFile: folder.write('ca.pem', ca.cert),
        certFile: folder.write('cert.pem', ca.cert),
        keyFile: folder.write('key.pem', ca.private),
      };
      const { ask } = clientFor(model.url, { model: { tls, retry: { minMs: 10, maxMs: 20 } } });
      const stranger = await ask();

      folder.write('key.pem', other.private);
      folder.write('cert.pem', other.cert);

      await expect.poll(async () => (await ask()).ok).toBe(true);
      expect(stranger.ok).toBe(false);
    });

    it('goes on with the connection that there is while a file is missing', async () => {
      const model = await secureModel();
      const folder = files();
      const { ask } = clientFor(model.url, { model: { tls: { caFile: folder.write('ca.pem', ca.cert) } } });
      await ask();
      folder.remove('ca.pem');

      expect((await ask()).ok).toBe(true);
    });

    it('shares a connection between the models of a route', async () => {
      const model = await secureModel();
      const tls = { caFile: files().write('ca.pem', ca.cert) };
      const { client } = clientsFor({ model: { url: model.url, tls } });

      await Promise.all(['iris', 'mnist'].map((name) => client(model.url.replace('iris', name)).predict(CALL, 5_000)));

      expect(new Set(model.requests.map(({ peer }) => peer)).size).toBe(1);
    });

    it.each(['caFile', 'certFile'])('does not begin without its %s', (file) => {
      const tls =
        file === 'caFile' ? { caFile: '/nowhere/ca.pem' } : { certFile: '/nowhere/c.pem', keyFile: '/nowhere/k.pem' };

      expect(() => clientsFor({ model: { url: 'grpcs://iris.example/iris', tls } })).toThrow(
        /BRIDGE_ERR_CONFIG.*ENOENT/,
      );
    });
  });
});

type Certificate = Awaited<ReturnType<typeof generate>>;

function certificate(name: string): Promise<Certificate> {
  const extensions = [{ name: 'subjectAltName' as const, altNames: [{ type: 2 as const, value: name }] }];
  return generate([{ name: 'commonName', value: name }], { keySize: 2048, algorithm: 'sha256', extensions });
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as { port: number }).port));
  });
}

function shut(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
