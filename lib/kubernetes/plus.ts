import type { Size } from 'cdk8s';
import type { ContainerResources, Cpu } from 'cdk8s-plus-27';

/**
 * The only place that knows cdk8s-plus. Its vocabulary (ContainerResources, ISecret) is what people already use; its
 * objects and defaults are not taken over, and nothing of it is loaded: that takes as long as the rest of this library.
 */
export type { ContainerResources, ISecret } from 'cdk8s-plus-27';

/** Container resources as Kubernetes writes them. */
export function renderResources({ cpu, memory, ephemeralStorage }: ContainerResources): object {
  const limits = quantities(cpu?.limit, memory?.limit, ephemeralStorage?.limit);
  const requests = quantities(cpu?.request, memory?.request, ephemeralStorage?.request);
  return { ...(limits && { limits }), ...(requests && { requests }) };
}

/** A size in the notation of Kubernetes quantities. */
export function renderSize(size: Size): string {
  const mebibytes = size.toMebibytes();
  return mebibytes % 1024 === 0 ? `${mebibytes / 1024}Gi` : `${mebibytes}Mi`;
}

/** Processors in thousandths. */
export function cpu(millis: number): Cpu {
  return { amount: `${millis}m` };
}

/** How many thousandths of a processor that is. */
export function millisOf({ amount }: Cpu): number {
  return amount.endsWith('m') ? Number(amount.slice(0, -1)) : Number(amount) * 1_000;
}

function quantities(cpu?: Cpu, memory?: Size, storage?: Size): Record<string, string> | undefined {
  const found = {
    ...(cpu && { cpu: cpu.amount }),
    ...(memory && { memory: renderSize(memory) }),
    ...(storage && { 'ephemeral-storage': renderSize(storage) }),
  };
  return Object.keys(found).length > 0 ? found : undefined;
}
