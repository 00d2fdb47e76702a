import { output } from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { PlatformCertificate, SubdomainZone, type SubdomainZoneArgs } from '../../../lib/pulumi';
import { PUBLISHED } from '../../lib/support/published';
import { expectRefusal } from '../../lib/support/refusals';
import { UNKNOWN } from '../engine';
import { dependenciesOf, listOf, lookUps, resourceIn } from '../support/aws';
import { known, type MockOptions, mocked } from '../support/mocks';

const DOMAIN = 'platform.example.com';
const NAME_SERVERS = ['ns-1.awsdns-01.org', 'ns-2.awsdns-02.com', 'ns-3.awsdns-03.net', 'ns-4.awsdns-04.co.uk'];

function made(args: Partial<SubdomainZoneArgs> = {}, options: MockOptions = {}) {
  return mocked(() => new SubdomainZone('platform', { domain: DOMAIN, ...args }), { invoke: lookUps, ...options });
}

describe('a SubdomainZone', () => {
  it('is a zone that can be deleted with what certificates left behind in it', async () => {
    const { resources, result } = await made();

    expect(listOf(resources)).toStrictEqual(['SubdomainZone platform', 'Zone platform']);
    expect(resourceIn(resources, 'Zone platform').inputs).toMatchObject({ name: DOMAIN, forceDestroy: true });
    expect(await known(result.nameServers)).toStrictEqual(NAME_SERVERS);
  });

  it('is delegated from the longest zone above it', async () => {
    const parentZones = { 'example.com': 'Z0PARENT', 'other.com': 'Z0OTHER', com: 'Z0COM', [DOMAIN]: 'Z0ITSELF' };
    const { resources } = await made({ parentZones });

    expect(resourceIn(resources, 'Record platform:platform.example.com').inputs).toStrictEqual({
      zoneId: 'Z0PARENT',
      name: DOMAIN,
      type: 'NS',
      records: NAME_SERVERS,
      ttl: 3600,
    });
  });

  it('is there for others once it is delegated: nobody could see a validation before', async () => {
    const { resources } = await mocked(
      () => {
        const zone = new SubdomainZone('platform', { domain: DOMAIN, parentZones: ['example.com'] });
        return new PlatformCertificate('certificate', { platform: PUBLISHED, zones: zone.zones });
      },
      { invoke: lookUps },
    );

    expect(dependenciesOf(resources, 'Record certificate:platform.example.com')).toStrictEqual([
      'Certificate certificate-1',
      'Record platform:platform.example.com',
      'Zone platform',
    ]);
  });

  it('is whole in a preview, without its name servers', async () => {
    const { resources } = await made({ parentZones: { 'example.com': 'Z0PARENT' } }, { preview: true });

    expect(listOf(resources)).toStrictEqual([
      'Record platform:platform.example.com',
      'SubdomainZone platform',
      'Zone platform',
    ]);
    expect(resourceIn(resources, 'Record platform:platform.example.com').inputs.records).toBe(UNKNOWN);
  });

  it('has all that it was given', async () => {
    const { resources } = await made({
      parentZones: { 'example.com': output('Z0LATER') },
      delegationTtl: Duration.minutes(5),
      forceDestroy: false,
      tags: { team: 'ml' },
    } satisfies Omit<Required<SubdomainZoneArgs>, 'domain'>);

    expect(resourceIn(resources, 'Zone platform').inputs).toMatchObject({
      name: DOMAIN,
      forceDestroy: false,
      tags: { team: 'ml' },
    });
    expect(resourceIn(resources, 'Record platform:platform.example.com').inputs).toMatchObject({
      zoneId: 'Z0LATER',
      ttl: 300,
    });
  });
});

describe('a SubdomainZone is refused, before anything is registered,', () => {
  it.each<[string, Partial<SubdomainZoneArgs>, Parameters<typeof expectRefusal>[1]]>([
    [
      'for a domain that is none',
      { domain: '*.example.com' },
      { code: 'EDGE_ERR_DOMAIN', value: '"*.example.com"', rule: '' },
    ],
    [
      'below none of the zones',
      { parentZones: ['example.org', DOMAIN] },
      { code: 'EDGE_ERR_ZONE', value: `"${DOMAIN}"`, rule: 'the zones are example.org' },
    ],
    [
      'with an id that is none',
      { parentZones: { 'example.com': '' } },
      { code: 'EDGE_ERR_VALUE', value: '""', rule: 'ids of hosted zones begin with Z' },
    ],
    [
      'with a TTL of no whole seconds',
      { parentZones: ['example.com'], delegationTtl: Duration.millis(10) },
      { code: 'EDGE_ERR_VALUE', value: '"0.01 s"', rule: 'a whole number of seconds' },
    ],
  ])('%s', async (_, args, refusal) => {
    const { resources } = await mocked(() =>
      expectRefusal(() => new SubdomainZone('platform', { domain: DOMAIN, ...args }), refusal),
    );

    expect(resources).toStrictEqual([]);
  });
});
