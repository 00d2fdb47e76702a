import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../errors';

/**
 * An ARN, when it is one of a region: load balancers take certificates of their own region alone, and Cognito's domains
 * those of us-east-1.
 *
 * A text is looked at now; an Output as soon as it is known, in a preview too.
 *
 * @param at what the ARN is for, for messages
 * @throws EdgeError EDGE_ERR_REGION for the ARN of another region; EDGE_ERR_VALUE for a text that is no ARN
 */
export function arnInRegion<T extends pulumi.Input<string>>(at: string, arn: T, region: string): T {
  if (typeof arn === 'string') {
    validate(at, arn, region);
    return arn;
  }
  return pulumi.output(arn).apply((known) => {
    validate(at, known, region);
    return known;
  }) as unknown as T;
}

function validate(at: string, arn: string, region: string): void {
  const found = /^arn:aws[a-z-]*:[a-z0-9-]+:([a-z0-9-]*):\d{12}:.+$/.exec(arn)?.[1];
  if (found === undefined) {
    const rule = `it is an ARN like arn:aws:acm:${region}:123456789012:certificate/0c1d…`;
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: arn, rule, fix: "Give the resource's ARN" });
  }
  if (found === region) return;
  const rule = `it is needed in ${region}, and this one is in ${found || 'no region'}`;
  throw new EdgeError('EDGE_ERR_REGION', { at, value: arn, rule, fix: `Use one of ${region}` });
}
