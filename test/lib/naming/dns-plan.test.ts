import { describe, expect, it } from 'vitest';
import { certificatePlan } from '../../../lib/naming/certificate-plan';
import {
  apexProblem,
  DnsRecordType,
  dnsPlan,
  type PlannedRecord,
  recordTypeFor,
  recordTypeProblem,
  targetProblem,
} from '../../../lib/naming/dns-plan';
import { dnsResolves } from '../../../lib/naming/host-coverage';
import { HostLayout } from '../../../lib/naming/host-layout';
import type { IPublishedHosts } from '../../../lib/naming/published-hosts';
import { modelHosts, Seeded } from '../support/seeded';

const { ALIAS, CNAME, A } = DnsRecordType;
const PLATFORM: IPublishedHosts = {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
  hostLayout: HostLayout.PER_NAMESPACE,
  hosts: ['iris.staging.platform.example.com'],
};
const ELB = 'k8s-istio-1234567890.eu-west-1.elb.amazonaws.com';

function namesOf(published: IPublishedHosts, hosts: string[] = [], zones?: string[]): string[] {
  return dnsPlan(published, { hosts, zones }).records.map(({ name }) => name);
}

describe('the plan of records', () => {
  it('has the wildcard of the domain and one for each namespace', () => {
    expect(dnsPlan(PLATFORM)).toStrictEqual({
      records: [
        { name: '*.platform.example.com', type: CNAME },
        { name: '*.staging.platform.example.com', type: CNAME, namespace: 'staging' },
        { name: '*.prod.platform.example.com', type: CNAME, namespace: 'prod' },
      ],
    });
  });

  it('has a single wildcard when models of all namespaces are right below the domain', () => {
    const hosts = ['iris-staging.platform.example.com'];

    expect(namesOf({ ...PLATFORM, hosts, hostLayout: HostLayout.FLAT })).toStrictEqual(['*.platform.example.com']);
  });

  it('has a record for each further host, also for one that a wildcard answers for', () => {
    const hosts = ['kubeflow.platform.example.com', 'mqtt.example.com', '*.example.org', 'mqtt.example.com'];

    expect(namesOf(PLATFORM, hosts).slice(3)).toStrictEqual([
      'kubeflow.platform.example.com',
      'mqtt.example.com',
      '*.example.org',
    ]);
  });

  it('has records in the longest zone, of the type that was asked for', () => {
    const zones = ['example.com', 'platform.example.com', 'prod.platform.example.com'];

    expect(dnsPlan(PLATFORM, { zones, recordType: ALIAS, hosts: ['mqtt.example.com'] }).records).toStrictEqual([
      { name: '*.platform.example.com', type: ALIAS, zone: 'platform.example.com' },
      { name: '*.staging.platform.example.com', type: ALIAS, zone: 'platform.example.com', namespace: 'staging' },
      { name: '*.prod.platform.example.com', type: ALIAS, zone: 'prod.platform.example.com', namespace: 'prod' },
      { name: 'mqtt.example.com', type: ALIAS, zone: 'example.com' },
    ]);
  });
});

describe('a model has a record of its own', () => {
  it('when its host is the parent of a wildcard, and exists because of it', () => {
    const hosts = ['staging.platform.example.com'];

    expect(namesOf({ ...PLATFORM, hosts })).toContain('staging.platform.example.com');
  });

  it('when no wildcard of a certificate covers it: a validation record below it ends the wildcard of DNS', () => {
    const hosts = ['iris.elsewhere.platform.example.com'];

    expect(namesOf({ ...PLATFORM, hosts })).toContain('iris.elsewhere.platform.example.com');
  });

  it('when the record of a further host is below it', () => {
    const published = { ...PLATFORM, hosts: ['iris.prod.platform.example.com'] };

    expect(namesOf(published)).not.toContain('iris.prod.platform.example.com');
    expect(namesOf(published, ['v2.iris.prod.platform.example.com'])).toContain('iris.prod.platform.example.com');
  });

  it('when the record of another model is below it', () => {
    const hosts = ['x.platform.example.com', 'iris.x.platform.example.com'];

    expect(
      namesOf({ ...PLATFORM, hosts })
        .slice(3)
        .sort(),
    ).toStrictEqual(hosts.toReversed());
  });

  it('when it is in a delegated zone without a wildcard', () => {
    const hosts = ['iris.platform.example.com'];

    expect(namesOf({ ...PLATFORM, hosts }, [], ['example.com', 'iris.platform.example.com'])).toContain(hosts[0]);
  });
});

describe('for any platform', () => {
  const platforms = Array.from({ length: 300 }, (_, seed) => {
    const seeded = new Seeded(seed);
    const published = seeded.published();
    const hosts = seeded.hosts(published.domain);
    const zones = seeded.zones(published.domain, published.namespaces);
    const { records } = dnsPlan(published, { hosts, zones });
    return { seed: `seed ${seed}`, published, hosts, zones, records, names: records.map(({ name }) => name) };
  });

  it('C-7: every host has an answer, also with the validation records of its certificates', () => {
    for (const { seed, published, hosts, names } of platforms) {
      const validated = certificatePlan(published, { hosts }).validationRecords.map(({ base }) => `_proof.${base}`);

      const asked = [...hosts, ...published.hosts, ...modelHosts(published)];
      expect(
        asked.filter((host) => !dnsResolves(names, host, validated)),
        seed,
      ).toStrictEqual([]);
    }
  });

  it('no name has two records', () => {
    for (const { seed, names } of platforms) expect(new Set(names).size, seed).toBe(names.length);
  });

  it('every record is in the longest zone that its name ends with', () => {
    for (const { seed, records, zones } of platforms) {
      for (const { name, zone = '' } of records) {
        const ending = zones.filter((other) => `.${name.replace('*.', '')}`.endsWith(`.${other}`));
        expect(ending, seed).toContain(zone);
        expect(Math.max(...ending.map(({ length }) => length)), seed).toBe(zone.length);
      }
    }
  });
});

describe('apexProblem', () => {
  const record: PlannedRecord = { name: 'example.com', type: CNAME, zone: 'example.com' };

  it('refuses a CNAME where the zone has its own records', () => {
    expect(apexProblem(record)).toContain('it is the apex of a zone');
  });

  it.each<[string, Partial<PlannedRecord>]>([
    ['an alias', { type: ALIAS }],
    ['an address', { type: A }],
    ['a wildcard below it', { name: '*.example.com' }],
    ['a host below it', { name: 'a.example.com' }],
    ['a name whose zone is not known', { zone: undefined }],
  ])('accepts %s', (_, change) => {
    expect(apexProblem({ ...record, ...change })).toBeUndefined();
  });
});

describe('recordTypeFor', () => {
  it.each([
    [ELB, ALIAS],
    ['dualstack.web-123.us-east-1.elb.amazonaws.com', ALIAS],
    ['net-0123456789abcdef.elb.eu-west-1.amazonaws.com', ALIAS],
    ['web-123.cn-north-1.elb.amazonaws.com.cn', ALIAS],
    ['a1234567890abcdef.awsglobalaccelerator.com', ALIAS],
    ['d111111abcdef8.cloudfront.net', ALIAS],
    ['ec2-203-0-113-7.compute.amazonaws.com', CNAME],
    ['elb.amazonaws.com.example.org', CNAME],
    ['gateway.example.org', CNAME],
    ['203.0.113.7', A],
    ['255.255.255.255', A],
    ['0.0.0.0', A],
  ])('of %s is %s', (target, type) => {
    expect(recordTypeFor(target)).toBe(type);
    expect(recordTypeProblem(type, target)).toBeUndefined();
  });
});

describe('targetProblem', () => {
  it.each([ELB, 'gateway.example.org', '203.0.113.7'])('accepts %s', (target) => {
    expect(targetProblem(target)).toBeUndefined();
  });

  it.each([
    ['gateway', 'at least two parts'],
    ['gateway.example.org.', 'begins and ends with a letter or a digit'],
    ['https://gateway.example.org', 'only a-z'],
    ['2001:db8::1', 'only a-z'],
    ['256.0.113.7', 'neither a host name nor an IPv4 address'],
    ['203.0.113', 'neither a host name nor an IPv4 address'],
  ])('refuses %s: %s', (target, rule) => {
    expect(targetProblem(target)).toContain(rule);
  });
});

describe('recordTypeProblem', () => {
  it('lets a CNAME lead to a load balancer of AWS: other providers have no aliases', () => {
    expect(recordTypeProblem(CNAME, ELB)).toBeUndefined();
  });

  it.each([
    [CNAME, '203.0.113.7', 'a CNAME leads to a host name'],
    [A, 'gateway.example.org', 'leads to an IPv4 address'],
    [A, ELB, 'leads to an IPv4 address'],
    [ALIAS, 'gateway.example.org', 'its own load balancers only'],
    [ALIAS, '203.0.113.7', 'its own load balancers only'],
  ])('refuses %s to %s', (type, target, rule) => {
    expect(recordTypeProblem(type, target)).toContain(rule);
  });
});
