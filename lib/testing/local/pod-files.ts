import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Volume, VolumeMount } from '../../kubernetes/pod';
import { findManifest, type Manifest } from '../manifests';

/** Nobody in a pod may write to such a file. */
const KUBELET_MODE = 0o440;

/** Secrets and ConfigMaps the manifests refer to and do not contain: what an operator would have created. */
export type ExternalSecrets = (namespace: string, name: string, key: string) => string;

/** A pod's volumes as folders on this machine. */
export interface PodFiles {
  /** The text with the paths of the pod replaced by those of this machine. */
  readonly localised: (text: string) => string;
}

/**
 * Does for one pod what a kubelet does: writes its ConfigMaps and Secrets into folders.
 *
 * @param edit changes the text of a file on its way, where this machine needs it otherwise than the cluster
 */
export function mountVolumes(
  pod: Manifest,
  manifests: readonly Manifest[],
  folder: string,
  secrets: ExternalSecrets,
  edit: (file: string, text: string) => string = (_, text) => text,
): PodFiles {
  const namespace = pod.metadata.namespace ?? 'default';
  const spec = pod.spec.template.spec;
  const mounts: VolumeMount[] = [...(spec.initContainers ?? []), ...spec.containers].flatMap(
    (container: { volumeMounts: VolumeMount[] }) => container.volumeMounts,
  );
  // Longest first, so that a path below another one is taken for its own.
  const folders = new Map(
    mounts
      .map(({ mountPath, name }): [string, string] => [mountPath, path.join(folder, name)])
      .sort(([a], [b]) => b.length - a.length),
  );
  const anyPath = new RegExp(`(${[...folders.keys()].join('|')})(?=[/"'\\s]|$)`, 'gm');
  const localised = (text: string) => text.replace(anyPath, (podPath) => folders.get(podPath) ?? podPath);
  const secret = (name: string) =>
    manifests.find(
      ({ kind, metadata }) => kind === 'Secret' && metadata.name === name && metadata.namespace === namespace,
    )?.stringData;
  const secretFile = (name: string, key: string) => secret(name)?.[key] ?? secrets(namespace, name, key);
  const write = (volume: string, name: string, content: string | Buffer) => {
    const file = path.join(folder, volume, name);
    mkdirSync(path.dirname(file), { recursive: true });
    const text = typeof content === 'string' ? edit(name, localised(content)) : content;
    // Its mode would not let it be written a second time.
    rmSync(file, { force: true });
    writeFileSync(file, text, { mode: KUBELET_MODE });
  };
  const configMapFile = (name: string, key: string) => {
    const own = manifests.find(({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === name);
    return own?.data?.[key] ?? secrets(namespace, name, key);
  };
  const writeConfigMap = (volume: string, name: string) => {
    const { data = {}, binaryData = {} } = findManifest(manifests, 'ConfigMap', name, namespace);
    for (const [key, text] of Object.entries(data)) write(volume, key, String(text));
    for (const [key, base64] of Object.entries(binaryData)) write(volume, key, Buffer.from(String(base64), 'base64'));
  };

  for (const volume of spec.volumes as Volume[]) {
    mkdirSync(path.join(folder, volume.name), { recursive: true });
    if (volume.configMap) writeConfigMap(volume.name, volume.configMap.name);
    if (volume.secret) {
      for (const [key, text] of Object.entries(secret(volume.secret.secretName) ?? {})) {
        write(volume.name, key, String(text));
      }
    }
    for (const { configMap, secret: source } of volume.projected?.sources ?? []) {
      if (configMap && !configMap.items) writeConfigMap(volume.name, configMap.name);
      for (const { key, path: file } of configMap?.items ?? []) {
        write(volume.name, file, configMapFile(configMap?.name ?? '', key));
      }
      for (const { key, path: file } of source?.items ?? [])
        write(volume.name, file, secretFile(source?.name ?? '', key));
    }
  }
  return { localised };
}
