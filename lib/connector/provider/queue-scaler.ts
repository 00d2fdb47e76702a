import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { Credentials } from '../../broker/credentials';
import type { RabbitMqBroker } from '../../broker/rabbitmq/rabbitmq-broker';
import { type AuthenticationParameter, ScaledObject, TriggerAuthentication } from '../../crds/keda';
import { EdgeError } from '../../errors';
import { ConfigMap, podsOfNamespaces } from '../../kubernetes/objects';
import type { ProjectedSource } from '../../kubernetes/pod';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { AmqpClient, passwordSecretName } from '../amqp/amqp-client';
import { type QueueDepthScalingOptions, SCALING_BEHAVIOR } from '../amqp/connector-scaling';
import type { ExternalRabbitMq } from '../amqp/external-rabbitmq';

export interface QueueScalerProps {
  /** Of the Deployment that is scaled. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly broker: RabbitMqBroker | ExternalRabbitMq;
  readonly minReplicas: number;
  readonly scaling: QueueDepthScalingOptions;
  /** The queues, which may still become more. @internal */
  readonly _queues: () => string[];
}

/** KEDA's eyes on the queues of a provider: a user that may look at them, and an autoscaler that goes by what it sees. */
export class QueueScaler extends Construct {
  readonly client: AmqpClient;
  /** What KEDA asks for besides secrets. */
  readonly configMap: ApiObject;
  readonly triggerAuthentication: ApiObject;
  readonly scaledObject: ApiObject;

  /** @internal */
  constructor(scope: Construct, id: string, props: QueueScalerProps) {
    super(scope, id);
    const { namespace, labels, broker, scaling } = props;
    const name = `${props.name}-scaler`;
    const operator = validNamespace(scaling.operatorNamespace ?? 'keda');
    const credentials = scaling.credentials ?? Credentials.fromSecret(passwordSecretName(name));
    checkCredentials(credentials);
    checkServerName(broker);
    this.client = new AmqpClient(this, 'client', {
      ...{ broker, user: name, name, namespace, labels, credentials },
      _peer: podsOfNamespaces(operator),
    });
    const encrypted = broker.trust !== undefined;
    this.configMap = new ConfigMap(this, 'parameters', {
      metadata: { name, namespace, labels },
      data: { username: name, ...(encrypted && { tls: 'enable' }) },
    });
    this.triggerAuthentication = new TriggerAuthentication(this, 'authentication', {
      metadata: { name, namespace, labels },
      spec: this.#parameters(broker, encrypted),
    });
    this.scaledObject = new ScaledObject(this, 'Resource', {
      metadata: { name: props.name, namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: props.name },
        minReplicaCount: props.minReplicas,
        maxReplicaCount: scaling.maxReplicas,
        advanced: { horizontalPodAutoscalerConfig: { behavior: SCALING_BEHAVIOR } },
        triggers: Lazy.any({
          produce: () =>
            props._queues().map((queueName) => ({
              type: 'rabbitmq',
              name: queueName.replace(/[^A-Za-z0-9-]/g, '-'),
              metricType: 'AverageValue',
              metadata: {
                protocol: 'amqp',
                host: broker.amqpUrl,
                mode: 'QueueLength',
                queueName,
                value: String(scaling.requestsPerReplica ?? 64),
              },
              authenticationRef: { name },
            })),
        }),
      },
    });
  }

  /** Lets KEDA look how many requests wait: to RabbitMQ that is declaring the queue as it is. @internal */
  _watch(queue: string): void {
    this.client.user?.allowDeclare(queue);
  }

  #parameters({ trust }: RabbitMqBroker | ExternalRabbitMq, encrypted: boolean) {
    const { _password: password, _certificate: certificate } = this.client;
    const sources: [parameter: string, source: ProjectedSource | undefined, key: string][] = [
      ['password', password && { secret: { name: password.secretName } }, password?.key ?? ''],
      ['ca', trust?.authority._source('ca.crt'), trust?.authority.key ?? ''],
      ['cert', certificate, 'tls.crt'],
      ['key', certificate, 'tls.key'],
    ];
    const from = (kind: 'secret' | 'configMap'): AuthenticationParameter[] =>
      sources.flatMap(([parameter, source, key]) => {
        const name = source?.[kind]?.name;
        return name === undefined ? [] : [{ parameter, name, key }];
      });
    const own = ['username', ...(encrypted ? ['tls'] : [])];
    return {
      secretTargetRef: from('secret'),
      configMapTargetRef: [
        ...own.map((parameter) => ({ parameter, name: this.configMap.name, key: parameter })),
        ...from('configMap'),
      ],
    };
  }
}

function checkCredentials({ certificate }: Credentials): void {
  if (!certificate) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at: 'credentials of ConnectorScaling.queueDepth(..)',
    value: 'Credentials.fromCertificate()',
    rule: 'KEDA logs in with a password',
    fix: 'Use Credentials.fromSecret(..)',
  });
}

function checkServerName({ trust }: RabbitMqBroker | ExternalRabbitMq): void {
  if (trust?.serverName === undefined) return;
  throw new EdgeError('EDGE_ERR_BROKER_TLS', {
    at: "the serverName of the broker's TLS",
    value: trust.serverName,
    rule: 'KEDA holds the certificate against the host of the URL, and against nothing else',
    fix: 'Use ConnectorScaling.cpu(..), or a certificate that has the host',
  });
}

function validNamespace(value: string): string {
  const rule = dnsLabelProblem(value);
  if (!rule) return value;
  const at = 'operatorNamespace of ConnectorScaling.queueDepth(..)';
  throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Name the namespace of KEDA' });
}
