import type { Manifest, ManifestProblem } from '../manifest';
import { type ContainerJson, podSpecOf } from './pods';

const PROBES = ['livenessProbe', 'readinessProbe', 'startupProbe'] as const;

/** Probes of ports that their container does not have. */
export function probes(manifests: readonly Manifest[]): ManifestProblem[] {
  return manifests.flatMap(({ path, json }) =>
    (podSpecOf(json)?.containers ?? []).flatMap((container) =>
      PROBES.flatMap((name) => {
        const probe = container[name];
        const port = (probe?.httpGet ?? probe?.tcpSocket ?? probe?.grpc)?.port;
        if (port === undefined || hasPort(container, port)) return [];
        const problem = {
          at: `the port of the ${name} of container ${container.name} in ${json.kind} ${json.metadata.name}`,
          value: port,
          rule: `the container's ports are ${portList(container)}, and the pod would never get ready`,
          fix: 'Probe one of them, or declare the port',
        };
        return [{ path, code: 'EDGE_ERR_PROBE', problem }];
      }),
    ),
  );
}

function hasPort({ ports = [] }: ContainerJson, port: string | number): boolean {
  return ports.some(({ name, containerPort }) => name === port || containerPort === port);
}

function portList({ ports = [] }: ContainerJson): string {
  const names = ports.map(({ name, containerPort }) =>
    name === undefined ? containerPort : `${name} (${containerPort})`,
  );
  return names.join(', ') || 'none';
}
