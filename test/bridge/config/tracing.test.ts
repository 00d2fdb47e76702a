import { describe, expect, it } from 'vitest';
import { tracing } from '../../../bridge/config/tracing';

const problemsOf = (value: unknown) => tracing.safeParse(value).error?.issues.map(({ message }) => message) ?? [];

describe('tracing', () => {
  it.each([
    [{}],
    [{ endpoint: 'http://collector:4318' }],
    [{ endpoint: 'https://collector.example/otlp/v1/traces' }],
    [{ sampleRatio: 0 }],
    [{ sampleRatio: 1 }],
  ])('may be %j', (value) => {
    expect(problemsOf(value)).toEqual([]);
  });

  it.each([[{ sampleRatio: -0.1 }], [{ sampleRatio: 1.1 }], [{ endpoint: 'grpc://collector:4317' }], [{ url: 'x' }]])(
    'may not be %j',
    (value) => {
      expect(problemsOf(value)).toHaveLength(1);
    },
  );

  it('has no password in its endpoint, and says where it goes', () => {
    expect(problemsOf({ endpoint: 'https://user:hunter2@collector.example' })).toEqual([
      expect.stringMatching(/^(?!.*hunter2).*Use tracing\.headersFile$/),
    ]);
  });
});
