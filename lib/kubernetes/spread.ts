/**
 * Asks the scheduler for another node, and another zone, for each of a workload's pods. It may say no: a cluster of one
 * node has to run them too.
 */
export function spreadPods(labels: Record<string, string>): object[] {
  return ['kubernetes.io/hostname', 'topology.kubernetes.io/zone'].map((topologyKey) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  }));
}
