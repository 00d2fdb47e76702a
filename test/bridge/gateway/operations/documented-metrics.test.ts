import { readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, it } from 'vitest';
import { createGatewayMetrics } from '../../../../bridge/gateway/operations/metrics';

const page = readFileSync(path.join(__dirname, '../../../../docs/gateway.md'), 'utf8');

interface Described {
  readonly name: string;
  readonly help: string;
  readonly labelNames?: string[];
}

it('docs/gateway.md lists every metric of the gateway, with its labels', () => {
  const results = () => ({ pending: 0, done: 0 });
  const { registry } = createGatewayMetrics({ inFlight: () => 0, waiting: () => [], results, breakers: [] });
  const metrics = registry.getMetricsAsArray() as unknown as Described[];

  const rows = metrics
    .filter(({ name }) => name.startsWith('gateway_'))
    .map(({ name, help, labelNames = [] }) => `| \`${name}\` | ${labelNames.join(', ')} | ${help} |`);

  expect(page.split('\n').filter((line) => line.startsWith('| `gateway_'))).toEqual(rows);
});
