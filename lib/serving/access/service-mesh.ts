import { EdgeError } from '../../errors';
import { hostProblem } from '../../naming/model-hosts';
import { MeshCaller } from './mesh-caller';

const INGRESS_GATEWAY = MeshCaller.serviceAccount('istio-system', 'istio-ingressgateway-service-account');
const CLUSTER_LOCAL_GATEWAY = MeshCaller.serviceAccount('istio-system', 'cluster-local-gateway-service-account');
const ACTIVATOR = MeshCaller.serviceAccount('knative-serving', 'activator');

export interface ServiceMeshOptions {
  /**
   * What the identities in the mesh begin with.
   *
   * @default 'cluster.local', which Istio takes for the mesh's own trust domain, whatever that is called
   */
  readonly trustDomain?: string;
  /**
   * Who the gateways are that requests to models come through, from outside and from inside the cluster.
   *
   * @default - those of the installation
   */
  readonly gateways?: MeshCaller[];
  /**
   * Who Knative's activator is, which stands between the gateways and models that are scaled to zero or busy. Old
   * releases of Knative run it as `controller`.
   *
   * @default MeshCaller.serviceAccount('knative-serving', 'activator')
   */
  readonly activator?: MeshCaller;
}

/** An installation of Istio and Knative: who in it passes requests on to models. */
export class ServiceMesh {
  /**
   * Istio by `istioctl` with Knative's net-istio: one gateway, `istio-ingressgateway` in `istio-system`, for callers
   * from outside and from inside. Installed by Helm it runs under another ServiceAccount: name it in `gateways`.
   */
  static istio(options: ServiceMeshOptions = {}): ServiceMesh {
    return new ServiceMesh([INGRESS_GATEWAY], options);
  }

  /** Kubeflow's manifests: a gateway of its own, `cluster-local-gateway`, for callers from inside the cluster. */
  static kubeflow(options: ServiceMeshOptions = {}): ServiceMesh {
    return new ServiceMesh([INGRESS_GATEWAY, CLUSTER_LOCAL_GATEWAY], options);
  }

  readonly trustDomain: string;
  readonly gateways: MeshCaller[];
  readonly activator: MeshCaller;

  private constructor(gateways: MeshCaller[], options: ServiceMeshOptions) {
    this.trustDomain = validTrustDomain(options.trustDomain ?? 'cluster.local');
    this.gateways = validGateways(options.gateways ?? gateways);
    this.activator = options.activator ?? ACTIVATOR;
  }
}

function validTrustDomain(value: string): string {
  const rule = hostProblem(value);
  if (!rule) return value;
  const fix = "Use meshConfig.trustDomain, or leave it out for the mesh's own";
  throw new EdgeError('EDGE_ERR_DOMAIN', { at: 'ServiceMesh.trustDomain', value, rule, fix });
}

function validGateways(gateways: MeshCaller[]): MeshCaller[] {
  if (gateways.length > 0) return [...gateways];
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'ServiceMesh.gateways',
    value: '[]',
    rule: 'requests to models come through a gateway, and none would be let through',
    fix: 'Name at least one, or leave it out for those of the installation',
  });
}
