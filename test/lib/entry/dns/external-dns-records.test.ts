import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertManagerCertificates,
  DnsRecordType,
  EdgeApp,
  ExternalDnsRecords,
  type ExternalDnsRecordsProps,
  HostLayout,
} from '../../../../lib';
import { type Manifest, synthesize } from '../../../../lib/testing';
import { manifestOf } from '../../support/manifests';
import { ISSUER, PUBLISHED, serve } from '../../support/published';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const ALB = 'k8s-istio-1234567890.eu-west-1.elb.amazonaws.com';
const API_ALB = 'k8s-api-1234567890.eu-west-1.elb.amazonaws.com';
const GATEWAY = 'gateway.example.net';
const ALIAS = [{ name: 'alias', value: 'true' }];

function records(props: Partial<ExternalDnsRecordsProps> = {}, app = new EdgeApp(), id = 'records') {
  return new ExternalDnsRecords(app, id, { platform: PUBLISHED, target: ALB, ...props });
}

function endpointsOf(props: Partial<ExternalDnsRecordsProps>): Manifest['spec']['endpoints'] {
  const app = new EdgeApp();
  records(props, app);
  return manifestOf(app, 'DNSEndpoint', 'inference-platform').spec.endpoints;
}

describe('ExternalDnsRecords', () => {
  it('are aliases for a load balancer of AWS: one for the domain and one for each namespace', () => {
    const app = new EdgeApp();
    records({}, app);

    expect(synthesize(app)).toStrictEqual([
      {
        apiVersion: 'externaldns.k8s.io/v1alpha1',
        kind: 'DNSEndpoint',
        metadata: { name: 'inference-platform', namespace: 'external-dns' },
        spec: {
          endpoints: [
            { dnsName: '*.platform.example.com', recordType: 'CNAME', targets: [ALB], providerSpecific: ALIAS },
            { dnsName: '*.staging.platform.example.com', recordType: 'CNAME', targets: [ALB], providerSpecific: ALIAS },
            { dnsName: '*.prod.platform.example.com', recordType: 'CNAME', targets: [ALB], providerSpecific: ALIAS },
          ],
        },
      },
    ]);
  });

  it('take targets, further hosts, TTL and names from the props', () => {
    const app = new EdgeApp();
    const props: Required<ExternalDnsRecordsProps> = {
      platform: PUBLISHED,
      target: ALB,
      namespaceTarget: API_ALB,
      recordType: DnsRecordType.CNAME,
      ttl: Duration.minutes(1),
      hosts: ['mqtt.example.com'],
      zones: ['example.com'],
      recordedElsewhere: ['metrics.example.com'],
      namespace: 'dns',
      name: 'edge',
    };
    new ExternalDnsRecords(app, 'records', props);

    const cname = { recordType: 'CNAME', recordTTL: 60, providerSpecific: [{ name: 'alias', value: 'false' }] };
    const { metadata, spec } = manifestOf(app, 'DNSEndpoint', 'edge');
    expect(metadata).toStrictEqual({ name: 'edge', namespace: 'dns' });
    expect(spec.endpoints).toStrictEqual([
      { ...cname, dnsName: '*.platform.example.com', targets: [ALB] },
      { ...cname, dnsName: '*.staging.platform.example.com', targets: [API_ALB] },
      { ...cname, dnsName: '*.prod.platform.example.com', targets: [API_ALB] },
      { ...cname, dnsName: 'mqtt.example.com', targets: [ALB] },
    ]);
  });

  it.each([
    ['a CNAME for another host, without what only AWS knows', GATEWAY, 'CNAME'],
    ['of type A for an address', '203.0.113.7', 'A'],
  ])('are %s', (_, target, recordType) => {
    expect(endpointsOf({ target })[0]).toStrictEqual({
      dnsName: '*.platform.example.com',
      recordType,
      recordTTL: 300,
      targets: [target],
    });
  });

  it('are a single one when all models are right below the domain', () => {
    expect(endpointsOf({ platform: { ...PUBLISHED, hosts: [], hostLayout: HostLayout.FLAT } })).toHaveLength(1);
  });
});

describe('the props of ExternalDnsRecords', () => {
  it.each<[string, Partial<ExternalDnsRecordsProps>]>([
    ['the shortest TTL', { target: GATEWAY, ttl: Duration.seconds(1) }],
    ['the longest TTL', { target: GATEWAY, ttl: Duration.seconds(2 ** 31 - 1) }],
    ['an alias at the apex of a zone', { hosts: ['example.com'], zones: ['example.com'] }],
    ['an address at the apex of a zone', { target: '203.0.113.7', hosts: ['example.com'], zones: ['example.com'] }],
    ['a CNAME at what may be an apex, as no zone is known', { target: GATEWAY, hosts: ['example.com'] }],
    [
      'a target in the domain that has a record',
      { target: 'gateway.platform.example.com', recordedElsewhere: ['gateway.platform.example.com'] },
    ],
  ])('accept %s', (_, props) => {
    expect(() => records(props)).not.toThrow();
  });

  it.each([Duration.millis(500), Duration.millis(1500), Duration.seconds(0), Duration.seconds(2 ** 31)])(
    'refuse the TTL %o',
    (ttl) => {
      expectRefusal(() => records({ target: GATEWAY, ttl }), {
        code: 'EDGE_ERR_VALUE',
        value: `"${ttl.toMilliseconds() / 1000} s"`,
        rule: 'a whole number of seconds from 1 to 2147483647',
      });
    },
  );

  it('refuse a TTL for aliases, which have none', () => {
    expectRefusal(() => records({ ttl: Duration.seconds(60) }), {
      code: 'EDGE_ERR_VALUE',
      value: '"60 s"',
      rule: 'the TTL of its target',
    });
  });

  it.each([
    ['target', { target: 'https://gateway.example.net' }, 'only a-z'],
    ['target', { target: '256.0.113.7' }, 'neither a host name nor an IPv4 address'],
    ['namespaceTarget', { namespaceTarget: 'gateway.example.net.' }, 'begins and ends with a letter or a digit'],
    ['recordedElsewhere', { recordedElsewhere: ['a.*.b'] }, '* can only be'],
    ['a record', { hosts: ['https://example.org'] }, 'only a-z'],
    ['a zone', { zones: ['example.com.'] }, 'begins and ends with a letter or a digit'],
  ])('refuse %s as in %o', (at, props, rule) => {
    const value = `"${Object.values(props).flat()[0]}"`;

    expectRefusal(() => records(props), { code: 'EDGE_ERR_DOMAIN', value, rule });
    expect(() => records(props)).toThrow(at);
  });

  it.each<[Partial<ExternalDnsRecordsProps>, string, string]>([
    [{ target: GATEWAY, recordType: DnsRecordType.ALIAS }, `"${GATEWAY}"`, 'its own load balancers only'],
    [{ recordType: DnsRecordType.A }, `"${ALB}"`, 'leads to an IPv4 address'],
    [{ namespaceTarget: GATEWAY }, `"${GATEWAY}"`, 'its own load balancers only'],
    [
      { namespaceTarget: API_ALB, platform: { ...PUBLISHED, hostLayout: HostLayout.FLAT } },
      `"${API_ALB}"`,
      'namespaces have no hosts of their own',
    ],
    [{ target: 'gateway.platform.example.com' }, '"gateway.platform.example.com"', 'lead in a circle'],
    [
      { target: GATEWAY, namespaceTarget: 'a.b.prod.platform.example.com' },
      '"a.b.prod.platform.example.com"',
      'lead in a circle',
    ],
  ])('refuse %o', (props, value, rule) => {
    expectRefusal(() => records(props), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it.each<[Partial<ExternalDnsRecordsProps>, string]>([
    [{ namespace: 'External DNS' }, '"External DNS"'],
    [{ name: 'My Platform' }, '"My Platform"'],
  ])('refuse %o, which no object can be called', (props, value) => {
    expectRefusal(() => records(props), { code: 'EDGE_ERR_NAME', value, rule: 'a name' });
  });

  it('refuse a CNAME at the apex of a zone, where the SOA and NS records are', () => {
    expectRefusal(() => records({ target: GATEWAY, hosts: ['example.com'], zones: ['example.com'] }), {
      code: 'EDGE_ERR_ZONE_APEX',
      value: '"example.com"',
      rule: 'a CNAME stands beside no other',
    });
  });

  it('refuse a record that is in none of the zones', () => {
    expectRefusal(() => records({ hosts: ['mqtt.example.org'], zones: ['example.com'] }), {
      code: 'EDGE_ERR_ZONE',
      value: '"mqtt.example.org"',
      rule: 'the zones are example.com',
    });
  });
});

describe('C-7: in an app with records', () => {
  it.each([true, false])('every host that is served has one (TLS: %s)', (tls) => {
    const app = new EdgeApp();
    records({ hosts: ['mqtt.example.com'], recordedElsewhere: ['*.example.org'] }, app);
    serve(app, tls, 'iris.staging.platform.example.com', '*.prod.platform.example.com', 'a.example.org');

    expect(() => synthesize(app)).not.toThrow();
  });

  it.each([
    ['a.example.org', 'no DNS record of the app leads to it'],
    ['mqtt.example.com', 'the closest name that exists is example.com, and there is no *.example.com'],
    ['platform.example.com', 'names below it exist'],
    ['staging.platform.example.com', 'names below it exist'],
    ['x.kubeflow.platform.example.com', 'the closest name that exists is kubeflow.platform.example.com'],
  ])('%s is reported: %s', (host, rule) => {
    const app = new EdgeApp();
    records({ hosts: ['kubeflow.platform.example.com'] }, app);
    serve(app, false, host);

    const problems = problemsOf(app);

    expectProblem(problems, 'records', { code: 'EDGE_ERR_HOST_RECORD', value: `"${host}"`, rule });
    expect(problems[0]).toContain('a host that [gateway] serves');
    expect(problems[0]).toContain(`Add "${host}" to hosts`);
  });

  it('a host is reported when the validation of its certificate ends the wildcard, until it has a record', () => {
    const host = 'iris.dev.platform.example.com';
    const build = (hosts: string[]) => {
      const app = new EdgeApp();
      const props = { platform: PUBLISHED, issuer: ISSUER, namespace: 'istio-system', hosts: [host] };
      new CertManagerCertificates(app, 'certificates', props);
      records({ hosts }, app);
      serve(app, true, host);
      return app;
    };

    expectProblem(problemsOf(build([])), 'records', {
      code: 'EDGE_ERR_HOST_RECORD',
      value: `"${host}"`,
      rule: 'or a validation record',
    });
    expect(() => synthesize(build([host]))).not.toThrow();
  });

  it('a certificate from elsewhere ends no wildcard: nobody knows how it was validated', () => {
    const app = new EdgeApp();
    const certifiedElsewhere = ['mqtt.platform.example.com'];
    const props = { platform: PUBLISHED, issuer: ISSUER, namespace: 'istio-system', certifiedElsewhere };
    new CertManagerCertificates(app, 'certificates', props);
    records({}, app);
    serve(app, true, 'mqtt.platform.example.com');

    expect(() => synthesize(app)).not.toThrow();
  });

  it('a host in a zone of its own is not answered for by a wildcard above', () => {
    const app = new EdgeApp();
    const zones = ['example.com', 'lab.platform.example.com'];
    records({ zones }, app);
    serve(app, false, 'a.lab.platform.example.com');

    expectProblem(problemsOf(app), 'records', {
      code: 'EDGE_ERR_HOST_RECORD',
      value: '"a.lab.platform.example.com"',
      rule: 'the closest name that exists is lab.platform.example.com',
    });
  });

  it('records of several constructs count together, and a name has one of them', () => {
    const app = new EdgeApp();
    records({}, app);
    const platform = { ...PUBLISHED, domain: 'example.org' };
    records({ platform, name: 'second', hosts: ['*.prod.platform.example.com'] }, app, 'second');
    serve(app, true, 'a.prod.example.org', 'a.prod.platform.example.com');

    const problems = problemsOf(app);

    expect(problems).toHaveLength(1);
    expectProblem(problems, 'second', {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"*.prod.platform.example.com"',
      rule: '[records] has one of this name already',
    });
  });

  it('no host is reported in an app without records', () => {
    const app = new EdgeApp();
    serve(app, true, 'mqtt.example.com');

    expect(() => synthesize(app)).not.toThrow();
  });
});
