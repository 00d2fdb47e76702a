import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(__dirname, '../../../../bridge');

/** The library is a third of a megabyte, and most bridges never call over gRPC. */
it('gRPC is loaded in one place, and not at the start', () => {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  const loads = (line: string) => line.includes("'@grpc/") && !/^(import|export) type /.test(line);

  const loading = files.flatMap((file) => {
    const lines = readFileSync(join(root, file), 'utf8').split('\n').filter(loads);
    return lines.map((line) => `${file}: ${line.trim()}`);
  });

  expect(loading).toStrictEqual([`${join('model', 'grpc', 'grpc-library.ts')}: library ??= import('@grpc/grpc-js');`]);
});
