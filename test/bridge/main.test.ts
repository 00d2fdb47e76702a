import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeConfigInput } from '../../bridge';
import { startBroker, type TestBroker } from './support/broker';
import { startCommand as bridge } from './support/command';
import { configInput, routeInput } from './support/config';
import { freePort } from './support/http';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-main-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function configFile(config: object): string {
  const file = join(folder, 'bridge.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

function runnable(url: string): BridgeConfigInput {
  return configInput({
    broker: { url, clientId: 'bridge-0', protocolVersion: 4 },
    http: { host: '127.0.0.1', port: 0 },
  });
}

describe('edge-inference-bridge', () => {
  it('--help explains every option', async () => {
    const { code, stdout, stderr } = await bridge('--help').ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const option of ['--config FILE', '--check', '--help', 'request', 'bench']) expect(stdout).toContain(option);
  });

  it('--check says that a good configuration is good', async () => {
    const file = configFile(configInput());

    const { code, stdout, stderr } = await bridge('--config', file, '--check').ended;

    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${file} is a good configuration with 1 route(s)\n`);
  });

  it('--check says all that is wrong with a bad one, and exits with 2', async () => {
    const file = configFile(
      configInput({ routes: [routeInput({ requestTopic: 'iris/+x' })], log: { level: 'loud' as never } }),
    );

    const { code, stdout, stderr } = await bridge('--config', file, '--check').ended;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr.split('\n')).toEqual([
      `BRIDGE_ERR_CONFIG: ${file} is not a bridge configuration:`,
      '  routes[0].requestTopic is "iris/+x", but a + stands for a whole topic level',
      expect.stringMatching(/^ {2}log\.level is "loud"\. .*"debug"\|"info"\|"warn"\|"error"/),
      '',
    ]);
  });

  it.each([
    [
      'a file that is missing',
      () => ['--config', join(folder, 'none.yaml')],
      /^BRIDGE_ERR_CONFIG: cannot read .*none\.yaml: ENOENT/,
    ],
    [
      'no configuration',
      () => [],
      /^BRIDGE_ERR_CONFIG: no configuration given\.\n\nUsage: edge-inference-bridge \[run\] --config FILE/,
    ],
    ['an unknown option', () => ['--conf', 'bridge.yaml'], /^Unknown option '--conf'/],
  ])('exits with 2 and a clear message, without a stack trace, when given %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await bridge(...args()).ended;

    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  describe('on SIGTERM', () => {
    let broker: TestBroker;
    beforeEach(async () => {
      broker = await startBroker();
    });
    afterEach(() => broker.close());

    it('stops and exits with 0', async () => {
      const { child, printed, ended } = bridge('--config', configFile(runnable(broker.url)));
      await printed('"connection":"requests","broker"');

      child.kill('SIGTERM');
      const { code, stdout, stderr } = await ended;

      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const lines = stdout
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line));
      expect(lines.at(-1)).toMatchObject({ level: 'info', name: 'bridge', msg: 'stopped' });
      expect(lines.map(({ msg }) => msg)).toContain('stopping: answering what was taken');
      expect(lines.find(({ msg }) => msg === 'started')).toMatchObject({
        routes: ['iris'],
        operationsPort: expect.any(Number),
      });
    });

    it('exits with 0 without a broker, too', async () => {
      const url = `mqtt://127.0.0.1:${await freePort()}`;
      const { child, printed, ended } = bridge('--config', configFile(runnable(url)));
      await printed('BRIDGE_ERR_BROKER_CONNECTION');

      child.kill('SIGTERM');

      expect((await ended).code).toBe(0);
    });
  });
});
