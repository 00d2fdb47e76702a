import { describe, expect, it } from 'vitest';
import { TopicPattern } from '../../../bridge/config/topic-pattern';
import { RouteTable } from '../../../bridge/mqtt/route-table';

const table = new RouteTable(
  ['iris/input', '{namespace}/{model}/ask', 'logs/#'].map((text) => ({ text, pattern: new TopicPattern(text) })),
);

describe('RouteTable', () => {
  it.each([
    ['iris/input', 'iris/input'],
    ['staging/digits/ask', '{namespace}/{model}/ask'],
    ['logs/a/b', 'logs/#'],
    ['logs', 'logs/#'],
    ['iris/output', undefined],
    ['staging/digits/ask/x', undefined],
    ['$SYS/digits/ask', undefined],
  ])('finds for %s the route of %s', (topic, text) => {
    expect(table.find(topic)?.text).toBe(text);
  });
});
