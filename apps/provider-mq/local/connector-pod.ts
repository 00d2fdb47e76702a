import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';
import type { Manifest } from '../../../lib/testing';
import { Child } from '../../../lib/testing/local/child';
import { mountVolumes } from '../../../lib/testing/local/pod-files';
import type { ClusterSecrets } from './cluster-secrets';

/** A broker that has to elect the leaders of its queues first. */
const PATIENCE_MS = 60_000;

export interface ConnectorPodOptions<Config> {
  readonly pod: Manifest;
  readonly manifests: readonly Manifest[];
  readonly secrets: ClusterSecrets;
  readonly folder: string;
  readonly operationsPort: number;
  /** The configuration with the addresses of this machine. */
  readonly localised: (config: Config) => Config;
}

/** Runs a provider's or a gateway's pod as a process of its own: its program, its files, its arguments. */
export async function startConnectorPod<Config>(options: ConnectorPodOptions<Config>): Promise<Child> {
  const { pod, manifests, secrets, folder, operationsPort } = options;
  const files = mountVolumes(pod, manifests, folder, (_, name, key) => secrets.value(name, key));
  const [{ command, args }] = pod.spec.template.spec.containers;
  const [, ...words]: string[] = [...command, ...args].map(files.localised);
  const configFile = words.at(-1) as string;
  const config = options.localised(parse(readFileSync(configFile, 'utf8')));
  rmSync(configFile);
  writeFileSync(configFile, stringify(config), { mode: 0o600 });
  const child = new Child(pod.metadata.name, process.execPath, words);
  const readyz = `http://127.0.0.1:${operationsPort}/readyz`;
  const ready = () => fetch(readyz).then(({ ok }) => ok, NOT_YET);
  await child.whenReady(ready, PATIENCE_MS);
  return child;
}

const NOT_YET = () => false;
