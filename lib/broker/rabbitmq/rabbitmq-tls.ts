import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { Certificate } from '../../crds/cert-manager';
import { EdgeError } from '../../errors';
import {
  type BrokerTls,
  type CertificateIssuerReference,
  type CertificateOwner,
  certificateFromCertManager,
  certificateFromSecret,
  type TlsBinding,
  type TlsVersion,
} from '../broker-tls';
import type { CertificateAuthority } from '../certificate-authority';
import type { CertifiedClient } from '../mqtt-broker';

export interface RabbitMqSecretOptions {
  /** Who signed it: what clients inside the cluster trust. @default CertificateAuthority.PUBLIC */
  readonly authority?: CertificateAuthority;
  /**
   * A name that the certificate has, for clients inside the cluster, who connect by another.
   *
   * @default - the host of the broker's Service
   */
  readonly serverName?: string;
  /** The oldest version of TLS that is spoken. @default 'TLSv1.2' */
  readonly minimumVersion?: TlsVersion;
}

export interface RabbitMqCertificateOptions {
  /**
   * Names that clients outside of the cluster connect to. The names of the broker's Service come on top, unless the
   * issuer is a public one: those refuse them.
   *
   * @default - none
   */
  readonly dnsNames?: string[];
  /**
   * Who signs: what clients inside the cluster trust.
   *
   * @default - the `ca.crt` that cert-manager puts beside the certificate; ACME issuers have none
   */
  readonly authority?: CertificateAuthority;
  /** The oldest version of TLS that is spoken. @default 'TLSv1.2' */
  readonly minimumVersion?: TlsVersion;
}

/** The broker's certificate, and where it comes from. */
export class RabbitMqTls {
  /**
   * From a Secret of type `kubernetes.io/tls` in the broker's namespace. RabbitMQ reads it again within minutes of a
   * change, for new connections.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no Secret can have; EDGE_ERR_DOMAIN for a serverName that is none
   */
  static fromSecret(secretName: string, options: RabbitMqSecretOptions = {}): RabbitMqTls {
    const bind = certificateFromSecret('RabbitMqTls.fromSecret', secretName, options);
    return new RabbitMqTls(options.minimumVersion, bind, undefined);
  }

  /**
   * From cert-manager, which renews it: the broker gets a Certificate of its own, in a Secret `<name>-tls`, and so does
   * every client of the app that has to show one.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a name that is none; EDGE_ERR_BROKER_TLS for a public authority without a name
   */
  static fromCertManager(issuer: CertificateIssuerReference, options: RabbitMqCertificateOptions = {}): RabbitMqTls {
    const bind = certificateFromCertManager('RabbitMqTls.fromCertManager', issuer, options);
    return new RabbitMqTls(options.minimumVersion, bind, issuer);
  }

  readonly minimumVersion: TlsVersion;
  readonly #bind: TlsBinding;
  readonly #issuer: CertificateIssuerReference | undefined;

  private constructor(
    minimumVersion: TlsVersion = 'TLSv1.2',
    bind: TlsBinding,
    issuer: CertificateIssuerReference | undefined,
  ) {
    this.minimumVersion = minimumVersion;
    this.#bind = bind;
    this.#issuer = issuer;
  }

  /** @internal */
  _bind(scope: Construct, owner: CertificateOwner): BrokerTls {
    return { ...this.#bind(scope, owner), minimumVersion: this.minimumVersion };
  }

  /**
   * What a client shows: a certificate of cert-manager's, or nothing where somebody else makes the Secret.
   *
   * @internal
   */
  _clientCertificate(scope: Construct, brokerNamespace: string, client: CertifiedClient): ApiObject | undefined {
    if (this.#issuer === undefined) return undefined;
    const { user, namespace, labels } = client;
    if (namespace !== brokerNamespace && this.#issuer.kind === 'Issuer') {
      throw new EdgeError('EDGE_ERR_BROKER_TLS', {
        at: `the issuer of the client certificate of ${namespace}/${client.name}`,
        value: this.#issuer.name,
        rule: `an Issuer signs in its own namespace only, which is the broker's, "${brokerNamespace}"`,
        fix: 'Use a ClusterIssuer, or put the client into that namespace',
      });
    }
    const { name: issuer, kind, group } = this.#issuer;
    const name = clientSecretName(client.name);
    return new Certificate(scope, 'client-certificate', {
      metadata: { name, namespace, labels },
      spec: {
        secretName: name,
        issuerRef: { name: issuer, kind, group },
        commonName: user,
        // Some authorities sign nothing without an alternative name; RabbitMQ reads the common name.
        dnsNames: [`${client.name}.${namespace}`],
        privateKey: { rotationPolicy: 'Always' },
      },
    });
  }
}

/** The Secret of type `kubernetes.io/tls` that a client of the app shows its certificate from. */
export function clientSecretName(client: string): string {
  return `${client}-client-tls`;
}
