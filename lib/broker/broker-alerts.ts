import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { PrometheusRule } from '../crds/prometheus-operator';
import { describe } from '../errors';

/** Where Mosquitto counts what it has dropped. Bridges read it there, and make a metric of it. */
export const DROPPED_MESSAGES_TOPIC = '$SYS/broker/publish/messages/dropped';

export interface BrokerAlertsOptions {
  /** Labels by which a Prometheus picks its rules, `release: kube-prometheus-stack` for instance. @default - none */
  readonly labels?: Record<string, string>;
  /** Value of the alerts' label `severity`. @default 'critical' */
  readonly severity?: string;
}

export interface BrokerAlertsProps extends BrokerAlertsOptions {
  readonly name: string;
  readonly namespace: string;
  /** What bridges call the broker in their metrics. */
  readonly url: string;
}

/**
 * Tells somebody when the broker drops messages, which it does without telling the publisher. The number comes from the
 * bridges' metrics, so Prometheus has to collect those.
 */
export class BrokerAlerts extends Construct {
  readonly rule: ApiObject;

  /** @internal use `broker.addAlerts(..)` */
  constructor(scope: Construct, id: string, props: BrokerAlertsProps) {
    super(scope, id);
    const { name, namespace, url, labels = {}, severity = 'critical' } = props;
    this.rule = new PrometheusRule(this, 'Resource', {
      metadata: { name: `${name}-broker`, namespace, labels },
      spec: {
        groups: [
          {
            name: `${namespace}-${name}-broker`,
            rules: [
              {
                alert: 'MosquittoDropsMessages',
                // Several bridges tell of the same broker.
                expr: `max(increase(bridge_broker_messages_dropped_total{broker="${url}"}[10m])) > 0`,
                labels: { severity, namespace },
                annotations: {
                  summary: `Broker ${namespace}/${name} drops messages`,
                  description:
                    'The queue of some client that is away, or too slow, is full; what it misses is lost, and its publishers do not know. See which client it is in the log of the broker, and bring it back, or raise maxQueuedMessages or maxQueuedBytes.',
                },
              },
            ],
          },
        ],
      },
    });
  }
}

/** The problem of alerts on a broker whose count no bridge reads. */
export function unwatchedProblem(broker: string): string {
  return describe('EDGE_ERR_ALERT', {
    at: `the number of bridges that watch broker ${broker}`,
    value: 0,
    rule: 'the alert is on a number that bridges read from the broker',
    fix: 'Add an InferenceBridge with a route, or leave the alerts out',
  });
}
