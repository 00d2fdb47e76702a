import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DnsRecordType } from '../../../lib';
import { planRecords } from '../../../lib/entry/dns/plan-records';
import { dnsResolves } from '../../../lib/naming/host-coverage';
import { InferenceDns } from '../../../lib/pulumi';
import { type AnyPlatform, anyPlatform, longestZone } from '../support/any-platform';
import { ALB, listOf, lookUps } from '../support/aws';
import { mocked } from '../support/mocks';

function namesOf({ platform, hosts, zones }: AnyPlatform): string[] {
  const { records } = planRecords('test', platform, { hosts, zones, recordType: DnsRecordType.ALIAS });
  return records.map(({ name }) => name);
}

it('every host of any platform is answered for', () => {
  fc.assert(
    fc.property(anyPlatform, (any) => {
      const names = namesOf(any);

      const hosts = [...any.platform.hosts, ...any.hosts];
      expect(hosts.filter((host) => !dnsResolves(names, host, any.zones))).toStrictEqual([]);
    }),
  );
});

it('every record of any platform is made once, in the longest zone that it is in', async () => {
  await fc.assert(
    fc.asyncProperty(anyPlatform, fc.boolean(), async (any, dualStack) => {
      const { platform, hosts, zones } = any;
      const ids = Object.fromEntries(zones.map((zone, i) => [zone, `Z${i}`]));
      const { resources } = await mocked(
        () => new InferenceDns('d', { platform, hosts, zones: ids, target: ALB, dualStack }),
        { invoke: lookUps },
      );

      const types = dualStack ? ['A', 'AAAA'] : ['A'];
      const expected = namesOf(any).flatMap((name) => types.map((type) => `Record d:${name}:${type}`));
      expect(listOf(resources)).toStrictEqual(['InferenceDns d', ...expected].sort());
      for (const { inputs, component } of resources) {
        if (component) continue;
        expect(inputs.zoneId).toBe(ids[longestZone(String(inputs.name), zones) as string]);
      }
    }),
    { numRuns: 25 },
  );
});

it('a namespace that is added adds its wildcard, and changes nothing but hosts that this concerns', () => {
  fc.assert(
    fc.property(anyPlatform, (any) => {
      const before = namesOf(any);
      const namespaces = [...any.platform.namespaces, 'one-more'];
      const after = namesOf({ ...any, platform: { ...any.platform, namespaces } });

      const concerned = `one-more.${any.platform.domain}`;
      const changed = [...before.filter((name) => !after.includes(name)), ...after.filter((n) => !before.includes(n))];
      expect(changed.filter((name) => !name.endsWith(concerned))).toStrictEqual([]);
    }),
  );
});
