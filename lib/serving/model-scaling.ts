import { DeploymentMode } from './deployment-mode';
import type { KServeVersion } from './kserve-version';
import { refuse } from './refuse';

/** What the number of pods follows. */
export enum ScaleMetric {
  /** Requests at a time; Knative mode. */
  CONCURRENCY = 'concurrency',
  /** Requests per second; Knative mode. */
  RPS = 'rps',
  /** Processor time, in per cent of what is requested; Standard mode. */
  CPU = 'cpu',
  /** Memory in use, in MiB for each pod; Standard mode. */
  MEMORY = 'memory',
}

/** How many pods there are. */
export interface ScalingOptions {
  /** Pods kept running without requests; 0 lets Knative scale to zero. @default - KServe's: 1 */
  readonly minReplicas?: number;
  /** 0 for no limit. @default - no limit in Knative mode, minReplicas in Standard mode */
  readonly maxReplicas?: number;
  /** How much of the metric each pod is meant to have. @default - KServe's, by metric */
  readonly scaleTarget?: number;
  /** @default - KServe's: ScaleMetric.CONCURRENCY in Knative mode, ScaleMetric.CPU in Standard mode */
  readonly scaleMetric?: ScaleMetric;
  /** Requests that a pod gets at a time, at most; Knative mode only. @default - no limit */
  readonly containerConcurrency?: number;
}

/** Lets Knative scale by a HorizontalPodAutoscaler, where its extension for that is installed. */
const CLASS_ANNOTATION = 'autoscaling.knative.dev/class';
const HPA_CLASS = 'hpa.autoscaling.knative.dev';
const KPA_METRICS = [ScaleMetric.CONCURRENCY, ScaleMetric.RPS];
const HPA_METRICS = [ScaleMetric.CPU, ScaleMetric.MEMORY];

/** Who scales, and what it is called in messages. */
export interface Scaling {
  readonly at: string;
  readonly mode: DeploymentMode;
  readonly version: KServeVersion;
  readonly annotations: Record<string, string>;
}

/**
 * Refuses what KServe's webhook refuses, and what its controllers would not do.
 *
 * @throws EdgeError EDGE_ERR_VALUE for numbers; EDGE_ERR_DEPLOYMENT_MODE for what the mode does not have
 */
export function checkScaling(options: ScalingOptions, { at, mode, version, annotations }: Scaling): void {
  const { minReplicas, maxReplicas, scaleMetric, containerConcurrency } = options;
  const replicas = { minReplicas, maxReplicas };
  const shown = JSON.stringify(replicas);
  refuse('EDGE_ERR_VALUE', replicasProblem(replicas), { at: `${at}'s replicas`, value: shown, fix: 'Correct them' });
  const hpa = mode === DeploymentMode.STANDARD || annotations[CLASS_ANNOTATION] === HPA_CLASS;
  const zero = hpa && minReplicas === 0 ? 'a HorizontalPodAutoscaler keeps at least one pod' : undefined;
  refuse('EDGE_ERR_DEPLOYMENT_MODE', zero, { at: `${at}.minReplicas`, value: 0, fix: 'Use 1, or Knative mode' });
  const metrics = hpa ? HPA_METRICS : KPA_METRICS;
  const known = scaleMetric === undefined || metrics.includes(scaleMetric);
  refuse('EDGE_ERR_DEPLOYMENT_MODE', known ? undefined : `what scales here knows ${metrics.join(' and ')}`, {
    at: `${at}.scaleMetric`,
    value: scaleMetric,
    fix: 'Use one of these, or the other deployment mode',
  });
  checkTarget(at, options.scaleTarget, scaleMetric ?? metrics[0], version);
  checkConcurrency(at, containerConcurrency, mode);
}

function replicasProblem({ minReplicas, maxReplicas }: { minReplicas?: number; maxReplicas?: number }) {
  const counts = [minReplicas, maxReplicas].filter((count) => count !== undefined);
  if (counts.some((count) => !Number.isInteger(count) || count < 0)) return 'they are whole numbers from 0 on';
  // KServe takes a missing minReplicas for 1, and maxReplicas 0 for no limit.
  if (maxReplicas && minReplicas !== undefined && minReplicas > maxReplicas)
    return 'minReplicas is at most maxReplicas';
  return undefined;
}

function checkTarget(
  at: string,
  target: number | undefined,
  metric: ScaleMetric | undefined,
  version: KServeVersion,
): void {
  if (target === undefined) return;
  const most = metric === ScaleMetric.CPU ? 100 : Number.POSITIVE_INFINITY;
  const fits = Number.isInteger(target) && target >= 1 && target <= most;
  const range = metric === ScaleMetric.CPU ? 'from 1 to 100, in per cent' : 'from 1 on';
  refuse('EDGE_ERR_VALUE', fits ? undefined : `a target for ${metric} is a whole number ${range}`, {
    at: `${at}.scaleTarget`,
    value: target,
    fix: 'Choose a number within that',
  });
  const misread = metric === ScaleMetric.MEMORY && target > 100 && !version._isAtLeast(15);
  refuse('EDGE_ERR_KSERVE_VERSION', misread ? `KServe ${version} refuses more than 100, even of MiB` : undefined, {
    at: `${at}.scaleTarget`,
    value: target,
    fix: 'Lower it, scale by another metric, or take KServe 0.15',
  });
}

function checkConcurrency(at: string, concurrency: number | undefined, mode: DeploymentMode): void {
  if (concurrency === undefined) return;
  const checked = { at: `${at}.containerConcurrency`, value: concurrency };
  const ignored = mode === DeploymentMode.STANDARD ? 'nobody reads it in Standard mode' : undefined;
  refuse('EDGE_ERR_DEPLOYMENT_MODE', ignored, { ...checked, fix: 'Leave it out, or use Knative mode' });
  // Knative's own limit for it.
  const fits = Number.isInteger(concurrency) && concurrency >= 0 && concurrency <= 1_000;
  refuse('EDGE_ERR_VALUE', fits ? undefined : 'Knative takes whole numbers from 0 to 1000', {
    ...checked,
    fix: 'Choose a number within that, 0 for no limit',
  });
}

/** The fields of a component's spec. */
export function renderScaling(options: ScalingOptions): ScalingOptions {
  const { minReplicas, maxReplicas, scaleTarget, scaleMetric, containerConcurrency } = options;
  return { minReplicas, maxReplicas, scaleTarget, scaleMetric, containerConcurrency };
}
