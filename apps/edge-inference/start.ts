import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import mqtt, { type MqttClient } from 'mqtt';
import { type LocalLoop, startLocalLoop } from '../../lib/testing';
import { type IrisServer, startIrisServer } from '../iris-model/server';

/** Synthesizes this app, runs what was synthesized on this machine, and asks the model a question over MQTT. */

const MANIFESTS = 'dist';
const USER = 'camera-7';
const REQUEST_TOPIC = 'staging/sklearn-iris/input';
const REPLY_TOPIC = 'staging/sklearn-iris/output';
const REQUEST = '{"instances":[[6.8,2.8,4.8,1.4],[6.0,3.4,4.5,1.6]]}';
const ANSWER = '{"predictions":[1,1]}';
const ANSWER_WITHIN_MS = 10_000;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      stay: { type: 'boolean', default: false },
      broker: { type: 'string' },
      'mqtt-port': { type: 'string' },
      'websocket-port': { type: 'string' },
    },
  });
  execFileSync('cdk8s', ['synth', '--check-upgrade=false'], { stdio: ['ignore', 'ignore', 'inherit'] });
  say(`synth: apps/edge-inference is in ${MANIFESTS}/`);

  const models: IrisServer[] = [];
  const loop = await startLocalLoop({
    manifests: MANIFESTS,
    broker: brokerKind(values.broker),
    mqttPort: portNumber('--mqtt-port', values['mqtt-port']),
    websocketPort: portNumber('--websocket-port', values['websocket-port']),
    startModel: async ({ name }) => {
      const server = await startIrisServer({ name });
      models.push(server);
      return server.url;
    },
    onStep: say,
    onBridgeLine: (line) => values.stay && process.stdout.write(`${line}\n`),
  });
  try {
    const answer = await ask(loop);
    say(`${REPLY_TOPIC}: ${answer}`);
    if (answer !== ANSWER) throw new Error(`the model answered ${answer}, but ${ANSWER} was expected`);
    if (values.stay) await stay(loop);
  } finally {
    await loop.stop();
    await Promise.all(models.map((model) => model.close()));
  }
}

async function ask(loop: LocalLoop): Promise<string> {
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${loop.mqttPort}`, {
    username: USER,
    password: loop.password(`${USER}-mqtt`),
    reconnectPeriod: 0,
  });
  try {
    await client.subscribeAsync(REPLY_TOPIC, { qos: 1 });
    const answered = firstMessage(client);
    say(`${USER} publishes to ${REQUEST_TOPIC}: ${REQUEST}`);
    await client.publishAsync(REQUEST_TOPIC, REQUEST, { qos: 1 });
    return await answered;
  } finally {
    await client.endAsync();
  }
}

function firstMessage(client: MqttClient): Promise<string> {
  return new Promise((resolve, reject) => {
    const seconds = ANSWER_WITHIN_MS / 1000;
    const timer = setTimeout(() => reject(new Error(`no answer within ${seconds} s`)), ANSWER_WITHIN_MS);
    client.once('message', (_, payload) => {
      clearTimeout(timer);
      resolve(String(payload));
    });
  });
}

async function stay(loop: LocalLoop): Promise<void> {
  const login = `-h 127.0.0.1 -p ${loop.mqttPort} -u ${USER} -P '${loop.password(`${USER}-mqtt`)}'`;
  process.stdout.write(`
It stays up until you press Ctrl+C. In one terminal listen, in another ask:

  npx mqtt subscribe ${login} -q 1 -t ${REPLY_TOPIC}
  npx mqtt publish   ${login} -q 1 -t ${REQUEST_TOPIC} -m '${REQUEST}'

`);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
}

function brokerKind(value: string | undefined): 'mosquitto' | 'aedes' | undefined {
  if (value === undefined || value === 'mosquitto' || value === 'aedes') return value;
  throw new Error(`--broker is "${value}", but it is mosquitto or aedes`);
}

function portNumber(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const port = Number(value);
  if (Number.isInteger(port) && port > 0 && port <= 65_535) return port;
  throw new Error(`${option} is "${value}", but a port is a whole number from 1 to 65535`);
}

function say(step: string): void {
  process.stdout.write(`${step}\n`);
}

main().catch((error: Error) => {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
});
