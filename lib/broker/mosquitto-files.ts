import { type MosquittoSettings, mosquittoConf } from './mosquitto-conf';
import type { MosquittoParent } from './mosquitto-parent';
import { prepareScript, reloadScript, reloadSignal } from './mosquitto-scripts';

export interface MosquittoFilesOptions {
  readonly settings: MosquittoSettings;
  /** Rounds of the passwords' hashes. */
  readonly iterations: number;
  readonly parents: readonly MosquittoParent[];
}

/** What of a broker's ConfigMap a running broker cannot be given anew, by the name of the file. */
export function startupFiles({ settings, iterations, parents }: MosquittoFilesOptions): Record<string, string> {
  const { version } = settings;
  const hasParents = parents.length > 0;
  const connections = parents.map((parent) => [`parent-${parent.parentName}.conf`, parent._connection()]);
  return {
    'mosquitto.conf': mosquittoConf(settings, hasParents),
    'prepare.sh': prepareScript({ version, iterations, hasParents }),
    'reload.sh': reloadScript(reloadSignal(version, hasParents)),
    ...Object.fromEntries(connections),
  };
}
