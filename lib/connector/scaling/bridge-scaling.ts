import type { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import { hpaScaler } from './hpa-scaler';
import { kedaScaler } from './keda-scaler';
import type { ScaledBridge, Scaler } from './scaler';

/** One takes requests while another is away. */
const LEAST_MEMBERS = 2;

export interface BridgeHpaOptions {
  /** At least 2. @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /**
   * Processor time of a member, in per cent of one processor; a bridge works in one thread. The cluster needs a
   * metrics-server.
   *
   * @default 70, or none where there is a targetUnacknowledged
   */
  readonly targetCpuPercent?: number;
  /**
   * Requests that a member has taken and not yet acknowledged, at most nine tenths of `window`. The cluster needs a
   * metrics adapter that serves the pods' metric `bridge_unacked`; without one the number of members stays as it is.
   *
   * @default - members are not counted by it
   */
  readonly targetUnacknowledged?: number;
}

/** What waits at the broker, as far as Prometheus knows. */
export interface BridgeBacklog {
  /** PromQL for one number: the messages that the broker holds back, from an exporter of the broker's own. */
  readonly query: string;
  /** As many for each member. */
  readonly target: number;
}

export interface BridgeKedaOptions {
  /** At least 2. @default 2 */
  readonly minReplicas?: number;
  readonly maxReplicas: number;
  /** The Prometheus that collects the bridge's metrics, `http://prometheus-operated.monitoring.svc:9090` for instance. */
  readonly prometheusServer: string;
  /**
   * Requests that a member has taken and not yet acknowledged, at most nine tenths of `window`. When all windows are full
   * the rest waits at the broker, so this is also how a backlog shows.
   *
   * @default - half of the window
   */
  readonly targetUnacknowledged?: number;
  /** Counts too, where something tells Prometheus. @default - members are not counted by it */
  readonly backlog?: BridgeBacklog;
  /** A TriggerAuthentication in the bridge's namespace, for a Prometheus with a login. @default - none */
  readonly triggerAuthentication?: string;
}

interface Limits {
  readonly minReplicas?: number;
  readonly maxReplicas: number;
}

/**
 * How many pods a bridge has, when one is not enough. They share the requests: each is a member of one group of the
 * broker's shared subscriptions, with a session of its own.
 *
 * The broker hands no member's requests to another, not even when the member is gone. So there are never fewer than 2, an
 * autoscaler takes members away slowly and one at a time, and whoever leaves first answers what waits for it.
 *
 * @see https://docs.oasis-open.org/mqtt/mqtt/v5.0/os/mqtt-v5.0-os.html#_Toc3901250
 */
export class BridgeScaling {
  /**
   * Always as many.
   *
   * @throws EdgeError EDGE_ERR_VALUE for fewer than 2
   */
  static fixed(replicas: number): BridgeScaling {
    checkMembers('the number of replicas of BridgeScaling.fixed(..)', replicas);
    return new BridgeScaling(replicas, replicas, undefined);
  }

  /**
   * By a HorizontalPodAutoscaler, for processor time or for the requests that are being worked on.
   *
   * @throws EdgeError EDGE_ERR_VALUE for numbers that are none, or that no autoscaler would act on
   */
  static hpa(options: BridgeHpaOptions): BridgeScaling {
    return BridgeScaling.#autoscaled('hpa', options, hpaScaler(options));
  }

  /**
   * By KEDA, for what Prometheus knows of the requests that are being worked on, or wait.
   *
   * @throws EdgeError EDGE_ERR_VALUE or EDGE_ERR_NAME for what KEDA would not find, or not act on
   */
  static keda(options: BridgeKedaOptions): BridgeScaling {
    return BridgeScaling.#autoscaled('keda', options, kedaScaler(options));
  }

  static #autoscaled(how: string, { minReplicas = LEAST_MEMBERS, maxReplicas }: Limits, scaler: Scaler): BridgeScaling {
    checkMembers(`minReplicas of BridgeScaling.${how}(..)`, minReplicas);
    checkMembers(`maxReplicas of BridgeScaling.${how}(..)`, maxReplicas);
    if (minReplicas >= maxReplicas) {
      throw new EdgeError('EDGE_ERR_VALUE', {
        at: `maxReplicas of BridgeScaling.${how}(..)`,
        value: maxReplicas,
        rule: `minReplicas is ${minReplicas}, and there would be nothing to decide`,
        fix: 'Raise it, or use BridgeScaling.fixed(..)',
      });
    }
    return new BridgeScaling(minReplicas, maxReplicas, scaler);
  }

  readonly minReplicas: number;
  readonly maxReplicas: number;
  readonly #scaler: Scaler | undefined;

  private constructor(minReplicas: number, maxReplicas: number, scaler: Scaler | undefined) {
    this.minReplicas = minReplicas;
    this.maxReplicas = maxReplicas;
    this.#scaler = scaler;
  }

  /**
   * What the StatefulSet says; nothing where an autoscaler decides.
   *
   * @internal
   */
  _replicas(): number | undefined {
    return this.#scaler ? undefined : this.minReplicas;
  }

  /** @internal */
  _autoscaler(scope: Construct, id: string, bridge: ScaledBridge): ApiObject | undefined {
    return this.#scaler?.(scope, id, bridge, this);
  }
}

function checkMembers(at: string, members: number): void {
  if (Number.isInteger(members) && members >= LEAST_MEMBERS) return;
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value: members,
    rule: `members share requests, and ${LEAST_MEMBERS} are the fewest of which one can be away`,
    fix: 'Raise it, or leave InferenceBridge.scaling out for a single bridge',
  });
}
