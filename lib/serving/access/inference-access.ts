import type { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { type AccessPolicies, NoPolicies } from './access-policies';
import { pathPatternProblem } from './inference-paths';
import type { MeshCaller } from './mesh-caller';
import { OpenPolicies } from './open-policies';
import { ServiceMesh } from './service-mesh';
import { TenantPolicies } from './tenant-policies';

export interface TenantAccessOptions {
  /** @default ServiceMesh.istio() */
  readonly mesh?: ServiceMesh;
  /**
   * Who may call the models without a gateway in between, besides the pods of the models' own namespace. A bridge with
   * a sidecar that is given the URL of a predictor, for instance; one that uses the URLs of `addModel(..)` comes
   * through a gateway.
   *
   * @default - nobody
   */
  readonly allowFrom?: MeshCaller[];
  /**
   * What may be called besides the paths of KServe's protocols V1 and V2: `/openai/v1/*`, for instance.
   *
   * @default - nothing
   */
  readonly paths?: string[];
}

type Render = (scope: Construct, id: string, namespaces: string[]) => AccessPolicies;

/** Who may call the models of a platform, as the mesh enforces it. */
export class InferenceAccess {
  /**
   * In each of the platform's namespaces, the gateways, Knative's activator and the namespace's own pods may call
   * models, and nobody else; nothing is opened in other namespaces.
   *
   * Acts on pods with a sidecar, and needs one on the activator too.
   *
   * @throws EdgeError EDGE_ERR_VALUE for a path that no request has
   */
  static perTenant(options: TenantAccessOptions = {}): InferenceAccess {
    const { mesh = ServiceMesh.istio(), allowFrom = [], paths = [] } = options;
    for (const [i, value] of paths.entries()) {
      const rule = pathPatternProblem(value);
      const at = `paths[${i}] of InferenceAccess.perTenant(..)`;
      const fix = 'Name a path, /openai/v1/* for instance';
      if (rule) throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix });
    }
    const props = { mesh, allowFrom: [...allowFrom], paths: [...paths] };
    return new InferenceAccess((scope, id, namespaces) => new TenantPolicies(scope, id, { ...props, namespaces }));
  }

  /**
   * Anybody in the mesh, and whoever comes through a gateway, may call every model of every namespace: the policies
   * `allow-predictor` and `allow-transformer` as they are in use for Kubeflow on AWS, for a cluster that depends on
   * them. Synth warns of it.
   *
   * @param rootNamespace Istio's root namespace. @default 'istio-system'
   */
  static openToEverybody(rootNamespace: string = 'istio-system'): InferenceAccess {
    const rule = dnsLabelProblem(rootNamespace);
    const at = 'InferenceAccess.openToEverybody(rootNamespace)';
    const fix = "Use Istio's root namespace";
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value: rootNamespace, rule, fix });
    return new InferenceAccess((scope, id) => new OpenPolicies(scope, id, { rootNamespace }));
  }

  /** No policies: for clusters without Istio, or where somebody else makes them. */
  static none(): InferenceAccess {
    return new InferenceAccess((scope, id) => new NoPolicies(scope, id));
  }

  readonly #render: Render;

  private constructor(render: Render) {
    this.#render = render;
  }

  /** @internal */
  _policies(scope: Construct, id: string, namespaces: string[]): AccessPolicies {
    return this.#render(scope, id, namespaces);
  }
}
