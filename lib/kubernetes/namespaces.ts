import { ApiObject, Chart, Lazy } from 'cdk8s';
import type { Construct } from 'constructs';

/** Sorts before every other file, so that `kubectl apply -f` finds the namespaces when it comes to their objects. */
export const NAMESPACES_CHART = '00-namespaces';

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
 * @see https://kubernetes.io/docs/concepts/security/pod-security-admission/
 */
export function declareNamespace(scope: Construct, name: string, podSecurity: PodSecurity): ApiObject {
  const { root } = scope.node;
  const chart =
    (root.node.tryFindChild(NAMESPACES_CHART) as Chart | undefined) ?? new Chart(root as Construct, NAMESPACES_CHART);
  const namespace = (chart.node.tryFindChild(name) as Namespace | undefined) ?? new Namespace(chart, name);
  namespace.require(podSecurity);
  return namespace;
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
