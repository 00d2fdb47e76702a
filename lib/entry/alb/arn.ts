import { EdgeError } from '../../errors';
import { whenKnown } from '../../synth/when-known';

/** The AWS resources that an Ingress names: the service, and what follows the account. */
const RESOURCES = {
  certificate: ['acm', 'certificate/[A-Za-z0-9-]+', 'certificate/0c1d…'],
  userPool: ['cognito-idp', 'userpool/[A-Za-z0-9_-]+', 'userpool/eu-west-1_Ab12…'],
  webAcl: ['wafv2', 'regional/webacl/[A-Za-z0-9_-]+/[A-Za-z0-9-]+', 'regional/webacl/<name>/<id>'],
  trustStore: ['elasticloadbalancing', 'truststore/[A-Za-z0-9_-]+/[A-Za-z0-9]+', 'truststore/<name>/<id>'],
} as const;

/**
 * @throws EdgeError EDGE_ERR_VALUE for a text that is neither the ARN of such a resource nor a placeholder
 */
export function validArn(at: string, value: string, kind: keyof typeof RESOURCES): string {
  whenKnown([value], ([known]) => check(at, known, kind));
  return value;
}

function check(at: string, value: unknown, kind: keyof typeof RESOURCES): void {
  const [service, pattern, example] = RESOURCES[kind];
  const arn = new RegExp(`^arn:aws[a-z-]*:${service}:[a-z0-9-]+:\\d{12}:${pattern}$`);
  if (typeof value === 'string' && arn.test(value)) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value,
    rule: `it is an ARN like arn:aws:${service}:eu-west-1:123456789012:${example}`,
    fix: "Give the resource's ARN",
  });
}
