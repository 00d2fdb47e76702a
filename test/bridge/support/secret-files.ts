import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder with secrets in it, as a kubelet mounts them. */
export class SecretFiles {
  readonly folder = mkdtempSync(join(tmpdir(), 'bridge-secrets-'));

  path(name: string): string {
    return join(this.folder, name);
  }

  /** Puts a file in the place of another, as a kubelet does. @returns where it is */
  write(name: string, content: string): string {
    const fresh = this.path(`${name}.new`);
    writeFileSync(fresh, content);
    renameSync(fresh, this.path(name));
    return this.path(name);
  }

  remove(name: string): void {
    rmSync(this.path(name));
  }

  removeAll(): void {
    rmSync(this.folder, { recursive: true });
  }
}
