import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { MosquittoVersion } from '../../../lib';
import { MOSQUITTO_PATHS } from '../../../lib/broker/mosquitto-paths';
import { prepareScript } from '../../../lib/broker/mosquitto-scripts';
import { temporaryFolder } from '../support/folders';

const UID = 1883;
const ITERATIONS = 5_000;
const installed = ['setpriv', 'mosquitto_passwd'].every((program) => spawnSync('which', [program]).status === 0);
const able = installed && process.getuid?.() === 0;
const why = able ? '' : ' (skipped: it takes root, setpriv and mosquitto_passwd to be the user of the pod)';

describe.skipIf(!able)(
  `the init container's script, as the user of the pod, with the file modes of a kubelet${why}`,
  () => {
    function pod() {
      const root = temporaryFolder();
      chmodSync(root, 0o755);
      const folder = (name: string) => path.join(root, MOSQUITTO_PATHS[name as keyof typeof MOSQUITTO_PATHS]);
      const write = (file: string, text: string) => {
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, text, { mode: 0o440 });
        chownSync(file, 0, UID);
      };
      write(path.join(folder('config'), 'acl'), 'user bob\n');
      write(path.join(folder('users'), 'passwd'), '');
      write(path.join(folder('secrets'), 'bob', 'password'), 'a:b c"d\\e$f\n');
      mkdirSync(folder('run'), { recursive: true });
      chownSync(folder('run'), UID, UID);
      const script = prepareScript({
        version: MosquittoVersion.V2_0,
        iterations: ITERATIONS,
        hasParents: false,
      }).replaceAll('/mosquitto/', `${path.join(root, 'mosquitto')}/`);
      const run = () =>
        execFileSync('setpriv', [`--reuid=${UID}`, `--regid=${UID}`, '--clear-groups', 'sh', '-c', script], {
          stdio: 'pipe',
        });
      return { run, file: (name: string) => path.join(folder('run'), name) };
    }

    it('leaves files that only the broker can read, with hashes of the rounds that were asked for', () => {
      const { run, file } = pod();

      run();

      expect([statSync(file('acl')).mode & 0o777, statSync(file('passwd')).mode & 0o777]).toStrictEqual([0o600, 0o600]);
      expect(readFileSync(file('passwd'), 'utf8')).toMatch(new RegExp(`^bob:\\$7\\$${ITERATIONS}\\$`));
    });

    it('works again in a pod where it has run before', () => {
      const { run, file } = pod();
      run();

      run();

      expect(readFileSync(file('passwd'), 'utf8').trim().split('\n')).toHaveLength(1);
    });
  },
);
