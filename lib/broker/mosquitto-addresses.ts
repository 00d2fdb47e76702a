import type { MosquittoListener } from './mosquitto-listeners';

/** Where clients inside the cluster reach a broker. */
export interface MosquittoAddresses {
  /** Of a listener without TLS, if there is one. */
  readonly mqttPort: number;
  /** Of a listener without TLS, if there is one. */
  readonly websocketPort: number;
  readonly mqttsPort: number | undefined;
  readonly wssPort: number | undefined;
  readonly clientCertificatePort: number | undefined;
  readonly mqttUrl: string;
  readonly websocketUrl: string;
  readonly mqttsUrl: string | undefined;
  readonly wssUrl: string | undefined;
}

/** What follows from a broker's listeners, of which there is one for MQTT and one for websockets at least. */
export function addressesOf(host: string, listeners: readonly MosquittoListener[]): MosquittoAddresses {
  const portOf = (name: string) => listeners.find((listener) => listener.name === name)?.port;
  const urlOf = (scheme: string, port: number | undefined) => (port ? `${scheme}://${host}:${port}` : undefined);
  const [mqtt, mqtts] = [portOf('mqtt'), portOf('mqtts')];
  const [ws, wss] = [portOf('websockets'), portOf('wss')];
  return {
    mqttPort: (mqtt ?? mqtts) as number,
    websocketPort: (ws ?? wss) as number,
    mqttsPort: mqtts,
    wssPort: wss,
    clientCertificatePort: portOf('mqtts-cert'),
    mqttUrl: (urlOf('mqtt', mqtt) ?? urlOf('mqtts', mqtts)) as string,
    websocketUrl: (urlOf('ws', ws) ?? urlOf('wss', wss)) as string,
    mqttsUrl: urlOf('mqtts', mqtts),
    wssUrl: urlOf('wss', wss),
  };
}
