import { describe, expect, it } from 'vitest';
import { captureProblem, modelUrlProblem } from '../../../bridge/config/model-url';

describe('modelUrlProblem', () => {
  it.each([
    'http://iris.staging.svc/v1/models/iris:predict',
    'http://{model}.{namespace}.svc.cluster.local/v1/models/{model}:predict',
    'https://{model}.example.com:8443/v2/models/m-{model}/infer?raw=1',
    'http://{model}.example.com./v1',
    'http://[::1]:8080/v1/models/{model}:predict',
  ])('takes %s', (url) => {
    expect(modelUrlProblem(url)).toBeUndefined();
  });

  it.each([
    ['http://{host}/v1', 'the host must end with a part that is not taken from the topic'],
    ['http://models.{tld}/v1', 'the host must end with a part that is not taken from the topic'],
    ['http://a{model}.example.com/v1', '"a{model}" is not a whole part of the host'],
    ['http://example.com:{port}/v1', 'is not a whole part of the host'],
    ['http://example.com/v1?model={model}', 'in the host and in the path only'],
    ['http://example.com/v1#{model}', 'in the host and in the path only'],
    ['http://{model}./v1', 'the host must end with a part that is not taken from the topic'],
    ['http://{model}.%2e/v1', '"%2e" is not a whole part of the host'],
    ['http:///{model}/v1', 'it names no host'],
    ['http://{model}/v1\n', 'visible ASCII characters only'],
    ['http://{model}\\.example.com/v1', 'no backslash'],
  ])('refuses %s: %s', (url, problem) => {
    expect(modelUrlProblem(url)).toContain(problem);
  });
});

describe('captureProblem', () => {
  it.each(['iris', 'a', '0', 'a-b-1', 'a'.repeat(63)])('takes "%s"', (model) => {
    expect(captureProblem({ model }, ['model'])).toBeUndefined();
  });

  it.each([
    '..%2f',
    '..',
    'a.b',
    'a/b',
    'Iris',
    '-iris',
    'iris-',
    'xn--a',
    'iris@evil.example',
    'evil.example#',
    '',
    'ı',
    'a'.repeat(64),
    'a\r\nhost: x',
  ])('refuses %j: it could lead elsewhere', (model) => {
    expect(captureProblem({ model }, ['model'])).toContain('becomes part of a URL');
  });

  it('does not mind what goes into no URL', () => {
    expect(captureProblem({ device: 'Cam #7' }, [])).toBeUndefined();
  });

  it('shows only the beginning of what it refuses', () => {
    expect(captureProblem({ model: 'A'.repeat(10_000) }, ['model'])?.length).toBeLessThan(250);
  });
});
