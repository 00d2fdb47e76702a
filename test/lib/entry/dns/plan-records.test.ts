import { describe, expect, it } from 'vitest';
import { DnsRecordType, EdgeApp } from '../../../../lib';
import { dnsPlan } from '../../../../lib/naming/dns-plan';
import { expectRefusal } from '../../support/refusals';
import { IRIS, platformIn } from '../../support/stacks';

describe('InferencePlatform.dnsPlan(..)', () => {
  it('C-7: follows from the domain and the namespaces', () => {
    const platform = platformIn(new EdgeApp());
    platform.addModel('iris', IRIS);

    expect(platform.dnsPlan().records.map(({ name }) => name)).toStrictEqual([
      '*.platform.example.com',
      '*.staging.platform.example.com',
      '*.prod.platform.example.com',
    ]);
  });

  it('is the pure plan, with the options that were given', () => {
    const platform = platformIn(new EdgeApp());
    const options = { hosts: ['example.com'], zones: ['example.com'], recordType: DnsRecordType.ALIAS };

    expect(platform.dnsPlan(options)).toStrictEqual(dnsPlan(platform, options));
  });

  it('refuses a CNAME at the apex of a zone', () => {
    const options = { hosts: ['example.com'], zones: ['example.com'] };

    expectRefusal(() => platformIn(new EdgeApp()).dnsPlan(options), {
      code: 'EDGE_ERR_ZONE_APEX',
      value: '"example.com"',
      rule: 'a CNAME stands beside no other',
    });
  });

  it('says where a host was given that is none', () => {
    expect(() => platformIn(new EdgeApp()).dnsPlan({ hosts: ['a_b.example.com'] })).toThrow(
      'EDGE_ERR_DOMAIN: a record of InferencePlatform.dnsPlan(..) is "a_b.example.com", but',
    );
  });
});
