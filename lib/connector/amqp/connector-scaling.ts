import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Credentials } from '../../broker/credentials';
import { EdgeError } from '../../errors';
import { HorizontalPodAutoscaler } from '../../kubernetes/deployment';

/** One is at work while another is away. */
const USUAL_REPLICAS = 2;
const USUAL_CPU_PERCENT = 70;
/** An autoscaler leaves the number as it is while it is within this of its target. */
const TOLERANCE = 1.1;
const STABLE_SECONDS = 300;

export interface CpuScalingOptions {
  /** @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /** Processor time of a pod, in per cent of one processor; the program works in one thread. @default 70 */
  readonly targetCpuPercent?: number;
}

export interface QueueDepthScalingOptions {
  /** With 0 nobody is at work while nothing waits. @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /**
   * Requests that wait, for each pod. Those that a pod has taken do not count: a provider takes as many as it works on at a
   * time.
   *
   * @default 64
   */
  readonly requestsPerReplica?: number;
  /**
   * KEDA's own password at the broker, for a user `<name>-scaler` that may look at the queues and do nothing else.
   *
   * @default - key `password` of a Secret `<name>-scaler-amqp` in the broker's namespace, and in the provider's, which you
   * create
   */
  readonly credentials?: Credentials;
  /** Where KEDA's operator runs. @default 'keda' */
  readonly operatorNamespace?: string;
}

/** The workload that is scaled. */
export interface ScaledConnector {
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
  /** What one pod may use, in thousandths of a processor. */
  readonly cpuLimit: number | undefined;
}

/** How many pods a provider or a gateway has. Any of them can go at any time: whoever leaves answers what it has taken first. */
export class ConnectorScaling {
  /**
   * Always as many.
   *
   * @throws EdgeError EDGE_ERR_VALUE for a number that is none
   */
  static fixed(replicas: number): ConnectorScaling {
    wholeNumber('the number of replicas of ConnectorScaling.fixed(..)', replicas, 1);
    return new ConnectorScaling(replicas, replicas, undefined, undefined);
  }

  /**
   * By a HorizontalPodAutoscaler, for processor time. The cluster needs a metrics-server.
   *
   * @throws EdgeError EDGE_ERR_VALUE for numbers that are none, or that no autoscaler would act on
   */
  static cpu(options: CpuScalingOptions): ConnectorScaling {
    const { minReplicas = USUAL_REPLICAS, maxReplicas, targetCpuPercent = USUAL_CPU_PERCENT } = options;
    checkRange('cpu', minReplicas, maxReplicas, 1);
    wholeNumber('targetCpuPercent of ConnectorScaling.cpu(..)', targetCpuPercent, 1, 90);
    return new ConnectorScaling(minReplicas, maxReplicas, targetCpuPercent, undefined);
  }

  /**
   * By KEDA, for the requests that wait in the queues of a provider.
   *
   * @throws EdgeError EDGE_ERR_VALUE for numbers that are none, or that no autoscaler would act on
   * @see https://keda.sh/docs/latest/scalers/rabbitmq-queue/
   */
  static queueDepth(options: QueueDepthScalingOptions): ConnectorScaling {
    const { minReplicas = USUAL_REPLICAS, maxReplicas, requestsPerReplica = 64 } = options;
    checkRange('queueDepth', minReplicas, maxReplicas, 0);
    wholeNumber('requestsPerReplica of ConnectorScaling.queueDepth(..)', requestsPerReplica, 1);
    return new ConnectorScaling(minReplicas, maxReplicas, undefined, options);
  }

  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly #cpuPercent: number | undefined;
  /** @internal */
  readonly _queueDepth: QueueDepthScalingOptions | undefined;

  private constructor(
    minReplicas: number,
    maxReplicas: number,
    cpuPercent: number | undefined,
    queueDepth: QueueDepthScalingOptions | undefined,
  ) {
    this.minReplicas = minReplicas;
    this.maxReplicas = maxReplicas;
    this.#cpuPercent = cpuPercent;
    this._queueDepth = queueDepth;
  }

  /** What the Deployment says; nothing where an autoscaler decides. @internal */
  _replicas(): number | undefined {
    return this.#cpuPercent === undefined && !this._queueDepth ? this.minReplicas : undefined;
  }

  /**
   * @returns nothing where something else decides
   * @throws EdgeError EDGE_ERR_VALUE for a share of a processor that no pod can use more of
   * @internal
   */
  _cpuScaler(scope: Construct, id: string, { name, namespace, labels, cpuLimit }: ScaledConnector) {
    if (this.#cpuPercent === undefined) return undefined;
    reachable(this.#cpuPercent, cpuLimit);
    const target = { type: 'AverageValue', averageValue: `${this.#cpuPercent * 10}m` };
    return new HorizontalPodAutoscaler(scope, id, {
      metadata: { name, namespace, labels },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name },
        minReplicas: this.minReplicas,
        maxReplicas: this.maxReplicas,
        metrics: [{ type: 'Resource', resource: { name: 'cpu', target } }],
        behavior: SCALING_BEHAVIOR,
      },
    }) as ApiObject;
  }
}

/** Fast up, as Kubernetes does it when it is told nothing; down one at a time, for each finishes what it has begun. */
export const SCALING_BEHAVIOR = {
  scaleDown: { stabilizationWindowSeconds: STABLE_SECONDS, policies: [{ type: 'Pods', value: 1, periodSeconds: 60 }] },
};

function checkRange(how: string, minReplicas: number, maxReplicas: number, least: number): void {
  wholeNumber(`minReplicas of ConnectorScaling.${how}(..)`, minReplicas, least);
  wholeNumber(`maxReplicas of ConnectorScaling.${how}(..)`, maxReplicas, 1);
  if (minReplicas < maxReplicas) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: `maxReplicas of ConnectorScaling.${how}(..)`,
    value: maxReplicas,
    rule: `minReplicas is ${minReplicas}, and there would be nothing to decide`,
    fix: 'Raise it, or use ConnectorScaling.fixed(..)',
  });
}

function reachable(percent: number, cpuLimit: number | undefined): void {
  const most = Math.min(cpuLimit ?? 1_000, 1_000) / 10;
  if (percent * TOLERANCE < most) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'targetCpuPercent of ConnectorScaling.cpu(..)',
    value: percent,
    rule: `a pod uses at most ${most} per cent of a processor, and an autoscaler acts on a tenth above its target`,
    fix: 'Lower it, or raise the limit in resources',
  });
}

function wholeNumber(at: string, value: number, least: number, most: number = Number.MAX_SAFE_INTEGER): void {
  if (Number.isInteger(value) && value >= least && value <= most) return;
  const upTo = most === Number.MAX_SAFE_INTEGER ? '' : ` and at most ${most}`;
  const rule = `it is a whole number of at least ${least}${upTo}`;
  throw new EdgeError('EDGE_ERR_VALUE', { at, value, rule, fix: 'Choose one' });
}
