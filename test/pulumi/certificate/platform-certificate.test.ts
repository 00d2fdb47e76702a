import { Provider } from '@pulumi/aws';
import { output, type Resource } from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlbAuth, EdgeApp, HostLayout } from '../../../lib';
import { PlatformCertificate, type PlatformCertificateArgs } from '../../../lib/pulumi';
import { PUBLISHED, publishedWith, serve } from '../../lib/support/published';
import { expectProblem, expectRefusal, problemsOf } from '../../lib/support/refusals';
import { platformIn } from '../../lib/support/stacks';
import { ACCOUNT, REGION, UNKNOWN } from '../engine';
import { dependenciesOf, listOf, lookUps, resourceIn } from '../support/aws';
import { known, type MockOptions, mocked } from '../support/mocks';

const ZONES = { 'example.com': 'Z0EXAMPLE', 'platform.example.com': 'Z0PLATFORM' };
const ARN = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate`;

function made(args: Partial<PlatformCertificateArgs> = {}, options: MockOptions = {}) {
  const all = { platform: PUBLISHED, zones: ZONES, ...args };
  return mocked(() => new PlatformCertificate('platform', all), { invoke: lookUps, ...options });
}

describe('a PlatformCertificate', () => {
  it('is a certificate, a record for each base, and the wait for both', async () => {
    const { resources } = await made();

    expect(listOf(resources)).toStrictEqual([
      'Certificate platform-1',
      'CertificateValidation platform-1',
      'PlatformCertificate platform',
      'Record platform:platform.example.com',
      'Record platform:prod.platform.example.com',
      'Record platform:staging.platform.example.com',
    ]);
  });

  it('asks ACM for the names of the plan, to be proven by DNS', async () => {
    const { resources } = await made();

    expect(resourceIn(resources, 'Certificate platform-1').inputs).toStrictEqual({
      domainName: '*.platform.example.com',
      subjectAlternativeNames: ['*.staging.platform.example.com', '*.prod.platform.example.com'],
      validationMethod: 'DNS',
    });
  });

  it('has no further names for a single wildcard', async () => {
    const { resources } = await made({ platform: { ...PUBLISHED, hosts: [], hostLayout: HostLayout.FLAT } });

    expect(resourceIn(resources, 'Certificate platform-1').inputs).toStrictEqual({
      domainName: '*.platform.example.com',
      validationMethod: 'DNS',
    });
  });

  it('makes the records that ACM asks for, over those that are there, and leaves them behind', async () => {
    const { resources } = await made();
    const { inputs, options, parent } = resourceIn(resources, 'Record platform:staging.platform.example.com');

    expect(inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: expect.stringMatching(/^_[0-9a-f]{32}\.staging\.platform\.example\.com\.$/),
      type: 'CNAME',
      records: [expect.stringMatching(/^_[0-9a-f]{32}\.acm-validations\.aws\.$/)],
      ttl: 60,
      allowOverwrite: true,
    });
    expect(options).toMatchObject({ retainOnDelete: true });
    expect(parent).toBe(resourceIn(resources, 'PlatformCertificate platform').urn);
  });

  it('waits for the validation of its own names', async () => {
    const { resources } = await made();
    const { inputs } = resourceIn(resources, 'CertificateValidation platform-1');

    expect(inputs).toStrictEqual({
      certificateArn: `${ARN}/platform-1`,
      validationRecordFqdns: ['platform', 'staging.platform', 'prod.platform'].map((name) =>
        expect.stringMatching(`^_[0-9a-f]{32}.${name}.example.com.$`),
      ),
    });
    expect(dependenciesOf(resources, 'CertificateValidation platform-1')).toStrictEqual([
      'Certificate platform-1',
      'Record platform:platform.example.com',
      'Record platform:prod.platform.example.com',
      'Record platform:staging.platform.example.com',
    ]);
  });

  it('shows every resource in a preview, and leaves unknown only what ACM says', async () => {
    const update = await made();
    const { resources } = await made({}, { preview: true });

    expect(listOf(resources)).toStrictEqual(listOf(update.resources));
    expect(resourceIn(resources, 'Certificate platform-1').unknownPaths).toStrictEqual([]);
    expect(resourceIn(resources, 'Record platform:prod.platform.example.com').inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: UNKNOWN,
      type: UNKNOWN,
      records: [UNKNOWN],
      ttl: 60,
      allowOverwrite: true,
    });
  });

  it('has the ARN of the validated certificate, not of the requested one', async () => {
    const { result, resources } = await made();

    expect(await known(result.certificateArn)).toBe(`${ARN}/platform-1`);
    expect(await producers(result.certificateArn)).toStrictEqual(['CertificateValidation']);
    expect(resourceIn(resources, 'PlatformCertificate platform').registeredOutputs).toStrictEqual({
      certificateArn: `${ARN}/platform-1`,
      certificateArns: [`${ARN}/platform-1`],
    });
  });

  it('passes the provider that it was given to everything in it', async () => {
    const { resources } = await mocked(() => {
      const provider = new Provider('other', { region: 'eu-central-1' });
      return new PlatformCertificate('platform', { platform: PUBLISHED, zones: ZONES }, { provider });
    });

    const others = resources.filter(({ component, type }) => !component && !type.startsWith('pulumi:'));
    expect(new Set(others.map(({ provider }) => provider?.split('::').at(-1)))).toStrictEqual(new Set(['other']));
  });

  it('has all that it was given', async () => {
    const { resources } = await made({
      hosts: ['mqtt.example.com', 'mqtt.platform.example.com'],
      maxNames: 4,
      certifiedElsewhere: ['dashboard.example.org'],
      region: output('eu-central-1'),
      tags: { team: 'ml' },
      validationTimeout: Duration.minutes(30),
    } satisfies Partial<PlatformCertificateArgs>);

    expect(resourceIn(resources, 'Certificate platform-1').inputs).toStrictEqual({
      domainName: '*.platform.example.com',
      subjectAlternativeNames: ['mqtt.example.com', '*.staging.platform.example.com', '*.prod.platform.example.com'],
      validationMethod: 'DNS',
      region: 'eu-central-1',
      tags: { team: 'ml' },
    });
    expect(resourceIn(resources, 'CertificateValidation platform-1')).toMatchObject({
      inputs: { region: 'eu-central-1' },
      options: { customTimeouts: { create: '1800s' } },
    });
    expect(resourceIn(resources, 'Record platform:mqtt.example.com').inputs).toMatchObject({ zoneId: 'Z0EXAMPLE' });
  });
});

describe('the zones of a PlatformCertificate', () => {
  it('may be Outputs', async () => {
    const zones = { 'example.com': output(Promise.resolve('Z0LATER')) };
    const { resources } = await made({ zones });

    expect(resourceIn(resources, 'Record platform:platform.example.com').inputs).toMatchObject({ zoneId: 'Z0LATER' });
  });

  it('are looked up, each once and only where records are, when there are names alone', async () => {
    const zones = ['example.com', 'platform.example.com', 'unused.example.com'];
    const { resources, invocations } = await made({ zones, hosts: ['mqtt.example.com'] });

    expect(invocations).toStrictEqual(
      ['platform.example.com', 'example.com'].map((name) => ({
        token: 'aws:route53/getZone:getZone',
        args: { name, privateZone: false },
      })),
    );
    expect(resourceIn(resources, 'Record platform:mqtt.example.com').inputs).toMatchObject({ zoneId: 'Z-example.com' });
  });
});

describe('X-2: a PlatformCertificate with more names than fit into one', () => {
  it('is several, each of which waits for its own names', async () => {
    const { resources, result } = await made({ platform: publishedWith(10) });

    expect(listOf(resources).filter((name) => name.startsWith('Certificate'))).toStrictEqual([
      'Certificate platform-1',
      'Certificate platform-2',
      'CertificateValidation platform-1',
      'CertificateValidation platform-2',
    ]);
    expect(resourceIn(resources, 'Certificate platform-2').inputs).toMatchObject({
      domainName: '*.platform.example.com',
      subjectAlternativeNames: ['*.team-10.platform.example.com'],
    });
    expect(dependenciesOf(resources, 'CertificateValidation platform-2')).toStrictEqual([
      'Certificate platform-2',
      'Record platform:platform.example.com',
      'Record platform:team-10.platform.example.com',
    ]);
    expect(await Promise.all(result.certificateArns.map(known))).toStrictEqual([
      `${ARN}/platform-1`,
      `${ARN}/platform-2`,
    ]);
  });

  it('C-T2: has a single record for the name that leads all of them', async () => {
    const { resources } = await made({ platform: publishedWith(20) });

    const records = listOf(resources).filter((name) => name === 'Record platform:platform.example.com');
    expect(records).toHaveLength(1);
  });

  it('gives a load balancer all of them', async () => {
    const { result } = await made({ platform: publishedWith(20) });
    const certificates = result.albCertificates();

    expect(certificates).toStrictEqual({
      certificateArn: expect.stringMatching(/^\$\{pulumi:\d+\}$/),
      extraCertificateArns: [expect.stringMatching(/^\$\{pulumi:\d+\}$/), expect.stringMatching(/^\$\{pulumi:\d+\}$/)],
    });
    expect(new Set([certificates.certificateArn, ...certificates.extraCertificateArns]).size).toBe(3);
    const exposed = platformIn(new EdgeApp()).exposeThroughAlb({ ...certificates, auth: AlbAuth.open() });
    expect(JSON.stringify(exposed.ingress.toJson())).toContain(certificates.extraCertificateArns[1]);
  });
});

describe('the app of a platform with a PlatformCertificate', () => {
  it('is refused while it serves a host with TLS that no certificate covers', async () => {
    const app = new EdgeApp();
    serve(app, true, 'mqtt.example.com', 'kubeflow.platform.example.com');

    await made({ platform: platformIn(app) });

    expectProblem(problemsOf(app), 'platform', {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: '"mqtt.example.com"',
      rule: 'no certificate of the app has its name',
    });
  });

  it('is not when the certificate comes from elsewhere', async () => {
    const app = new EdgeApp();
    serve(app, true, 'mqtt.example.com');

    await made({ platform: platformIn(app), certifiedElsewhere: ['mqtt.example.com'] });

    expect(() => app.synthYaml()).not.toThrow();
  });
});

describe('a PlatformCertificate is refused, before anything is registered,', () => {
  it.each<[string, Partial<PlatformCertificateArgs>, Parameters<typeof expectRefusal>[1]]>([
    [
      'without a zone for a name',
      { hosts: ['mqtt.example.org'] },
      {
        code: 'EDGE_ERR_ZONE',
        value: '"mqtt.example.org"',
        rule: 'the zones are example.com, platform.example.com',
      },
    ],
    [
      'without zones',
      { zones: [] },
      { code: 'EDGE_ERR_ZONE', value: '"*.platform.example.com"', rule: 'the zones are none' },
    ],
    [
      'with the name of a zone in the place of its id',
      { zones: { 'example.com': 'example.com' } },
      { code: 'EDGE_ERR_VALUE', value: '"example.com"', rule: 'ids of hosted zones begin with Z' },
    ],
    [
      'with a zone that ends with a dot',
      { zones: ['example.com.'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"example.com."', rule: '' },
    ],
    [
      'with a host that is none',
      { hosts: ['a_b.example.com'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"a_b.example.com"', rule: '' },
    ],
    [
      'for a namespace that no host can have in it',
      { platform: { ...PUBLISHED, namespaces: ['team_a'] } },
      { code: 'EDGE_ERR_DOMAIN', value: '"*.team_a.platform.example.com"', rule: '' },
    ],
    [
      'for a namespace that is longer than a label',
      { platform: { ...PUBLISHED, namespaces: ['a'.repeat(64)] } },
      { code: 'EDGE_ERR_DOMAIN', value: `"*.${'a'.repeat(64)}.platform.example.com"`, rule: '63' },
    ],
    [
      'for more certificates than a load balancer takes',
      { platform: publishedWith(235) },
      { code: 'EDGE_ERR_CERTIFICATE_QUOTA', value: '27', rule: 'a load balancer takes 26' },
    ],
    [
      'without a name that is short enough to be the first',
      { platform: { ...PUBLISHED, hosts: [], domain: `${'d'.repeat(60)}.platform.example.com` } },
      {
        code: 'EDGE_ERR_COMMON_NAME',
        value: `"*.${'d'.repeat(60)}.platform.example.com"`,
        rule: 'at most 64 characters',
      },
    ],
    ['with room for one name only', { maxNames: 1 }, { code: 'EDGE_ERR_VALUE', value: '1', rule: 'from 2' }],
    [
      'with something else than a name that is certified elsewhere',
      { certifiedElsewhere: ['https://a.example.com'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"https://a.example.com"', rule: '' },
    ],
    [
      'with a wait of no whole seconds',
      { validationTimeout: Duration.millis(1500) },
      { code: 'EDGE_ERR_VALUE', value: '"1.5 s"', rule: 'a whole number of seconds' },
    ],
  ])('%s', async (_, args, refusal) => {
    const { resources } = await mocked(() =>
      expectRefusal(() => new PlatformCertificate('platform', { platform: PUBLISHED, zones: ZONES, ...args }), refusal),
    );

    expect(resources).toStrictEqual([]);
  });
});

/** The resources that an output comes from. */
async function producers(of: PlatformCertificate['certificateArn']): Promise<string[]> {
  const all = await (of as unknown as { allResources: () => Promise<Set<Resource>> }).allResources();
  return [...all].map((resource) => resource.constructor.name);
}
