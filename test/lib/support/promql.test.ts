import { describe, expect, it } from 'vitest';
import { parsePromql } from './promql';

describe('parsePromql', () => {
  it('says which series an expression asks for, and by what it groups them', () => {
    const expression = 'sum by (le, route) (rate(a_bucket{x="1",y=~"a|b"}[10m])) > 0 unless on (pod) max(b) / 2';

    expect(parsePromql(expression)).toStrictEqual({
      selectors: [
        { metric: 'a_bucket', labels: ['x', 'y'] },
        { metric: 'b', labels: [] },
      ],
      groupedBy: ['le', 'route', 'pod'],
    });
  });

  it.each([
    'a{x="1"} == 1 and b or c',
    '100 * sum(rate(a[5m])) / sum by (x) (b) >= 1.5',
    'histogram_quantile(0.99, sum(rate(a_bucket[$__rate_interval])) by (le))',
    'absent(a{x!="1",})',
    '(a)',
  ])('takes %s', (expression) => {
    expect(() => parsePromql(expression)).not.toThrow();
  });

  it.each([
    ['', 'the end in place of a value'],
    ['sum(a', 'the end in place of )'],
    ['sum by pod (a)', 'pod in place of ('],
    ['a{x=1}', '1 in place of a text'],
    ['a{x="1"', 'the end in place of a label'],
    ['a{x=~"("}', 'Invalid regular expression'],
    ['a b', 'b in place of the end'],
    ['rate(a)', 'a vector in place of a range'],
    ['sum(a[5m])', 'an aggregation is of a vector'],
    ['a[5m]', 'a range is no result'],
    ['a[5m] > 1', '> takes no ranges'],
    ['a and 1', 'and stands between vectors'],
    ['a & b', 'no PromQL from 1 on'],
    ['histogram_quantile(a)', 'a vector in place of a scalar'],
    ['sum(a) by (1)', '1 in place of a label'],
  ])('refuses %s', (expression, problem) => {
    expect(() => parsePromql(expression)).toThrow(problem);
  });
});
