import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, EdgeError } from '../errors';
import { Secret } from '../kubernetes/objects';
import type { ProjectedSource } from '../kubernetes/pod';
import { dnsLabelProblem } from '../naming/kubernetes-names';
import { hostProblem } from '../naming/model-hosts';
import { CertificateAuthority } from './certificate-authority';
import type { Credentials } from './credentials';
import { MOSQUITTO_PATHS } from './mosquitto-paths';
import type { MosquittoVersion } from './mosquitto-version';
import { findCircle, type ParentTopic } from './parent-topic';

/** The certificates that the official images, and Debian's, have for the outside world. */
const PUBLIC_AUTHORITIES = '/etc/ssl/certs/ca-certificates.crt';
/** The longest that MQTT knows is one second more: for ever. */
const LONGEST_SESSION_SECONDS = 2 ** 31 - 1;
const KEY = 'password';

export interface ParentOptions {
  /** What tells this parent from others of the broker. @default 'parent' */
  readonly name?: string;
  /** Host name of the parent, without scheme and port. */
  readonly host: string;
  /** @default 8883, and 1883 with `plaintext` */
  readonly port?: number;
  /** Who this broker is at the parent. Each site needs a user of its own. */
  readonly user: string;
  /** The user's password. */
  readonly credentials: Credentials;
  /** What the two brokers have in common; at least one. */
  readonly topics: ParentTopic[];
  /** Whose certificate the parent must show. @default CertificateAuthority.PUBLIC */
  readonly authority?: CertificateAuthority;
  /** Connects without TLS: the password crosses the network in clear. @default false */
  readonly plaintext?: boolean;
  /**
   * Under this id the parent keeps the session. Two sites with one id end each other's connections without end.
   *
   * @default '<user>/<name>'
   */
  readonly clientId?: string;
  /**
   * 5, or 4 for MQTT 3.1.1. Only MQTT 5 carries response topics and correlation data.
   *
   * @default - 5 from Mosquitto 2.1 on; 4 in 2.0, which in MQTT 5 would lose what the parent has while the link is down
   */
  readonly protocolVersion?: number;
}

export interface MosquittoParentProps extends ParentOptions {
  /** Name of the broker. */
  readonly broker: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  readonly version: MosquittoVersion;
}

/**
 * A broker's connection to one that stands above it: an edge site to the cloud. What is to go out waits in this broker
 * while the link is down, and what is to come in waits in the parent.
 *
 * @see https://mosquitto.org/man/mosquitto-conf-5.html#idm1173
 */
export class MosquittoParent extends Construct {
  readonly parentName: string;
  readonly host: string;
  readonly port: number;
  readonly clientId: string;
  readonly topics: ParentTopic[];
  /** The Secret with the password, unless it is in the cluster. */
  readonly credentialsSecret: ApiObject | undefined;
  readonly #props: MosquittoParentProps;
  readonly #secret: { readonly secretName: string; readonly key: string };

  /** @internal use `broker.addParent(..)` */
  constructor(scope: Construct, id: string, props: MosquittoParentProps) {
    super(scope, id);
    validate(props);
    this.#props = props;
    this.parentName = props.name ?? 'parent';
    this.host = props.host;
    this.port = props.port ?? (props.plaintext ? 1883 : 8883);
    this.clientId = props.clientId ?? `${props.user}/${this.parentName}`;
    this.topics = [...props.topics];
    const password = props.credentials._reveal();
    const secretName = `${props.broker}-parent-${this.parentName}`;
    this.credentialsSecret =
      password === undefined
        ? undefined
        : new Secret(this, 'credentials', {
            metadata: { name: secretName, namespace: props.namespace, labels: props.labels },
            stringData: { [KEY]: password },
          });
    this.#secret = props.credentials.secret ?? { secretName, key: KEY };
    this.node.addValidation({ validate: () => [...this.#sharedIds(), ...this.#circles()] });
  }

  /**
   * The connection, without its password.
   *
   * @internal
   */
  _connection(): string {
    const { user, version, plaintext, authority = CertificateAuthority.PUBLIC } = this.#props;
    const isV5 = (this.#props.protocolVersion ?? defaultProtocol(version)) === 5;
    const own = `${MOSQUITTO_PATHS.parents}/${this.parentName}/ca.crt`;
    const cafile = authority === CertificateAuthority.PUBLIC ? PUBLIC_AUTHORITIES : own;
    return `connection ${this.parentName}
address ${this.host}:${this.port}
${plaintext ? '' : `bridge_cafile ${cafile}\n`}bridge_protocol_version ${isV5 ? 'mqttv50' : 'mqttv311'}
${isV5 && version.name !== '2.0' ? `bridge_session_expiry_interval ${LONGEST_SESSION_SECONDS}\n` : ''}remote_clientid ${this.clientId}
# Under this id the broker keeps what is to go out.
local_clientid parent/${this.parentName}
# Both ends keep what the other has not got yet.
cleansession false
restart_timeout 2 60
# Whether the link is up is told in $SYS here. At the parent nobody may be allowed to publish to $SYS.
notifications true
notifications_local_only true
${this.topics.map((topic) => topic._line()).join('\n')}
remote_username ${user}
`;
  }

  /**
   * What the pod has to mount.
   *
   * @internal
   */
  _sources(): ProjectedSource[] {
    const { secretName: name, key } = this.#secret;
    const authority = this.#props.plaintext ? undefined : this.#props.authority?._source(`${this.parentName}/ca.crt`);
    const password = { secret: { name, items: [{ key, path: `${this.parentName}/password` }] } };
    return [password, ...(authority ? [authority] : [])];
  }

  /** Others of the app that log in to the same parent under the same id. */
  #sharedIds(): string[] {
    const all = this.node.root.node.findAll().filter((construct) => construct instanceof MosquittoParent);
    const others = all.filter(({ host, port, clientId }) =>
      [host, port, clientId].every((value, i) => value === [this.host, this.port, this.clientId][i]),
    );
    if (others[0] === this) return [];
    const problem = {
      at: `the client id at ${this.host}:${this.port}`,
      value: this.clientId,
      rule: `${others[0]?.node.path} has it too, and the parent would end the connection of one for the other without end`,
      fix: 'Give every broker a user of its own at the parent, or set clientId',
    };
    return [describe('EDGE_ERR_DUPLICATE', problem)];
  }

  /** What another connection of this broker to the same parent carries back. */
  #circles(): string[] {
    const siblings = (this.node.scope?.node.children ?? []).filter((child) => child instanceof MosquittoParent);
    const [first] = siblings.filter(({ host, port }) => host === this.host && port === this.port);
    if (first !== this) return [];
    const topics = siblings.filter(({ host, port }) => host === this.host && port === this.port);
    const circle = findCircle(topics.flatMap((parent) => parent.topics));
    return circle ? [describe('EDGE_ERR_ROUTE_CONFLICT', circleProblem(this.host, circle))] : [];
  }
}

function defaultProtocol({ name }: MosquittoVersion): number {
  return name === '2.0' ? 4 : 5;
}

function circleProblem(host: string, [there, back]: [ParentTopic, ParentTopic]) {
  return {
    at: `a topic that goes to ${host} and comes back`,
    value: there.localFilter,
    rule: `"${back.remoteFilter}" brings the same messages back under the same name, and they would go round`,
    fix: 'Let it go one way only, or use ParentTopic.both(..) with different prefixes here and there',
  };
}

function validate({ name = 'parent', ...props }: MosquittoParentProps): void {
  const at = (prop: string) => `${prop} of parent ${name}`;
  const nameRule = dnsLabelProblem(name);
  if (nameRule) {
    throw new EdgeError('EDGE_ERR_NAME', { at: 'the name of a parent', value: name, rule: nameRule, fix: 'Rename it' });
  }
  const hostRule = hostProblem(props.host);
  if (hostRule) {
    throw new EdgeError('EDGE_ERR_DOMAIN', { at: at('host'), value: props.host, rule: hostRule, fix: 'Name the host' });
  }
  const { port = 8883, protocolVersion, version, topics, clientId, user } = props;
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    const rule = 'ports are whole numbers from 1 to 65535';
    throw new EdgeError('EDGE_ERR_VALUE', { at: at('port'), value: port, rule, fix: "Use the parent's port" });
  }
  for (const [prop, value] of Object.entries({ user, ...(clientId !== undefined && { clientId }) })) {
    if (/^[\x21-\x7e]{1,128}$/.test(value) && !value.startsWith('#')) continue;
    const rule = 'it is one word of 1 to 128 visible characters in a file of one option a line';
    throw new EdgeError('EDGE_ERR_NAME', { at: at(prop), value, rule, fix: 'Choose another one' });
  }
  if (topics.length === 0) {
    const rule = 'nothing would go to the parent, and nothing would come from it';
    throw new EdgeError('EDGE_ERR_VALUE', { at: at('topics'), value: '[]', rule, fix: 'Name at least one' });
  }
  if (props.plaintext && props.authority) {
    const rule = 'without TLS there is no certificate that it could have signed';
    const fix = 'Leave one of the two out';
    throw new EdgeError('EDGE_ERR_BROKER_TLS', { at: at('authority'), value: 'set', rule, fix });
  }
  validateProtocol(at('protocolVersion'), protocolVersion, version, topics);
  validatePassword(at('credentials'), props.credentials);
  const circle = findCircle(topics);
  if (circle) throw new EdgeError('EDGE_ERR_ROUTE_CONFLICT', circleProblem(props.host, circle));
}

function validateProtocol(at: string, value: number | undefined, version: MosquittoVersion, topics: ParentTopic[]) {
  if (value === undefined || value === 4) return;
  if (value !== 5) {
    const rule = 'connections to parents speak 4, which is MQTT 3.1.1, or 5';
    throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix: 'Choose one of the two' });
  }
  if (version.name !== '2.0' || topics.every(({ direction }) => direction === 'out')) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value,
    rule: 'Mosquitto 2.0 asks for no session in MQTT 5, so what comes in while the link is down would be lost',
    fix: 'Leave it at 4, use MosquittoVersion.V2_1, or let topics go out only',
  });
}

function validatePassword(at: string, credentials: Credentials): void {
  if (credentials.certificate) {
    const rule = 'a parent is logged in to with a password';
    const fix = 'Use Credentials.fromSecret(..) or Credentials.fromEnv(..)';
    throw new EdgeError('EDGE_ERR_CREDENTIALS', { at, value: 'Credentials.fromCertificate()', rule, fix });
  }
  const password = credentials._reveal();
  if (password === undefined || password === password.trim()) return;
  throw new EdgeError('EDGE_ERR_CREDENTIALS', {
    at,
    value: `${password.length} characters long`,
    rule: "Mosquitto's configuration drops blanks at the ends of a password",
    fix: 'Choose one without',
  });
}
