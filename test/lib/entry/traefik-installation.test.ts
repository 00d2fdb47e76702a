import { expect, it } from 'vitest';
import { TraefikInstallation } from '../../../lib';

it('Traefik does not run in a namespace that cannot be one', () => {
  expect(() => TraefikInstallation.helm('Bad NS')).toThrow(
    'EDGE_ERR_NAME: TraefikInstallation.helm(namespace) is "Bad NS"',
  );
});
