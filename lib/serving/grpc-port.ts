import type { KServePort } from '../crds/kserve';
import { DeploymentMode } from './deployment-mode';

/**
 * The one port of a server that KServe publishes. Knative speaks HTTP/2 to a port that is called `h2c`; Istio takes the
 * protocol from the beginning of the name.
 */
export function grpcPort(containerPort: number | undefined, mode: DeploymentMode): KServePort | undefined {
  if (containerPort === undefined) return undefined;
  return { name: mode === DeploymentMode.KNATIVE ? 'h2c' : 'grpc-port', containerPort, protocol: 'TCP' };
}
