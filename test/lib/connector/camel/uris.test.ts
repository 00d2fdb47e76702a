import { describe, expect, it } from 'vitest';
import {
  callUri,
  callUriOfCamel3,
  consumerUri,
  producerUri,
  uriPasswordProblem,
  uriTopicProblem,
} from '../../../../lib/connector/camel/uris';

const LOGIN = { brokerUrl: 'mqtt://hub.messaging:1883', user: 'camel', passwordProperty: 'passphrase' };

describe('consumerUri', () => {
  it('keeps the session at the broker while nobody is connected (A-14)', () => {
    expect(consumerUri('a/b', 'ns/name/requests', LOGIN)).toBe(
      'paho-mqtt5:a/b?brokerUrl=tcp://hub.messaging:1883&qos=1&userName=camel&password=RAW({{passphrase}})' +
        '&clientId=ns/name/requests&cleanStart=false&sessionExpiryInterval=604800&maxReconnectDelay=30000',
    );
  });
});

describe('producerUri', () => {
  it('has no client id: Camel makes several producers of it, which would end each other (A-T3)', () => {
    expect(producerUri('a/b', LOGIN)).toBe(
      'paho-mqtt5:a/b?brokerUrl=tcp://hub.messaging:1883&qos=1&userName=camel&password=RAW({{passphrase}})' +
        '&maxReconnectDelay=30000',
    );
  });
});

describe('callUri', () => {
  it('ends in both times that Camel 4 has', () => {
    expect(callUri('http://m/v1/models/m:predict', 1500)).toBe(
      'http://m/v1/models/m:predict?httpMethod=POST&connectTimeout=1500&responseTimeout=1500',
    );
  });

  it('has other words for Camel 3', () => {
    expect(callUriOfCamel3('http://m/v1/models/m:predict', 1500)).toBe(
      'http://m/v1/models/m:predict?httpMethod=POST&httpClient.connectTimeout=1500&httpClient.socketTimeout=1500',
    );
  });
});

describe('uriTopicProblem', () => {
  it.each(['a', 'a/b', 'staging/sklearn-iris/input', 'A.b_c~d-1/2'])('has none with %j', (topic) => {
    expect(uriTopicProblem(topic)).toBeUndefined();
  });

  it.each(['/a', 'a/', 'a//b', 'a b', 'a?b', 'a&b', 'a%20b', '{{a}}', 'ä', ''])('has one with %j', (topic) => {
    expect(uriTopicProblem(topic)).toContain('Camel reads it from a URI');
  });
});

describe('uriPasswordProblem', () => {
  it.each(['p&ss+w%41rd)=?x#{y}', 'a)', '&)', '{x}'])('has none with %j, which RAW(..) keeps', (password) => {
    expect(uriPasswordProblem(password)).toBeUndefined();
  });

  it.each(['a)&b=c', '{{other}}'])('has one with %j', (password) => {
    expect(uriPasswordProblem(password)).toContain('Camel reads it from a URI');
  });
});
