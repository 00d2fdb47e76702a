import type { BridgeConfigInput } from '../../bridge/config';
import type { BrokerTrust, IMqttBroker, IMqttUser } from '../broker/mqtt-broker';
import { BRIDGE_PATHS } from './bridge-workload';

export interface BrokerLinkOptions {
  readonly broker: IMqttBroker;
  readonly user: IMqttUser;
  readonly clientId: string;
  readonly droppedMessagesTopic: string | undefined;
  /** Whether the bridge has a certificate to show. */
  readonly certified: boolean;
}

/** How a bridge connects to its broker. */
export function brokerLink({ broker, user, ...options }: BrokerLinkOptions): BridgeConfigInput['broker'] {
  return {
    url: broker.mqttUrl,
    clientId: options.clientId,
    username: user.name,
    passwordFile: `${BRIDGE_PATHS.credentials}/${BRIDGE_PATHS.passwordFile}`,
    maxPacketBytes: broker.maxPacketBytes,
    droppedMessagesTopic: options.droppedMessagesTopic,
    ...tlsConfig(broker, options.certified),
  };
}

/** What the bridge needs to know, if the broker's URL is one of TLS. */
export function brokerTrust({ mqttUrl, mqttsUrl, trust }: IMqttBroker): BrokerTrust | undefined {
  return mqttUrl === mqttsUrl ? trust : undefined;
}

function tlsConfig(broker: IMqttBroker, certified: boolean): Pick<BridgeConfigInput['broker'], 'tls'> {
  const trust = brokerTrust(broker);
  if (!trust) return {};
  const hasFile = trust.authority.objectName !== undefined;
  const caFile = `${BRIDGE_PATHS.brokerAuthority}/${BRIDGE_PATHS.authorityFile}`;
  const shown = {
    certFile: `${BRIDGE_PATHS.brokerCertificate}/tls.crt`,
    keyFile: `${BRIDGE_PATHS.brokerCertificate}/tls.key`,
  };
  return {
    tls: {
      ...(hasFile && { caFile }),
      ...(certified && shown),
      ...(trust.serverName && { serverName: trust.serverName }),
    },
  };
}
