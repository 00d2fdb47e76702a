import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../bridge';
import { isFirstMember, resolveClientId } from '../../../bridge/config/client-id';

describe('resolveClientId', () => {
  it.each([
    ['edge/bridge', 'laptop', 'edge/bridge'],
    ['edge/bridge-{ordinal}', 'bridge-12', 'edge/bridge-12'],
    ['edge/{hostname}', 'bridge-0', 'edge/bridge-0'],
  ])('makes of %s on %s the id %s', (template, hostname, id) => {
    expect(resolveClientId(template, hostname)).toBe(id);
  });

  it('refuses an ordinal where the name of the host has none: two members would have one id', () => {
    expect(() => resolveClientId('bridge-{ordinal}', 'bridge-7f9c')).toThrow(BridgeError);
    expect(() => resolveClientId('bridge-{ordinal}', 'bridge-7f9c')).toThrow('the host is called "bridge-7f9c"');
  });
});

describe('isFirstMember', () => {
  it.each([
    ['bridge/{ordinal}', 'bridge-0', true],
    ['bridge/{ordinal}', 'bridge-1', false],
    ['bridge/{ordinal}', 'bridge-10', false],
    ['bridge', 'bridge-0', false],
  ])('of %s on %s is %s', (template, hostname, first) => {
    expect(isFirstMember(template, hostname)).toBe(first);
  });
});
