import { describe, expect, it } from 'vitest';
import { validationOption } from '../../../lib/pulumi/certificate/validation-options';
import { expectRefusal } from '../../lib/support/refusals';

function option(domainName: string, record: string) {
  return { domainName, resourceRecordName: record, resourceRecordType: 'CNAME', resourceRecordValue: `to.${record}` };
}

describe('the validation option of a base', () => {
  const options = [option('*.b.org', '_b.b.org.'), option('a.org', '_a.a.org.'), option('*.a.org', '_a.a.org.')];

  it('is found by its name, in any order', () => {
    expect(validationOption(options, 'a.org').resourceRecordName).toBe('_a.a.org.');
    expect(validationOption(options.toReversed(), 'a.org').resourceRecordName).toBe('_a.a.org.');
  });

  it('is that of its wildcard when there is no other', () => {
    expect(validationOption(options, 'b.org')).toStrictEqual(option('*.b.org', '_b.b.org.'));
  });

  it.each([
    [options, '*.b.org, a.org, *.a.org'],
    [[], 'none'],
  ])('is refused when ACM has none', (given, names) => {
    expectRefusal(() => validationOption(given, 'org'), {
      code: 'EDGE_ERR_VALIDATION_RECORD',
      value: '"org"',
      rule: `gives a validation record for are ${names}`,
    });
  });
});
