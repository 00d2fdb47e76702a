import { describe, expect, it } from 'vitest';
import { parseBridgeConfig } from '../../../bridge';
import { readGrpcUrl } from '../../../bridge/config/grpc-url';
import { configInput, routeInput } from '../support/config';

type Model = NonNullable<Parameters<typeof routeInput>[0]>['model'];

function problemOf(model: Model, requestTopic = 'iris/input'): string {
  try {
    parseBridgeConfig(configInput({ routes: [routeInput({ model, requestTopic })] }));
    return 'none';
  } catch (error) {
    return (error as Error).message;
  }
}

const PATH_RULE = 'gRPC has no paths: it is grpc://host:port/<model>, or grpc://host:port/<model>/versions/<version>';

describe('a model URL of gRPC', () => {
  it.each([
    ['grpc://iris.example:9000/iris', 'http://iris.example:9000/', 'iris', ''],
    ['grpc://iris.example/iris', 'http://iris.example/', 'iris', ''],
    ['grpcs://iris.example/my%20iris/versions/3', 'https://iris.example/', 'my iris', '3'],
    ['grpcs://[::1]:9000/iris/versions/v-1', 'https://[::1]:9000/', 'iris', 'v-1'],
  ])('%s names a server, a model and a version', (url, address, model, version) => {
    const read = readGrpcUrl(url);

    expect({ ...read, address: read.address.href }).toStrictEqual({ address, model, version });
    expect(problemOf({ url })).toBe('none');
  });

  it.each([
    ['grpc://iris.example', PATH_RULE],
    ['grpc://iris.example/', PATH_RULE],
    ['grpc://iris.example/v2/models/iris/infer', PATH_RULE],
    ['grpc://iris.example/iris/versions/', PATH_RULE],
    ['grpc://iris.example/iris?raw=1', PATH_RULE],
    ['grpc://iris.example/iris#1', PATH_RULE],
    ['grpc://iris.example/%zz', 'its host or the name of the model in it cannot be read'],
    ['grpc://ir%zzis.example/iris', 'its host or the name of the model in it cannot be read'],
    ['grpc://iris.example:99999/iris', 'must be a URL that begins with http://, https://, grpc://, grpcs://'],
    ['grpc://user:secret@iris.example/iris', 'has a user name or password in it'],
  ])('%s is refused', (url, problem) => {
    expect(problemOf({ url })).toContain(`routes[0].model.url`);
    expect(problemOf({ url })).toContain(problem);
  });

  it('may take the host and the model from the topic', () => {
    const url = 'grpc://{model}.{ns}.svc.cluster.local:8081/{model}';

    expect(problemOf({ url }, '{ns}/{model}/input')).toBe('none');
  });

  it.each([
    ['grpc://x-{model}.svc/iris', '"x-{model}" is not a whole part of the host'],
    ['grpc://iris.{model}/iris', 'the host must end with a part that is not taken from the topic'],
  ])('may take whole parts of a fixed host only: %s', (url, problem) => {
    expect(problemOf({ url }, '{model}/input')).toContain(problem);
  });

  it('takes tls with grpcs:// only', () => {
    const tls = { caFile: '/ca.pem' };

    expect(problemOf({ url: 'grpcs://iris.example/iris', tls })).toBe('none');
    expect(problemOf({ url: 'grpc://iris.example/iris', tls })).toContain('has tls and a URL that is not');
  });

  it.each([
    ['Content-Type', 'which gRPC writes itself'],
    ['te', 'which gRPC writes itself'],
    ['grpc-timeout', 'which gRPC writes itself'],
    ['x-trace-bin', 'which gRPC takes for bytes in base64'],
  ])('takes no header %s', (name, problem) => {
    const headers = { [name]: 'a' };

    expect(problemOf({ url: 'grpc://iris.example/iris', headers })).toContain(
      `has a header "${name.toLowerCase()}", ${problem}. Leave it out`,
    );
    expect(problemOf({ url: 'http://iris.example/iris', headers })).toBe('none');
  });

  it('takes no login in such a header either', () => {
    const login = { headerFile: { name: 'x-key-bin', file: '/key' } };

    expect(problemOf({ url: 'grpc://iris.example/iris', login })).toContain('"x-key-bin"');
  });
});
