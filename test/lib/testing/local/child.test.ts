import { describe, expect, it, onTestFinished } from 'vitest';
import { Child } from '../../../../lib/testing/local/child';

const FOR_EVER = 'setInterval(() => undefined, 1e6);';
const POLITE = `
  process.on('SIGTERM', () => { console.log('goodbye'); process.exit(); });
  console.log('ready');
  ${FOR_EVER}`;

function node(script: string, onLine?: (line: string) => void): Child {
  const child = new Child('program', process.execPath, ['--eval', script], onLine);
  onTestFinished(() => child.stop());
  return child;
}

const never = async () => false;

describe('a child that is waited for', () => {
  it('is ready when it says so', async () => {
    const lines: string[] = [];
    const child = node(`console.log('first'); console.error('second'); ${FOR_EVER}`, (line) => lines.push(line));

    await child.whenReady(async () => lines.length === 2);

    expect(lines.sort()).toStrictEqual(['first', 'second']);
  });

  it('is given up with its last words when it ends', async () => {
    const child = node(`console.log('on the way'); console.error('no such thing'); process.exitCode = 3;`);

    const error = await child.whenReady(never).catch((reason: Error) => reason);

    expect(error?.message).toMatch(/^program ended with 3\. Its last words:\n {2}/);
    expect(error?.message.split('\n').slice(1).sort()).toStrictEqual(['  no such thing', '  on the way']);
  });

  it('is given up when it cannot be started', async () => {
    const child = new Child('program', '/does/not/exist', []);

    await expect(child.whenReady(never)).rejects.toThrow('program cannot be started: spawn /does/not/exist ENOENT');
    await child.stop();
  });

  it('is given up when it takes too long', async () => {
    const child = node(FOR_EVER);

    await expect(child.whenReady(never, 50)).rejects.toThrow('program was not ready after 0.05 s');
  });

  it('is stopped when it is given up: nobody else has hold of it', async () => {
    const lines: string[] = [];
    const child = node(POLITE, (line) => lines.push(line));
    await child.whenReady(async () => lines.includes('ready'));

    await expect(child.whenReady(never, 50)).rejects.toThrow('was not ready');

    expect(lines).toStrictEqual(['ready', 'goodbye']);
  });
});

describe('a child that is stopped', () => {
  it('gets time to say goodbye', async () => {
    const lines: string[] = [];
    const child = node(POLITE, (line) => lines.push(line));
    await child.whenReady(async () => lines.includes('ready'));

    await child.stop();

    expect(lines).toStrictEqual(['ready', 'goodbye']);
  });

  it('may be stopped again', async () => {
    const child = node(FOR_EVER);
    await child.stop();

    await expect(child.stop()).resolves.toBeUndefined();
  });
});
