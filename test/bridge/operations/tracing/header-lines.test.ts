import { describe, expect, it } from 'vitest';
import { parseHeaderLines } from '../../../../bridge/operations/tracing/header-lines';

describe('parseHeaderLines', () => {
  it('reads a header of each line, and skips empty ones and comments', () => {
    const text = '# for the collector\nAuthorization: Bearer a:b \r\n\n  x-tenant:7\n';

    expect(parseHeaderLines(text)).toEqual({ authorization: 'Bearer a:b', 'x-tenant': '7' });
  });

  it.each(['Bearer hunter2', 'x tenant: hunter2', 'x-tenant:', ': hunter2', 'x-tenant: hünter2\u0000'])(
    'refuses %j, by the number of its line and without its text',
    (line) => {
      const parse = () => parseHeaderLines(`x-first: 1\n${line}\n`);

      expect(parse).toThrow('line 2 of the file with headers for the collector is not of the form "name: value"');
    },
  );
});
