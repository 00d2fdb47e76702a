import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { EdgeApp, HostLayout, InferencePlatform } from '../../../../lib';
import { certificatePlan } from '../../../../lib/naming/certificate-plan';
import { ROOT } from '../../support/folders';
import { expectRefusal } from '../../support/refusals';
import { IRIS, platformIn } from '../../support/stacks';

describe('InferencePlatform.certificatePlan(..)', () => {
  it('C-7: follows from the domain and the namespaces', () => {
    const platform = platformIn(new EdgeApp());
    platform.addModel('iris', IRIS);

    expect(platform.certificatePlan().certificates.map(({ names }) => names)).toStrictEqual([
      ['*.platform.example.com', '*.staging.platform.example.com', '*.prod.platform.example.com'],
    ]);
  });

  it('C-7: is one wildcard in a flat layout', () => {
    const platform = new InferencePlatform(new EdgeApp(), 'platform', {
      domain: 'platform.example.com',
      namespaces: ['staging', 'prod'],
      hostLayout: HostLayout.FLAT,
    });
    platform.addModel('iris', IRIS);

    expect(platform.certificatePlan().certificates.map(({ names }) => names)).toStrictEqual([
      ['*.platform.example.com'],
    ]);
  });

  it('is the pure plan, with the options that were given', () => {
    const platform = platformIn(new EdgeApp());
    const options = { hosts: ['mqtt.example.com'], maxNames: 3, zones: ['example.com'] };

    expect(platform.certificatePlan(options)).toStrictEqual(certificatePlan(platform, options));
  });

  it('is plain data, and another one each time', () => {
    const platform = platformIn(new EdgeApp());
    const plan = platform.certificatePlan();

    plan.certificates.pop();

    expect(JSON.parse(JSON.stringify(platform.certificatePlan()))).toStrictEqual(platform.certificatePlan());
    expect(platform.certificatePlan().certificates).toHaveLength(1);
  });

  it('refuses a name that is in none of the zones', () => {
    const zones = ['example.com'];

    expectRefusal(() => platformIn(new EdgeApp()).certificatePlan({ zones, hosts: ['mqtt.example.org'] }), {
      code: 'EDGE_ERR_ZONE',
      value: '"mqtt.example.org"',
      rule: 'the zones are example.com',
    });
  });

  it('refuses a zone that is none', () => {
    expectRefusal(() => platformIn(new EdgeApp()).certificatePlan({ zones: ['example.com.'] }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"example.com."',
      rule: 'begins and ends with a letter or a digit',
    });
  });

  it('says where a wrong option was given', () => {
    expect(() => platformIn(new EdgeApp()).certificatePlan({ maxNames: 1 })).toThrow(
      'EDGE_ERR_VALUE: InferencePlatform.certificatePlan(..).maxNames is 1, but',
    );
  });

  it('is what the documentation prints', () => {
    const options = { hosts: ['mqtt.example.com'], zones: ['example.com', 'platform.example.com'] };
    const platform = platformIn(new EdgeApp());
    const { certificates, validationRecords } = platform.certificatePlan(options);

    const page = readFileSync(path.join(ROOT, 'docs', 'certificates-and-dns.md'), 'utf8');

    const lines = [
      ...certificates.map(({ names }) => `certificate: ${names.join(' ')}`),
      ...validationRecords.map(({ base, zone }) => `validate: ${base} in ${zone}`),
      ...platform.dnsPlan(options).records.map(({ name, type, zone }) => `record: ${name} ${type} in ${zone}`),
    ];
    expect(page).toContain(`\`\`\`text\n${lines.join('\n')}\n\`\`\``);
  });
});
