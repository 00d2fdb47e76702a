import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { CertificateAuthority, ExternalRabbitMq, type ExternalRabbitMqOptions } from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { providerConfig, providerStack } from '../../support/provider';
import { expectRefusal } from '../../support/refusals';

const URL_OF_TLS = 'amqps://rabbitmq.example.com:5671/ml';

describe('a RabbitMQ that somebody else runs', () => {
  it('is told to clients by all that it is given', () => {
    const all: Required<ExternalRabbitMqOptions> = {
      authority: CertificateAuthority.fromConfigMap('company-ca', 'root.pem'),
      serverName: 'rabbitmq.internal',
      requiresCertificates: true,
      consumerTimeout: Duration.minutes(10),
      declare: false,
    };
    const { app } = providerStack({}, { broker: ExternalRabbitMq.at(URL_OF_TLS, all), namespace: 'ml' });

    expect(providerConfig(synthesize(app)).amqp).toMatchObject({
      url: URL_OF_TLS,
      tls: {
        caFile: '/var/run/broker-authority/ca.crt',
        certFile: '/var/run/broker-certificate/tls.crt',
        keyFile: '/var/run/broker-certificate/tls.key',
        serverName: 'rabbitmq.internal',
      },
      consumerTimeoutSeconds: 600,
      declare: false,
    });
  });

  it.each(['rabbitmq.example.com', 'https://rabbitmq.example.com'])('is not at %s', (url) => {
    expectRefusal(() => ExternalRabbitMq.at(url), {
      code: 'EDGE_ERR_VALUE',
      value: `"${url}"`,
      rule: 'begins with amqps:// or amqp://',
    });
  });

  it('B-15: is refused with a password in its URL, which the message does not repeat', () => {
    expectRefusal(() => ExternalRabbitMq.at('amqps://fib:hunter2@rabbitmq.example.com'), {
      code: 'EDGE_ERR_VALUE',
      value: '"amqps://…@rabbitmq.example.com"',
      rule: 'without user name and password',
    });
  });

  it.each([{ serverName: 'a.example.com' }, { requiresCertificates: true }])('has no %o without TLS', (options) => {
    expectRefusal(() => ExternalRabbitMq.at('amqp://rabbitmq.example.com', options), {
      code: 'EDGE_ERR_BROKER_TLS',
      value: '"amqp://"',
      rule: 'there is none',
    });
  });
});
