import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { gatewayInput, toModel } from '../gateway/support/config';
import { startCommand } from '../support/command';
import { freePort, json, startModel } from '../support/http';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gateway-command-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function configFile(config: object): string {
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, JSON.stringify(config));
  return file;
}

describe('edge-inference-bridge gateway', () => {
  it('--help explains every option', async () => {
    const { code, stdout, stderr } = await startCommand('gateway', '--help').ended;

    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    for (const option of ['--config FILE', '--check']) expect(stdout).toContain(option);
  });

  it('--check says that a good configuration is good', async () => {
    const file = configFile(gatewayInput());

    const { code, stdout, stderr } = await startCommand('gateway', '--config', file, '--check').ended;

    expect({ code, stderr }).toStrictEqual({ code: 0, stderr: '' });
    expect(stdout).toBe(`${file} is a good configuration with 1 route(s)\n`);
  });

  it.each([
    [
      'no configuration',
      () => [],
      /^BRIDGE_ERR_CONFIG: no configuration given\.\n\nUsage: edge-inference-bridge gateway/,
    ],
    [
      'a bad one',
      () => ['--config', configFile({ gateway: {} })],
      /is not a gateway configuration:\n {2}gateway\.routes/,
    ],
    [
      'certificates that are not there',
      () => [
        '--config',
        configFile(gatewayInput({ tls: { certFile: '/none', keyFile: '/none' }, routes: [toModel()] })),
      ],
      /^BRIDGE_ERR_CONFIG: gateway\.tls cannot be used: ENOENT/,
    ],
  ])('exits with 2 and a clear message, without a stack trace, when given %s', async (_what, args, message) => {
    const { code, stdout, stderr } = await startCommand('gateway', ...args()).ended;

    expect({ code, stdout }).toStrictEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it('is what a bridge says that is given the configuration of a gateway', async () => {
    const { code, stderr } = await startCommand('run', '--config', configFile(gatewayInput())).ended;

    expect(code).toBe(2);
    expect(stderr).toMatch(/is the configuration of a gateway\. Run it with the command gateway$/m);
  });

  it('exits with 2 when its port is taken', async () => {
    const model = await startModel(() => undefined);
    onTestFinished(() => model.close());
    const port = Number(new URL(model.origin).port);
    const file = configFile(gatewayInput({ host: '127.0.0.1', port, routes: [toModel()] }, { http: { port: 0 } }));

    const { code, stderr } = await startCommand('gateway', '--config', file).ended;

    expect(code).toBe(2);
    expect(stderr).toMatch(/^BRIDGE_ERR_CONFIG: no requests on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
  });

  it('on SIGTERM answers what it has taken, and exits with 0', async () => {
    const asked = Promise.withResolvers<() => void>();
    const model = await startModel((response) => asked.resolve(() => json(response, { predictions: [1] })));
    onTestFinished(() => model.close());
    const port = await freePort();
    const direct = { model: { url: `${model.origin}/v1/models/iris:predict` } };
    const file = configFile(
      gatewayInput(
        { host: '127.0.0.1', port, routes: [toModel({ direct })], drain: { delaySeconds: 0 } },
        { http: { host: '127.0.0.1', port: 0 } },
      ),
    );
    const { child, printed, ended } = startCommand('gateway', '--config', file);
    await printed('"msg":"started"');
    const waiting = fetch(`http://127.0.0.1:${port}/v1/models/iris:predict`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    const answer = await asked.promise;

    child.kill('SIGTERM');
    await printed('"msg":"stopping');
    answer();

    expect((await waiting).status).toBe(200);
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toMatchObject({ level: 'info', msg: 'stopped' });
  });
});
