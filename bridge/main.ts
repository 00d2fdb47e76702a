import { BENCH_USAGE, bench } from './commands/bench';
import { GATEWAY_USAGE, gateway } from './commands/gateway';
import { REPLAY_USAGE, replay } from './commands/replay';
import { REQUEST_COMMAND_USAGE, request } from './commands/request';
import { RUN_USAGE, run } from './commands/run';

const COMMANDS: Record<string, { readonly execute: (args: string[]) => Promise<number>; readonly usage: string }> = {
  run: { execute: run, usage: RUN_USAGE },
  gateway: { execute: gateway, usage: GATEWAY_USAGE },
  request: { execute: request, usage: REQUEST_COMMAND_USAGE },
  bench: { execute: bench, usage: BENCH_USAGE },
  replay: { execute: replay, usage: REPLAY_USAGE },
};
const OVERVIEW = `${RUN_USAGE}  -h, --help            this text; also after a command

Other commands, each with a --help of its own:

  gateway               take requests over HTTP, and hand them on
  request               publish one request and print its answer
  bench                 publish many requests and print latencies
  replay                put requests that ended as dead letters back
`;
const WRONG_USAGE = 2;
const LEAST_NODE = 22;

async function main([first = '', ...rest]: string[]): Promise<number> {
  const named = COMMANDS[first];
  const args = named ? rest : [first, ...rest].filter((argument) => argument !== '');
  if (args.includes('--help') || args.includes('-h')) {
    process.stdout.write(named?.usage ?? OVERVIEW);
    return 0;
  }
  return (named?.execute ?? run)(args);
}

function fail(error: Error): number {
  process.stderr.write(`${error.message}\n`);
  return WRONG_USAGE;
}

const { node } = process.versions;
const tooOld = new Error(`the bridge needs Node ${LEAST_NODE} or later, and this is ${node}`);
const outcome = Number.parseInt(node, 10) < LEAST_NODE ? Promise.reject(tooOld) : main(process.argv.slice(2));
outcome.catch(fail).then((code) => {
  process.exitCode = code;
});
