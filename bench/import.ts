import { execFileSync } from 'node:child_process';
import path from 'node:path';

/**
 * How long it takes to load the library, against cdk8s-plus-27, which people load beside it. Each figure is the fastest
 * of several processes, taken in turns, without the start of Node: whatever else the machine does only adds to it.
 */

const RUNS = 15;
const LIMIT = 1.3;
const SUBJECTS = { library: path.join(__dirname, '..', 'build', 'lib', 'index.js'), plus: 'cdk8s-plus-27' };

function load(module: string): number {
  const script = `const start = process.hrtime.bigint(); require(${JSON.stringify(module)});
    console.log(Number(process.hrtime.bigint() - start) / 1e6);`;
  return Number(execFileSync(process.execPath, ['--eval', script], { cwd: __dirname, encoding: 'utf8' }));
}

const turns = Array.from({ length: RUNS }, () => ({ library: load(SUBJECTS.library), plus: load(SUBJECTS.plus) }));
const library = Math.min(...turns.map((turn) => turn.library));
const plus = Math.min(...turns.map((turn) => turn.plus));
const ratio = library / plus;
console.log(
  `cdk8s-plus-27: ${plus.toFixed(0)} ms, cdk8s-edge-inference: ${library.toFixed(0)} ms, ratio ${ratio.toFixed(2)}`,
);
console.log(`${ratio <= LIMIT ? 'within' : 'ABOVE'} the limit of ${LIMIT}`);
process.exitCode = ratio <= LIMIT ? 0 : 1;
