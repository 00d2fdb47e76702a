import { output, unknown } from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { DnsRecordType, EdgeApp, EdgeValidationError, HostLayout } from '../../../lib';
import { InferenceDns, type InferenceDnsArgs } from '../../../lib/pulumi';
import { PUBLISHED, recordsIn, serve } from '../../lib/support/published';
import { expectProblem, expectRefusal, problemsOf, thrownBy } from '../../lib/support/refusals';
import { platformIn } from '../../lib/support/stacks';
import { UNKNOWN } from '../engine';
import { ALB, BALANCER_ZONE, listOf, lookUps, resourceIn } from '../support/aws';
import { known, type MockOptions, mocked } from '../support/mocks';

const ZONES = { 'example.com': 'Z0EXAMPLE', 'platform.example.com': 'Z0PLATFORM' };
const DOMAIN = '*.platform.example.com';
const STAGING = '*.staging.platform.example.com';

function made(args: Partial<InferenceDnsArgs> = {}, options: MockOptions = {}) {
  const all = { platform: PUBLISHED, target: ALB, zones: ZONES, ...args };
  return mocked(() => new InferenceDns('dns', all), { invoke: lookUps, ...options });
}

/** An argument that is not the default, and what else it needs. */
const GIVEN: Required<InferenceDnsArgs> = {
  platform: { ...PUBLISHED, namespaces: ['staging'] },
  target: 'gateway.example.net',
  namespaceTarget: 'models.example.net',
  zones: { 'example.com': 'Z0EXAMPLE' },
  externalZones: ['example.org'],
  recordType: DnsRecordType.CNAME,
  dualStack: false,
  ttl: Duration.seconds(30),
  hosts: ['mqtt.example.com', 'mqtt.example.org'],
  recordedElsewhere: ['dashboard.example.net'],
};

describe('an InferenceDns', () => {
  it('is an alias for the domain and for each namespace', async () => {
    const { resources } = await made();

    expect(listOf(resources)).toStrictEqual([
      'InferenceDns dns',
      `Record dns:${DOMAIN}:A`,
      'Record dns:*.prod.platform.example.com:A',
      `Record dns:${STAGING}:A`,
    ]);
    expect(resourceIn(resources, `Record dns:${STAGING}:A`)).toMatchObject({
      parent: resourceIn(resources, 'InferenceDns dns').urn,
      inputs: {
        zoneId: 'Z0PLATFORM',
        name: STAGING,
        type: 'A',
        aliases: [{ name: ALB, zoneId: BALANCER_ZONE, evaluateTargetHealth: false }],
      },
    });
  });

  it('overwrites no record that somebody else has made', async () => {
    const { resources } = await made();

    expect(resourceIn(resources, `Record dns:${DOMAIN}:A`).inputs).not.toHaveProperty('allowOverwrite');
  });

  it("asks once for the zone of load balancers, of the region in the target's name", async () => {
    const { invocations } = await made();

    expect(invocations).toStrictEqual([
      {
        token: 'aws:lb/getHostedZoneId:getHostedZoneId',
        args: { loadBalancerType: 'application', region: 'eu-west-1' },
      },
    ]);
  });

  it('answers for IPv6 too when the load balancer does', async () => {
    const { resources } = await made({ dualStack: true, platform: { ...PUBLISHED, namespaces: [], hosts: [] } });

    const { name, ...ipv6 } = resourceIn(resources, `Record dns:${DOMAIN}:AAAA`).inputs;
    expect(listOf(resources)).toHaveLength(3);
    expect(name).toBe(DOMAIN);
    expect(ipv6).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      type: 'AAAA',
      aliases: [{ name: ALB, zoneId: BALANCER_ZONE, evaluateTargetHealth: false }],
    });
  });

  it('leads models to a load balancer of their own', async () => {
    const namespaceTarget = output('models-1.us-east-2.elb.amazonaws.com');
    const { resources, invocations } = await made({ namespaceTarget });
    const target = (name: string) => resourceIn(resources, `Record dns:${name}:A`).inputs;

    expect(target(DOMAIN)).toMatchObject({ aliases: [{ name: ALB }] });
    expect(target(STAGING)).toMatchObject({ aliases: [{ name: 'models-1.us-east-2.elb.amazonaws.com' }] });
    expect(invocations).toHaveLength(2);
  });

  it('leads to other targets by a CNAME, with all that it was given', async () => {
    const { resources, result } = await made(GIVEN);

    expect(listOf(resources)).toStrictEqual([
      'InferenceDns dns',
      `Record dns:${DOMAIN}:CNAME`,
      `Record dns:${STAGING}:CNAME`,
      'Record dns:mqtt.example.com:CNAME',
    ]);
    expect(resourceIn(resources, `Record dns:${STAGING}:CNAME`).inputs).toStrictEqual({
      zoneId: 'Z0EXAMPLE',
      name: STAGING,
      type: 'CNAME',
      records: ['models.example.net'],
      ttl: 30,
    });
    expect(await known(result.externalRecords)).toStrictEqual([
      { name: 'mqtt.example.org', type: DnsRecordType.CNAME, target: 'gateway.example.net' },
    ]);
  });

  it('leads to an address, and for five minutes at a time', async () => {
    const { resources } = await made({ recordType: DnsRecordType.A, target: '192.0.2.1' });

    expect(resourceIn(resources, `Record dns:${DOMAIN}:A`).inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: DOMAIN,
      type: 'A',
      records: ['192.0.2.1'],
      ttl: 300,
    });
  });

  it('may be an alias at the apex of a zone', async () => {
    const { resources } = await made({ hosts: ['platform.example.com'] });

    expect(listOf(resources)).toContain('Record dns:platform.example.com:A');
  });

  it('says which names have records, each once', async () => {
    const { result, resources } = await made({ dualStack: true });
    const names = [DOMAIN, STAGING, '*.prod.platform.example.com'];

    expect(await known(result.names)).toStrictEqual(names);
    expect(resourceIn(resources, 'InferenceDns dns').registeredOutputs).toStrictEqual({ names, externalRecords: [] });
  });

  it('is whole in a preview in which there is no load balancer yet', async () => {
    const target = output(unknown as unknown as string);
    const { resources } = await made({ target }, { preview: true });

    expect(listOf(resources)).toHaveLength(4);
    expect(resourceIn(resources, `Record dns:${STAGING}:A`).inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: STAGING,
      type: 'A',
      aliases: [{ name: UNKNOWN, zoneId: UNKNOWN, evaluateTargetHealth: false }],
    });
  });
});

describe('the app of a platform with an InferenceDns', () => {
  it('is refused at once for a host that no record leads to', () => {
    const app = new EdgeApp();
    serve(app, false, 'mqtt.example.com', 'kubeflow.platform.example.com');
    const platform = platformIn(app);

    const error = thrownBy(() => new InferenceDns('dns', { platform, target: ALB, zones: ZONES }));

    expect(error).toBeInstanceOf(EdgeValidationError);
    expectProblem((error as EdgeValidationError).problems, 'platform', {
      code: 'EDGE_ERR_HOST_RECORD',
      value: '"mqtt.example.com"',
      rule: 'no DNS record of the app leads to it',
    });
  });

  it('is refused later for a host that came later', async () => {
    const app = new EdgeApp();
    await made({ platform: platformIn(app) });

    serve(app, false, 'mqtt.example.com');

    expectProblem(problemsOf(app), 'platform', {
      code: 'EDGE_ERR_HOST_RECORD',
      value: '"mqtt.example.com"',
      rule: 'no DNS record of the app leads to it',
    });
  });

  it('is not for a host whose record somebody else makes', async () => {
    const app = new EdgeApp();
    serve(app, false, 'mqtt.example.com');

    await made({ platform: platformIn(app), recordedElsewhere: ['mqtt.example.com'] });

    expect(() => app.synthYaml()).not.toThrow();
  });

  it('is refused when external-dns would make the same records', async () => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    recordsIn(app, platform);

    await made({ platform });

    expect(problemsOf(app)).toContainEqual(expect.stringContaining('EDGE_ERR_DUPLICATE: a DNS record is'));
  });
});

describe('an InferenceDns is refused, before anything is registered,', () => {
  it.each<[string, Partial<InferenceDnsArgs>, Parameters<typeof expectRefusal>[1]]>([
    [
      'without a zone for a name',
      { hosts: ['mqtt.example.org'] },
      { code: 'EDGE_ERR_ZONE', value: '"mqtt.example.org"', rule: 'the zones are example.com, platform.example.com' },
    ],
    [
      'with an id of a zone that is none',
      { zones: { 'example.com': 'example' } },
      { code: 'EDGE_ERR_VALUE', value: '"example"', rule: 'ids of hosted zones begin with Z' },
    ],
    [
      'with a zone that is somebody else’s at the same time',
      { externalZones: ['example.com'] },
      { code: 'EDGE_ERR_DUPLICATE', value: '"example.com"', rule: 'it is among zones too' },
    ],
    [
      'with a CNAME at the apex of a zone',
      { recordType: DnsRecordType.CNAME, hosts: ['platform.example.com'] },
      { code: 'EDGE_ERR_ZONE_APEX', value: '"platform.example.com"', rule: 'it is the apex of a zone' },
    ],
    [
      'with a TTL for an alias',
      { ttl: Duration.minutes(1) },
      { code: 'EDGE_ERR_VALUE', value: '"60 s"', rule: 'Route 53 gives an alias the TTL of its target' },
    ],
    [
      'with a TTL of no whole seconds',
      { recordType: DnsRecordType.CNAME, ttl: Duration.millis(1) },
      { code: 'EDGE_ERR_VALUE', value: '"0.001 s"', rule: 'a whole number of seconds from 1 to 2147483647' },
    ],
    [
      'with IPv6 for something else than an alias',
      { recordType: DnsRecordType.CNAME, dualStack: true },
      { code: 'EDGE_ERR_VALUE', value: '"true"', rule: 'only an alias is made of an address of each kind' },
    ],
    [
      'with an alias for something else than a load balancer',
      { target: 'gateway.example.net' },
      { code: 'EDGE_ERR_VALUE', value: '"gateway.example.net"', rule: 'Route 53 makes aliases' },
    ],
    [
      'with an alias for something of AWS that has no region',
      { target: 'd111111abcdef8.cloudfront.net' },
      { code: 'EDGE_ERR_VALUE', value: '"d111111abcdef8.cloudfront.net"', rule: 'aliases are made for load balancers' },
    ],
    [
      'with a target that is no host name',
      { target: `https://${ALB}` },
      { code: 'EDGE_ERR_DOMAIN', value: `"https://${ALB}"`, rule: '' },
    ],
    [
      'with a target of models that does not fit',
      { namespaceTarget: '192.0.2.1' },
      { code: 'EDGE_ERR_VALUE', value: '"192.0.2.1"', rule: 'Route 53 makes aliases' },
    ],
    [
      'with a target of models where they have no hosts of their own',
      { namespaceTarget: ALB, platform: { ...PUBLISHED, hosts: [], hostLayout: HostLayout.FLAT } },
      { code: 'EDGE_ERR_VALUE', value: '"FLAT"', rule: 'namespaces have no hosts of their own' },
    ],
    [
      'with a target that the records themselves answer for',
      { recordType: DnsRecordType.CNAME, target: 'gateway.platform.example.com' },
      { code: 'EDGE_ERR_VALUE', value: '"gateway.platform.example.com"', rule: 'would lead in a circle' },
    ],
    [
      'with something else than a name of a record',
      { recordedElsewhere: ['mqtt'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"mqtt"', rule: 'at least two parts' },
    ],
  ])('%s', async (_, args, refusal) => {
    const { resources } = await mocked(() =>
      expectRefusal(
        () => new InferenceDns('dns', { platform: PUBLISHED, target: ALB, zones: ZONES, ...args }),
        refusal,
      ),
    );

    expect(resources).toStrictEqual([]);
  });
});
