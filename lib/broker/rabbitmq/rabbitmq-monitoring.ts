import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { type AlertingRule, PrometheusRule, ServiceMonitor } from '../../crds/prometheus-operator';
import { PROMETHEUS } from './rabbitmq-listeners';

export interface RabbitMqMonitoringOptions {
  /** Labels by which a Prometheus picks its monitors and rules, `release: kube-prometheus-stack` for instance. @default - none */
  readonly labels?: Record<string, string>;
  /** Value of the alerts' label `severity`. @default 'critical' */
  readonly severity?: string;
}

export interface RabbitMqMonitoringProps extends RabbitMqMonitoringOptions {
  readonly name: string;
  readonly namespace: string;
  /** Of the headless Service. */
  readonly serviceLabels: Record<string, string>;
  readonly replicas: number;
}

/**
 * Has the Prometheus operator collect the broker's metrics, with those of each queue, and tell somebody when publishers
 * have to wait, a node is away, or a request has been parked.
 *
 * @see https://www.rabbitmq.com/docs/prometheus
 */
export class RabbitMqMonitoring extends Construct {
  readonly serviceMonitor: ApiObject;
  readonly rule: ApiObject;

  /** @internal use `broker.addMonitoring(..)` */
  constructor(scope: Construct, id: string, props: RabbitMqMonitoringProps) {
    super(scope, id);
    const { name, namespace, labels = {}, severity = 'critical', replicas } = props;
    this.serviceMonitor = new ServiceMonitor(this, 'service-monitor', {
      metadata: { name, namespace, labels },
      spec: {
        selector: { matchLabels: props.serviceLabels },
        endpoints: [
          { port: PROMETHEUS.name, path: '/metrics' },
          // How much waits in each queue: what consumers are scaled by.
          { port: PROMETHEUS.name, path: '/metrics/detailed', params: { family: ['queue_coarse_metrics'] } },
        ],
      },
    });
    this.rule = new PrometheusRule(this, 'Resource', {
      metadata: { name: `${name}-broker`, namespace, labels },
      spec: {
        groups: [
          {
            name: `${namespace}-${name}-broker`,
            rules: alerts({ name, namespace, replicas }).map((alert) => ({
              ...alert,
              labels: { severity, namespace },
            })),
          },
        ],
      },
    });
  }
}

function alerts({ name, namespace, replicas }: { name: string; namespace: string; replicas: number }): AlertingRule[] {
  // The node's Service is the job, by which Prometheus tells what it collects apart.
  const own = `job="${name}-nodes",namespace="${namespace}"`;
  const broker = `${namespace}/${name}`;
  return [
    {
      alert: 'RabbitMqBlocksPublishers',
      expr: `max(rabbitmq_alarms_memory_used_watermark{${own}} > 0 or rabbitmq_alarms_free_disk_space_watermark{${own}} > 0) > 0`,
      annotations: {
        summary: `Broker ${broker} lets nobody publish`,
        description:
          'A node has used up its share of memory, or of its volume, and all publishers wait until it is below again. See which queue is long, and who does not consume it.',
      },
    },
    {
      alert: 'RabbitMqNodeAway',
      expr: `count(up{${own}} == 1) < ${2 * replicas}`,
      for: '10m',
      annotations: {
        summary: `Broker ${broker} has fewer than ${replicas} nodes`,
        description: 'When the majority of the nodes is away, queues stand still. See why the pod does not get ready.',
      },
    },
    {
      alert: 'RabbitMqRequestParked',
      expr: `sum by (queue) (rabbitmq_detailed_queue_messages_ready{${own},queue=~".*[.]parked"}) > 0`,
      annotations: {
        summary: `Queue {{ $labels.queue }} of broker ${broker} has requests that were given up`,
        description:
          'Their headers say why. Move them back into their queue when the cause is gone, or take them out: they wait there for ever.',
      },
    },
  ];
}
