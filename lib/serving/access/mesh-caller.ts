import { EdgeError } from '../../errors';
import { dnsLabelProblem, dnsSubdomainProblem } from '../../naming/kubernetes-names';

/**
 * Who calls, as the mesh knows it: by the ServiceAccount in the caller's certificate. A pod without a sidecar has no
 * certificate, and is nobody.
 */
export class MeshCaller {
  /**
   * The pods that run under one ServiceAccount.
   *
   * @throws EdgeError EDGE_ERR_NAME for names that no namespace or ServiceAccount can have
   */
  static serviceAccount(namespace: string, name: string): MeshCaller {
    const of = 'MeshCaller.serviceAccount(..)';
    refuse(`the namespace of ${of}`, namespace, dnsLabelProblem(namespace));
    refuse(`the name of ${of}`, name, dnsSubdomainProblem(name));
    return new MeshCaller(namespace, name);
  }

  /**
   * All pods of a namespace, whatever ServiceAccount they run under.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no namespace can have
   */
  static podsIn(namespace: string): MeshCaller {
    refuse('MeshCaller.podsIn(namespace)', namespace, dnsLabelProblem(namespace));
    return new MeshCaller(namespace, undefined);
  }

  readonly namespace: string;
  /** Nothing for all of the namespace. */
  readonly serviceAccountName: string | undefined;

  private constructor(namespace: string, serviceAccountName: string | undefined) {
    this.namespace = namespace;
    this.serviceAccountName = serviceAccountName;
  }

  /**
   * As AuthorizationPolicies name it. A star counts only at the very begin or end.
   *
   * @internal
   */
  _principal(trustDomain: string): string {
    return `${trustDomain}/ns/${this.namespace}/sa/${this.serviceAccountName ?? '*'}`;
  }
}

function refuse(at: string, value: string, rule: string | undefined): void {
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value, rule, fix: 'Use the name that it has in the cluster' });
}
