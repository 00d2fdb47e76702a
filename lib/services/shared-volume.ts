import type { ApiObject } from 'cdk8s';
import { EdgeError } from '../errors';

/** A volume that the pods of a service have in common. */
export class SharedVolume {
  /**
   * @param claim a PersistentVolumeClaim of the app, in the namespace of the service
   * @param mountPath where the pods find it
   * @throws EdgeError EDGE_ERR_SHARED_VOLUME for a claim that pods on several nodes cannot have at a time
   */
  static readWrite(claim: ApiObject, mountPath: string): SharedVolume {
    return new SharedVolume(claim, mountPath, false);
  }

  /** The same for pods that only read. */
  static readOnly(claim: ApiObject, mountPath: string): SharedVolume {
    return new SharedVolume(claim, mountPath, true);
  }

  readonly claim: ApiObject;
  readonly mountPath: string;
  readonly isReadOnly: boolean;

  private constructor(claim: ApiObject, mountPath: string, isReadOnly: boolean) {
    validateClaim(claim, isReadOnly);
    if (!/^\/[^:\s]+$/.test(mountPath)) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: `the mount path of ${claim.name}`,
        value: mountPath,
        rule: 'it is an absolute path without blanks and colons, and not the root',
        fix: 'Choose a folder, /models for instance',
      });
    }
    this.claim = claim;
    this.mountPath = mountPath;
    this.isReadOnly = isReadOnly;
  }
}

function validateClaim(claim: ApiObject, isReadOnly: boolean): void {
  const at = 'the claim of a SharedVolume';
  if (claim?.kind !== 'PersistentVolumeClaim') {
    throw new EdgeError('EDGE_ERR_SHARED_VOLUME', {
      at,
      value: claim?.kind,
      rule: 'pods share what a PersistentVolumeClaim asks for',
      fix: "Give the claim's own object",
    });
  }
  const modes: string[] = claim.toJson().spec?.accessModes ?? [];
  if (modes.includes('ReadWriteMany') || (isReadOnly && modes.includes('ReadOnlyMany'))) return;
  throw new EdgeError('EDGE_ERR_SHARED_VOLUME', {
    at,
    value: `${claim.name} with access modes ${modes.join(', ') || 'none'}`,
    rule: 'pods on a second node would wait for it for ever',
    fix: 'Ask for ReadWriteMany, of a StorageClass for files that are shared (NFS, EFS, CephFS)',
  });
}
