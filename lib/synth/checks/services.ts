import type { Problem } from '../../errors';
import type { Manifest, ManifestJson, ManifestProblem } from '../manifest';
import { backendsOf } from './backends';
import { type PodsJson, podsOf } from './pods';

interface ServicePortJson {
  readonly name?: string;
  readonly port: number;
  readonly targetPort?: string | number;
}

interface ServiceJson {
  readonly type?: string;
  readonly selector?: Record<string, string>;
  readonly ports?: ServicePortJson[];
}

/**
 * Routes to Services, or to ports of Services, that are not there, and Services whose pods do not have the port.
 *
 * What is not in the app may be in the cluster; but in a namespace that the app creates, nobody else has put anything.
 */
export function services(manifests: readonly Manifest[]): ManifestProblem[] {
  const found = new Map<string, ServiceJson>();
  for (const { json } of manifests) {
    if (json.kind === 'Service' && json.apiVersion === 'v1') {
      found.set(`${json.metadata.namespace}/${json.metadata.name}`, (json.spec ?? {}) as ServiceJson);
    }
  }
  const own = new Set(manifests.filter(({ json }) => json.kind === 'Namespace').map(({ json }) => json.metadata.name));
  const pods = podsOf(manifests);
  return manifests.flatMap(({ path, json }) => [
    ...backendProblems(json, found, own).map((problem) => ({ path, code: 'EDGE_ERR_BACKEND' as const, problem })),
    ...targetProblems(json, pods, own).map((problem) => ({ path, code: 'EDGE_ERR_TARGET_PORT' as const, problem })),
  ]);
}

function backendProblems(
  json: ManifestJson,
  found: ReadonlyMap<string, ServiceJson>,
  own: ReadonlySet<string>,
): Problem[] {
  return backendsOf(json).flatMap(({ namespace, service, port }) => {
    const at = `a backend of ${json.kind} ${json.metadata.name}`;
    const target = found.get(`${namespace}/${service}`);
    if (!target) {
      if (namespace === undefined || !own.has(namespace)) return [];
      const rule = `namespace ${namespace}, which this app creates, has no such Service`;
      return [{ at, value: service, rule, fix: 'Name a Service of the namespace' }];
    }
    const ports = target.ports ?? [];
    if (target.type === 'ExternalName' || port === undefined) return [];
    if (ports.some(({ name, port: number }) => name === port || number === port)) return [];
    return [{ at, value: port, rule: `Service ${service} has the ports ${portList(ports)}`, fix: 'Use one of them' }];
  });
}

function portList(ports: readonly ServicePortJson[]): string {
  return ports.map(({ name, port }) => (name === undefined ? port : `${name} (${port})`)).join(', ') || 'none';
}

function targetProblems(json: ManifestJson, pods: readonly PodsJson[], own: ReadonlySet<string>): Problem[] {
  if (json.kind !== 'Service' || json.apiVersion !== 'v1') return [];
  const { selector, ports = [] } = (json.spec ?? {}) as ServiceJson;
  const { name, namespace } = json.metadata;
  if (!selector || Object.keys(selector).length === 0) return [];
  const selected = pods.filter(
    (pod) => pod.namespace === namespace && Object.entries(selector).every(([key, value]) => pod.labels[key] === value),
  );
  if (selected.length === 0) {
    if (namespace === undefined || !own.has(namespace)) return [];
    const rule = `no pod in namespace ${namespace}, which this app creates, has these labels`;
    const value = JSON.stringify(selector);
    return [{ at: `the selector of Service ${name}`, value, rule, fix: 'Select the labels of a pod template' }];
  }
  return ports
    .filter(({ port, targetPort = port }) => !selected.every((pod) => listensOn(pod, targetPort)))
    .map(({ port, targetPort = port }) => ({
      at: `the targetPort of port ${port} of Service ${name}`,
      value: targetPort,
      rule: 'its pods declare no such port, and connections would be refused',
      fix: "Use the name of a container's port",
    }));
}

function listensOn({ containers }: PodsJson, port: string | number): boolean {
  return containers.some(({ ports = [] }) =>
    ports.some(({ name, containerPort }) => name === port || containerPort === port),
  );
}
