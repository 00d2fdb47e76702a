import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { BridgeConfigInput } from '../../../bridge/config';
import type { Manifest } from '../manifests';
import { Child } from './child';
import type { LocalBroker } from './local-broker';
import { type ExternalSecrets, mountVolumes } from './pod-files';

export interface LocalBridgeOptions {
  readonly broker: LocalBroker;
  readonly operationsPort: number;
  /** Where on this machine a model of the cluster is found. */
  readonly modelOrigin: (url: URL) => string;
  readonly onLine: (line: string) => void;
}

/** Runs the bridge's pod on this machine: its program, its files, with the addresses of this machine. */
export async function startBridgePod(
  pod: Manifest,
  manifests: readonly Manifest[],
  folder: string,
  secrets: ExternalSecrets,
  options: LocalBridgeOptions,
): Promise<Child> {
  const [container] = pod.spec.template.spec.containers;
  const files = mountVolumes(pod, manifests, folder, secrets);
  if (!container.command) {
    throw new Error(
      `bridge ${pod.metadata.name} runs the image ${container.image}; only BridgeCode.bundled() can run here`,
    );
  }
  const args: string[] = [...container.command.slice(1), ...container.args].map(files.localised);
  const configFile = args[args.indexOf('--config') + 1] as string;
  localise(configFile, options);
  const child = new Child(`bridge ${pod.metadata.name}`, process.execPath, args, options.onLine);
  const readyz = `http://127.0.0.1:${options.operationsPort}/readyz`;
  await child.whenReady(() =>
    fetch(readyz).then(
      ({ ok }) => ok,
      () => false,
    ),
  );
  return child;
}

function localise(file: string, { broker, operationsPort, modelOrigin }: LocalBridgeOptions): void {
  const config: BridgeConfigInput = parse(readFileSync(file, 'utf8'));
  const local: BridgeConfigInput = {
    ...config,
    broker: {
      ...config.broker,
      // Here no host name has a number at its end.
      clientId: config.broker.clientId.replace('{ordinal}', '0'),
      url: `${broker.scheme}://127.0.0.1:${broker.mqttPort}`,
      protocolVersion: broker.protocolVersion,
      // The certificate is for the host of the cluster.
      ...(broker.scheme === 'mqtts' && {
        tls: { serverName: new URL(config.broker.url).hostname, ...config.broker.tls },
      }),
    },
    http: { host: '127.0.0.1', port: operationsPort },
    routes: config.routes.map((route) => {
      // No gateway stands before the model here that would ask for a login.
      const { login, hostHeader, ...model } = route.model;
      const url = new URL(
        hostHeader === undefined ? model.url : model.url.replace(new URL(model.url).host, hostHeader),
      );
      return { ...route, model: { ...model, url: modelOrigin(url) + url.pathname } };
    }),
  };
  rmSync(file);
  writeFileSync(file, stringify(local), { mode: 0o600 });
}
