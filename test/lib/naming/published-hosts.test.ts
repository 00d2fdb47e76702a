import { describe, expect, it } from 'vitest';
import { HostLayout } from '../../../lib/naming/host-layout';
import { publishedNameProblem, wildcardsOf } from '../../../lib/naming/published-hosts';

describe('wildcardsOf', () => {
  const published = { domain: 'example.com', namespaces: ['staging', 'prod'], hosts: [] };

  it('has one for the domain and one for each namespace that is part of hosts', () => {
    expect(wildcardsOf({ ...published, hostLayout: HostLayout.PER_NAMESPACE })).toStrictEqual([
      { name: '*.example.com' },
      { name: '*.staging.example.com', namespace: 'staging' },
      { name: '*.prod.example.com', namespace: 'prod' },
    ]);
  });

  it('has one in all when namespaces are no part of their own', () => {
    expect(wildcardsOf({ ...published, hostLayout: HostLayout.FLAT })).toStrictEqual([{ name: '*.example.com' }]);
  });
});

describe('publishedNameProblem', () => {
  /** A wildcard of this length. */
  const long = (length: number) => `*.${'a.'.repeat(120)}${'b'.repeat(length - 242)}`;

  it.each(['example.com', '*.example.com', `*.${'a'.repeat(63)}.com`, long(253)])('accepts %j', (name) => {
    expect(publishedNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['*', '* can only be'],
    ['a.*.example.com', '* can only be'],
    ['*.*.example.com', '* can only be'],
    ['a*.example.com', '* can only be'],
    ['*.com', 'at least two parts'],
    ['', 'begins and ends with a letter or a digit'],
    ['*.Example.com', 'only a-z'],
    ['*.example.com.', 'begins and ends with a letter or a digit'],
    [`*.${'a'.repeat(64)}.com`, 'at most 63 characters, and this one has 64'],
    [long(254), 'at most 253 characters, and this one has 254'],
  ])('refuses %j: %s', (name, rule) => {
    expect(publishedNameProblem(name)).toContain(rule);
  });
});
