/** A port that the broker listens on. */
export interface MosquittoListener {
  /** Of the port, at the Service and in the pod. */
  readonly name: string;
  readonly port: number;
  readonly protocol: 'mqtt' | 'websockets';
  /** Tells meshes what is spoken, so that they do not guess. */
  readonly appProtocol: string;
  readonly encrypted: boolean;
  /** Whether clients log in with a certificate, and with nothing else. */
  readonly clientCertificates: boolean;
}

interface ListenerChoice {
  readonly plain: boolean;
  readonly tls: boolean;
  readonly clientCertificates: boolean;
}

/** The ports that devices know from public brokers. */
const LISTENER_PORTS = {
  mqtt: 1883,
  websockets: 8080,
  mqtts: 8883,
  clientCertificates: 8884,
  wss: 8443,
} as const;

export function listenersOf({ plain, tls, clientCertificates }: ListenerChoice): MosquittoListener[] {
  const clear = { encrypted: false, clientCertificates: false };
  const encrypted = { encrypted: true, clientCertificates: false };
  return [
    ...(plain
      ? [
          { ...clear, name: 'mqtt', port: LISTENER_PORTS.mqtt, protocol: 'mqtt' as const, appProtocol: 'mqtt' },
          {
            ...clear,
            name: 'websockets',
            port: LISTENER_PORTS.websockets,
            protocol: 'websockets' as const,
            appProtocol: 'http',
          },
        ]
      : []),
    ...(tls
      ? [
          { ...encrypted, name: 'mqtts', port: LISTENER_PORTS.mqtts, protocol: 'mqtt' as const, appProtocol: 'tls' },
          {
            ...encrypted,
            name: 'wss',
            port: LISTENER_PORTS.wss,
            protocol: 'websockets' as const,
            appProtocol: 'https',
          },
        ]
      : []),
    // Not for websockets: Mosquitto 2.0 does not see the certificates of their clients.
    ...(clientCertificates
      ? [
          {
            name: 'mqtts-cert',
            port: LISTENER_PORTS.clientCertificates,
            protocol: 'mqtt' as const,
            appProtocol: 'tls',
            encrypted: true,
            clientCertificates: true,
          },
        ]
      : []),
  ];
}
