import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BridgeConfigInput } from '../../../bridge';
import { startBroker, type TestBroker } from '../support/broker';
import { startCommand as bridge } from '../support/command';
import { configInput, routeInput } from '../support/config';

const digits = routeInput({
  name: 'digits',
  requestTopic: 'digits/input',
  reply: { topic: 'digits/output' },
  deadLetter: { topic: 'digits/dead' },
});

describe('run', () => {
  let broker: TestBroker;
  let folder: string;
  beforeEach(async () => {
    broker = await startBroker();
    folder = mkdtempSync(join(tmpdir(), 'bridge-run-'));
  });
  afterEach(async () => {
    await broker.close();
    rmSync(folder, { recursive: true });
  });

  /** The next version of the configuration, put in place as a kubelet does it for a ConfigMap. */
  function publish(version: string, changes: Partial<BridgeConfigInput>): void {
    const config = configInput({
      broker: { url: broker.url, clientId: 'bridge-0', protocolVersion: 4 },
      http: { host: '127.0.0.1', port: 0 },
      ...changes,
    });
    mkdirSync(join(folder, version));
    writeFileSync(join(folder, version, 'bridge.yaml'), JSON.stringify(config));
    symlinkSync(version, join(folder, '..data_tmp'));
    renameSync(join(folder, '..data_tmp'), join(folder, '..data'));
  }

  async function started() {
    publish('..1', {});
    symlinkSync('..data/bridge.yaml', join(folder, 'bridge.yaml'));
    const command = bridge('--config', join(folder, 'bridge.yaml'));
    await command.printed('"connection":"requests","broker"');
    return command;
  }

  const subscription = () =>
    new Promise<string[]>((resolve) => {
      broker.aedes.once('subscribe', (subscriptions) =>
        resolve(subscriptions.map(({ topic }: { topic: string }) => topic)),
      );
    });

  it('takes over a configuration whose ConfigMap has changed', async () => {
    const { child, printed, ended } = await started();
    const asked = subscription();
    const told = printed('the configuration was read again');

    publish('..2', { routes: [routeInput(), digits] });

    expect(await asked).toEqual(['digits/input']);
    await told;
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });

  it('goes on with the one it has when the new one is wrong, and says all that is wrong', async () => {
    const { child, printed, ended } = await started();
    const told = printed('the new configuration is refused');

    publish('..2', { routes: [routeInput({ qos: 7 as never, requestTopic: '' })] });

    await told;
    child.kill('SIGTERM');
    const { code, stdout } = await ended;
    expect(code).toBe(0);
    const refusal = stdout.split('\n').find((line) => line.includes('refused')) ?? '';
    expect(refusal).toContain('routes[0].qos');
    expect(refusal).toContain('routes[0].requestTopic');
  });

  it('reads the configuration again on SIGHUP', async () => {
    const { child, printed, ended } = await started();
    const told = printed('the configuration was read again');

    child.kill('SIGHUP');

    await told;
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
  });
});
