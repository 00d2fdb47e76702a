import { describe, expect, it } from 'vitest';
import { closestName, dnsResolves, tlsCovers } from '../../../lib/naming/host-coverage';

describe('tlsCovers', () => {
  it.each([
    ['*.example.com', 'a.example.com'],
    ['example.com', 'example.com'],
    ['*.example.com', '*.example.com'],
    ['*.staging.example.com', 'iris.staging.example.com'],
  ])('%s covers %s', (name, host) => {
    expect(tlsCovers(['other.com', name], host)).toBe(true);
  });

  it.each([
    ['*.example.com', 'example.com'],
    ['*.example.com', 'a.b.example.com'],
    ['*.example.com', '*.b.example.com'],
    ['*.example.com', 'aexample.com'],
    ['a.example.com', '*.example.com'],
    ['a.example.com', 'b.example.com'],
    ['*.localhost', 'localhost'],
  ])('%s does not cover %s', (name, host) => {
    expect(tlsCovers([name], host)).toBe(false);
  });
});

describe('dnsResolves', () => {
  it.each([
    ['a.example.com', 'one level below the wildcard'],
    ['a.b.c.example.com', 'any number of levels below it'],
    ['*.example.com', 'the wildcard itself'],
    ['*.b.example.com', 'whatever is below a name below it'],
  ])('with *.example.com finds %s: %s', (host) => {
    expect(dnsResolves(['*.example.com'], host)).toBe(true);
  });

  it.each(['example.com', 'com', 'a.example.org', 'aexample.com', '*.com'])(
    'with *.example.com does not find %s',
    (host) => {
      expect(dnsResolves(['*.example.com'], host)).toBe(false);
    },
  );

  it.each([
    ['staging.example.com', 'it exists, because a name below it does'],
    ['b.c.prod.example.com', 'c.prod.example.com exists, and has no wildcard'],
    ['x.kubeflow.example.com', 'kubeflow.example.com exists, and has no wildcard'],
  ])('does not find %s, which is closer to another name: %s', (host) => {
    const records = ['*.example.com', '*.staging.example.com', 'a.c.prod.example.com', 'kubeflow.example.com'];

    expect(dnsResolves(records, host)).toBe(false);
  });

  it('does not find what a wildcard stood for any more, once a validation record is below it', () => {
    const records = ['*.example.com'];

    expect(dnsResolves(records, 'mqtt.example.com')).toBe(true);
    expect(dnsResolves(records, 'mqtt.example.com', ['_acme-challenge.mqtt.example.com'])).toBe(false);
  });

  it('does not find by a wildcard what is in a zone of its own', () => {
    expect(dnsResolves(['*.example.com'], 'a.staging.example.com', ['staging.example.com'])).toBe(false);
  });

  describe('in the example of RFC 4592, section 2.2.1', () => {
    const records = ['*.example', 'sub.*.example', 'host1.example', '_ssh._tcp.host1.example'];
    const delegated = ['example', 'subdel.example'];

    it.each(['host3.example', 'foo.bar.example', 'host1.example', 'sub.*.example'])('%s has an answer', (host) => {
      expect(dnsResolves(records, host, delegated)).toBe(true);
    });

    it.each(['_telnet._tcp.host1.example', 'host.subdel.example', 'ghost.*.example', '_tcp.host1.example'])(
      '%s has none',
      (host) => {
        expect(dnsResolves(records, host, delegated)).toBe(false);
      },
    );
  });
});

describe('closestName', () => {
  const names = ['*.staging.example.com', 'kubeflow.example.com'];

  it.each([
    ['x.kubeflow.example.com', 'kubeflow.example.com'],
    ['staging.example.com', 'staging.example.com'],
    ['*.staging.example.com', 'staging.example.com'],
    ['a.b.example.com', 'example.com'],
    ['example.org', ''],
  ])('of %s is %j', (host, closest) => {
    expect(closestName(names, host)).toBe(closest);
  });
});
