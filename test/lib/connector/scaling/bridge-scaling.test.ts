import { Duration } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../../bridge/config';
import {
  type BridgeHpaOptions,
  type BridgeKedaOptions,
  BridgeScaling,
  type EdgeApp,
  type InferenceBridge,
  type InferenceBridgeProps,
} from '../../../../lib';
import { findManifest, synthesize } from '../../../../lib/testing';
import { manifestOf, namesOf } from '../../support/manifests';
import { expectRefusal, type Refusal } from '../../support/refusals';
import { IRIS, irisStack, stackWithoutRoute } from '../../support/stacks';

const PROMETHEUS = 'http://prometheus-operated.monitoring.svc:9090';

function group(scaling = BridgeScaling.fixed(3), props: Partial<InferenceBridgeProps> = {}) {
  return irisStack({}, { scaling, ...props });
}

function renderedConfig(app: EdgeApp) {
  return parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);
}

function hpa(options: Partial<BridgeHpaOptions> = {}, props: Partial<InferenceBridgeProps> = {}) {
  return group(BridgeScaling.hpa({ maxReplicas: 9, ...options }), props);
}

function keda(options: Partial<BridgeKedaOptions> = {}, props: Partial<InferenceBridgeProps> = {}) {
  return group(BridgeScaling.keda({ maxReplicas: 9, prometheusServer: PROMETHEUS, ...options }), props);
}

describe('a bridge without scaling', () => {
  it('is one pod with a session of its own, and none of what keeps several', () => {
    const { app, bridge } = irisStack();
    const { replicas, template } = manifestOf(app, 'StatefulSet', 'bridge').spec;
    const { broker, delivery, routes } = renderedConfig(app);

    expect(replicas).toBe(1);
    expect(template.spec).not.toHaveProperty('topologySpreadConstraints');
    expect([broker.clientId, delivery, routes[0].share]).toStrictEqual([
      'mosquitto/bridge',
      { window: 1024, drainTimeoutSeconds: 70 },
      undefined,
    ]);
    expect([bridge.podDisruptionBudget, bridge.autoscaler, bridge.scaling]).toStrictEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(namesOf(synthesize(app))).not.toContain('PodDisruptionBudget mosquitto/bridge');
  });
});

describe('a bridge of several pods', () => {
  it('X-3 has a client id for each, which a pod has again after a restart', () => {
    const { app, bridge } = group();

    expect(bridge.clientId).toBe('mosquitto/bridge/{ordinal}');
    expect(renderedConfig(app).broker.clientId).toBe(bridge.clientId);
    expect(manifestOf(app, 'StatefulSet', 'bridge').kind).toBe('StatefulSet');
  });

  it('shares the requests of every route among them, in a group of its name', () => {
    const { app, bridge, platform, camera } = group();
    bridge.addRoute({ model: platform.addModel('other', IRIS), clients: [camera] });

    expect(renderedConfig(app).routes.map(({ share }: { share: string }) => share)).toStrictEqual(['bridge', 'bridge']);
  });

  it('has each work off what waits for it before it goes, as the broker gives that to no other', () => {
    expect(renderedConfig(group().app).delivery).toStrictEqual({
      window: 1024,
      drainTimeoutSeconds: 120,
      onStop: 'retire',
    });
  });

  it('has a configuration that the bridge takes', () => {
    const { delivery, routes } = parseBridgeConfig(renderedConfig(group().app));

    expect([delivery.onStop, routes[0]?.share]).toStrictEqual(['retire', 'bridge']);
  });

  it('gives each the time to work off what waits, and then to answer what it has taken', () => {
    const { app } = irisStack({ timeout: Duration.seconds(300) }, { scaling: BridgeScaling.fixed(2) });
    const { drainTimeoutSeconds } = renderedConfig(app).delivery;

    const { terminationGracePeriodSeconds } = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;

    expect(drainTimeoutSeconds).toBe(360);
    expect(terminationGracePeriodSeconds).toBe(730);
  });

  it('is replaced one by one, and grows without waiting: the field that cannot be changed is as with one pod', () => {
    const { replicas, podManagementPolicy, updateStrategy } = manifestOf(group().app, 'StatefulSet', 'bridge').spec;
    const single = manifestOf(irisStack().app, 'StatefulSet', 'bridge').spec;

    expect({ replicas, updateStrategy }).toStrictEqual({ replicas: 3, updateStrategy: undefined });
    expect(podManagementPolicy).toBe(single.podManagementPolicy);
  });

  it('loses at most one pod to a node that is drained', () => {
    const { app } = group();
    const { labels } = manifestOf(app, 'StatefulSet', 'bridge').spec.template.metadata;

    expect(manifestOf(app, 'PodDisruptionBudget', 'bridge').spec).toStrictEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: labels },
    });
  });

  it('is spread over nodes and zones where there are several', () => {
    const { spec, metadata } = manifestOf(group().app, 'StatefulSet', 'bridge').spec.template;

    const constraint = {
      maxSkew: 1,
      whenUnsatisfiable: 'ScheduleAnyway',
      labelSelector: { matchLabels: metadata.labels },
    };
    expect(spec.topologySpreadConstraints).toStrictEqual([
      { ...constraint, topologyKey: 'kubernetes.io/hostname' },
      { ...constraint, topologyKey: 'topology.kubernetes.io/zone' },
    ]);
  });

  it('may do at the broker what one pod may', () => {
    const acl = ({ app }: { app: EdgeApp }) => manifestOf(app, 'ConfigMap', 'mosquitto-config').data.acl;

    expect(acl(group())).toBe(acl(irisStack()));
  });

  it('lets everybody look at what keeps them', () => {
    const kindsOf = ({ bridge }: { bridge: InferenceBridge }) =>
      [bridge.podDisruptionBudget, bridge.autoscaler].map((object) => object?.kind);
    const limitsOf = ({ bridge }: { bridge: InferenceBridge }) => [
      bridge.scaling?.minReplicas,
      bridge.scaling?.maxReplicas,
    ];

    expect([group(), hpa(), keda()].map(kindsOf)).toStrictEqual([
      ['PodDisruptionBudget', undefined],
      ['PodDisruptionBudget', 'HorizontalPodAutoscaler'],
      ['PodDisruptionBudget', 'ScaledObject'],
    ]);
    expect([group(), hpa(), keda({ minReplicas: 3 })].map(limitsOf)).toStrictEqual([
      [3, 3],
      [2, 9],
      [3, 9],
    ]);
  });
});

describe('the number of members', () => {
  it.each([2, 3, 50])('may be %i', (replicas) => {
    expect(manifestOf(group(BridgeScaling.fixed(replicas)).app, 'StatefulSet', 'bridge').spec.replicas).toBe(replicas);
  });

  it.each([0, 1, -1, 2.5, Number.NaN])('may not be %d', (replicas) => {
    const refusal: Refusal = {
      code: 'EDGE_ERR_VALUE',
      value: String(replicas),
      rule: '2 are the fewest of which one can be away',
    };

    expectRefusal(() => BridgeScaling.fixed(replicas), refusal);
    for (const limits of [{ minReplicas: replicas, maxReplicas: 9 }, { maxReplicas: replicas }]) {
      expectRefusal(() => BridgeScaling.hpa(limits), refusal);
      expectRefusal(() => BridgeScaling.keda({ ...limits, prometheusServer: PROMETHEUS }), refusal);
    }
  });

  it.each([2, 3])('may not be left to an autoscaler between 3 and %i', (maxReplicas) => {
    expectRefusal(() => BridgeScaling.hpa({ minReplicas: 3, maxReplicas }), {
      code: 'EDGE_ERR_VALUE',
      value: String(maxReplicas),
      rule: 'minReplicas is 3, and there would be nothing to decide',
    });
  });

  it('is the autoscaler’s alone, or every apply would undo what it has decided', () => {
    for (const { app } of [hpa(), keda()]) {
      expect(manifestOf(app, 'StatefulSet', 'bridge').spec).not.toHaveProperty('replicas');
    }
  });
});

describe('a HorizontalPodAutoscaler', () => {
  const specOf = ({ app }: { app: EdgeApp }) => manifestOf(app, 'HorizontalPodAutoscaler', 'bridge').spec;

  it('is for the StatefulSet, takes members away slowly, and follows the processor when it is told nothing', () => {
    expect(specOf(hpa())).toStrictEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'bridge' },
      minReplicas: 2,
      maxReplicas: 9,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '700m' } } },
      ],
      behavior: {
        scaleDown: {
          stabilizationWindowSeconds: 600,
          policies: [{ type: 'Pods', value: 1, periodSeconds: 250 }],
        },
      },
    });
  });

  it('follows what it is told to, with every option', () => {
    const options: Required<BridgeHpaOptions> = {
      minReplicas: 4,
      maxReplicas: 12,
      targetCpuPercent: 55,
      targetUnacknowledged: 333,
    };

    const { minReplicas, maxReplicas, metrics } = specOf(hpa(options));

    expect({ minReplicas, maxReplicas, metrics }).toStrictEqual({
      minReplicas: 4,
      maxReplicas: 12,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'AverageValue', averageValue: '550m' } } },
        {
          type: 'Pods',
          pods: { metric: { name: 'bridge_unacked' }, target: { type: 'AverageValue', averageValue: '333' } },
        },
      ],
    });
  });

  it('follows requests alone when only they are named', () => {
    const { metrics } = specOf(hpa({ targetUnacknowledged: 333 }));

    expect(metrics.map(({ type }: { type: string }) => type)).toStrictEqual(['Pods']);
  });

  it('lets the next member go when the one before may have left, as far as Kubernetes waits', () => {
    const { app } = irisStack({ timeout: Duration.seconds(3_600) }, { scaling: BridgeScaling.hpa({ maxReplicas: 9 }) });

    const { scaleDown } = specOf({ app }).behavior;

    expect(scaleDown.policies).toStrictEqual([{ type: 'Pods', value: 1, periodSeconds: 1_800 }]);
  });

  it.each([1, 90])('may aim at %i per cent of a processor', (targetCpuPercent) => {
    expect(() => hpa({ targetCpuPercent })).not.toThrow();
  });

  it.each([0, 91, 100, 1.5, Number.NaN])('may not aim at %d per cent of a processor', (targetCpuPercent) => {
    expectRefusal(() => hpa({ targetCpuPercent }), {
      code: 'EDGE_ERR_VALUE',
      value: String(targetCpuPercent),
      rule: 'a member uses at most 100 of them',
    });
  });

  it('may not aim at more than the limit of the pod lets it use', () => {
    const limited = (limit: Cpu) => hpa({ targetCpuPercent: 50 }, { resources: { cpu: { limit } } });

    expectRefusal(() => limited(Cpu.millis(500)), {
      code: 'EDGE_ERR_VALUE',
      value: '50',
      rule: 'a member uses at most 50 of them',
    });
    expect(() => limited(Cpu.millis(600))).not.toThrow();
    expect(() => limited(Cpu.units(4))).not.toThrow();
  });
});

describe.each([
  ['hpa', hpa],
  ['keda', keda],
] as const)('the requests that BridgeScaling.%s aims at', (how, build) => {
  it.each([1, 930])('may be %i of a window of 1024', (targetUnacknowledged) => {
    expect(() => build({ targetUnacknowledged })).not.toThrow();
  });

  it.each([931, 1_024, 5_000])('may not be %i of 1024, as no member is ever above', (targetUnacknowledged) => {
    expectRefusal(() => build({ targetUnacknowledged }), {
      code: 'EDGE_ERR_VALUE',
      value: String(targetUnacknowledged),
      rule: 'a bridge with a window of 1024 never has more',
    });
  });

  it.each([0, -1, 0.5, Number.NaN])('may not be %d', (targetUnacknowledged) => {
    expectRefusal(() => build({ targetUnacknowledged }), {
      code: 'EDGE_ERR_VALUE',
      value: String(targetUnacknowledged),
      rule: 'it is a whole number from 1 on',
    });
  });

  it('are named with where they stand', () => {
    expect(() => build({ targetUnacknowledged: 0 })).toThrow(`targetUnacknowledged of BridgeScaling.${how}(..) is 0`);
  });
});

describe('a ScaledObject of KEDA', () => {
  const specOf = ({ app }: { app: EdgeApp }) => manifestOf(app, 'ScaledObject', 'bridge').spec;

  it('asks Prometheus for half of the windows, and stands still when Prometheus knows nothing', () => {
    expect(specOf(keda())).toStrictEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'bridge' },
      minReplicaCount: 2,
      maxReplicaCount: 9,
      advanced: {
        horizontalPodAutoscalerConfig: {
          behavior: {
            scaleDown: {
              stabilizationWindowSeconds: 600,
              policies: [{ type: 'Pods', value: 1, periodSeconds: 250 }],
            },
          },
        },
      },
      triggers: [
        {
          type: 'prometheus',
          name: 'unacknowledged',
          metricType: 'AverageValue',
          metadata: {
            serverAddress: PROMETHEUS,
            query: 'sum(bridge_unacked{namespace="mosquitto",pod=~"bridge-[0-9]+"})',
            threshold: '512',
            ignoreNullValues: 'false',
          },
        },
      ],
    });
  });

  it('counts the backlog of the broker too, with every option', () => {
    const options: Required<BridgeKedaOptions> = {
      minReplicas: 4,
      maxReplicas: 12,
      prometheusServer: 'https://prometheus.example.com/tenant',
      targetUnacknowledged: 222,
      backlog: { query: 'broker_messages_queued{broker="hub"}', target: 4_444 },
      triggerAuthentication: 'prometheus-login',
    };

    const { minReplicaCount, maxReplicaCount, triggers } = specOf(keda(options));

    const { prometheusServer: serverAddress, backlog } = options;
    const common = { type: 'prometheus', metricType: 'AverageValue', authenticationRef: { name: 'prometheus-login' } };
    const query = 'sum(bridge_unacked{namespace="mosquitto",pod=~"bridge-[0-9]+"})';
    expect([minReplicaCount, maxReplicaCount]).toStrictEqual([4, 12]);
    expect(triggers).toStrictEqual([
      {
        ...common,
        name: 'unacknowledged',
        metadata: { serverAddress, query, threshold: '222', ignoreNullValues: 'false' },
      },
      {
        ...common,
        name: 'backlog',
        metadata: { serverAddress, query: backlog.query, threshold: '4444', ignoreNullValues: 'false' },
      },
    ]);
  });

  it('never scales to zero', () => {
    expect(specOf(keda())).not.toHaveProperty('idleReplicaCount');
    expect(specOf(keda()).minReplicaCount).toBeGreaterThan(1);
  });

  it.each([
    ['prometheus:9090', '"prometheus:9090"'],
    ['', '""'],
    ['ftp://prometheus', '"ftp://prometheus"'],
    ['http://me:hunter2@prometheus:9090', '"http://…@prometheus:9090"'],
  ])('is not given %j for a Prometheus, and no password is repeated', (prometheusServer, value) => {
    expectRefusal(() => keda({ prometheusServer }), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: 'a URL that begins with http:// or https://, without user name and password',
    });
  });

  it.each([
    [{ query: ' ', target: 1 }, '" "', 'Prometheus is asked for it'],
    [{ query: 'a', target: 0 }, '0', 'it is a whole number from 1 on'],
    [{ query: 'a', target: 1.5 }, '1.5', 'it is a whole number from 1 on'],
  ])('is not given a backlog %j', (backlog, value, rule) => {
    expectRefusal(() => keda({ backlog }), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('is not given a TriggerAuthentication that cannot be called so', () => {
    expectRefusal(() => keda({ triggerAuthentication: 'Login' }), {
      code: 'EDGE_ERR_NAME',
      value: '"Login"',
      rule: 'only a-z',
    });
  });
});

describe('a window too small to be half full', () => {
  it('is refused where the number of members follows it, and not otherwise', () => {
    expectRefusal(() => keda({}, { window: 1 }), {
      code: 'EDGE_ERR_VALUE',
      value: '1',
      rule: 'a bridge with a window of 1 never has more',
    });
    expect(() => hpa({}, { window: 1 })).not.toThrow();
  });
});

describe('two groups of one broker', () => {
  it('cannot have one client id, though the name of one is that of a member of the other', () => {
    const { bridge } = group();
    const other = stackWithoutRoute({ name: 'bridge-1' }).bridge;

    const members = [0, 1, 2].map((ordinal) => bridge.clientId.replace('{ordinal}', String(ordinal)));
    expect(members).not.toContain(other.clientId);
  });
});

describe('the checksum that makes a rollout', () => {
  it('does not change with the number of members, which is nobody’s business but the controller’s', () => {
    const checksum = (replicas: number) =>
      findManifest(synthesize(group(BridgeScaling.fixed(replicas)).app), 'StatefulSet', 'bridge').spec.template.metadata
        .annotations;

    expect(checksum(2)).toStrictEqual(checksum(5));
  });
});
