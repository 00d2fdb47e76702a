import { onTestFinished } from 'vitest';
import { type GatewayConfigInput, parseGatewayConfig } from '../../../../bridge/config/gateway';
import { startGateway } from '../../../../bridge/gateway/gateway';
import { CapturedLog } from '../../support/log';
import type { Posted } from './app';

/** A whole gateway on free ports, gone after the test. */
export interface TestGateway {
  readonly port: number;
  readonly log: CapturedLog;
  /** Posts JSON to `/v1/predict` with the routing key `predict.now`, or what a test wants to be different. */
  post(request?: {
    path?: string;
    headers?: Record<string, string>;
    body?: string;
    signal?: AbortSignal;
  }): Promise<Posted>;
  get(path: string): Promise<Posted>;
  /** Of the port for probes and metrics. */
  operations(path: string): Promise<Posted>;
  /** Of one metric, with its labels as they are written. */
  metric(name: string): Promise<number | undefined>;
  ready(): Promise<void>;
  stop(): Promise<number>;
}

export async function runGateway({ gateway, ...rest }: GatewayConfigInput): Promise<TestGateway> {
  const config = parseGatewayConfig({
    gateway: { host: '127.0.0.1', port: 0, drain: { delaySeconds: 0, timeoutSeconds: 5 }, ...gateway },
    http: { host: '127.0.0.1', port: 0 },
    ...rest,
  });
  const log = new CapturedLog();
  const running = await startGateway(config, log.logger);
  onTestFinished(async () => {
    await running.stop();
  });
  const ask = async (port: number, path: string, init: RequestInit = {}): Promise<Posted> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, init);
    const text = await response.text();
    return { status: response.status, headers: Object.fromEntries(response.headers), text, code: codeIn(text) };
  };
  const operations = (path: string) => ask(running.operationsPort, path);
  return {
    port: running.port,
    log,
    post: ({ path = '/v1/predict', headers, body = '{"data":"[29, 29]"}', signal } = {}) =>
      ask(running.port, path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'routing-key': 'predict.now', ...headers },
        body,
        ...(signal && { signal }),
      }),
    get: (path) => ask(running.port, path),
    operations,
    metric: async (name) => {
      const { text } = await operations('/metrics');
      const line = text.split('\n').find((found) => found.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    },
    ready: async () => {
      while ((await operations('/readyz')).status !== 200) await new Promise((resolve) => setTimeout(resolve, 20));
    },
    stop: () => running.stop(),
  };
}

function codeIn(text: string): string | undefined {
  try {
    return JSON.parse(text).error?.code;
  } catch {
    return undefined;
  }
}
