import { type ApiObject, Lazy, Yaml } from 'cdk8s';
import { Construct } from 'constructs';
import { Deployment, PodDisruptionBudget } from '../../kubernetes/deployment';
import { ConfigMap, NetworkPolicy, type NetworkRule, Service, ServiceAccount } from '../../kubernetes/objects';
import { type ContainerResources, renderResources } from '../../kubernetes/plus';
import type { BridgeCode } from '../bridge-code';
import { BRIDGE_PATHS, OPERATIONS } from '../bridge-workload';
import { connectorPod, type NamedPort } from './connector-pod';
import type { SecretFolder } from './secret-folder';

export interface ConnectorWorkloadProps {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** Of the container. */
  readonly role: string;
  /** What the program is to do, where that is not its default. */
  readonly command: string[];
  readonly code: BridgeCode;
  readonly resources: ContainerResources;
  /** Nothing where an autoscaler decides. */
  readonly replicas: number | undefined;
  /** Whether there may be more than one. */
  readonly several: boolean;
  readonly servicePorts: ConnectorPort[];
  /** Whether the Service has an address of its own, or is only a list of pods. */
  readonly balanced: boolean;
  /** What the program reads, when the whole tree is there. @internal */
  readonly _config: () => object;
  /** @internal */
  readonly _folders: () => SecretFolder[];
  /** @internal */
  readonly _graceSeconds: () => number;
  /** Besides that to probes and metrics. @internal */
  readonly _ingress: () => NetworkRule[];
  /** Besides that to the DNS. @internal */
  readonly _egress: () => NetworkRule[];
}

/** A port with what is spoken there. */
export interface ConnectorPort extends NamedPort {
  /** Tells meshes, so that they do not guess. */
  readonly appProtocol: string;
}

/** Pods of the bridge's program that keep nothing, and what belongs to them. */
export class ConnectorWorkload extends Construct {
  readonly configMap: ApiObject;
  readonly codeConfigMaps: ApiObject[];
  readonly serviceAccount: ApiObject;
  readonly deployment: ApiObject;
  readonly service: ApiObject;
  /** Nothing for one pod. */
  readonly podDisruptionBudget: ApiObject | undefined;
  readonly networkPolicy: ApiObject;

  /** @internal */
  constructor(scope: Construct, id: string, props: ConnectorWorkloadProps) {
    super(scope, id);
    const { name, namespace, labels } = props;
    const metadata = (suffix = '') => ({ name: `${name}${suffix}`, namespace, labels });
    const config = () => ({ [BRIDGE_PATHS.configFile]: written(props._config()) });
    const parts = props.code._parts();
    this.codeConfigMaps = parts.map(
      (part, i) => new ConfigMap(this, `code-${i}`, { metadata: metadata(`-code-${i}`), ...part }),
    );
    this.configMap = new ConfigMap(this, 'config', {
      metadata: metadata('-config'),
      data: Lazy.any({ produce: config }),
    });
    this.serviceAccount = new ServiceAccount(this, 'service-account', metadata());
    this.deployment = new Deployment(this, 'Resource', {
      metadata: metadata(),
      spec: {
        replicas: props.replicas,
        // A new pod is ready before an old one goes.
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: labels },
        template: Lazy.any({
          produce: () =>
            connectorPod({
              ...{ name, labels, role: props.role, command: props.command, ports: props.servicePorts },
              image: props.code.image,
              resources: renderResources(props.resources),
              spread: props.several,
              configMap: this.configMap.name,
              codeConfigMaps: this.codeConfigMaps.map(({ name }) => name),
              folders: props._folders(),
              startupFiles: [JSON.stringify(config()), JSON.stringify(parts)],
              graceSeconds: props._graceSeconds(),
            }),
        }),
      },
    });
    this.service = new Service(this, 'service', {
      metadata: metadata(),
      spec: {
        ...(props.balanced ? { type: 'ClusterIP' } : { clusterIP: 'None', publishNotReadyAddresses: true }),
        selector: labels,
        ports: props.servicePorts.map(({ name, port, appProtocol }) => ({
          ...{ name, port, targetPort: name, protocol: 'TCP', appProtocol },
        })),
      },
    });
    this.podDisruptionBudget = props.several ? this.#disruptionBudget(metadata()) : undefined;
    this.networkPolicy = new NetworkPolicy(this, 'network-policy', {
      metadata: metadata(),
      spec: {
        podSelector: { matchLabels: labels },
        policyTypes: ['Ingress', 'Egress'],
        ingress: Lazy.any({ produce: () => [METRICS, ...props._ingress()] }),
        egress: Lazy.any({ produce: () => [DNS, ...props._egress()] }),
      },
    });
  }

  #disruptionBudget(metadata: { name: string; namespace: string; labels: Record<string, string> }): ApiObject {
    return new PodDisruptionBudget(this, 'disruption-budget', {
      metadata,
      spec: {
        maxUnavailable: 1,
        // Pods that cannot reach the broker are not ready, and would keep their nodes from being drained.
        unhealthyPodEvictionPolicy: 'AlwaysAllow',
        selector: { matchLabels: metadata.labels },
      },
    });
  }
}

/** Probes and metrics, for everybody. */
const METRICS: NetworkRule = { ports: [{ port: OPERATIONS, protocol: 'TCP' }] };

const DNS: NetworkRule = {
  ports: [
    { port: 53, protocol: 'UDP' },
    { port: 53, protocol: 'TCP' },
  ],
};

/** As YAML, in which what is left out would be null. */
function written(config: object): string {
  return Yaml.stringify(JSON.parse(JSON.stringify(config)));
}
