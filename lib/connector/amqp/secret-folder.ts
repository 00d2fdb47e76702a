import type { ProjectedSource } from '../../kubernetes/pod';

/** Files of Secrets and ConfigMaps as a container sees them. */
export interface SecretFolder {
  readonly name: string;
  readonly mountPath: string;
  readonly source: ProjectedSource;
}

/** A folder for what there is; a folder, as in single files the kubelet renews nothing. */
export function secretFolder(name: string, mountPath: string, source: ProjectedSource | undefined): SecretFolder[] {
  return source ? [{ name, mountPath, source }] : [];
}
