import type { Manifest } from '../../../lib/testing';

interface Port {
  readonly name: string;
  readonly containerPort: number;
}

interface ContainerManifest {
  readonly name: string;
  readonly ports?: Port[];
  readonly securityContext?: Record<string, unknown>;
  readonly [field: string]: unknown;
}

/** The containers of a workload's pod, those that prepare it first. */
export function containersOf(workload: Manifest): ContainerManifest[] {
  const { initContainers = [], containers } = workload.spec.template.spec;
  return [...initContainers, ...containers];
}

/** The names of the ports that a workload's containers declare. */
export function portNames(workload: Manifest): string[] {
  return containersOf(workload).flatMap(({ ports = [] }) => ports.map(({ name }) => name));
}

/** The ports that a workload's probes ask, by container and probe. */
export function probedPorts(workload: Manifest): [probe: string, port: string][] {
  return containersOf(workload).flatMap((container) =>
    ['startupProbe', 'livenessProbe', 'readinessProbe'].flatMap((kind): [string, string][] => {
      const probe = container[kind] as Record<string, { port: string }> | undefined;
      const action = probe?.tcpSocket ?? probe?.httpGet;
      return action ? [[`${container.name}.${kind}`, action.port]] : [];
    }),
  );
}

const VOLUMES = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * What the "restricted" Pod Security Standard refuses about a workload's pods.
 *
 * @see https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function restrictedProblems(workload: Manifest): string[] {
  const spec = workload.spec.template.spec;
  const problems: string[] = [];
  const demand = (met: boolean, what: string) => met || problems.push(what);
  for (const field of ['hostNetwork', 'hostPID', 'hostIPC']) demand(!spec[field], field);
  for (const volume of spec.volumes ?? []) {
    const kinds = Object.keys(volume).filter((key) => key !== 'name');
    demand(
      kinds.every((kind) => VOLUMES.includes(kind)),
      `volume ${volume.name}: ${kinds}`,
    );
  }
  for (const container of containersOf(workload)) {
    const context = { ...spec.securityContext, ...container.securityContext };
    demand(context.runAsNonRoot === true, `${container.name}: runAsNonRoot`);
    demand(context.runAsUser !== 0, `${container.name}: runAsUser`);
    demand(context.privileged !== true, `${container.name}: privileged`);
    demand(context.allowPrivilegeEscalation === false, `${container.name}: allowPrivilegeEscalation`);
    demand(JSON.stringify(context.capabilities) === '{"drop":["ALL"]}', `${container.name}: capabilities`);
    demand(context.seccompProfile?.type === 'RuntimeDefault', `${container.name}: seccompProfile`);
    demand(
      (container.ports ?? []).every((port) => !('hostPort' in port)),
      `${container.name}: hostPort`,
    );
  }
  return problems;
}
