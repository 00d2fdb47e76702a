import { Chart } from 'cdk8s';
import { expect, it } from 'vitest';
import { EdgeApp, KnativeDomain } from '../../../lib';
import { synthesize } from '../../../lib/testing';

it('adds the domain to the ConfigMap that Knative reads, under the labels that its webhook watches', () => {
  const app = new EdgeApp();
  new KnativeDomain(new Chart(app, 'chart'), 'domain', { domain: 'platform.example.com' });

  expect(synthesize(app)).toStrictEqual([
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'config-domain',
        namespace: 'knative-serving',
        labels: { 'app.kubernetes.io/name': 'knative-serving', 'app.kubernetes.io/component': 'controller' },
      },
      data: { 'platform.example.com': '' },
    },
  ]);
});

it('belongs to no namespace of the chart it is in', () => {
  const app = new EdgeApp();
  const chart = new Chart(app, 'chart', { namespace: 'elsewhere' });

  expect(new KnativeDomain(chart, 'domain', { domain: 'a.b' }).configMap.metadata.namespace).toBe('knative-serving');
});
