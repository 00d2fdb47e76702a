import type { RegisteredResource } from '../engine';

/** The zone of load balancers in eu-west-1. */
export const BALANCER_ZONE = 'Z32O12XQLNTSW2';
export const ALB = 'k8s-inference-0a1b2c3d4e-123456789.eu-west-1.elb.amazonaws.com';

/** Answers what AWS is asked for: hosted zones by name, and the zones of load balancers. */
export function lookUps(token: string, args: Readonly<Record<string, unknown>>) {
  if (token === 'aws:lb/getHostedZoneId:getHostedZoneId') return { id: BALANCER_ZONE };
  return token === 'aws:route53/getZone:getZone' ? { zoneId: `Z-${args.name}` } : undefined;
}

const TYPE = /^(?:aws:.*:|edge-inference:index:)(.*)$/;

/** What was registered, as `<type> <name>`, sorted. */
export function listOf(resources: readonly RegisteredResource[]): string[] {
  return resources.map(({ type, name }) => `${TYPE.exec(type)?.[1] ?? type} ${name}`).sort();
}

/** The resource that is listed so. */
export function resourceIn(resources: readonly RegisteredResource[], listed: string): RegisteredResource {
  const found = resources.find((resource) => listOf([resource])[0] === listed);
  if (!found) throw new Error(`There is no ${listed} among ${listOf(resources).join(', ')}`);
  return found;
}

/** What a resource waits for, as `listOf` lists it. */
export function dependenciesOf(resources: readonly RegisteredResource[], listed: string): string[] {
  const { dependencies } = resourceIn(resources, listed);
  return listOf(resources.filter(({ urn }) => dependencies.includes(urn)));
}
