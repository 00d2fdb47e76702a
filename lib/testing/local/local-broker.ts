/** A broker on this machine that runs the manifests' files. */
export interface LocalBroker {
  readonly kind: 'mosquitto' | 'aedes' | 'rabbitmq';
  /** What is spoken at `mqttPort`: with TLS where the broker has no listener without. */
  readonly scheme: 'mqtt' | 'mqtts';
  readonly mqttPort: number;
  readonly websocketPort: number;
  /** 5, or 4 for MQTT 3.1.1: the newest version it speaks. */
  readonly protocolVersion: 4 | 5;
  stop(): Promise<void>;
}

export interface BrokerPorts {
  readonly mqttPort: number;
  readonly websocketPort: number;
}
