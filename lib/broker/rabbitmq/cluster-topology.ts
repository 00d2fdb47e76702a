import { createHash } from 'node:crypto';
import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import {
  RabbitmqBinding,
  RabbitmqExchange,
  RabbitmqPermission,
  RabbitmqPolicy,
  RabbitmqQueue,
  RabbitmqTopicPermission,
  RabbitmqUser,
  RabbitmqVhost,
} from '../../crds/rabbitmq';
import { EdgeError } from '../../errors';
import { Secret } from '../../kubernetes/objects';
import type { BrokerContents } from './broker-contents';
import { passwordHash, saltOf } from './rabbitmq-password-hash';
import type { RabbitMqSettings } from './rabbitmq-settings';
import type { RabbitMqUser } from './rabbitmq-user';

/** `RabbitMqCluster` gives them. */
export interface ClusterTopologyProps {
  readonly name: string;
  readonly namespace: string;
  /** @internal */
  readonly _contents: BrokerContents;
  /** @internal */
  readonly _settings: RabbitMqSettings;
}

/** Without it the topology operator does not read a Secret. */
const READABLE = { 'rabbitmq.com/topology-operator': 'true' };

/** Users, permissions, policies and queues as objects of the messaging topology operator. */
export class ClusterTopology extends Construct {
  /** Of the messaging topology operator, and the Secrets of users whose password synth reads. */
  readonly objects: ApiObject[] = [];
  readonly #props: ClusterTopologyProps;

  /** @internal */
  constructor(scope: Construct, id: string, props: ClusterTopologyProps) {
    super(scope, id);
    this.#props = props;
    const { vhost } = props._settings;
    if (vhost !== '/') {
      this.#add('vhost', (id) => {
        const spec = { name: vhost, deletionPolicy: 'retain' as const, ...this.#cluster() };
        return new RabbitmqVhost(this, id, { metadata: this.#metadata('vhost', vhost), spec });
      });
    }
    for (const { name, ...policy } of props._contents.policies()) {
      this.#add(`policy-${name}`, (id) => {
        const spec = { name, vhost, ...policy, ...this.#cluster() };
        return new RabbitmqPolicy(this, id, { metadata: this.#metadata('policy', name), spec });
      });
    }
  }

  /** @internal */
  _addUser(user: RabbitMqUser): void {
    const { vhost } = this.#props._settings;
    const metadata = this.#metadata('user', user.name);
    const importCredentialsSecret = { name: this.#credentials(user, metadata.name) };
    this.#add(`user-${user.name}`, (id) => {
      return new RabbitmqUser(this, id, { metadata, spec: { importCredentialsSecret, ...this.#cluster() } });
    });
    this.#add(`permission-${user.name}`, (id) => {
      const permissions = Lazy.any({ produce: () => user._permission() }) as unknown as ReturnType<
        RabbitMqUser['_permission']
      >;
      const spec = { vhost, userReference: { name: metadata.name }, permissions, ...this.#cluster() };
      return new RabbitmqPermission(this, id, { metadata: this.#metadata('permission', user.name), spec });
    });
    this._update();
  }

  /**
   * Adds what is not there yet.
   *
   * @internal
   */
  _update(): void {
    const { _contents: contents, _settings: settings } = this.#props;
    const { vhost } = settings;
    const { exchanges, queues, bindings } = contents.topology();
    for (const { name, type, durable } of exchanges) {
      this.#add(`exchange-${name}`, (id) => {
        const spec = { name, vhost, type, durable, autoDelete: false, ...this.#cluster() };
        return new RabbitmqExchange(this, id, { metadata: this.#metadata('exchange', name), spec });
      });
    }
    for (const { name, type, durable, arguments: args } of queues) {
      this.#add(`queue-${name}`, (id) => {
        const own = { name, vhost, type, durable, autoDelete: false, arguments: args };
        const spec = { ...own, deletionPolicy: 'retain' as const, ...this.#cluster() };
        return new RabbitmqQueue(this, id, { metadata: this.#metadata('queue', name), spec });
      });
    }
    for (const { exchange: source, queue: destination, routingKey } of bindings) {
      const text = `${source} ${routingKey} ${destination}`;
      this.#add(`binding-${text}`, (id) => {
        const ends = { source, destination, destinationType: 'queue' as const, routingKey };
        const spec = { vhost, ...ends, ...this.#cluster() };
        return new RabbitmqBinding(this, id, { metadata: this.#metadata('binding', text), spec });
      });
    }
    for (const user of contents.users.all) {
      for (const exchange of contents.topicExchanges()) this.#topicPermission(user, exchange);
    }
  }

  #topicPermission(user: RabbitMqUser, exchange: string): void {
    const { vhost } = this.#props._settings;
    const text = `${user.name} ${exchange}`;
    this.#add(`topic-permission-${text}`, (id) => {
      const permissions = Lazy.any({ produce: () => user._topicPermission(exchange) }) as unknown as ReturnType<
        RabbitMqUser['_topicPermission']
      >;
      const userReference = { name: this.#metadata('user', user.name).name };
      const spec = { vhost, userReference, permissions, ...this.#cluster() };
      return new RabbitmqTopicPermission(this, id, { metadata: this.#metadata('topic-permission', text), spec });
    });
  }

  /** The Secret that the operator reads: of the app for a hash or for none, and of somebody else for a password. */
  #credentials({ name, credentials }: RabbitMqUser, objectName: string): string {
    const { secret } = credentials;
    if (secret) {
      if (secret.key === 'password') return secret.secretName;
      throw new EdgeError('EDGE_ERR_CREDENTIALS', {
        at: `the key of the Secret with the password of user "${name}"`,
        value: secret.key,
        rule: 'the topology operator reads the keys "username" and "password"',
        fix: `Put them into the Secret, which needs the label ${Object.keys(READABLE)[0]} too`,
      });
    }
    const { namespace, name: broker } = this.#props;
    const password = credentials._reveal();
    const hash = password === undefined ? '' : passwordHash(saltOf(`${namespace}/${broker}`, name), password, 'sha512');
    this.#add(`credentials-${name}`, (id) => {
      const metadata = { name: objectName, namespace, labels: READABLE };
      return new Secret(this, id, { metadata, stringData: { username: name, passwordHash: hash } });
    });
    return objectName;
  }

  #add(id: string, create: (id: string) => ApiObject): void {
    const safe = id.replaceAll('/', '%2F');
    if (this.node.tryFindChild(safe) === undefined) this.objects.push(create(safe));
  }

  #cluster() {
    return { rabbitmqClusterReference: { name: this.#props.name } };
  }

  /** Names of Kubernetes are narrower than those of RabbitMQ: what was changed is told apart by a part of its hash. */
  #metadata(kind: string, text: string) {
    const { name: broker, namespace } = this.#props;
    const slug = text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40);
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 8);
    return { name: [broker, kind, slug === text ? slug : `${slug}-${hash}`].join('-'), namespace };
  }
}
