import type { SecretReference } from '../../broker/credentials';
import type { CamelTraits } from '../../crds/camel';
import { type ContainerResources, renderSize } from '../../kubernetes/plus';
import { CamelRendering } from './camel-rendering';

/** @param password the entry of a Secret: a file whose name is the property for Camel, and whose content its value */
export function camelTraits(
  rendering: CamelRendering,
  { cpu, memory }: ContainerResources,
  password: SecretReference,
): CamelTraits {
  return {
    container: {
      // The other demands of the "restricted" standard are the operator's own defaults. Camel K 1 has none of them.
      ...(rendering !== CamelRendering.KAMELET_BINDING && { runAsNonRoot: true }),
      ...(cpu?.request && { requestCPU: cpu.request.amount }),
      ...(memory?.request && { requestMemory: renderSize(memory.request) }),
      ...(cpu?.limit && { limitCPU: cpu.limit.amount }),
      ...(memory?.limit && { limitMemory: renderSize(memory.limit) }),
    },
    // With the default, a rolling update, two pods would fight for one session.
    deployment: { strategy: 'Recreate' },
    mount: { configs: [`secret:${password.secretName}/${password.key}`] },
  };
}
