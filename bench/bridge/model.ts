import { spawn } from 'node:child_process';
import { Child } from '../../test/faults/child';

const START_MS = 10_000;

/** @param program the bundle of trivial-model.ts */
export async function startModel(program: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const child = new Child('the model', spawn(process.execPath, [program]));
  const [, port] = await child.says(/listening on (\d+)/, START_MS);
  return { url: `http://127.0.0.1:${port}/v1/models/trivial:predict`, close: () => child.end('SIGKILL') };
}
