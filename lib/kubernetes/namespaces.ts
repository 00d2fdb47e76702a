import { ApiObject, Chart, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';

/** Sorts before every other file, so that `kubectl apply -f` finds the namespaces when it comes to their objects. */
export const NAMESPACES_CHART = '00-namespaces';

/** They exist before any app, and what runs in them does not meet a standard for workloads. */
const OF_EVERY_CLUSTER = /^(default|kube-.*)$/;

/** What runs in a namespace decides how strictly its pods are looked at. */
export enum PodSecurity {
  /** Everything in it meets the "restricted" standard, and the API server refuses what does not. */
  RESTRICTED = 'restricted',
  /** Pods of others run in it (KServe's, a mesh's), so nothing is enforced. */
  UNENFORCED = 'unenforced',
}

/**
 * Creates a namespace, once for the whole app however often it is asked for; the laxest wish wins.
 *
 * @returns nothing for a namespace that is left to others, or that every cluster has
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export function declareNamespace(scope: Construct, name: string, podSecurity: PodSecurity): ApiObject | undefined {
  const chart = namespacesChart(scope);
  if (chart.leftToOthers.has(name) || OF_EVERY_CLUSTER.test(name)) return undefined;
  const namespace = (chart.node.tryFindChild(name) as Namespace | undefined) ?? new Namespace(chart, name);
  namespace.require(podSecurity);
  return namespace;
}

/** Sees to it that nothing in the app creates this namespace. */
export function leaveNamespace(scope: Construct, name: string): void {
  const chart = namespacesChart(scope);
  chart.leftToOthers.add(name);
  chart.node.tryRemoveChild(name);
}

function namespacesChart(scope: Construct): NamespacesChart {
  const root = scope.node.root as Construct;
  return (root.node.tryFindChild(NAMESPACES_CHART) as NamespacesChart | undefined) ?? new NamespacesChart(root);
}

class NamespacesChart extends Chart {
  readonly leftToOthers = new Set<string>();

  constructor(root: Construct) {
    super(root, NAMESPACES_CHART);
  }
}

class Namespace extends ApiObject {
  readonly #wishes: Set<PodSecurity>;

  constructor(scope: Construct, name: string) {
    const wishes = new Set<PodSecurity>();
    const enforce = Lazy.any({
      produce: () => (wishes.has(PodSecurity.UNENFORCED) ? undefined : PodSecurity.RESTRICTED),
    });
    super(scope, name, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name, labels: { 'pod-security.kubernetes.io/enforce': enforce } },
    });
    this.#wishes = wishes;
  }

  require(podSecurity: PodSecurity): void {
    this.#wishes.add(podSecurity);
  }
}
