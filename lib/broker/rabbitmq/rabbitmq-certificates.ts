import type { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import type { ProjectedSource } from '../../kubernetes/pod';
import type { BrokerTls, CertificateOwner } from '../broker-tls';
import type { BrokerTrust } from '../mqtt-broker';
import { ClientCertificates } from './client-certificates';
import type { RabbitMqBrokerProps } from './rabbitmq-props';

/** What a broker and its clients show each other. */
export interface RabbitMqCertificates {
  readonly tls: BrokerTls | undefined;
  /** What clients inside the cluster trust. */
  readonly trust: BrokerTrust | undefined;
  /** Who signs clients' certificates, as the source of a volume. */
  readonly clientAuthority: ProjectedSource | undefined;
}

/** @throws EdgeError EDGE_ERR_BROKER_TLS for certificates of clients that anybody could get */
export function bindCertificates(
  scope: Construct,
  { tls, clientCertificates }: Pick<RabbitMqBrokerProps, 'tls' | 'clientCertificates'>,
  owner: CertificateOwner,
): RabbitMqCertificates {
  if (!tls) return { tls: undefined, trust: undefined, clientAuthority: undefined };
  const bound = tls._bind(scope, owner);
  const trust = { authority: bound.authority, serverName: bound.serverName };
  const { kind, authority = bound.authority } = clientCertificates ?? ClientCertificates.required();
  if (kind === 'none') return { tls: bound, trust, clientAuthority: undefined };
  const clientAuthority = authority._source('ca.crt');
  if (clientAuthority) return { tls: bound, trust, clientAuthority };
  throw new EdgeError('EDGE_ERR_BROKER_TLS', {
    at: 'RabbitMq.clientCertificates',
    value: 'CertificateAuthority.PUBLIC',
    rule: 'a public authority signs certificates for anybody, under any name',
    fix: 'Give ClientCertificates.required(..) an authority of your own, or use ClientCertificates.none()',
  });
}
