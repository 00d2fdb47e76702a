import { expect, it } from 'vitest';
import { sourceRangeProblem } from '../../../../lib/entry/traefik/source-ranges';

it.each(['192.0.2.1', '192.0.2.0/24', '0.0.0.0/0', '192.0.2.1/32', '2001:db8::1', '2001:db8::/32', '::/0', '::1/128'])(
  '%s is a range of addresses',
  (range) => {
    expect(sourceRangeProblem(range)).toBeUndefined();
  },
);

it.each(['', 'example.com', '192.0.2', '192.0.2.0/24/8', '/24', '300.0.0.1', 'fe80::1%eth0', '*', ' 192.0.2.1'])(
  '%j is none, as it is not about an address',
  (range) => {
    expect(sourceRangeProblem(range)).toBe('an address or a range begins with an IP');
  },
);

it.each([
  ['192.0.2.0/33', 32],
  ['192.0.2.0/-1', 32],
  ['192.0.2.0/', 32],
  ['192.0.2.0/08', 32],
  ['192.0.2.0/255.255.255.0', 32],
  ['2001:db8::/129', 128],
])('%s is none, as its prefix is wrong', (range, bits) => {
  expect(sourceRangeProblem(range)).toBe(`the prefix of such a range is a number from 0 to ${bits}`);
});
