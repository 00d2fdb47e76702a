import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import type { ProviderConfigInput } from '../../../bridge/config/provider';
import { EdgeApp } from '../../../lib';
import { findManifest, synthesize } from '../../../lib/testing';
import { freePort } from '../../../lib/testing/local/free-port';
import { type SampleModel, startSampleModel } from '../model/sample-model';
import { providerMq } from '../topology';
import { clusterSecrets } from './cluster-secrets';
import { startConnectorPod } from './connector-pod';
import type { Requester } from './gateway-request';
import { LocalRabbitMq } from './local-rabbitmq';
import { rabbitMqPrograms } from './rabbitmq-programs';

/** The stack at work on this machine. */
export interface LocalSystem {
  /** How somebody asks it who may. */
  readonly requester: Requester;
  readonly model: SampleModel;
  /** Where provider and gateway have their metrics. */
  readonly operationsPorts: { readonly provider: number; readonly gateway: number };
  stop(): Promise<void>;
}

type Amqp = ProviderConfigInput['amqp'];

/**
 * Synthesizes the stack and runs it: RabbitMQ with the rendered files, provider and gateway with their rendered program
 * and configuration, and the example model. Only addresses are changed.
 *
 * @throws Error where RabbitMQ is not installed, or a part does not start; then nothing runs any more
 */
export async function startLocalSystem(say: (step: string) => void = () => undefined): Promise<LocalSystem> {
  const programs = rabbitMqPrograms();
  const app = new EdgeApp();
  providerMq(app);
  const manifests = synthesize(app);
  const secrets = await clusterSecrets(manifests);
  const folder = mkdtempSync(path.join(tmpdir(), 'provider-mq-'));
  const parts: (() => Promise<void>)[] = [];
  const stop = async () => {
    for (const end of parts.splice(0).reverse()) await end();
    rmSync(folder, { recursive: true, force: true });
  };

  try {
    const model = await startSampleModel();
    parts.push(() => model.close());
    say(`model: answers at ${model.url}/predict`);

    const pod = findManifest(manifests, 'StatefulSet', 'rabbitmq');
    const broker = await LocalRabbitMq.start({
      pod,
      manifests,
      secrets,
      programs,
      folder: path.join(folder, 'broker'),
    });
    parts.push(() => broker.stop());
    say(`broker: RabbitMQ listens on 127.0.0.1:${broker.port} with TLS, and knows the users and queues of the stack`);
    // The certificate is for the host of the cluster.
    const localAmqp = <Config extends Amqp | undefined>(amqp: Config): Config =>
      amqp && {
        ...amqp,
        url: `amqps://127.0.0.1:${broker.port}`,
        tls: { ...amqp.tls, serverName: new URL(amqp.url).hostname },
      };

    const operationsPorts = { provider: await freePort(), gateway: await freePort() };
    const http = (port: number) => ({ host: '127.0.0.1', port });
    const start = <Config>(name: 'provider' | 'gateway', localised: (config: Config) => Config) =>
      startConnectorPod({
        ...{ manifests, secrets, localised, operationsPort: operationsPorts[name] },
        pod: findManifest(manifests, 'Deployment', name),
        folder: path.join(folder, name),
      });
    const provider = await start<ProviderConfigInput>('provider', (config) => ({
      ...config,
      amqp: localAmqp(config.amqp),
      http: http(operationsPorts.provider),
      routes: config.routes.map((route) => ({
        ...route,
        model: { ...route.model, url: model.url + new URL(route.model.url).pathname },
      })),
    }));
    parts.push(() => provider.stop());
    say('provider: takes requests from the queue fib');

    const port = await freePort();
    const gateway = await start<GatewayConfigInput>('gateway', ({ gateway, ...config }) => ({
      ...config,
      gateway: { ...gateway, host: '127.0.0.1', port, drain: { ...gateway.drain, delaySeconds: 0 } },
      amqp: localAmqp(config.amqp),
      http: http(operationsPorts.gateway),
    }));
    parts.push(() => gateway.stop());
    say(`gateway: https://127.0.0.1:${port}, for who has a certificate`);
    return { requester: { port, authority: secrets.authority, own: secrets.requester }, model, operationsPorts, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}
