import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { type Answer, type Ask, ask } from './local/http-client';
import { type LocalPlatform, startLocalPlatform } from './local/local-platform';
import { irisDataSet } from './model/data-set';

/** Runs this app on this machine, and asks every route for what it has. */

const API = 'ml-system-service-api.com';
const INFO = 'ml-info-service.com';
const FLOWER = '{"sepal_length":5.1,"sepal_width":3.5}';
const SERVED_WITHIN_MS = 10_000;

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { stay: { type: 'boolean', default: false }, port: { type: 'string' } } });
  const platform = await startLocalPlatform({ port: portNumber(values.port), onStep: say });
  try {
    await visitRoutes(platform);
    await trainAndPredict(platform);
    if (values.stay) await stay(platform);
  } finally {
    await platform.stop();
  }
}

/** Every kind of route once, also those that lead to what is not found. */
async function visitRoutes({ port }: LocalPlatform): Promise<void> {
  const visits: [host: string, path: string, status: number][] = [
    [API, '/info/services', 200],
    [API, '/api/v1/info/', 200],
    [API, '/info', 307],
    [API, '/serve/models?deployed=true', 200],
    [API, '/train/runs', 401],
    [INFO, '/services', 200],
    [API, '/information', 404],
    ['unknown.example.com', '/info', 404],
  ];
  for (const [host, path, status] of visits) await expectStatus(port, { host, path }, status);
}

async function trainAndPredict({ port, login }: LocalPlatform): Promise<void> {
  const authorization = `Basic ${Buffer.from(login).toString('base64')}`;
  const predict = { host: API, path: '/serve/predict', method: 'POST', headers: json({}), body: FLOWER };
  const before = await expectStatus(port, predict, 200);

  const headers = { authorization, 'content-type': 'text/csv' };
  const upload = { host: API, path: '/train/datasets', method: 'POST', headers, body: irisDataSet() };
  const { dataset } = JSON.parse((await expectStatus(port, upload, 201)).body);
  const run = { host: API, path: '/train/runs', method: 'POST', headers: json({ authorization }) };
  const trained = await expectStatus(port, { ...run, body: JSON.stringify({ dataset }) }, 201);
  const { version } = JSON.parse(trained.body);

  for (let waited = 0; ; waited += 50) {
    const after = await ask(port, predict);
    if (after.version === version) {
      say(`serve went from model ${before.version} to ${version} without a restart: ${after.body}`);
      return;
    }
    if (waited > SERVED_WITHIN_MS)
      throw new Error(`serve still predicts with ${after.version}, and not with ${version}`);
    await delay(50);
  }
}

async function expectStatus(port: number, question: Ask, status: number): Promise<Answer> {
  const answer = await ask(port, question);
  const { method = 'GET', host, path } = question;
  say(`${method} https://${host}${path} → ${answer.status} ${answer.location ?? answer.body}`);
  if (answer.status !== status) throw new Error(`that was to be answered with ${status}`);
  return answer;
}

function json(headers: Record<string, string>): Record<string, string> {
  return { ...headers, 'content-type': 'application/json' };
}

async function stay({ port, login }: LocalPlatform): Promise<void> {
  process.stdout.write(`
It stays up until you press Ctrl+C. Ask it with a Host header:

  curl -H 'Host: ${API}' -H 'content-type: application/json' -d '${FLOWER}' http://127.0.0.1:${port}/serve/predict
  curl -H 'Host: ${API}' -u '${login}' http://127.0.0.1:${port}/train/runs

`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function portNumber(value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error(`--port is "${value}", but a port is a whole number from 1 to 65535`);
}

function say(step: string): void {
  process.stdout.write(`${step}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
