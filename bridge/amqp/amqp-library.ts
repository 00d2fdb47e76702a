import type { Connection } from 'rabbitmq-client';

export interface AmqpLibrary {
  readonly Connection: typeof Connection;
}

let library: Promise<AmqpLibrary> | undefined;

/** Loaded by whoever connects to RabbitMQ first: a bridge of MQTT starts the faster without it. */
export function loadAmqp(): Promise<AmqpLibrary> {
  library ??= import('rabbitmq-client');
  return library;
}
