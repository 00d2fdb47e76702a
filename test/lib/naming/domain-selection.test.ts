import { describe, expect, it } from 'vitest';
import { domainFor, type SelectedDomain } from '../../../lib/naming/domain-selection';

const DOMAINS: SelectedDomain[] = [
  { domain: 'lab.example.com', selector: { stage: 'lab' } },
  { domain: 'blue.lab.example.com', selector: { stage: 'lab', color: 'blue' } },
  { domain: 'a.example.com', selector: { color: 'red' } },
];

describe('domainFor', () => {
  it.each<[labels: Record<string, string>, domain: string, why: string]>([
    [{}, 'example.com', 'without labels'],
    [{ stage: 'prod' }, 'example.com', 'with another value'],
    [{ stage: 'lab' }, 'lab.example.com', 'with the labels of one'],
    [{ stage: 'lab', size: 'xl' }, 'lab.example.com', 'with more labels than asked for'],
    [{ stage: 'lab', color: 'blue' }, 'blue.lab.example.com', 'with the labels of the more specific one'],
    [{ stage: 'lab', color: 'red' }, 'a.example.com', 'of equally specific ones the first in the alphabet'],
  ])('for %j is %s: %s', (labels, domain) => {
    expect(domainFor(labels, DOMAINS, 'example.com')).toBe(domain);
  });
});
