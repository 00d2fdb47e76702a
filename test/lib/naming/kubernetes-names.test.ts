import { describe, expect, it } from 'vitest';
import { dnsLabelProblem, dnsSubdomainProblem, workloadNameProblem } from '../../../lib/naming/kubernetes-names';

const NOT_LABELS = ['', '-', '-a', 'a-', 'A', 'aB', 'a_b', 'a b', 'ä', 'a\n', 'a/b', '*'];

describe('dnsLabelProblem', () => {
  it.each(['a', '0', 'a1', '1a', 'a-b', 'a--b', 'a'.repeat(63)])('accepts the label %j', (name) => {
    expect(dnsLabelProblem(name)).toBeUndefined();
  });

  it.each([...NOT_LABELS, 'a.b'])('refuses the label %j', (name) => {
    expect(dnsLabelProblem(name)).toBe(
      'a name here has only a-z, 0-9 and -, and begins and ends with a letter or a digit',
    );
  });

  it('refuses a label of 64 characters and says how many it has', () => {
    expect(dnsLabelProblem('a'.repeat(64))).toBe('a name here has at most 63 characters, and this one has 64');
  });
});

describe('dnsSubdomainProblem', () => {
  const long = (length: number) => `${'a'.repeat(length - 2)}.b`;

  it.each(['a', 'a.b', 'a-b.c-d.e', '0.1', long(253)])('accepts the subdomain %j', (name) => {
    expect(dnsSubdomainProblem(name)).toBeUndefined();
  });

  it.each([...NOT_LABELS, '.', 'a.', '.a', 'a..b', 'a.-b', 'a.B', '*.a'])('refuses the subdomain %j', (name) => {
    expect(dnsSubdomainProblem(name)).toBe(
      'a name has only a-z, 0-9, - and ., and each part begins and ends with a letter or a digit',
    );
  });

  it('refuses a subdomain of 254 characters and says how many it has', () => {
    expect(dnsSubdomainProblem(long(254))).toBe('a name has at most 253 characters, and this one has 254');
  });
});

describe('a name that is not there', () => {
  // As from an environment: `process.env.DOMAIN as string`.
  const missing = undefined as unknown as string;

  it.each([dnsLabelProblem, dnsSubdomainProblem, workloadNameProblem])('is refused by %o', (problem) => {
    expect(problem(missing)).toBe('a name is a text');
  });
});

describe('workloadNameProblem', () => {
  it.each(['a', 'a1', 'a-b', 'a'.repeat(52)])('accepts the name %j', (name) => {
    expect(workloadNameProblem(name)).toBeUndefined();
  });

  it.each([
    ...[...NOT_LABELS, 'a.b'].map((name): [string, string] => [name, 'only a-z, 0-9 and -']),
    ['1a', "a Service's name begins with a letter"],
    ['a'.repeat(53), "a workload's name has at most 52 characters"],
    ['a'.repeat(64), 'at most 63 characters, and this one has 64'],
  ])('refuses the name %j: %s', (name, rule) => {
    expect(workloadNameProblem(name)).toContain(rule);
  });
});
