import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { GatewayConfigInput } from '../../../bridge/config/gateway';
import type { Credentials } from '../../broker/credentials';
import type { ClientCertificate, IMqttBroker, IMqttUser } from '../../broker/mqtt-broker';
import { EdgeError } from '../../errors';
import { type NetworkRule, podsLabelled, Secret } from '../../kubernetes/objects';
import { type SecretFolder, secretFolder } from '../amqp/secret-folder';
import { brokerTrust } from '../broker-link';
import { GATEWAY_PATHS as paths } from './gateway-paths';

/** Answers that wait for a gateway. */
const WINDOW = 1024;
const PASSWORD_FILE = 'password';

export interface MqttClientProps {
  readonly broker: IMqttBroker;
  readonly user: string;
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly credentials: Credentials;
}

/** A gateway as a client of an MQTT broker. */
export class MqttClient extends Construct {
  readonly user: IMqttUser;
  /** The password, where synth has read it from the environment. */
  readonly credentialsSecret: ApiObject | undefined;
  /** cert-manager's Certificate, where the broker asks for one and cert-manager makes it. */
  readonly clientCertificate: ApiObject | undefined;
  readonly #props: MqttClientProps;
  readonly #certificate: ClientCertificate | undefined;
  /** Each pod has an id of its own behind it. */
  readonly #id: string;

  /** @internal */
  constructor(scope: Construct, id: string, props: MqttClientProps) {
    super(scope, id);
    const { broker, name, namespace, labels, credentials } = props;
    checkCredentials(this, credentials);
    this.#props = props;
    // No name has a slash, so that nobody else begins an id with this.
    this.#id = `${namespace}/${name}`;
    const client = { name: props.user, namespace, labels, credentials, clientId: this.#id, window: WINDOW };
    this.user = broker._addBridge({ ...client, shared: false });
    this.#certificate = broker._certifyBridge(this, { user: props.user, name: `${name}-mqtt`, namespace, labels });
    this.clientCertificate = this.#certificate?.object;
    broker._allowPeer(podsLabelled(namespace, labels));
    const password = credentials._reveal();
    this.credentialsSecret =
      password === undefined
        ? undefined
        : new Secret(this, 'credentials', {
            metadata: { name: mqttSecretName(name), namespace, labels },
            stringData: { [PASSWORD_FILE]: password },
          });
    this.user.allowSubscribe(this.answers);
  }

  /** Filter of the topics that answers come to. */
  get answers(): string {
    return `gateway/${this.#id}/+/answers`;
  }

  /** The part of a configuration that is about the broker. @internal */
  _config(): NonNullable<GatewayConfigInput['broker']> {
    const { broker, user } = this.#props;
    const trust = brokerTrust(broker);
    return {
      url: broker.mqttUrl,
      clientId: `${this.#id}/{hostname}`,
      username: user,
      passwordFile: `${paths.mqttCredentials}/${PASSWORD_FILE}`,
      maxPacketBytes: broker.maxPacketBytes,
      ...(trust && {
        tls: {
          ...(trust.authority.objectName !== undefined && { caFile: `${paths.mqttAuthority}/${paths.authorityFile}` }),
          ...(this.#certificate && {
            certFile: `${paths.mqttCertificate}/tls.crt`,
            keyFile: `${paths.mqttCertificate}/tls.key`,
          }),
          ...(trust.serverName !== undefined && { serverName: trust.serverName }),
        },
      }),
    };
  }

  /** @internal */
  _folders(): SecretFolder[] {
    const { broker, name, credentials } = this.#props;
    const { secretName, key } = credentials.secret ?? { secretName: mqttSecretName(name), key: PASSWORD_FILE };
    const password = { secret: { name: secretName, items: [{ key, path: PASSWORD_FILE }] } };
    return [
      secretFolder('mqtt-credentials', paths.mqttCredentials, password),
      secretFolder('mqtt-authority', paths.mqttAuthority, brokerTrust(broker)?.authority._source(paths.authorityFile)),
      secretFolder('mqtt-certificate', paths.mqttCertificate, this.#certificate?.source),
    ].flat();
  }

  /** The way to the broker. @internal */
  _egress(): NetworkRule[] {
    const { broker } = this.#props;
    return [{ to: [broker._peer()], ports: [{ port: broker.mqttPort, protocol: 'TCP' }] }];
  }
}

/** Where a gateway's password at an MQTT broker is by default, under `password`. */
export function mqttSecretName(name: string): string {
  return `${name}-mqtt`;
}

function checkCredentials(client: MqttClient, { certificate }: Credentials): void {
  if (!certificate) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: `the mqttCredentials of ${client.node.scope?.node.path}`,
    value: 'Credentials.fromCertificate()',
    rule: 'over MQTT a gateway logs in with a password',
    fix: 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)',
  });
}
