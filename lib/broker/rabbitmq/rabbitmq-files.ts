import { type ClusterName, rabbitMqConf } from './rabbitmq-conf';
import { enabledPlugins } from './rabbitmq-plugins';
import { definitionsScript, HASH_SCRIPT, prepareScript } from './rabbitmq-scripts';
import type { RabbitMqSettings } from './rabbitmq-settings';

/** What of a broker's ConfigMap a running node cannot be given anew, by the name of the file. */
export function startupFiles(
  settings: RabbitMqSettings,
  cluster: ClusterName,
  prefetch: number,
): Record<string, string> {
  return {
    'rabbitmq.conf': rabbitMqConf(settings, cluster, prefetch),
    enabled_plugins: enabledPlugins(settings),
    'hash.escript': HASH_SCRIPT,
    'prepare.sh': prepareScript(),
    'definitions.sh': definitionsScript(settings.replicas),
    // In the form in which a token's volume has it.
    ...(settings.version._asksKubernetes && { namespace: cluster.namespace }),
  };
}
