import { execFileSync } from 'node:child_process';
import { createRequire } from 'node:module';
import path from 'node:path';

/**
 * How long it takes to type-check a program that uses the library with Pulumi, against one that uses `@pulumi/aws/acm`
 * alone, which the library stands on. Each figure is the fastest of several processes, taken in turns: whatever else the
 * machine does only adds to it.
 */

const RUNS = 15;
const LIMIT = 1.3;
const FOLDER = path.join(__dirname, 'typecheck');
const TSC = path.join(createRequire(__filename).resolve('typescript/package.json'), '..', 'bin', 'tsc');

// As a user has them. Declarations are not checked, only read: that is what takes the time.
const OPTIONS = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'node20', '--types', 'node'];

function check(program: string): number {
  const start = performance.now();
  try {
    execFileSync(process.execPath, [TSC, ...OPTIONS, program], { cwd: FOLDER, encoding: 'utf8' });
  } catch (error) {
    throw new Error(`${program} does not compile:\n${(error as { stdout: string }).stdout}`);
  }
  return performance.now() - start;
}

const turns = Array.from({ length: RUNS }, () => ({ library: check('library.ts'), aws: check('aws.ts') }));
const library = Math.min(...turns.map((turn) => turn.library));
const aws = Math.min(...turns.map((turn) => turn.aws));
const ratio = library / aws;
console.log(
  `@pulumi/aws/acm: ${aws.toFixed(0)} ms, cdk8s-edge-inference/pulumi: ${library.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
);
console.log(`${ratio <= LIMIT ? 'within' : 'ABOVE'} the limit of ${LIMIT}`);
process.exitCode = ratio <= LIMIT ? 0 : 1;
