import { ApiObject, type ApiObjectMetadata } from 'cdk8s';
import type { Construct } from 'constructs';

/** @see https://www.rabbitmq.com/kubernetes/operator/using-operator */
export interface RabbitmqClusterProps {
  readonly metadata: ApiObjectMetadata;
  readonly spec: {
    readonly image: string;
    readonly replicas: number;
    readonly persistence: { readonly storage: string; readonly storageClassName?: string };
    readonly resources: object;
    readonly tls?: {
      readonly secretName: string;
      /** Must have the key `ca.crt`. */
      readonly caSecretName?: string;
      readonly disableNonTLSListeners: boolean;
    };
    readonly rabbitmq: {
      readonly additionalPlugins: string[];
      /** May be a lazy value. */
      readonly additionalConfig: string;
    };
    readonly terminationGracePeriodSeconds: number;
  };
}

export class RabbitmqCluster extends ApiObject {
  constructor(scope: Construct, id: string, props: RabbitmqClusterProps) {
    super(scope, id, { apiVersion: 'rabbitmq.com/v1beta1', kind: 'RabbitmqCluster', ...props });
  }
}

/** The cluster that an object of the messaging topology operator belongs to. */
interface ClusterReference {
  readonly name: string;
}

interface TopologySpec {
  readonly rabbitmqClusterReference: ClusterReference;
}

export interface TopologyProps<Spec> {
  readonly metadata: ApiObjectMetadata;
  readonly spec: Spec & TopologySpec;
}

/** @see https://www.rabbitmq.com/kubernetes/operator/using-topology-operator */
class TopologyObject<Spec> extends ApiObject {
  constructor(scope: Construct, id: string, kind: string, props: TopologyProps<Spec>) {
    super(scope, id, { apiVersion: 'rabbitmq.com/v1beta1', kind, ...props });
  }
}

interface VhostSpec {
  readonly name: string;
  /** What becomes of it, and of everything in it, when the object goes. */
  readonly deletionPolicy: 'delete' | 'retain';
}

export class RabbitmqVhost extends TopologyObject<VhostSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<VhostSpec>) {
    super(scope, id, 'Vhost', props);
  }
}

interface ExchangeSpec {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
}

export class RabbitmqExchange extends TopologyObject<ExchangeSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<ExchangeSpec>) {
    super(scope, id, 'Exchange', props);
  }
}

interface QueueSpec {
  readonly name: string;
  readonly vhost: string;
  readonly type: string;
  readonly durable: boolean;
  readonly autoDelete: boolean;
  readonly arguments: Readonly<Record<string, string | number>>;
  /** What becomes of it, and of its messages, when the object goes. */
  readonly deletionPolicy: 'delete' | 'retain';
}

export class RabbitmqQueue extends TopologyObject<QueueSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<QueueSpec>) {
    super(scope, id, 'Queue', props);
  }
}

interface BindingSpec {
  readonly vhost: string;
  readonly source: string;
  readonly destination: string;
  readonly destinationType: 'queue' | 'exchange';
  readonly routingKey: string;
}

export class RabbitmqBinding extends TopologyObject<BindingSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<BindingSpec>) {
    super(scope, id, 'Binding', props);
  }
}

interface UserSpec {
  /** Must have the keys `username`, and `passwordHash` or `password`. */
  readonly importCredentialsSecret: { readonly name: string };
}

export class RabbitmqUser extends TopologyObject<UserSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<UserSpec>) {
    super(scope, id, 'User', props);
  }
}

interface PermissionSpec {
  readonly vhost: string;
  /** The User object, by its name. */
  readonly userReference: { readonly name: string };
  /** May be a lazy value. */
  readonly permissions: { readonly configure: string; readonly write: string; readonly read: string };
}

export class RabbitmqPermission extends TopologyObject<PermissionSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<PermissionSpec>) {
    super(scope, id, 'Permission', props);
  }
}

interface TopicPermissionSpec {
  readonly vhost: string;
  /** The User object, by its name. */
  readonly userReference: { readonly name: string };
  /** May be a lazy value. */
  readonly permissions: { readonly exchange: string; readonly write: string; readonly read: string };
}

export class RabbitmqTopicPermission extends TopologyObject<TopicPermissionSpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<TopicPermissionSpec>) {
    super(scope, id, 'TopicPermission', props);
  }
}

interface PolicySpec {
  readonly name: string;
  readonly vhost: string;
  readonly pattern: string;
  readonly applyTo: 'queues' | 'quorum_queues';
  readonly definition: Record<string, string | number>;
}

export class RabbitmqPolicy extends TopologyObject<PolicySpec> {
  constructor(scope: Construct, id: string, props: TopologyProps<PolicySpec>) {
    super(scope, id, 'Policy', props);
  }
}
