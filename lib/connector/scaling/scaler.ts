import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { EdgeError } from '../../errors';

/** The workload that is scaled. */
export interface ScaledBridge {
  /** Of the StatefulSet. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** What one member takes unacknowledged. */
  readonly window: number;
  /** What one member may use, in thousandths of a processor. */
  readonly cpuLimit: number | undefined;
  /** What one member may take to leave. */
  readonly leavingSeconds: () => number;
}

interface Limits {
  readonly minReplicas: number;
  readonly maxReplicas: number;
}

/** Makes what changes the number of a bridge's members. */
export type Scaler = (scope: Construct, id: string, bridge: ScaledBridge, limits: Limits) => ApiObject;

/** The longest that Kubernetes takes for either. */
const LONGEST_SECONDS = 1_800;
const STABLE_SECONDS = 600;
/** An autoscaler leaves the number as it is while it is within this of its target. */
const TOLERANCE = 1.1;

/**
 * Fast up, as Kubernetes does it when it is told nothing; what waits at the broker for one member is not handed to
 * another, so that new members take new requests only. Slowly down, one at a time: whoever leaves first answers what
 * waits for it, and its share of the requests goes to the others.
 */
export function scalingBehavior({ leavingSeconds }: ScaledBridge): object {
  const periodSeconds = Math.min(Math.max(leavingSeconds(), 60), LONGEST_SECONDS);
  return {
    scaleDown: {
      stabilizationWindowSeconds: STABLE_SECONDS,
      policies: [{ type: 'Pods', value: 1, periodSeconds }],
    },
  };
}

/** @throws EdgeError EDGE_ERR_VALUE for a target that no member can be above */
export function reachableTarget(at: string, target: number, { window }: ScaledBridge): number {
  const rule =
    !Number.isInteger(target) || target < 1
      ? 'it is a whole number from 1 on'
      : `a bridge with a window of ${window} never has more, and an autoscaler acts on a tenth above its target`;
  if (Number.isInteger(target) && target >= 1 && target * TOLERANCE < window) return target;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value: target, rule, fix: 'Choose about half of the window' });
}

/** @throws EdgeError EDGE_ERR_VALUE for a share of a processor that no member can use more of */
export function reachableCpu(at: string, percent: number, { cpuLimit }: ScaledBridge): number {
  const most = Math.min(cpuLimit ?? 1_000, 1_000) / 10;
  if (Number.isInteger(percent) && percent >= 1 && percent * TOLERANCE < most) return percent;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value: percent,
    rule: `it is a whole number, in per cent of one processor, and a member uses at most ${most} of them; an autoscaler acts on a tenth above its target`,
    fix: 'Lower it, or raise the limit in InferenceBridge.resources',
  });
}
