import { Duration } from 'cdk8s';
import { CertificateAuthority } from '../../broker/certificate-authority';
import type { BrokerTrust } from '../../broker/mqtt-broker';
import { EdgeError } from '../../errors';

export interface ExternalRabbitMqOptions {
  /** Who signed the broker's certificate. @default CertificateAuthority.PUBLIC */
  readonly authority?: CertificateAuthority;
  /** A name that the certificate has, where it does not have the host of the URL. @default - the host of the URL */
  readonly serverName?: string;
  /**
   * Whether clients show a certificate: the one in a Secret `<name>-client-tls` of type `kubernetes.io/tls`, beside the client
   * of this name.
   *
   * @default false
   */
  readonly requiresCertificates?: boolean;
  /** The broker's `consumer_timeout`: how long a request may be without an acknowledgement. @default - 30 minutes */
  readonly consumerTimeout?: Duration;
  /**
   * Whether clients declare the queues they need. With false they only see to it that these are there.
   *
   * @default true
   */
  readonly declare?: boolean;
}

/**
 * A RabbitMQ that somebody else runs. Users, permissions and, on request, queues are its owner's business.
 *
 * NetworkPolicies know no host names: clients may reach the namespace of a Service, or the port of the URL at any address.
 */
export class ExternalRabbitMq {
  /**
   * @param url `amqps://rabbitmq.example.com:5671/vhost`; without a path the virtual host is "/"
   * @throws EdgeError EDGE_ERR_VALUE for what is no such URL, or has a password in it
   */
  static at(url: string, options: ExternalRabbitMqOptions = {}): ExternalRabbitMq {
    return new ExternalRabbitMq(url, options);
  }

  readonly amqpUrl: string;
  /** What clients need, where the URL is one of TLS. */
  readonly trust: BrokerTrust | undefined;
  readonly requiresCertificates: boolean;
  readonly consumerTimeoutSeconds: number;
  readonly declare: boolean;

  private constructor(url: string, options: ExternalRabbitMqOptions) {
    const { authority = CertificateAuthority.PUBLIC, serverName, requiresCertificates = false } = options;
    checkUrl(url);
    const encrypted = url.startsWith('amqps:');
    checkTls({ encrypted, requiresCertificates, serverName });
    this.amqpUrl = url;
    this.trust = encrypted ? { authority, serverName } : undefined;
    this.requiresCertificates = requiresCertificates;
    this.consumerTimeoutSeconds = (options.consumerTimeout ?? Duration.minutes(30)).toMilliseconds() / 1_000;
    this.declare = options.declare ?? true;
  }
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  if (parsed && /^amqps?:$/.test(parsed.protocol) && parsed.username === '' && parsed.password === '') return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'the URL of ExternalRabbitMq.at(..)',
    value: String(url).replace(/\/\/[^/]*@/, '//…@'),
    rule: 'it is a URL that begins with amqps:// or amqp://, without user name and password',
    fix: 'Give such a URL; user and password belong to each client',
  });
}

interface TlsOptions {
  readonly encrypted: boolean;
  readonly requiresCertificates: boolean;
  readonly serverName: string | undefined;
}

function checkTls({ encrypted, requiresCertificates, serverName }: TlsOptions): void {
  if (encrypted || (!requiresCertificates && serverName === undefined)) return;
  throw new EdgeError('EDGE_ERR_BROKER_TLS', {
    at: 'the URL of ExternalRabbitMq.at(..)',
    value: 'amqp://',
    rule: 'certificates are shown in a TLS handshake, and there is none',
    fix: 'Use an amqps:// URL, or leave serverName and requiresCertificates out',
  });
}
