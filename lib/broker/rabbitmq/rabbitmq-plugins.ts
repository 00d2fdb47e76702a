import type { RabbitMqSettings } from './rabbitmq-settings';

/**
 * The file of enabled plugins, an Erlang term. The management plugin is not among them: its tools, and metrics, work
 * without, and there would be one more way in.
 */
export function enabledPlugins({ mqtt, clientCertificates }: RabbitMqSettings): string {
  const plugins = [
    'rabbitmq_peer_discovery_k8s',
    'rabbitmq_prometheus',
    ...(clientCertificates === 'none' ? [] : ['rabbitmq_auth_mechanism_ssl']),
    ...(mqtt ? ['rabbitmq_mqtt', 'rabbitmq_web_mqtt'] : []),
  ];
  return `[${plugins.join(',')}].\n`;
}
