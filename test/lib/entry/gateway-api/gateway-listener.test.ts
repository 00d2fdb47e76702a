import { describe, expect, it } from 'vitest';
import { GatewayListener } from '../../../../lib';
import { listenerClash } from '../../../../lib/entry/gateway-api/gateway-listener';
import { expectRefusal } from '../../support/refusals';

const host = 'mqtt.example.com';

describe('a listener', () => {
  it.each([
    [GatewayListener.tcp('a', 1), 'TCP', false, false],
    [GatewayListener.http('a', 1), 'HTTP', false, false],
    [GatewayListener.tls('a', { port: 1, host }), 'TLS', true, false],
    [GatewayListener.https('a', { port: 1, host }), 'HTTPS', true, false],
    [GatewayListener.passthrough('a', { port: 1, host }), 'TLS', true, true],
  ])('%# speaks %s', (listener, protocol, encrypts, passesThrough) => {
    expect([listener.protocol, listener.encrypts, listener.passesThrough]).toStrictEqual([
      protocol,
      encrypts,
      passesThrough,
    ]);
  });

  it.each([1, 65_535])('may have port %i', (port) => {
    expect(GatewayListener.tcp('a', port).port).toBe(port);
  });

  it.each([0, 65_536, 1.5, Number.NaN])('may not have port %d', (port) => {
    expectRefusal(() => GatewayListener.tcp('a', port), {
      code: 'EDGE_ERR_GATEWAY_LISTENER',
      value: String(port),
      rule: 'a whole number from 1 to 65535',
    });
  });

  it('may be for all hosts below a domain', () => {
    expect(GatewayListener.http('a', 80, '*.example.com').host).toBe('*.example.com');
  });

  it.each([
    ['EDGE_ERR_GATEWAY_LISTENER', () => GatewayListener.tcp('Bad Name', 1)],
    ['EDGE_ERR_DOMAIN', () => GatewayListener.http('a', 1, 'Bad Name')],
    ['EDGE_ERR_NAME', () => GatewayListener.tls('a', { port: 1, host, secretName: 'Bad Name' })],
    ['EDGE_ERR_NAME', () => GatewayListener.https('a', { port: 1, host, secretNamespace: 'Bad Name' })],
  ] as const)('has no name that cannot be: %s', (code, action) => {
    expectRefusal(action, { code, value: '"Bad Name"', rule: 'a name' });
  });
});

describe('two listeners of one Gateway', () => {
  const tls = (name: string, port: number, host: string) => GatewayListener.tls(name, { port, host, secretName: 'a' });

  it.each([
    ['the same', tls('a', 1, host), tls('a', 1, host)],
    ['at different ports', GatewayListener.tcp('a', 1), GatewayListener.tcp('b', 2)],
    ['for different hosts', tls('a', 1, host), tls('b', 1, 'other.example.com')],
    [
      'for different hosts, one of them HTTPS',
      tls('a', 1, host),
      GatewayListener.https('b', { port: 1, host: 'other.example.com' }),
    ],
    [
      'for different hosts, without TLS',
      GatewayListener.http('a', 1, host),
      GatewayListener.http('b', 1, 'other.example.com'),
    ],
  ])('go together when they are %s', (_, one, other) => {
    expect(listenerClash(one, other)).toBeUndefined();
  });

  it.each([
    ['one name', GatewayListener.tcp('a', 1), GatewayListener.tcp('a', 2), 'another listener of this name'],
    ['one port of TCP', GatewayListener.tcp('a', 1), GatewayListener.tcp('b', 1), 'takes the same at the same port'],
    ['one host', tls('a', 1, host), tls('b', 1, host), 'takes the same at the same port'],
    [
      'one host, one of them HTTPS',
      tls('a', 1, host),
      GatewayListener.https('b', { port: 1, host }),
      'takes the same at the same port',
    ],
    [
      'one port for HTTP and TCP',
      GatewayListener.tcp('a', 1),
      GatewayListener.http('b', 1, host),
      'speaks HTTP at the same port',
    ],
    [
      'one port with and without TLS',
      GatewayListener.http('a', 1, host),
      tls('b', 1, host),
      'speaks TLS at the same port',
    ],
  ])('exclude each other with %s', (_, one, other, rule) => {
    expect(listenerClash(one, other)).toContain(rule);
    expect(listenerClash(other, one)).toBeDefined();
  });
});
