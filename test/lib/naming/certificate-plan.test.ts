import { describe, expect, it } from 'vitest';
import {
  type CertificatePlan,
  certificateCountProblem,
  certificateNameProblem,
  certificatePlan,
  commonNameProblem,
  maxNamesProblem,
} from '../../../lib/naming/certificate-plan';
import { tlsCovers } from '../../../lib/naming/host-coverage';
import { HostLayout } from '../../../lib/naming/host-layout';
import type { IPublishedHosts } from '../../../lib/naming/published-hosts';
import { modelHosts, Seeded } from '../support/seeded';

const PLATFORM: IPublishedHosts = {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
  hostLayout: HostLayout.PER_NAMESPACE,
  hosts: ['iris.staging.platform.example.com'],
};

function namespaces(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `team-${i + 1}`);
}

function namesIn({ certificates }: CertificatePlan): string[][] {
  return certificates.map(({ names }) => names);
}

describe('the plan of certificates', () => {
  it('has the wildcard of the domain and one for each namespace', () => {
    const names = ['*.platform.example.com', '*.staging.platform.example.com', '*.prod.platform.example.com'];
    const bases = ['platform.example.com', 'staging.platform.example.com', 'prod.platform.example.com'];

    expect(certificatePlan(PLATFORM)).toStrictEqual({
      certificates: [{ commonName: '*.platform.example.com', names, validationBases: bases }],
      validationRecords: bases.map((base) => ({ base })),
    });
  });

  it('has a single wildcard when models of all namespaces are right below the domain', () => {
    const hosts = ['iris-staging.platform.example.com'];

    expect(certificatePlan({ ...PLATFORM, hosts, hostLayout: HostLayout.FLAT })).toStrictEqual({
      certificates: [
        {
          commonName: '*.platform.example.com',
          names: ['*.platform.example.com'],
          validationBases: ['platform.example.com'],
        },
      ],
      validationRecords: [{ base: 'platform.example.com' }],
    });
  });

  it('takes further hosts, unless a wildcard covers them', () => {
    const hosts = ['platform.example.com', 'kubeflow.platform.example.com', '*.other.org', 'a.other.org', 'b.org'];

    expect(
      namesIn(certificatePlan({ ...PLATFORM, namespaces: ['prod'] }, { hosts: [...hosts, 'b.org'] })),
    ).toStrictEqual([
      [
        '*.platform.example.com',
        'platform.example.com',
        '*.other.org',
        'b.org',
        '*.prod.platform.example.com',
        'iris.staging.platform.example.com',
      ],
    ]);
  });
});

describe('C-T2: validation records', () => {
  it('of `*.x` and `x` are one', () => {
    const hosts = ['platform.example.com', 'staging.platform.example.com', 'a.org', '*.a.org'];
    const plan = certificatePlan(PLATFORM, { hosts });

    expect(plan.validationRecords).toStrictEqual([
      { base: 'platform.example.com' },
      { base: 'a.org' },
      { base: 'staging.platform.example.com' },
      { base: 'prod.platform.example.com' },
    ]);
    expect(plan.certificates[0]?.validationBases).toStrictEqual(plan.validationRecords.map(({ base }) => base));
  });

  it('are the same ones whatever the order of namespaces and hosts', () => {
    const plan = (of: (names: string[]) => string[]) =>
      certificatePlan({ ...PLATFORM, namespaces: of(namespaces(30)) }, { hosts: of(['a.org', '*.a.org', 'b.org']) });
    const bases = ({ validationRecords }: CertificatePlan) => validationRecords.map(({ base }) => base).sort();

    expect(bases(plan((names) => names.toReversed()))).toStrictEqual(bases(plan((names) => names)));
  });

  it('are in the longest zone that their base ends with', () => {
    const zones = ['example.com', 'prod.platform.example.com', 'platform.example.com'];

    expect(certificatePlan(PLATFORM, { zones }).validationRecords).toStrictEqual([
      { base: 'platform.example.com', zone: 'platform.example.com' },
      { base: 'staging.platform.example.com', zone: 'platform.example.com' },
      { base: 'prod.platform.example.com', zone: 'prod.platform.example.com' },
    ]);
  });
});

describe('X-2: the names of a certificate', () => {
  it.each([
    [9, undefined, 1],
    [10, undefined, 2],
    [18, undefined, 2],
    [19, undefined, 3],
    [99, 100, 1],
    [100, 100, 2],
    [3, 2, 3],
  ])('of %d namespaces with at most %s names fit into %d certificates', (count, maxNames, certificates) => {
    const plan = certificatePlan({ ...PLATFORM, hosts: [], namespaces: namespaces(count) }, { maxNames });

    expect(plan.certificates).toHaveLength(certificates);
  });

  it('begin with the wildcard of the domain, which is short enough where a namespace may not be', () => {
    const long = namespaces(20).map((name) => name.padEnd(63, 'x'));
    const plan = certificatePlan({ ...PLATFORM, hosts: [], namespaces: long });

    expect(plan.certificates.map(({ commonName, names }) => [commonName, names[0], names[1]?.length])).toStrictEqual(
      Array.from({ length: 3 }, () => ['*.platform.example.com', '*.platform.example.com', 86]),
    );
  });

  it.each([
    [62, `*.${'d'.repeat(58)}.com`],
    [63, 'a.org'],
  ])('begin with another one when the wildcard has more than 64 characters: domain of %d', (length, commonName) => {
    const domain = `${'d'.repeat(length - 4)}.com`;
    const hosts = ['longer.org', 'a.org', 'b.org'];

    const [certificate] = certificatePlan({ ...PLATFORM, hosts: [], domain }, { hosts }).certificates;

    expect(certificate?.commonName).toBe(commonName);
    expect(certificate?.names[0]).toBe(commonName);
    expect(certificate?.names).toHaveLength(6);
  });
});

describe('a namespace that is added', () => {
  const before = certificatePlan({ ...PLATFORM, hosts: [], namespaces: namespaces(25) }, { hosts: ['a.org'] });

  it('at the end of the list changes the last certificate only', () => {
    const after = certificatePlan({ ...PLATFORM, hosts: [], namespaces: namespaces(26) }, { hosts: ['a.org'] });

    expect(namesIn(after).slice(0, -1)).toStrictEqual(namesIn(before).slice(0, -1));
    expect(namesIn(after).at(-1)).toStrictEqual([...(namesIn(before).at(-1) ?? []), '*.team-26.platform.example.com']);
  });

  it('when the last one is full makes another, and changes none', () => {
    const full = certificatePlan({ ...PLATFORM, hosts: [], namespaces: namespaces(27) });
    const more = certificatePlan({ ...PLATFORM, hosts: [], namespaces: namespaces(28) });

    expect(namesIn(more)).toStrictEqual([
      ...namesIn(full),
      ['*.platform.example.com', '*.team-28.platform.example.com'],
    ]);
  });

  it('changes no common name, wherever it is in the list', () => {
    const after = certificatePlan({ ...PLATFORM, hosts: [], namespaces: ['a', ...namespaces(25)] });

    expect(new Set(after.certificates.map(({ commonName }) => commonName))).toStrictEqual(
      new Set(before.certificates.map(({ commonName }) => commonName)),
    );
  });
});

describe('for any platform', () => {
  const platforms = Array.from({ length: 300 }, (_, seed) => {
    const seeded = new Seeded(seed);
    const published = seeded.published();
    const hosts = seeded.hosts(published.domain);
    const zones = seeded.zones(published.domain, published.namespaces);
    const maxNames = seeded.pick([2, 3, 10, 11, 100]);
    const options = { hosts, zones, maxNames };
    const plan = certificatePlan(published, options);
    return { seed: `seed ${seed}`, published, options, plan, all: namesIn(plan).flat() };
  });

  it('C-T1: every host is covered, and every model in a namespace', () => {
    for (const { seed, published, options, all } of platforms) {
      const asked = [...options.hosts, ...published.hosts, ...modelHosts(published), `dashboard.${published.domain}`];
      expect(
        asked.filter((host) => !tlsCovers(all, host)),
        seed,
      ).toStrictEqual([]);
    }
  });

  it('C-T1, X-2: the quotas are kept, and the common name is short', () => {
    for (const { seed, plan, options } of platforms) {
      for (const { commonName, names } of plan.certificates) {
        expect(names.length, seed).toBeLessThanOrEqual(options.maxNames);
        expect(names[0], seed).toBe(commonName);
        expect(commonName.length, seed).toBeLessThanOrEqual(64);
      }
    }
  });

  it('no name is in two certificates, but the common name, nor twice in one', () => {
    for (const { seed, plan } of platforms) {
      const others = namesIn(plan).flatMap((names) => names.slice(1));

      expect(new Set(others).size, seed).toBe(others.length);
      expect(others, seed).not.toContain(plan.certificates[0]?.commonName);
    }
  });

  it('no certificate could be saved', () => {
    for (const { seed, plan, all, options } of platforms) {
      const others = new Set(all).size - 1;

      expect(plan.certificates.length, seed).toBe(Math.max(1, Math.ceil(others / (options.maxNames - 1))));
    }
  });

  it('C-T2: every base has one record, in the longest zone that it ends with', () => {
    for (const { seed, plan, all, options } of platforms) {
      const bases = plan.validationRecords.map(({ base }) => base);

      expect(new Set(bases).size, seed).toBe(bases.length);
      expect(new Set(bases), seed).toStrictEqual(new Set(all.map((name) => name.replace('*.', ''))));
      for (const { base, zone = '' } of plan.validationRecords) {
        const ending = options.zones.filter((other) => `.${base}`.endsWith(`.${other}`));
        expect(ending, seed).toContain(zone);
        expect(Math.max(...ending.map(({ length }) => length)), seed).toBe(zone.length);
      }
    }
  });

  it('C-T2: every certificate knows the bases of its names', () => {
    for (const { seed, plan } of platforms) {
      for (const { names, validationBases } of plan.certificates) {
        expect(validationBases, seed).toStrictEqual([...new Set(names.map((name) => name.replace('*.', '')))]);
      }
    }
  });

  it('a further namespace changes no certificate but the last', () => {
    for (const { seed, published, options } of platforms) {
      const namespaces = [...published.namespaces, 'one-more'];
      const before = namesIn(certificatePlan({ ...published, hosts: [] }, options));
      const after = namesIn(certificatePlan({ ...published, hosts: [], namespaces }, options));

      expect(after.slice(0, before.length - 1), seed).toStrictEqual(before.slice(0, -1));
      expect(after.length - before.length, seed).toBeLessThanOrEqual(1);
    }
  });

  it('the same input has the same plan', () => {
    for (const { seed, published, options, plan } of platforms) {
      expect(certificatePlan(published, options), seed).toStrictEqual(plan);
    }
  });
});

describe('certificateNameProblem', () => {
  it.each(['example.com', '*.example.com', 'a.bc', '1.22'])('accepts %s', (name) => {
    expect(certificateNameProblem(name)).toBeUndefined();
  });

  it.each([
    ['a.b', 'at least two characters'],
    ['*.a.b', 'at least two characters'],
    ['*.a.*.com', '* can only be'],
  ])('refuses %s: %s', (name, rule) => {
    expect(certificateNameProblem(name)).toContain(rule);
  });
});

describe('the limits', () => {
  it.each([2, 10, 100])('a certificate may have %d names', (count) => {
    expect(maxNamesProblem(count)).toBeUndefined();
  });

  it.each([1, 101, 2.5, 0, -3, Number.NaN])('a certificate may not have %d names', (count) => {
    expect(maxNamesProblem(count)).toContain('from 2, for the common name and another, to 100');
  });

  it('a common name has 64 characters and not 65', () => {
    expect(commonNameProblem('a'.repeat(64))).toBeUndefined();
    expect(commonNameProblem('a'.repeat(65))).toContain('at most 64 characters, and the shortest there is has 65');
  });

  it('a load balancer takes 26 certificates and not 27', () => {
    expect(certificateCountProblem(26)).toBeUndefined();
    expect(certificateCountProblem(27)).toContain('takes 26, its default one and 25 others');
  });
});
