import { describe } from '../errors';
import { albAnnotations } from './checks/alb-annotations';
import { removedApiVersions } from './checks/api-versions';
import { authorizationPolicies } from './checks/authorization-policies';
import { duplicates } from './checks/duplicates';
import { httpRoutes } from './checks/http-routes';
import { misplacedTokens, placeholders } from './checks/placeholders';
import { plainSecrets } from './checks/plain-secrets';
import { probes } from './checks/probes';
import { services } from './checks/services';
import { sizes } from './checks/sizes';
import type { Manifest } from './manifest';

const CHECKS = [
  duplicates,
  sizes,
  removedApiVersions,
  plainSecrets,
  probes,
  services,
  albAnnotations,
  authorizationPolicies,
  httpRoutes,
];

/** Problems that show only in the finished manifests: also in those of objects that the stack brought along itself. */
export function manifestProblems(manifests: readonly Manifest[], { late }: { readonly late: boolean }): string[] {
  const accepted = new Map(manifests.map((manifest) => [manifest.path, manifest.accepted]));
  return [...CHECKS.flatMap((check) => check(manifests)), ...(late ? misplacedTokens : placeholders)(manifests)]
    .filter(({ path, code }) => !accepted.get(path)?.includes(code))
    .map(({ path, code, problem }) => `[${path}] ${describe(code, problem)}`);
}
