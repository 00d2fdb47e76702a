import type { Policies, ResourceValidationPolicy, StackValidationPolicy } from '@pulumi/policy';
import { describe } from '../../errors';
import { conditionProblems } from '../../synth/checks/alb-conditions';
import { groupProblems } from '../../synth/checks/alb-groups';
import { albIngresses } from '../../synth/checks/alb-ingresses';
import { authorizationPolicies } from '../../synth/checks/authorization-policies';
import { placeholders } from '../../synth/checks/placeholders';
import { plainSecrets } from '../../synth/checks/plain-secrets';
import type { Manifest, ManifestProblem } from '../../synth/manifest';
import { clearIngresses, openIngresses } from './alb-openness';
import { foreignArns } from './alb-regions';
import { certificateValidation, duplicateRecords, type Violation } from './aws-checks';
import { loadBalancerRegion } from './load-balancer-region';
import { type JudgedResource, knownManifest, wholeIngress } from './policy-manifest';

/**
 * What only the final inputs can show: after Outputs are resolved, and of every resource of a stack, whoever made it.
 *
 * Policies of single resources stop a resource before it is made. Those of the whole stack are asked at the end of a
 * preview, and again at the end of an update.
 *
 * @see https://www.pulumi.com/docs/iac/crossguard/
 */
export function edgePolicies(): Policies {
  return [
    onResource('certificate-dns-validation', 'Certificates of ACM are validated by DNS.', certificateValidation),
    onStack('unique-records', 'There is one Route 53 record of a zone, name and type.', duplicateRecords),
    onObject('no-placeholders', 'Every placeholder was replaced by its value.', placeholders),
    onObject('no-plain-secrets', 'Secrets are in Secrets alone.', plainSecrets),
    onObject('no-open-mesh', "No AuthorizationPolicy of Istio's root namespace lets anybody in.", (manifests) =>
      authorizationPolicies(manifests).filter(({ code }) => code === 'EDGE_ERR_POLICY_OPEN'),
    ),
    ALB_AUTH,
    onIngress('alb-conditions', 'Conditions of ALB Ingresses mean what they say.', (manifests) =>
      albIngresses(manifests).flatMap((ingress) =>
        conditionProblems(ingress).map(([code, problem]) => ({ path: ingress.path, code, problem })),
      ),
    ),
    onStack('alb-groups', 'ALB Ingresses of one group agree, and their auth is asked for on every listener.', (all) =>
      violations(
        groupProblems(albIngresses(wholeIngresses(all))).map(([{ path }, code, problem]) => ({ path, code, problem })),
      ),
    ),
    onStack('alb-https', 'ALB Ingresses answer with HTTPS alone.', (all) =>
      violations(clearIngresses(wholeIngresses(all))),
    ),
    ALB_REGION,
  ];
}

const ALB_AUTH: ResourceValidationPolicy = {
  name: 'alb-auth',
  description: 'ALB Ingresses ask who calls.',
  configSchema: {
    properties: {
      open: { type: 'array', items: { type: 'string' }, default: [], description: 'Open ones, as namespace/name.' },
    },
  },
  validateResource: (args, report) => {
    const { open = [] } = args.getConfig<{ open?: string[] }>();
    for (const { message } of violations(openIngresses(some(wholeIngress(args)), open))) report(message);
  },
};

const ALB_REGION: StackValidationPolicy = {
  name: 'alb-region',
  description: 'Certificates, web ACLs and trust stores are in the region of their load balancer.',
  configSchema: { properties: { region: { type: 'string', description: 'By default what the stack tells.' } } },
  validateStack: ({ resources, getConfig }, report) => {
    const region = getConfig<{ region?: string }>().region ?? loadBalancerRegion(resources);
    const manifests = resources.flatMap((resource) => some(knownManifest(resource)));
    for (const { message, urn } of violations(foreignArns(manifests, region))) report(message, urn);
  },
};

type ObjectCheck = (manifests: readonly Manifest[]) => ManifestProblem[];

function onResource(
  name: string,
  description: string,
  check: (resource: JudgedResource) => Violation[],
): ResourceValidationPolicy {
  return {
    name,
    description,
    validateResource: (resource, report) => {
      for (const { message } of check(resource)) report(message);
    },
  };
}

/** A check of what is there. */
function onObject(name: string, description: string, check: ObjectCheck): ResourceValidationPolicy {
  return onResource(name, description, (resource) => violations(check(some(knownManifest(resource)))));
}

/** A check that must know the whole of it. */
function onIngress(name: string, description: string, check: ObjectCheck): ResourceValidationPolicy {
  return onResource(name, description, (resource) => violations(check(some(wholeIngress(resource)))));
}

function onStack(
  name: string,
  description: string,
  check: (resources: readonly JudgedResource[]) => Violation[],
): StackValidationPolicy {
  return {
    name,
    description,
    validateStack: ({ resources }, report) => {
      for (const { message, urn } of check(resources)) report(message, urn);
    },
  };
}

function wholeIngresses(resources: readonly JudgedResource[]): Manifest[] {
  return resources.flatMap((resource) => some(wholeIngress(resource)));
}

function violations(problems: readonly ManifestProblem[]): Violation[] {
  return problems.map(({ path, code, problem }) => ({ message: describe(code, problem), urn: path }));
}

function some<T>(value: T | undefined): T[] {
  return value === undefined ? [] : [value];
}
