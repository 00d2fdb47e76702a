import { type ApiObject, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';
import type { AmqpRouteQueues } from '../../../bridge/config/amqp-conflicts';
import { RabbitmqCluster } from '../../crds/rabbitmq';
import { EdgeError } from '../../errors';
import { PodDisruptionBudget } from '../../kubernetes/deployment';
import { validImage } from '../../kubernetes/image';
import { NetworkPolicy } from '../../kubernetes/objects';
import { cpu, renderResources, renderSize } from '../../kubernetes/plus';
import type { Credentials } from '../credentials';
import { ClusterTopology } from './cluster-topology';
import { RabbitMqBroker } from './rabbitmq-broker';
import { operatorConf } from './rabbitmq-conf';
import { operatedEgress, operatedIngress } from './rabbitmq-network';
import type { RabbitMqBrokerProps } from './rabbitmq-props';
import { DEFAULT_MEMORY, DEFAULT_STORAGE } from './rabbitmq-settings';
import type { RabbitMqUser, RabbitMqUserOptions } from './rabbitmq-user';

/** A node hands its queues over before it stops. */
const GRACE_SECONDS = 660;

export interface RabbitMqClusterProps extends RabbitMqBrokerProps {
  /** Where RabbitMQ's operators run; they talk to the broker's HTTP API. @default 'rabbitmq-system' */
  readonly operatorNamespace?: string;
}

/**
 * The same broker as objects of RabbitMQ's cluster operator and messaging topology operator, which must be installed. The
 * cluster operator makes the Erlang cookie and an administrator, which is for the topology operator.
 *
 * @see https://www.rabbitmq.com/kubernetes/operator/operator-overview
 */
export class RabbitMqCluster extends RabbitMqBroker {
  readonly cluster: ApiObject;
  readonly topology: ClusterTopology;
  readonly networkPolicy: ApiObject;
  /** Nothing for one node. */
  readonly podDisruptionBudget: ApiObject | undefined;

  /**
   * @throws EdgeError EDGE_ERR_NAME or EDGE_ERR_VALUE for what Kubernetes or RabbitMQ would not take;
   * EDGE_ERR_BROKER_TLS for listeners that no client could use, or for an authority that the operator would not find
   */
  constructor(scope: Construct, id: string, props: RabbitMqClusterProps) {
    super(scope, id, props);
    const settings = this._settings;
    const metadata = { name: this.name, namespace: this.brokerNamespace };
    this.cluster = new RabbitmqCluster(this, 'Resource', {
      metadata,
      spec: {
        image: validImage('RabbitMqCluster.image', props.image ?? `${settings.version.image}-management`),
        replicas: settings.replicas,
        persistence: {
          storage: renderSize(props.storage ?? DEFAULT_STORAGE),
          ...(props.storageClassName !== undefined && { storageClassName: props.storageClassName }),
        },
        resources: renderResources(
          props.resources ?? {
            cpu: { request: cpu(500) },
            memory: { request: DEFAULT_MEMORY, limit: DEFAULT_MEMORY },
          },
        ),
        ...this.#tls(props),
        rabbitmq: {
          additionalPlugins: [
            ...(settings.clientCertificates === 'none' ? [] : ['rabbitmq_auth_mechanism_ssl']),
            ...(settings.mqtt ? ['rabbitmq_mqtt', 'rabbitmq_web_mqtt'] : []),
          ],
          additionalConfig: Lazy.any({ produce: () => operatorConf(settings, this._prefetch) }) as unknown as string,
        },
        terminationGracePeriodSeconds: GRACE_SECONDS,
      },
    });
    this.topology = new ClusterTopology(this, 'topology', {
      ...metadata,
      _contents: this._contents,
      _settings: settings,
    });
    const selector = { matchLabels: this._podLabels };
    this.podDisruptionBudget =
      settings.replicas > 1
        ? new PodDisruptionBudget(this, 'disruption-budget', { metadata, spec: { maxUnavailable: 1, selector } })
        : undefined;
    const operators = props.operatorNamespace ?? 'rabbitmq-system';
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata,
      spec: {
        podSelector: selector,
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({
          produce: () => operatedIngress(this._clients, this._peer(), settings.listeners, operators),
        }),
        egress: operatedEgress(this._peer()),
      },
    });
  }

  override addUser(name: string, credentials: Credentials, options?: RabbitMqUserOptions): RabbitMqUser {
    const user = super.addUser(name, credentials, options);
    this.topology._addUser(user);
    return user;
  }

  /** @internal */
  override _declare(route: AmqpRouteQueues): void {
    super._declare(route);
    this.topology._update();
  }

  /** The operator looks for the authority in one place only. */
  #tls({ plaintext = false }: RabbitMqClusterProps) {
    const { tls, clientAuthority } = this._certificates;
    if (!tls) return {};
    const { name, items: [item] = [] } = clientAuthority?.secret ?? {};
    if (clientAuthority && (name === undefined || item?.key !== 'ca.crt')) {
      throw new EdgeError('EDGE_ERR_BROKER_TLS', {
        at: 'RabbitMqCluster.clientCertificates',
        value: name ?? clientAuthority.configMap?.name,
        rule: 'the operator reads the authority from the key "ca.crt" of a Secret',
        fix: 'Put it there, and use CertificateAuthority.fromSecret(..)',
      });
    }
    const ca = name === undefined ? {} : { caSecretName: name };
    return { tls: { secretName: tls.secretName, ...ca, disableNonTLSListeners: !plaintext } };
  }

  /** @internal */
  _labelsOf(name: string): Record<string, string> {
    return operatorLabels(name);
  }
}

/** By which the cluster operator finds the pods of a broker. */
function operatorLabels(name: string): Record<string, string> {
  return {
    'app.kubernetes.io/name': name,
    'app.kubernetes.io/component': 'rabbitmq',
    'app.kubernetes.io/part-of': 'rabbitmq',
  };
}
