import { knowsDefaultEntryPoints, type TraefikVersion } from './traefik-version';

/**
 * Generations of Traefik's Helm chart that take different values.
 *
 * @see https://github.com/traefik/traefik-helm-chart/blob/master/traefik/Changelog.md
 */
export enum TraefikChart {
  /** `expose` is a boolean. These install Traefik 2. */
  BEFORE_27 = 'before 27',
  /** `expose` is a map of Services. 27 installs Traefik 2, and 28 is the first that installs Traefik 3. */
  FROM_27_TO_38 = '27 to 38',
  /** Values that the chart does not know are refused, and what concerns HTTP only is under `http`. */
  FROM_39 = '39 or later',
}

/** Says why no chart of a generation installs a version of Traefik, or nothing when one does. */
export function chartProblem(chart: TraefikChart, version: TraefikVersion): string | undefined {
  if (chart === TraefikChart.BEFORE_27 && knowsDefaultEntryPoints(version)) {
    return 'charts before 27 install Traefik 2, and refuse the values that keep other routes off the new ports';
  }
  if (chart === TraefikChart.FROM_39 && !knowsDefaultEntryPoints(version)) {
    return 'charts from 28 on refuse every image but those of Traefik 3';
  }
  return undefined;
}
