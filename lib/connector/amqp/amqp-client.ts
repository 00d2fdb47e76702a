import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { ProviderConfigInput } from '../../../bridge/config/provider';
import type { Credentials, SecretReference } from '../../broker/credentials';
import type { BrokerTrust, ClientCertificate } from '../../broker/mqtt-broker';
import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import { clientSecretName } from '../../broker/rabbitmq/rabbitmq-tls';
import type { RabbitMqUser } from '../../broker/rabbitmq/rabbitmq-user';
import { EdgeError } from '../../errors';
import { type NetworkPeer, type NetworkRule, Secret } from '../../kubernetes/objects';
import type { ProjectedSource } from '../../kubernetes/pod';
import { BRIDGE_PATHS as paths } from '../bridge-workload';
import { egressTo } from '../url-egress';
import type { ExternalRabbitMq } from './external-rabbitmq';
import { type SecretFolder, secretFolder } from './secret-folder';

export interface AmqpClientProps {
  readonly broker: RabbitMqBroker | ExternalRabbitMq;
  /** Who it is at the broker. */
  readonly user: string;
  /** Of the workload. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** The pods that connect. @internal */
  readonly _peer: NetworkPeer;
  readonly credentials: Credentials;
}

/** A workload as a client of RabbitMQ: who it is there, what it shows, and the way to it. */
export class AmqpClient extends Construct {
  /** Nothing at a broker that is not of the app: its owner knows the users. */
  readonly user: RabbitMqUser | undefined;
  /** The password, where synth has read it from the environment. */
  readonly credentialsSecret: ApiObject | undefined;
  /** cert-manager's Certificate, where the broker asks for one and cert-manager makes it. */
  readonly clientCertificate: ApiObject | undefined;
  readonly #props: AmqpClientProps;
  readonly #certificate: ClientCertificate | undefined;

  /** @internal */
  constructor(scope: Construct, id: string, props: AmqpClientProps) {
    super(scope, id);
    const { broker, user, name, namespace, labels, credentials } = props;
    this.#props = props;
    checkCredentials(this, props);
    if (isOfApp(broker)) {
      this.user = broker.addUser(user, credentials);
      this.#certificate = broker._certify(this, { user, name, namespace, labels });
      broker._allowPeer(props._peer);
    } else if (broker.requiresCertificates) {
      this.#certificate = { object: undefined, source: { secret: { name: clientSecretName(name), items: PAIR } } };
    }
    this.clientCertificate = this.#certificate?.object;
    const password = credentials._reveal();
    this.credentialsSecret =
      password === undefined
        ? undefined
        : new Secret(this, 'credentials', {
            metadata: { name: passwordSecretName(name), namespace, labels },
            stringData: { password },
          });
  }

  /** The part of a configuration that is about the broker. @internal */
  _config(): ProviderConfigInput['amqp'] {
    const { broker, user, credentials } = this.#props;
    return {
      url: broker.amqpUrl,
      ...(!credentials.certificate && {
        username: user,
        passwordFile: `${paths.credentials}/${paths.passwordFile}`,
      }),
      ...(broker.trust && { tls: this.#tls(broker.trust) }),
      consumerTimeoutSeconds: broker.consumerTimeoutSeconds,
      ...(!isOfApp(broker) && { declare: broker.declare }),
    };
  }

  /** Where the password is; nothing for who is known by a certificate. @internal */
  get _password(): SecretReference | undefined {
    const { name, credentials } = this.#props;
    if (credentials.certificate) return undefined;
    return credentials.secret ?? { secretName: passwordSecretName(name), key: 'password' };
  }

  /** The source of a volume with `tls.crt` and `tls.key`; nothing where nobody asks for them. @internal */
  get _certificate(): ProjectedSource | undefined {
    return this.#certificate?.source;
  }

  /** @internal */
  _folders(): SecretFolder[] {
    const { trust } = this.#props.broker;
    const { _password: password } = this;
    const source = password && {
      secret: { name: password.secretName, items: [{ key: password.key, path: paths.passwordFile }] },
    };
    return [
      secretFolder('credentials', paths.credentials, source),
      secretFolder('broker-authority', paths.brokerAuthority, trust?.authority._source(paths.authorityFile)),
      secretFolder('broker-certificate', paths.brokerCertificate, this._certificate),
    ].flat();
  }

  /** The way to the broker. @internal */
  _egress(): NetworkRule[] {
    const { broker } = this.#props;
    if (isOfApp(broker)) return [{ to: [broker._peer()], ports: [{ port: broker.amqpPort, protocol: 'TCP' }] }];
    return egressTo([new URL(broker.amqpUrl)]);
  }

  #tls({ authority, serverName }: BrokerTrust) {
    return {
      ...(authority.objectName !== undefined && { caFile: `${paths.brokerAuthority}/${paths.authorityFile}` }),
      ...(this.#certificate && {
        certFile: `${paths.brokerCertificate}/tls.crt`,
        keyFile: `${paths.brokerCertificate}/tls.key`,
      }),
      ...(serverName !== undefined && { serverName }),
    };
  }
}

const PAIR = ['tls.crt', 'tls.key'].map((key) => ({ key, path: key }));

/** Where a client's password is by default, under `password`. */
export function passwordSecretName(name: string): string {
  return `${name}-amqp`;
}

/** Whether the broker is a construct of the app. */
export function isOfApp(broker: RabbitMqBroker | ExternalRabbitMq): broker is RabbitMqBroker {
  return Construct.isConstruct(broker);
}

/** Only who has a certificate can be known by it. */
function checkCredentials(client: AmqpClient, { broker, credentials }: AmqpClientProps): void {
  if (!credentials.certificate || broker.requiresCertificates) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: `the credentials of ${client.node.scope?.node.path}`,
    value: 'Credentials.fromCertificate()',
    rule: 'the broker does not ask for a certificate, so the client has none',
    fix: 'Use Credentials.fromSecret(..), or have the broker require certificates',
  });
}
