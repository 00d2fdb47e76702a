import { EdgeError } from '../../errors';
import { AMQP, AMQPS, MQTT, MQTTS, type RabbitMqListener, WEBSOCKETS, WSS } from './rabbitmq-listeners';

/** Where clients inside the cluster reach a broker. */
export interface RabbitMqAddresses {
  readonly amqpUrl: string;
  readonly amqpPort: number;
  /** Nothing without MQTT. */
  readonly mqtt: MqttAddresses | undefined;
}

export interface MqttAddresses {
  /** Of a listener without TLS, if there is one. */
  readonly mqttPort: number;
  /** Of a listener without TLS, if there is one. */
  readonly websocketPort: number;
  readonly mqttsPort: number | undefined;
  readonly wssPort: number | undefined;
  readonly mqttUrl: string;
  readonly mqttsUrl: string | undefined;
}

/** What follows from a broker's listeners, of which there is one for AMQP at least. */
export function addressesOf(host: string, vhost: string, listeners: readonly RabbitMqListener[]): RabbitMqAddresses {
  const has = (listener: RabbitMqListener) => (listeners.includes(listener) ? listener : undefined);
  const amqp = has(AMQPS) ?? AMQP;
  const path = vhost === '/' ? '' : `/${encodeURIComponent(vhost)}`;
  const mqtt = has(MQTT) ?? has(MQTTS);
  const mqttsUrl = has(MQTTS) && `mqtts://${host}:${MQTTS.port}`;
  return {
    amqpUrl: `${amqp.name}://${host}:${amqp.port}${path}`,
    amqpPort: amqp.port,
    mqtt: mqtt && {
      mqttPort: mqtt.port,
      websocketPort: (has(WEBSOCKETS) ?? WSS).port,
      mqttsPort: has(MQTTS)?.port,
      wssPort: has(WSS)?.port,
      mqttUrl: `${mqtt.name}://${host}:${mqtt.port}`,
      mqttsUrl,
    },
  };
}

/** @throws EdgeError EDGE_ERR_BROKER_FEATURE for a broker that speaks no MQTT */
export function mqttAddresses(at: string, { mqtt }: RabbitMqAddresses): MqttAddresses {
  if (mqtt) return mqtt;
  throw new EdgeError('EDGE_ERR_BROKER_FEATURE', {
    at,
    value: 'AMQP only',
    rule: 'MQTT is asked of it',
    fix: 'Set mqtt of the broker to {}',
  });
}
