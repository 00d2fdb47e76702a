import { describe, expect, it } from 'vitest';
import { EdgeApp } from '../../../lib';
import { manifestOf } from '../support/manifests';
import { expectProblem, problemsOf } from '../support/refusals';
import { brokerIn, irisStack } from '../support/stacks';

describe('the alerts of a broker', () => {
  it('tell when it drops messages, by what the bridges read from it', () => {
    const { app, broker } = irisStack();
    broker.addAlerts();

    const { metadata, spec } = manifestOf(app, 'PrometheusRule', 'mosquitto-broker');

    const [{ name, rules }] = spec.groups;
    const { annotations, ...rule } = rules[0];
    expect(metadata).toStrictEqual({ name: 'mosquitto-broker', namespace: 'mosquitto' });
    expect([name, rules.length]).toStrictEqual(['mosquitto-mosquitto-broker', 1]);
    expect(rule).toStrictEqual({
      alert: 'MosquittoDropsMessages',
      expr: 'max(increase(bridge_broker_messages_dropped_total{broker="mqtt://mosquitto.mosquitto.svc.cluster.local:1883"}[10m])) > 0',
      labels: { severity: 'critical', namespace: 'mosquitto' },
    });
    expect(annotations.summary).toBe('Broker mosquitto/mosquitto drops messages');
  });

  it('have the labels and the severity that they are given', () => {
    const { app, broker } = irisStack();
    broker.addAlerts({ labels: { release: 'monitoring' }, severity: 'page' });

    const { metadata, spec } = manifestOf(app, 'PrometheusRule', 'mosquitto-broker');

    expect(metadata.labels).toStrictEqual({ release: 'monitoring' });
    expect(spec.groups[0].rules[0].labels.severity).toBe('page');
  });

  it('are about the URL that the bridges have in their configuration, which is the label of the metric', () => {
    const { app, broker } = irisStack();
    broker.addAlerts();

    const { spec } = manifestOf(app, 'PrometheusRule', 'mosquitto-broker');

    expect(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']).toContain(`url: ${broker.mqttUrl}\n`);
    expect(spec.groups[0].rules[0].expr).toContain(`"${broker.mqttUrl}"`);
  });

  it('are refused where no bridge reads what they are about', () => {
    const app = new EdgeApp();
    brokerIn(app).addAlerts();

    expectProblem(problemsOf(app), 'broker/alerts', {
      code: 'EDGE_ERR_ALERT',
      value: '0',
      rule: 'a number that bridges read from the broker',
    });
  });
});
