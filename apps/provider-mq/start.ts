import { randomUUID } from 'node:crypto';
import { askGateway } from './local/gateway-request';
import { startLocalSystem } from './local/local-system';

/**
 * Runs this app on this machine, and asks the model a question through gateway, queue and provider. Needs RabbitMQ, and
 * ends with exit code 1 where it is not installed.
 */

const QUESTION = '{"data": "[29, 29]"}';
const ANSWER = '{"result":500938}';

async function main(): Promise<void> {
  const system = await startLocalSystem(say);
  try {
    const headers = { RqUID: randomUUID(), 'routing-key': 'predict.now' };
    say(`POST /v1/predict, RqUID ${headers.RqUID}, routing-key ${headers['routing-key']}: ${QUESTION}`);
    const { status, body } = await askGateway(system.requester, headers, QUESTION);
    say(`${status} ${body}`);
    if (status !== 200 || body !== ANSWER) throw new Error(`that was to be 200 ${ANSWER}`);
  } finally {
    await system.stop();
  }
}

function say(step: string): void {
  process.stdout.write(`${step}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
