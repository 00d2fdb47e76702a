import { Certificate } from '@pulumi/aws/acm';

/** A program of a user of Pulumi alone. */
export const { arn } = new Certificate('platform', { domainName: 'example.com', validationMethod: 'DNS' });
