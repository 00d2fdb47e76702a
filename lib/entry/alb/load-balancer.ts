import { isIP } from 'node:net';
import type { Duration } from 'cdk8s';
import { EdgeError, type Problem } from '../../errors';
import { ALB_LIMITS } from '../../naming/alb-rules';
import { whenKnown } from '../../synth/when-known';
import { stringList, stringMap } from './alb-annotations';
import type { AlbExposure } from './alb-exposure';
import { validArn } from './arn';

const MAX_IDLE_SECONDS = 4000;

/**
 * What an Ingress says about the load balancer itself, by the names of the controller's annotations.
 *
 * @throws EdgeError EDGE_ERR_VALUE and EDGE_ERR_ALB_LIMIT for what Elastic Load Balancing or the controller would refuse
 */
export function loadBalancerAnnotations(props: AlbExposure): Record<string, string | undefined> {
  const { securityGroups, tags, loadBalancerName, webAclArn } = props;
  return {
    'load-balancer-name': loadBalancerName && validLoadBalancerName(loadBalancerName),
    'inbound-cidrs': stringList(validCidrs(props)),
    'security-groups': stringList(securityGroups?.map(validSecurityGroup)),
    // With security groups of one's own the controller opens the pods to the load balancer only if it is told to.
    'manage-backend-security-group-rules': securityGroups?.length ? 'true' : undefined,
    'wafv2-acl-arn': webAclArn && validArn('AlbIngress.webAclArn', webAclArn, 'webAcl'),
    tags: tags && stringMap(validTags(tags)),
  };
}

/** The certificates of the HTTPS listener, the default one first. */
export function certificateAnnotation({ certificateArn, extraCertificateArns = [] }: AlbExposure): string {
  const most = ALB_LIMITS.extraCertificates;
  if (extraCertificateArns.length > most) {
    throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
      at: 'AlbIngress.extraCertificateArns',
      value: `${extraCertificateArns.length} certificates`,
      rule: `a load balancer has at most ${most} beside the default one`,
      fix: 'Put several names into one certificate',
    });
  }
  const extra = extraCertificateArns.map((arn, i) =>
    validArn(`AlbIngress.extraCertificateArns[${i}]`, arn, 'certificate'),
  );
  return [validArn('AlbIngress.certificateArn', certificateArn, 'certificate'), ...extra].join(',');
}

/** The load balancer's attributes. What is not among them stays as AWS has it. */
export function attributesAnnotation({ accessLogs, deletionProtection }: AlbExposure, idleSeconds: number): string {
  const logs = accessLogs && {
    'access_logs.s3.enabled': 'true',
    'access_logs.s3.bucket': accessLogs.bucket,
    'access_logs.s3.prefix': accessLogs.prefix,
  };
  const attributes = {
    // Names with other characters than letters, digits and -: WSGI for one takes x_api_key for x-api-key.
    'routing.http.drop_invalid_header_fields.enabled': 'true',
    'idle_timeout.timeout_seconds': String(idleSeconds),
    'deletion_protection.enabled': deletionProtection === undefined ? undefined : String(deletionProtection),
    ...logs,
  };
  return stringMap(attributes) as string;
}

/** Refuses what `attributesAnnotation` and the group could not say. */
export function validateAttributes({ accessLogs, idleTimeout, sslPolicy }: AlbExposure): void {
  if (idleTimeout) validateIdleTimeout(idleTimeout);
  if (sslPolicy !== undefined && !/^ELBSecurityPolicy-[A-Za-z0-9-]+$/.test(sslPolicy)) {
    const fix = 'Use ELBSecurityPolicy-TLS13-1-2-2021-06 for instance';
    throw refusal({
      at: 'sslPolicy',
      value: sslPolicy,
      rule: 'it is one of the policies of Elastic Load Balancing',
      fix,
    });
  }
  if (!accessLogs) return;
  const { bucket, prefix } = accessLogs;
  whenKnown([bucket], ([known = '']) => {
    if (/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(known)) return;
    const rule = 'buckets are named with 3 to 63 of a-z, 0-9, - and .';
    throw refusal({ at: 'accessLogs.bucket', value: known, rule, fix: 'Use the name of the bucket, not its ARN' });
  });
  if (prefix !== undefined && (!/^[^\s,/]([^\s,]*[^\s,/])?$/.test(prefix) || prefix.includes('AWSLogs'))) {
    const rule = 'a prefix neither begins nor ends with /, and AWSLogs is what follows it';
    throw refusal({ at: 'accessLogs.prefix', value: prefix, rule, fix: 'Choose another one' });
  }
}

function validateIdleTimeout(idleTimeout: Duration): void {
  const seconds = idleTimeout.toMilliseconds() / 1000;
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_IDLE_SECONDS) return;
  const rule = `Elastic Load Balancing takes whole seconds from 1 to ${MAX_IDLE_SECONDS}`;
  throw refusal({ at: 'idleTimeout', value: `${seconds} s`, rule, fix: 'Choose a time within that' });
}

function validLoadBalancerName(name: string): string {
  const most = ALB_LIMITS.loadBalancerNameLength;
  if (name.length > most) {
    throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
      at: 'AlbIngress.loadBalancerName',
      value: name,
      rule: `a load balancer's name has at most ${most} characters, and this one has ${name.length}`,
      fix: 'Shorten it',
    });
  }
  if (/^[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?$/.test(name) && !name.startsWith('internal-')) return name;
  const rule = 'it has letters, digits and - between them, and does not begin with internal-';
  throw refusal({ at: 'loadBalancerName', value: name, rule, fix: 'Choose another name' });
}

function validCidrs({ inboundCidrs, securityGroups }: AlbExposure): string[] | undefined {
  if (inboundCidrs && securityGroups) {
    const rule = 'the controller reads it only when it makes the security group itself';
    const fix = 'Put the rule into the security groups, or leave these out';
    throw refusal({ at: 'inboundCidrs', value: inboundCidrs.join(', '), rule, fix });
  }
  for (const cidr of inboundCidrs ?? []) whenKnown([cidr], ([known = '']) => validateCidr(known));
  return inboundCidrs;
}

function validateCidr(cidr: string): void {
  if (isCidr(cidr)) return;
  const rule = 'it is a range of addresses';
  throw refusal({ at: 'inboundCidrs', value: cidr, rule, fix: 'Write it like 10.0.0.0/8' });
}

function isCidr(text: string): boolean {
  const [address = '', bits = '', ...rest] = text.split('/');
  const most = { 4: 32, 6: 128 }[isIP(address)];
  return most !== undefined && /^\d{1,3}$/.test(bits) && Number(bits) <= most && rest.length === 0;
}

function validSecurityGroup(group: string): string {
  whenKnown([group], ([known = '']) => {
    if (/^[^,\s]([^,]*[^,\s])?$/.test(known)) return;
    const rule = 'it is the id or the name of a security group, without commas';
    throw refusal({ at: 'securityGroups', value: known, rule, fix: 'Use its id, sg-…' });
  });
  return group;
}

/** @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
function validTags(tags: Record<string, string>): Record<string, string> {
  for (const [key, value] of Object.entries(tags)) {
    if (/^(?!aws:)[^=,]{1,128}$/.test(key) && value.length <= 256) continue;
    const rule = 'keys have 1 to 128 characters, neither = nor a comma, and do not begin with aws:; values at most 256';
    throw refusal({ at: 'tags', value: `${key}=${value}`, rule, fix: 'Choose another tag' });
  }
  return tags;
}

function refusal(problem: Problem): EdgeError {
  return new EdgeError('EDGE_ERR_VALUE', { ...problem, at: `AlbIngress.${problem.at}` });
}
