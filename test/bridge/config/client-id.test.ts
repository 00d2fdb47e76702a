import { describe, expect, it } from 'vitest';
import { BridgeError } from '../../../bridge';
import { resolveClientId } from '../../../bridge/config/client-id';

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
