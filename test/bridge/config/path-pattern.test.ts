import { describe, expect, it } from 'vitest';
import { pathProblem, pathShape, routerPath } from '../../../bridge/config/path-pattern';

describe('pathProblem', () => {
  it.each(['/v1/predict', '/v1/models/iris:predict', '/v2/models/{model}/versions/{version}/infer', '/a-b_c.d~e'])(
    'has nothing against %s',
    (path) => {
      expect(pathProblem(path)).toBeUndefined();
    },
  );

  it.each([
    '',
    'a',
    '/',
    '/a//b',
    '/a b',
    '/ä',
    '/a%20b',
    '/*',
    '/a{b}',
    '/{a}b',
    '/{a}:',
    '/{1}',
    '/:a',
    '/a:b:c',
    '/.',
    '/(a)',
  ])('has something against "%s"', (path) => {
    expect(pathProblem(path)).toBeDefined();
  });
});

describe('routerPath', () => {
  it.each([
    ['/v1/predict', '/v1/predict'],
    ['/v1/models/iris:predict', '/v1/models/iris::predict'],
    ['/v1/models/{model}:predict', '/v1/models/:model(^[^:/]+)::predict'],
    ['/v2/models/{model}/infer', '/v2/models/:model(^[^:/]+)/infer'],
  ])('writes %s for the router', (path, written) => {
    expect(routerPath(path)).toBe(written);
  });
});

describe('pathShape', () => {
  it('is the same for paths that only call things otherwise', () => {
    expect(pathShape('/v1/{a}:predict')).toBe(pathShape('/v1/{b}:predict'));
    expect(pathShape('/v1/{a}:predict')).not.toBe(pathShape('/v1/{a}:explain'));
  });
});
