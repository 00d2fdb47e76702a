import { isIPv4, isIPv6 } from 'node:net';

/** Says why `range` is no range of addresses in CIDR notation, nor an address, or nothing when it is one. */
export function sourceRangeProblem(range: string): string | undefined {
  const [address = '', prefix, ...rest] = range.split('/');
  const bits = isIPv4(address) ? 32 : isIPv6(address) ? 128 : undefined;
  if (bits === undefined || rest.length > 0 || address.includes('%')) return 'an address or a range begins with an IP';
  if (prefix === undefined) return undefined;
  return /^(0|[1-9]\d*)$/.test(prefix) && Number(prefix) <= bits
    ? undefined
    : `the prefix of such a range is a number from 0 to ${bits}`;
}
