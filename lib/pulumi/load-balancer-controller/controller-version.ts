import { EdgeError } from '../../errors';

/** The chart's and, from 3.0 on, the controller's. */
export const CONTROLLER_VERSION = '3.5.0';
/** The first chart whose controller, 2.15.0, knows `jwt-validation`. */
const LEAST: readonly [major: number, minor: number] = [1, 15];

/** @throws EdgeError EDGE_ERR_VALUE for a version that is none, or too old */
export function validControllerVersion(version: string): string {
  const [, major, minor] = /^(\d+)\.(\d+)\.\d+$/.exec(version) ?? [];
  const old = Number(major) < LEAST[0] || (Number(major) === LEAST[0] && Number(minor) < LEAST[1]);
  if (major !== undefined && !old) return version;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'LoadBalancerController.version',
    value: version,
    rule: `it is one version of the chart, ${LEAST.join('.')}.0 or later: before, controllers leave out jwt-validation`,
    fix: `Use ${CONTROLLER_VERSION}`,
  });
}
