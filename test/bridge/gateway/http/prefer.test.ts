import { expect, it } from 'vitest';
import { prefersAsync } from '../../../../bridge/gateway/http/prefer';

it.each([
  ['respond-async', true],
  ['Respond-Async', true],
  ['respond-async, wait=10', true],
  ['wait=10; x=y , respond-async', true],
  [['wait=10', 'respond-async'], true],
  [undefined, false],
  ['', false],
  ['wait=10', false],
  ['x="respond-async"', false],
  ['respond-asynchronously', false],
])('whether %j would rather come back: %s', (prefer, expected) => {
  expect(prefersAsync(prefer)).toBe(expected);
});
