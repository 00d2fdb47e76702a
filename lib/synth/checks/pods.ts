import type { Manifest, ManifestJson } from '../manifest';

export interface ContainerJson {
  readonly name: string;
  readonly command?: string[];
  readonly args?: string[];
  readonly env?: { readonly name: string; readonly value?: string }[];
  readonly ports?: { readonly name?: string; readonly containerPort: number }[];
  readonly livenessProbe?: ProbeJson;
  readonly readinessProbe?: ProbeJson;
  readonly startupProbe?: ProbeJson;
}

interface ProbeJson {
  readonly httpGet?: { readonly port: string | number };
  readonly tcpSocket?: { readonly port: string | number };
  readonly grpc?: { readonly port: number };
}

interface PodSpecJson {
  readonly containers?: ContainerJson[];
  readonly initContainers?: ContainerJson[];
}

interface PodTemplateJson {
  readonly metadata?: { readonly labels?: Record<string, string> };
  readonly spec?: PodSpecJson;
}

/** What a workload's pods look like; a bare pod is one too. */
export interface PodsJson {
  readonly namespace: string | undefined;
  readonly labels: Record<string, string>;
  readonly containers: ContainerJson[];
}

const WORKLOADS = new Set(['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet', 'Job']);

/** Parts of an InferenceService; KServe makes pods of each. */
const KSERVE_PARTS = ['predictor', 'transformer', 'explainer'];

/** The spec of the pods that an object makes, if it makes any. */
export function podSpecOf({ kind, spec }: ManifestJson): PodSpecJson | undefined {
  if (kind === 'Pod' || kind === 'ServingRuntime' || kind === 'ClusterServingRuntime') return spec as PodSpecJson;
  if (kind === 'InferenceService') {
    const parts = KSERVE_PARTS.map((part) => (spec as Record<string, PodSpecJson | undefined> | undefined)?.[part]);
    return { containers: parts.flatMap((part) => part?.containers ?? []) };
  }
  return WORKLOADS.has(kind) ? (spec as { template?: PodTemplateJson } | undefined)?.template?.spec : undefined;
}

/** The pods of all workloads among the manifests. */
export function podsOf(manifests: readonly Manifest[]): PodsJson[] {
  return manifests.flatMap(({ json }) => {
    const spec = podSpecOf(json);
    if (!spec || !(json.kind === 'Pod' || WORKLOADS.has(json.kind))) return [];
    const template = (json.spec as { template?: PodTemplateJson }).template;
    const labels = (json.kind === 'Pod' ? json.metadata.labels : template?.metadata?.labels) ?? {};
    return [{ namespace: json.metadata.namespace, labels, containers: spec.containers ?? [] }];
  });
}
