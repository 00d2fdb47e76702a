import {
  CertificateAuthority,
  Credentials,
  type EdgeApp,
  RabbitMq,
  type RabbitMqProps,
  RabbitMqTls,
  type RabbitMqUser,
} from '../../../lib';

/** From Secrets that are there, signed by an authority of their own. */
export const RABBIT_TLS = RabbitMqTls.fromSecret('broker-tls', {
  authority: CertificateAuthority.fromSecret('company-ca'),
});

export function rabbitIn(app: EdgeApp, props: Partial<RabbitMqProps> = {}, id = 'broker'): RabbitMq {
  return new RabbitMq(app, id, { ...(!props.plaintext && { tls: RABBIT_TLS }), ...props });
}

/** A user whose password is in a Secret of the cluster. */
export function userOf(broker: RabbitMq, name: string): RabbitMqUser {
  return broker.addUser(name, Credentials.fromSecret(`${name}-login`));
}

/** The queue of system B. */
export const FIB = { name: 'fib', exchange: 'ML.MQ', bindingKeys: ['predict.*'] };
