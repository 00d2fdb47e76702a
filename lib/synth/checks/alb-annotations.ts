import type { Manifest, ManifestProblem } from '../manifest';
import { conditionProblems } from './alb-conditions';
import { groupProblems } from './alb-groups';
import { albIngresses } from './alb-ingresses';

/**
 * Annotations for the AWS Load Balancer Controller that would open what they are meant to close, or stop it: in any
 * Ingress of the app, also those that were not made by AlbIngress.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export function albAnnotations(manifests: readonly Manifest[]): ManifestProblem[] {
  const ingresses = albIngresses(manifests);
  return [
    ...ingresses.flatMap((ingress) =>
      conditionProblems(ingress).map(([code, problem]) => ({ path: ingress.path, code, problem })),
    ),
    ...groupProblems(ingresses).map(([{ path }, code, problem]) => ({ path, code, problem })),
  ];
}
