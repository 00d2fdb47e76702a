/** A port that nodes listen on. */
export interface RabbitMqListener {
  /** Of the port, at the Service and in the pod. */
  readonly name: string;
  readonly port: number;
  /** Tells meshes what is spoken, so that they do not guess. */
  readonly appProtocol: string;
}

export const AMQPS: RabbitMqListener = { name: 'amqps', port: 5671, appProtocol: 'tls' };
export const AMQP: RabbitMqListener = { name: 'amqp', port: 5672, appProtocol: 'amqp' };
export const MQTTS: RabbitMqListener = { name: 'mqtts', port: 8883, appProtocol: 'tls' };
export const MQTT: RabbitMqListener = { name: 'mqtt', port: 1883, appProtocol: 'mqtt' };
export const WSS: RabbitMqListener = { name: 'wss', port: 15_676, appProtocol: 'https' };
export const WEBSOCKETS: RabbitMqListener = { name: 'websockets', port: 15_675, appProtocol: 'http' };
export const PROMETHEUS: RabbitMqListener = { name: 'prometheus', port: 15_692, appProtocol: 'http' };

/** Where nodes of a cluster, and the tools inside their pods, find and reach each other. */
export const EPMD = { name: 'epmd', port: 4_369 } as const;
export const CLUSTER_RPC = { name: 'cluster-rpc', port: 25_672 } as const;

export interface ListenerChoice {
  readonly tls: boolean;
  readonly plaintext: boolean;
  readonly mqtt: boolean;
  readonly plaintextMqtt: boolean;
}

/** What clients connect to. */
export function listenersOf({ tls, plaintext, mqtt, plaintextMqtt }: ListenerChoice): RabbitMqListener[] {
  return [
    ...(tls ? [AMQPS] : []),
    ...(plaintext ? [AMQP] : []),
    ...(mqtt && tls ? [MQTTS, WSS] : []),
    ...(plaintextMqtt ? [MQTT, WEBSOCKETS] : []),
  ];
}
