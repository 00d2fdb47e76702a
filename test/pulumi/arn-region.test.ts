import { output, unknown } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { arnInRegion } from '../../lib/pulumi';
import { expectRefusal } from '../lib/support/refusals';
import { known } from './support/mocks';

const ARN = 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d';

describe('an ARN that is needed in a region', () => {
  it.each([ARN, ARN.replace('aws', 'aws-cn')])('is taken when it is there: %s', (arn) => {
    expect(arnInRegion('certificateArn', arn, 'eu-west-1')).toBe(arn);
  });

  it('may be an Output', async () => {
    expect(await known(arnInRegion('certificateArn', output(ARN), 'eu-west-1'))).toBe(ARN);
  });

  it('is not looked at before it is known', () => {
    expect(() => arnInRegion('certificateArn', output(unknown as unknown as string), 'eu-west-1')).not.toThrow();
  });

  it('is refused in another region', () => {
    expectRefusal(() => arnInRegion('certificateArn', ARN, 'us-east-1'), {
      code: 'EDGE_ERR_REGION',
      value: `"${ARN}"`,
      rule: 'it is needed in us-east-1, and this one is in eu-west-1',
    });
  });

  it('is refused without a region', () => {
    const arn = 'arn:aws:iam::123456789012:role/controller';
    expectRefusal(() => arnInRegion('certificateArn', arn, 'us-east-1'), {
      code: 'EDGE_ERR_REGION',
      value: `"${arn}"`,
      rule: 'this one is in no region',
    });
  });

  it.each(['', '0c1d', 'arn:aws:acm:eu-west-1:1234:certificate/0c1d'])('is refused when it is none: "%s"', (arn) => {
    expectRefusal(() => arnInRegion('certificateArn', arn, 'eu-west-1'), {
      code: 'EDGE_ERR_VALUE',
      value: `"${arn}"`,
      rule: 'it is an ARN like arn:aws:acm:eu-west-1:',
    });
  });
});
