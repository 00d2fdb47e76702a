import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { createMetrics } from '../../../../bridge/operations/metrics';
import {
  type BridgeDashboardOptions,
  type BridgeMonitoringOptions,
  BridgeScaling,
  type EdgeApp,
  type InferenceBridgeProps,
  type RouteOptions,
} from '../../../../lib';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { ROOT } from '../../support/folders';
import { manifestOf, namesOf } from '../../support/manifests';
import { parsePromql, type Selector } from '../../support/promql';
import { expectRefusal } from '../../support/refusals';
import { IRIS, irisStack } from '../../support/stacks';

interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Record<string, string>;
  readonly annotations: Record<string, string>;
}

interface Target {
  readonly expr: string;
  readonly legendFormat: string;
}

function monitored(
  options: BridgeMonitoringOptions = {},
  props: Partial<InferenceBridgeProps> = {},
  route: Partial<RouteOptions> = {},
) {
  const stack = irisStack(route, props);
  return { ...stack, monitoring: stack.bridge.addMonitoring(options) };
}

function alertsOf({ app }: { app: EdgeApp }): Alert[] {
  return manifestOf(app, 'PrometheusRule', 'bridge-bridge').spec.groups[0].rules;
}

function alertOf(stack: { app: EdgeApp }, name: string): Alert {
  return alertsOf(stack).find(({ alert }) => alert === name) as Alert;
}

function dashboardOf({ app }: { app: EdgeApp }) {
  return JSON.parse(manifestOf(app, 'ConfigMap', 'bridge-dashboard').data['mosquitto-bridge.json']);
}

function targetsOf(stack: { app: EdgeApp }): Target[] {
  return dashboardOf(stack).panels.flatMap(({ targets = [] }: { targets?: Target[] }) => targets);
}

const all: Required<BridgeMonitoringOptions> = {
  labels: { release: 'kube-prometheus-stack' },
  interval: Duration.seconds(17),
  severity: 'page',
  warningSeverity: 'ticket',
  maxErrorPercent: 2.5,
  answerWithin: Duration.millis(1_500),
  runbookUrl: 'https://docs.example.com/bridge-monitoring.html',
  dashboard: { labels: { dashboards: 'team' }, namespace: 'grafana', folder: 'Edge' },
};

describe('a bridge without monitoring', () => {
  it('needs neither the Prometheus operator nor Grafana', () => {
    const kinds = new Set(synthesize(irisStack().app).map(({ kind }) => kind));

    expect(kinds).not.toContain('ServiceMonitor');
    expect(kinds).not.toContain('PrometheusRule');
  });
});

describe('the monitoring of a bridge', () => {
  it('consists of these objects, in its namespace', () => {
    const { app, monitoring } = monitored();
    const before = namesOf(synthesize(irisStack().app));

    expect(namesOf(synthesize(app)).filter((name) => !before.includes(name))).toStrictEqual([
      'ServiceMonitor mosquitto/bridge',
      'PrometheusRule mosquitto/bridge-bridge',
      'ConfigMap mosquitto/bridge-dashboard',
    ]);
    expect([monitoring.serviceMonitor.kind, monitoring.rule.kind, monitoring.dashboard.kind]).toStrictEqual([
      'ServiceMonitor',
      'PrometheusRule',
      'ConfigMap',
    ]);
  });

  it('collects from the Service of the bridge, at its port for that, which everybody may call', () => {
    const manifests = synthesize(monitored().app);
    const { selector, endpoints } = findManifest(manifests, 'ServiceMonitor', 'bridge').spec;
    const service = findManifest(manifests, 'Service', 'bridge');

    const matching = manifests.filter(
      ({ kind, metadata }) =>
        kind === 'Service' &&
        Object.entries(selector.matchLabels).every(([label, value]) => metadata.labels?.[label] === value),
    );
    expect(matching).toStrictEqual([service]);
    expect(endpoints).toStrictEqual([{ port: service.spec.ports[0].name, path: '/metrics' }]);
    expect(findManifest(manifests, 'NetworkPolicy', 'bridge').spec.ingress).toStrictEqual([
      { ports: [{ port: service.spec.ports[0].targetPort, protocol: 'TCP' }] },
    ]);
  });

  it('has every option in its objects', () => {
    const manifests = synthesize(monitored(all).app);
    const { interval, answerWithin, dashboard, ...plain } = all;

    expect(unseenProps({ ...plain, ...dashboard, interval: '17s', answerWithin: '> 1.5' }, manifests)).toStrictEqual(
      [],
    );
  });

  it('has its labels where a Prometheus looks for them, and those for Grafana where its sidecar does', () => {
    const labelsOf = (options: BridgeMonitoringOptions) => {
      const { monitoring } = monitored(options);
      const { serviceMonitor, rule, dashboard } = monitoring;
      return [serviceMonitor, rule, dashboard].map((object) => (object.toJson() as Manifest).metadata.labels);
    };

    expect(labelsOf({})).toStrictEqual([undefined, undefined, { grafana_dashboard: '1' }]);
    expect(labelsOf(all)).toStrictEqual([all.labels, all.labels, { dashboards: 'team' }]);
  });

  it.each([
    [Duration.seconds(1), '1s'],
    [Duration.minutes(2), '120s'],
  ])('may collect every %s', (interval, rendered) => {
    const { endpoints } = manifestOf(monitored({ interval }).app, 'ServiceMonitor', 'bridge').spec;

    expect(endpoints[0].interval).toBe(rendered);
  });

  it.each([
    [{ interval: Duration.seconds(121) }, '"121 s"', 'alerts need a value every 1 to 120 whole seconds'],
    [{ interval: Duration.millis(500) }, '"0.5 s"', 'alerts need a value every 1 to 120 whole seconds'],
    [{ maxErrorPercent: -1 }, '-1', 'from 0 on and below 100'],
    [{ maxErrorPercent: 100 }, '100', 'from 0 on and below 100'],
    [{ maxErrorPercent: Number.NaN }, 'NaN', 'from 0 on and below 100'],
    [{ answerWithin: Duration.seconds(0) }, '"0 s"', 'the bridge tells times from 0 s to 300 s apart'],
    [{ answerWithin: Duration.minutes(5) }, '"300 s"', 'the bridge tells times from 0 s to 300 s apart'],
  ])('may not be told %j', (options, value, rule) => {
    expectRefusal(() => monitored(options), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('may not put the dashboard into what is no namespace', () => {
    expectRefusal(() => monitored({ dashboard: { namespace: 'Grafana' } }), {
      code: 'EDGE_ERR_NAME',
      value: '"Grafana"',
      rule: 'only a-z',
    });
  });
});

describe('the metrics that alerts, dashboard and autoscaler ask for', () => {
  /** Written by a Prometheus that finds its targets in Kubernetes. */
  const OF_TARGETS = ['namespace', 'pod'];
  const scaling = BridgeScaling.keda({ maxReplicas: 4, prometheusServer: 'http://prometheus:9090' });
  const single = monitored(all);
  const group = monitored(all, { scaling });
  const { triggers } = manifestOf(group.app, 'ScaledObject', 'bridge').spec;
  single.broker.addAlerts();
  const ofBroker: Alert[] = manifestOf(single.app, 'PrometheusRule', 'mosquitto-broker').spec.groups[0].rules;
  const expressions: string[] = [
    ...[...alertsOf(single), ...alertsOf(group), ...ofBroker].map(({ expr }) => expr),
    ...targetsOf(single).map(({ expr }) => expr),
    ...triggers.map(({ metadata }: { metadata: { query: string } }) => metadata.query),
  ];

  /** Every series that a bridge has, with its labels. */
  async function known(): Promise<Map<string, string[]>> {
    const { registry } = createMetrics(() => 0, []);
    const metrics = registry.getMetricsAsArray() as unknown as { name: string; type: string; labelNames: string[] }[];
    return new Map(
      metrics.flatMap(({ name, type, labelNames }): [string, string[]][] =>
        type === 'histogram'
          ? [
              [`${name}_bucket`, [...labelNames, 'le']],
              [`${name}_sum`, labelNames],
              [`${name}_count`, labelNames],
            ]
          : [[name, labelNames]],
      ),
    );
  }

  it.each([...new Set(expressions)])('are ones that the bridge has, with these labels: %s', async (expression) => {
    const series = await known();

    const { selectors, groupedBy } = parsePromql(expression);

    expect(selectors.length).toBeGreaterThan(0);
    const labelsOf = ({ metric }: Selector) => [...(series.get(metric) ?? ['(no such metric)']), ...OF_TARGETS];
    for (const selector of selectors) {
      expect(series.has(selector.metric), selector.metric).toBe(true);
      expect(selector.labels.filter((label) => !labelsOf(selector).includes(label))).toStrictEqual([]);
    }
    expect(groupedBy.filter((label) => !selectors.some((one) => labelsOf(one).includes(label)))).toStrictEqual([]);
  });

  it('are all on the dashboard, as far as they are the bridge’s own', async () => {
    const own = [...(await known()).keys()].map((name) => name.replace(/_(bucket|sum|count)$/, ''));

    const shown = targetsOf(single).flatMap(({ expr }) => parsePromql(expr).selectors.map(({ metric }) => metric));

    const names = new Set(shown.map((metric) => metric.replace(/_bucket$/, '')));
    expect(own.filter((name) => name.startsWith('bridge_') && !names.has(name))).toStrictEqual([]);
  });

  it('are those of this bridge alone', () => {
    const own = [...alertsOf(single), ...targetsOf(single)].flatMap(({ expr }) => parsePromql(expr).selectors);

    expect(own.filter(({ labels }) => !labels.includes('namespace') || !labels.includes('pod'))).toStrictEqual([]);
  });

  it('tell times apart as far as answerWithin may go', () => {
    const { endToEndSeconds } = createMetrics(() => 0, []);
    const { upperBounds } = endToEndSeconds as unknown as { upperBounds: number[] };

    expect(Math.max(...upperBounds)).toBe(300);
  });
});

describe('the alerts of a bridge', () => {
  it('are these for one pod', () => {
    expect(alertsOf(monitored()).map(({ alert, labels }) => `${alert} ${labels.severity}`)).toStrictEqual([
      'InferenceBridgeAbsent critical',
      'InferenceBridgeDisconnected critical',
      'InferenceBridgeSessionLost critical',
      'InferenceBridgeStuck critical',
      'InferenceBridgeErrors critical',
      'InferenceBridgeRequestsWithoutAnswer warning',
      'InferenceBridgeWindowFull warning',
      'InferenceBridgeModelFailing warning',
      'InferenceBridgeUnstableConnection warning',
      'InferenceBridgeConfigurationRefused warning',
    ]);
  });

  it('count the members of a group, who come and go with their sessions', () => {
    const names = alertsOf(monitored({}, { scaling: BridgeScaling.fixed(3) })).map(({ alert }) => alert);

    expect(names).toContain('InferenceBridgeMembersMissing');
    expect(names).not.toContain('InferenceBridgeSessionLost');
  });

  it.each([
    [BridgeScaling.fixed(3), '< 3'],
    [BridgeScaling.hpa({ minReplicas: 4, maxReplicas: 9 }), '< 4'],
  ])('miss a member below the fewest that there are', (scaling, end) => {
    const { expr } = alertOf(monitored({}, { scaling }), 'InferenceBridgeMembersMissing');

    expect(expr).toBe(
      `count(max by (pod) (bridge_broker_connected{namespace="mosquitto",pod=~"bridge-[0-9]+",connection="requests"}) == 1) ${end}`,
    );
  });

  it('say in labels which bridge, and in words what to do', () => {
    const { annotations, ...alert } = alertOf(monitored(), 'InferenceBridgeDisconnected');

    expect(alert).toStrictEqual({
      alert: 'InferenceBridgeDisconnected',
      expr: 'max by (pod) (bridge_window_limit{namespace="mosquitto",pod=~"bridge-[0-9]+"}) unless on (pod) sum by (pod) (bridge_broker_connected{namespace="mosquitto",pod=~"bridge-[0-9]+"}) == 2',
      for: '5m',
      labels: { severity: 'critical', namespace: 'mosquitto', bridge: 'bridge' },
    });
    expect(Object.keys(annotations)).toStrictEqual(['description', 'summary']);
    expect(annotations.summary).toBe('Bridge mosquitto/bridge is not connected to its broker');
  });

  it('name only labels that their expression keeps', () => {
    const alerts = [...alertsOf(monitored(all)), ...alertsOf(monitored(all, { scaling: BridgeScaling.fixed(2) }))];

    for (const { alert, expr, annotations } of alerts) {
      const named = [...JSON.stringify(annotations).matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label as string);
      expect(
        named.filter((label) => !parsePromql(expr).groupedBy.includes(label)),
        alert,
      ).toStrictEqual([]);
    }
  });

  it('call a bridge stuck when it has had twice the time of its slowest model', () => {
    const expressions = [60, 300, 1_000].map((seconds) => {
      const stack = monitored({}, {}, { timeout: Duration.seconds(seconds) });
      return /\[\d+m\]/.exec(alertOf(stack, 'InferenceBridgeStuck').expr)?.[0];
    });

    expect(expressions).toStrictEqual(['[10m]', '[10m]', '[34m]']);
  });

  it('know of routes that are added later', () => {
    const stack = irisStack();
    stack.bridge.addMonitoring();
    const model = stack.platform.addModel('slow', { ...IRIS, timeout: Duration.minutes(10) });
    stack.bridge.addRoute({ model, clients: [stack.camera] });

    expect(alertOf(stack, 'InferenceBridgeStuck').expr).toContain('[20m]');
  });

  it('have the severities that they are given, and are about times only when there is one', () => {
    const alerts = alertsOf(monitored(all));

    expect(new Set(alerts.map(({ labels }) => labels.severity))).toStrictEqual(new Set(['page', 'ticket']));
    expect(alerts.at(-1)).toMatchObject({ alert: 'InferenceBridgeSlow', expr: expect.stringMatching(/ > 1\.5$/) });
    expect(alertOf({ app: monitored(all).app }, 'InferenceBridgeErrors').expr).toMatch(/ > 2\.5$/);
  });

  it('link to a section each, where somebody says where the page is', () => {
    const page = readFileSync(path.join(ROOT, 'docs', 'bridge-monitoring.md'), 'utf8');
    const sections = new Set([...page.matchAll(/^#+ (\w+)$/gm)].map(([, heading = '']) => heading.toLowerCase()));
    const alerts = [...alertsOf(monitored(all)), ...alertsOf(monitored(all, { scaling: BridgeScaling.fixed(2) }))];

    for (const { alert, annotations } of alerts) {
      expect(annotations.runbook_url).toBe(`${all.runbookUrl}#${alert.toLowerCase()}`);
      expect(sections).toContain(alert.toLowerCase());
    }
  });
});

describe('the dashboard of a bridge', () => {
  it('is the same text for the same bridge, and another dashboard for another bridge', () => {
    const textOf = (props: Partial<InferenceBridgeProps>) => {
      const { monitoring } = monitored({}, props);
      return Object.entries((monitoring.dashboard.toJson() as Manifest).data);
    };
    const uidOf = (props: Partial<InferenceBridgeProps>) => JSON.parse(String(textOf(props)[0]?.[1])).uid;

    expect(textOf({})).toStrictEqual(textOf({}));
    expect(uidOf({})).not.toBe(uidOf({ name: 'other' }));
    expect(uidOf({}).length).toBeLessThanOrEqual(40);
  });

  it('asks for the Prometheus of whoever looks at it', () => {
    const { templating, panels } = dashboardOf(monitored());
    const sources = panels.flatMap(({ datasource }: { datasource?: object }) => datasource ?? []);

    expect(templating.list).toMatchObject([{ name: 'datasource', type: 'datasource', query: 'prometheus' }]);
    expect(new Set(sources.map((source: object) => JSON.stringify(source)))).toStrictEqual(
      new Set(['{"type":"prometheus","uid":"$datasource"}']),
    );
  });

  it('has a title, a description and a unit on each panel, and an id of its own', () => {
    const panels = dashboardOf(monitored()).panels;
    const ids = panels.map(({ id }: { id: number }) => id);

    expect(new Set(ids).size).toBe(panels.length);
    for (const { type, title, description, fieldConfig } of panels) {
      if (type !== 'row') expect([title, description, fieldConfig.defaults.unit]).not.toContain(undefined);
    }
  });

  it('has no panel above another, nor beside the grid', () => {
    const places = dashboardOf(monitored()).panels.map(({ gridPos }: { gridPos: Place }) => gridPos) as Place[];

    for (const [i, a] of places.entries()) {
      expect(a.x + a.w).toBeLessThanOrEqual(24);
      expect(places.slice(i + 1).filter((b) => overlap(a, b))).toStrictEqual([]);
    }
  });

  it('names only labels that its queries keep', () => {
    for (const { expr, legendFormat } of targetsOf(monitored())) {
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label as string);
      expect(
        named.filter((label) => !parsePromql(expr).groupedBy.includes(label)),
        expr,
      ).toStrictEqual([]);
    }
  });

  it('goes to where Grafana looks, with its folder', () => {
    const dashboard: Required<BridgeDashboardOptions> = { namespace: 'grafana', folder: 'Edge', labels: { a: 'b' } };

    const { metadata } = manifestOf(monitored({ dashboard }).app, 'ConfigMap', 'bridge-dashboard');

    expect(metadata).toStrictEqual({
      name: 'bridge-dashboard',
      namespace: 'grafana',
      labels: { a: 'b' },
      annotations: { grafana_folder: 'Edge' },
    });
  });
});

interface Place {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

function overlap(a: Place, b: Place): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
