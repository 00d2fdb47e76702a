import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ApiObject, App, Chart } from 'cdk8s';
import {
  BridgeCode,
  Credentials,
  EdgeApp,
  InferenceBridge,
  InferencePlatform,
  ModelFormat,
  Mosquitto,
  type MosquittoUser,
} from '../lib';
import { synthesize } from '../lib/testing';

/** One measurement in a process of its own: `synth-run.ts <subject> <models>` prints it as JSON. */

export interface Measurement {
  readonly seconds: number;
  readonly mebibytes: number;
  readonly objects: number;
}

const NAMESPACES = Array.from({ length: 10 }, (_, i) => `tenant-${i}`);

function platform(app: EdgeApp, count: number): InferencePlatform {
  const models = new InferencePlatform(app, 'platform', { domain: 'platform.example.com', namespaces: NAMESPACES });
  for (let i = 0; i < count; i += 1) {
    models.addModel(`model-${i}`, {
      namespace: NAMESPACES[i % NAMESPACES.length] as string,
      format: ModelFormat.SKLEARN,
      storageUri: `gs://models/model-${i}`,
    });
  }
  return models;
}

/** A broker's access list is one ConfigMap, which has room for some thousand routes. */
const ROUTES_OF_A_BROKER = 1_000;

function routes(app: EdgeApp, { models }: InferencePlatform): void {
  for (let i = 0; i < models.length; i += ROUTES_OF_A_BROKER) {
    const name = `broker-${i / ROUTES_OF_A_BROKER}`;
    const broker = new Mosquitto(app, name, { namespace: name });
    const devices: MosquittoUser[] = Array.from({ length: 20 }, (_, n) =>
      broker.addUser(`device-${n}`, Credentials.fromSecret(`device-${n}-mqtt`)),
    );
    const bridge = new InferenceBridge(app, `${name}-bridge`, { broker, code: BridgeCode.fromImage('bridge:1') });
    for (const [n, model] of models.slice(i, i + ROUTES_OF_A_BROKER).entries()) {
      bridge.addRoute({ model, clients: [devices[n % devices.length] as MosquittoUser] });
    }
  }
}

/** What is measured: from the first construct to the last file. */
const SUBJECTS = {
  models: (app: EdgeApp, count: number) => {
    platform(app, count);
    app.synth();
  },
  routes: (app: EdgeApp, count: number) => {
    routes(app, platform(app, count));
    app.synth();
  },
} as const;

function measure(run: () => void, objects: number): Measurement {
  const start = process.hrtime.bigint();
  run();
  const seconds = Number(process.hrtime.bigint() - start) / 1e9;
  return { seconds, mebibytes: process.resourceUsage().maxRSS / 1024, objects };
}

function objectsOf(count: number): object[] {
  const app = new EdgeApp();
  platform(app, count);
  return synthesize(app);
}

const [subject = '', models = ''] = process.argv.slice(2);
const outdir = mkdtempSync(path.join(tmpdir(), 'bench-synth-'));
try {
  const count = Number(models);
  let measurement: Measurement;
  if (subject === 'bare') {
    const objects = objectsOf(count) as { kind: string; metadata: { namespace?: string; name: string } }[];
    globalThis.gc?.();
    measurement = measure(() => {
      const app = new App({ outdir });
      const chart = new Chart(app, 'platform');
      for (const [i, object] of objects.entries()) new ApiObject(chart, `object-${i}`, object as never);
      app.synth();
    }, objects.length);
  } else {
    const app = new EdgeApp({ outdir });
    const run = SUBJECTS[subject as keyof typeof SUBJECTS];
    measurement = measure(() => run(app, count), count);
  }
  console.log(JSON.stringify(measurement));
} finally {
  rmSync(outdir, { recursive: true, force: true });
}
