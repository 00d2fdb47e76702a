import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { AuthorizationPolicy, PeerAuthentication, type PolicyRule } from '../../crds/istio-security';
import { addWarning } from '../../synth/warnings';
import { AccessPolicies } from './access-policies';
import { GRPC_INFERENCE_PATHS, INFERENCE_PATHS, MODEL_COMPONENTS, QUEUE_PROXY } from './inference-paths';
import { MeshCaller } from './mesh-caller';
import type { ServiceMesh } from './service-mesh';

export interface TenantPoliciesProps {
  readonly namespaces: string[];
  readonly mesh: ServiceMesh;
  readonly allowFrom: MeshCaller[];
  /** Besides those of KServe's protocols. */
  readonly paths: string[];
}

/** In each namespace, for predictors and for transformers: who may call them, and what. All else is refused. */
export class TenantPolicies extends AccessPolicies {
  readonly authorizationPolicies: AuthorizationPolicy[] = [];
  readonly peerAuthentications: PeerAuthentication[] = [];
  #warned = false;

  constructor(scope: Construct, id: string, props: TenantPoliciesProps) {
    super(scope, id);
    for (const namespace of props.namespaces) {
      for (const component of MODEL_COMPONENTS) this.#protect(namespace, component, rulesOf(namespace, props));
    }
    this.node.addValidation({ validate: () => this.#warnOfBareNamespaces(props.namespaces) });
  }

  #protect(namespace: string, component: string, rules: PolicyRule[]): void {
    const metadata = { name: `${component}-access`, namespace };
    const selector = { matchLabels: { component } };
    this.authorizationPolicies.push(
      new AuthorizationPolicy(this, `${namespace}.${component}`, {
        metadata,
        spec: { selector, action: 'ALLOW', rules },
      }),
    );
    // The activator first tries pods by their address, without TLS and so as nobody. A refusal by policy (403) makes it
    // give up ("unexpected body: want "queue", got "RBAC: access denied""); only a broken connection makes it go
    // through the Service, with TLS and its identity. See IsPotentialMeshErrorResponse in knative.dev/networking.
    this.peerAuthentications.push(
      new PeerAuthentication(this, `${namespace}.${component}.tls`, {
        metadata,
        spec: {
          selector,
          portLevelMtls: Object.fromEntries(QUEUE_PROXY.requestPorts.map((port) => [port, { mode: 'STRICT' }])),
        },
      }),
    );
  }

  /** Without sidecars nobody reads the policies. Labels may be added until synth, so this is its last moment. */
  #warnOfBareNamespaces(namespaces: string[]): string[] {
    if (this.#warned) return [];
    this.#warned = true;
    const bare = namespacesIn(this.node.root)
      .filter(({ name }) => namespaces.includes(name))
      .filter((namespace) => !givesSidecars(namespace))
      .map(({ name }) => name);
    if (bare.length > 0) {
      addWarning(
        this,
        `the namespaces ${bare.join(', ')} are created without a label that gives their pods a sidecar, so the policies in them protect nothing. Add one (platform.namespaceObjects, istio-injection: enabled), or use InferenceAccess.none() where there is no Istio`,
      );
    }
    return [];
  }
}

function rulesOf(namespace: string, { mesh, allowFrom, paths }: TenantPoliciesProps): PolicyRule[] {
  const principals = (callers: MeshCaller[]) => [
    ...new Set(callers.map((caller) => caller._principal(mesh.trustDomain))),
  ];
  const passingOn = [...mesh.gateways, mesh.activator];
  // A transformer calls its predictor, as do the graphs and the notebooks of a tenant.
  const callers = [...passingOn, MeshCaller.podsIn(namespace), ...allowFrom];
  const { requestPorts, probePath, probeHeader, metricsPorts, metricsPath, drainPort, drainPath } = QUEUE_PROXY;
  return [
    {
      from: [{ source: { principals: principals(callers) } }],
      to: [{ operation: { paths: [...INFERENCE_PATHS, ...GRPC_INFERENCE_PATHS, ...paths] } }],
    },
    {
      from: [{ source: { principals: principals(passingOn) } }],
      to: [{ operation: { methods: ['GET'], paths: [probePath], ports: [...requestPorts] } }],
      when: [{ key: `request.headers[${probeHeader}]`, values: ['*'] }],
    },
    {
      // The kubelet is no part of the mesh, and the autoscaler calls pods by their address: neither has an identity.
      to: [
        { operation: { methods: ['GET'], paths: [metricsPath], ports: [...metricsPorts] } },
        { operation: { methods: ['GET'], paths: [drainPath], ports: [drainPort] } },
      ],
    },
  ];
}

/** @see https://istio.io/latest/docs/setup/additional-setup/sidecar-injection/ */
function givesSidecars({ metadata }: ApiObject): boolean {
  return metadata.getLabel('istio-injection') === 'enabled' || metadata.getLabel('istio.io/rev') !== undefined;
}

function namespacesIn(root: Construct['node']['root']): ApiObject[] {
  return root.node
    .findAll()
    .filter((construct): construct is ApiObject => ApiObject.isApiObject(construct) && construct.kind === 'Namespace');
}
