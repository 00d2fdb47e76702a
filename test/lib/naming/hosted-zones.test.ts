import { describe, expect, it } from 'vitest';
import { zoneOf, zoneProblem } from '../../../lib/naming/hosted-zones';

const ZONES = ['example.com', 'platform.example.com', 'example.org'];

describe('zoneOf', () => {
  it.each([
    ['platform.example.com', 'platform.example.com'],
    ['*.platform.example.com', 'platform.example.com'],
    ['a.b.platform.example.com', 'platform.example.com'],
    ['aplatform.example.com', 'example.com'],
    ['mqtt.example.com', 'example.com'],
    ['example.org', 'example.org'],
    ['example.net', undefined],
    ['com', undefined],
  ])('of %s is the longest that it ends with: %s', (name, zone) => {
    expect(zoneOf(name, ZONES)).toBe(zone);
    expect(zoneOf(name, ZONES.toReversed())).toBe(zone);
  });
});

describe('zoneProblem', () => {
  it('accepts every name when no zones are given', () => {
    expect(zoneProblem('example.net', undefined)).toBeUndefined();
  });

  it('names the zones, or that there is none', () => {
    expect(zoneProblem('a.example.com', ZONES)).toBeUndefined();
    expect(zoneProblem('example.net', ZONES)).toContain('the zones are example.com, platform.example.com, example.org');
    expect(zoneProblem('example.net', [])).toContain('the zones are none');
  });
});
