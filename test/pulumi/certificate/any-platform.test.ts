import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planCertificates } from '../../../lib/entry/certificates/plan-certificates';
import { tlsCovers } from '../../../lib/naming/host-coverage';
import { PlatformCertificate } from '../../../lib/pulumi';
import type { RegisteredResource } from '../engine';
import { type AnyPlatform, anyPlatform, longestZone } from '../support/any-platform';
import { listOf } from '../support/aws';
import { mocked } from '../support/mocks';

const maxNames = fc.constantFrom(2, 3, 10, 100);

function planOf({ platform, hosts, zones }: AnyPlatform, maxNames: number) {
  // More than a load balancer takes, which is refused, is not what this is about.
  const most = platform.namespaces.slice(0, (maxNames - 1) * 12);
  return planCertificates('test', { ...platform, namespaces: most }, { hosts, zones, maxNames });
}

describe('the certificates of any platform', () => {
  it('C-T1: cover every host, and keep the quotas', () => {
    fc.assert(
      fc.property(anyPlatform, maxNames, (any, maxNames) => {
        const { certificates } = planOf(any, maxNames);
        const all = certificates.flatMap(({ names }) => names);

        const hosts = [...any.platform.hosts, ...any.hosts, `x.${any.platform.domain}`];
        expect(hosts.filter((host) => !tlsCovers(all, host))).toStrictEqual([]);
        for (const { names, commonName } of certificates) {
          expect(names.length).toBeLessThanOrEqual(maxNames);
          expect(names[0]).toBe(commonName);
          expect(commonName.length).toBeLessThanOrEqual(64);
          expect(new Set(names).size).toBe(names.length);
        }
      }),
    );
  });

  it('C-T2: have one record for each base, in the longest zone that it is in', () => {
    fc.assert(
      fc.property(anyPlatform, maxNames, (any, maxNames) => {
        const { certificates, validationRecords } = planOf(any, maxNames);

        const bases = certificates.flatMap(({ names }) => names.map((name) => name.replace('*.', '')));
        expect(validationRecords.map(({ base }) => base).sort()).toStrictEqual([...new Set(bases)].sort());
        for (const { base, zone } of validationRecords) expect(zone).toBe(longestZone(base, any.zones));
      }),
    );
  });
});

describe('the resources of any platform', () => {
  it('are those of the plan: each record once, and in its zone', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlatform, maxNames, async (any, maxNames) => {
        const { certificates, validationRecords } = planOf(any, maxNames);
        const resources = await register(any, maxNames);

        expect(listOf(resources)).toStrictEqual(
          [
            'PlatformCertificate p',
            ...certificates.flatMap((_, i) => [`Certificate p-${i + 1}`, `CertificateValidation p-${i + 1}`]),
            ...validationRecords.map(({ base }) => `Record p:${base}`),
          ].sort(),
        );
        const records = resources.filter(({ type }) => type.includes('route53'));
        expect(new Set(records.map(({ inputs }) => inputs.name)).size).toBe(records.length);
        for (const { inputs, name } of records) {
          const base = name.slice('p:'.length);
          expect(inputs.name).toMatch(new RegExp(`^_[0-9a-f]+\\.${base.replaceAll('.', '\\.')}\\.$`));
          expect(inputs.zoneId).toBe(idOf(longestZone(base, any.zones) as string, any.zones));
        }
      }),
      { numRuns: 25 },
    );
  });

  it('change in the last certificate only when a namespace is added at the end, besides its own record', async () => {
    await fc.assert(
      fc.asyncProperty(anyPlatform, async (any) => {
        const platform = { ...any.platform, hosts: [] };
        const added = { ...platform, namespaces: [...platform.namespaces, 'one-more'] };
        const before = await register({ ...any, platform }, 3);
        const after = await register({ ...any, platform: added }, 3);

        const last = before.filter(({ type }) => type.endsWith('Certificate')).length - 1;
        const same = (all: RegisteredResource[]) =>
          all.filter(({ name, component }) => !component && name !== `p-${last}` && name !== `p-${last + 1}`);
        const inputs = (all: RegisteredResource[]) => new Map(all.map(({ urn, inputs }) => [urn, inputs]));
        const others = same(after).filter(({ name }) => name !== `p:one-more.${platform.domain}`);
        expect(inputs(others)).toStrictEqual(inputs(same(before)));
      }),
      { numRuns: 25 },
    );
  });
});

async function register({ platform, hosts, zones }: AnyPlatform, maxNames: number): Promise<RegisteredResource[]> {
  const most = { ...platform, namespaces: platform.namespaces.slice(0, (maxNames - 1) * 12 + 1) };
  const ids = Object.fromEntries(zones.map((zone) => [zone, idOf(zone, zones)]));
  const { resources } = await mocked(
    () => new PlatformCertificate('p', { platform: most, hosts, zones: ids, maxNames }),
  );
  return [...resources];
}

function idOf(zone: string, zones: readonly string[]): string {
  return `Z${zones.indexOf(zone)}`;
}
