import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { AedesOptions } from 'aedes';
import { expect, it, onTestFinished } from 'vitest';
import { startLoop } from './support/loop';

it('a bridge whose connections break logs in again with the password that the file has by then', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bridge-password-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const passwordFile = join(folder, 'password');
  writeFileSync(passwordFile, 'old');
  const seen: string[] = [];
  const authenticate: AedesOptions['authenticate'] = ({ id }, _username, password, done) => {
    if (id.startsWith('bridge-0')) seen.push(String(password));
    done(null, true);
  };
  const { broker, log, ask } = await startLoop({
    broker: { authenticate },
    login: { username: 'bridge', passwordFile },
  });

  writeFileSync(passwordFile, 'new');
  const back = ['requests', 'replies'].map((connection) => log.next({ msg: 'connected', connection }));
  broker.dropConnections();
  await Promise.all(back);

  expect(seen).toEqual(['old', 'old', 'new', 'new']);
  await expect(ask('iris/input')).resolves.toEqual({ predictions: [1] });
});
