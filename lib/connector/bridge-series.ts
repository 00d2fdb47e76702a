/**
 * The labels by which PromQL finds the series of one bridge. A Prometheus that finds its targets in Kubernetes writes
 * namespace and pod to everything it collects.
 */
export function seriesOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `namespace="${namespace}",pod=~"${name}-[0-9]+"`;
}

/** Of its first pod, which every bridge has. */
export function firstSeriesOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `namespace="${namespace}",pod="${name}-0"`;
}
