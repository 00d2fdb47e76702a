import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createMetrics } from '../../../bridge/operations/metrics';

const page = readFileSync(path.join(__dirname, '../../../docs/operations.md'), 'utf8');

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
}

it('docs/operations.md lists every metric of the bridge, with its labels', () => {
  const { registry } = createMetrics(() => 0, []);
  const metrics = registry.getMetricsAsArray() as unknown as Described[];

  const rows = metrics
    .filter(({ name }) => name.startsWith('bridge_'))
    .map(({ name, help, labelNames = [] }) => `| \`${name}\` | ${labelNames.join(', ')} | ${help} |`);

  expect(page.split('\n').filter((line) => line.startsWith('| `bridge_'))).toEqual(rows);
});
