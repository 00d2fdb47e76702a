import { type EdgeApp, TraefikInstallation } from '../../../lib';
import { maximalStack } from './maximal-stack';

/**
 * Stacks that together set every prop of every construct. What must hold for any manifest is tested on these: the
 * schemas, the escape hatches, and that no secret is where it does not belong.
 */
export const MAXIMAL_STACKS: [name: string, build: (app: EdgeApp) => unknown][] = [
  [
    'a stack with everything, Traefik by Helm',
    (app) => maximalStack(app, { installation: TraefikInstallation.helm() }),
  ],
  ['a stack with everything, Traefik by k3s', (app) => maximalStack(app, { installation: TraefikInstallation.k3s() })],
];
