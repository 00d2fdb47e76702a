import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { EdgeApp, type MlServices } from '../../../lib';
import { type Manifest, synthesize } from '../../../lib/testing';
import { type RunningService, startService } from '../service';
import { mlPlatform } from '../stack';
import { startLocalRouter } from './local-router';

export interface LocalPlatformOptions {
  /** @default - a free one */
  readonly port?: number;
  readonly onStep?: (step: string) => void;
}

/** The platform at work on this machine. */
export interface LocalPlatform {
  readonly services: MlServices;
  /** Where the router listens; it goes by the Host header. */
  readonly port: number;
  /** `user:password` for training, drawn at random. */
  readonly login: string;
  /** What stands for the shared volume. */
  readonly store: string;
  stop(): Promise<void>;
}

/** Synthesizes the stack, and runs each Deployment's container here: with its argument and its environment. */
export async function startLocalPlatform(options: LocalPlatformOptions = {}): Promise<LocalPlatform> {
  const { onStep: say = () => undefined } = options;
  const app = new EdgeApp();
  const services = mlPlatform(app);
  const deployments = synthesize(app).filter(({ kind }) => kind === 'Deployment');
  const store = mkdtempSync(path.join(tmpdir(), 'ml-platform-'));
  const login = `trainer:${randomBytes(12).toString('hex')}`;
  const closers: (() => Promise<void>)[] = [];
  const stop = async () => {
    await Promise.all(closers.splice(0).map((close) => close()));
    rmSync(store, { recursive: true, force: true });
  };

  try {
    const origins = new Map<string, string>();
    for (const deployment of deployments) {
      const service = await startContainer(deployment, store);
      closers.push(() => service.close());
      origins.set(deployment.metadata.name, service.url);
      say(`${deployment.metadata.name}: answers at ${service.url}`);
    }
    const router = await startLocalRouter({ routes: services.routes, origins, login, port: options.port });
    closers.unshift(() => router.close());
    say(`router: listens on 127.0.0.1:${router.port} with ${services.routes.routes.length} routes of the stack`);
    return { services, port: router.port, login, store, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface EnvironmentVariable {
  readonly name: string;
  readonly value: string;
}

function startContainer({ spec }: Manifest, store: string): Promise<RunningService> {
  const [container] = spec.template.spec.containers;
  const env = Object.fromEntries(container.env.map(({ name, value }: EnvironmentVariable) => [name, value]));
  const here = { PORT: '0', HOST: '127.0.0.1', LOG_LEVEL: 'warn', MODEL_STORE: store, RELOAD_MS: '50', DRAIN_MS: '0' };
  return startService(container.args[0], { ...env, ...here });
}
