import { EdgeError } from '../../errors';
import type { BridgeClient } from '../mqtt-broker';
import type { RegisteredRoute } from '../route-registry';
import type { RabbitMqSettings } from './rabbitmq-settings';

/** For what a bridge does besides waiting for the model. */
const TIMEOUT_MARGIN_SECONDS = 60;

/**
 * Refuses a bridge that RabbitMQ's MQTT plugin would not serve as it expects.
 *
 * @throws EdgeError EDGE_ERR_BROKER_FEATURE
 * @see https://www.rabbitmq.com/docs/mqtt
 */
export function checkBridge({ name, shared }: BridgeClient): void {
  if (!shared) return;
  throw new EdgeError('EDGE_ERR_BROKER_FEATURE', {
    at: 'InferenceBridge.scaling',
    value: name,
    rule: "RabbitMQ's MQTT plugin has no shared subscriptions, and every pod would get every request",
    fix: 'Leave scaling out, or have requests taken from a queue by AMQP',
  });
}

/** @throws EdgeError EDGE_ERR_BROKER_FEATURE, or EDGE_ERR_TIMEOUT for a model that is slower than the broker's patience */
export function checkRoute(route: RegisteredRoute, settings: RabbitMqSettings): void {
  const refuse = (option: string, value: unknown, rule: string, fix: string): never => {
    throw new EdgeError('EDGE_ERR_BROKER_FEATURE', { at: `${option} of route ${route.name}`, value, rule, fix });
  };
  if (route.qos === 2) {
    const rule = 'RabbitMQ knows 0 and 1, and ends the connection of who publishes with 2';
    refuse('the quality of service', 2, rule, 'Use MqttQos.AT_LEAST_ONCE');
  }
  if (route.retained) {
    const rule = 'each node of RabbitMQ keeps retained messages for itself, and a bridge sees those of one';
    refuse('retained', 'process', rule, 'Leave it out, or use Mosquitto');
  }
  checkTimeout(route, settings);
}

/** From 4.3 on, queues take back what is not acknowledged from MQTT clients too. */
function checkTimeout({ name, timeoutSeconds = 0 }: RegisteredRoute, settings: RabbitMqSettings): void {
  const limit = settings.consumerTimeoutMs / 1_000;
  if (settings.mqtt?.sessionQueues !== 'quorum' || timeoutSeconds + TIMEOUT_MARGIN_SECONDS <= limit) return;
  throw new EdgeError('EDGE_ERR_TIMEOUT', {
    at: `timeout of route ${name}`,
    value: `${timeoutSeconds} s`,
    rule: `the broker hands a request out again that is not acknowledged within ${limit} s, and ${TIMEOUT_MARGIN_SECONDS} s are needed besides the model`,
    fix: 'Lower it, or raise RabbitMq.consumerTimeout',
  });
}
