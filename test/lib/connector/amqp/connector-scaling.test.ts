import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { ConnectorScaling, Credentials, type QueueDepthScalingOptions } from '../../../../lib';
import { findManifest, synthesize } from '../../../../lib/testing';
import { providerStack } from '../../support/provider';
import { expectRefusal } from '../../support/refusals';

describe('the number of pods', () => {
  it('may go down to none where nothing waits', () => {
    const all: Required<QueueDepthScalingOptions> = {
      minReplicas: 0,
      maxReplicas: 8,
      requestsPerReplica: 17,
      credentials: Credentials.fromSecret('keda-login', 'secret'),
      operatorNamespace: 'autoscaling',
    };
    const { app } = providerStack({}, { scaling: ConnectorScaling.queueDepth(all) });
    const manifests = synthesize(app);

    const { spec } = findManifest(manifests, 'ScaledObject', 'provider');
    expect([spec.minReplicaCount, spec.maxReplicaCount, spec.triggers[0].metadata.value]).toStrictEqual([0, 8, '17']);
    expect(findManifest(manifests, 'TriggerAuthentication', 'provider-scaler').spec.secretTargetRef[0]).toStrictEqual({
      parameter: 'password',
      name: 'keda-login',
      key: 'secret',
    });
    expect(JSON.stringify(findManifest(manifests, 'NetworkPolicy', 'rabbitmq').spec.ingress[0])).toContain(
      'autoscaling',
    );
  });

  it.each([0, 1.5, -1])('is not fixed at %s', (replicas) => {
    expectRefusal(() => ConnectorScaling.fixed(replicas), {
      code: 'EDGE_ERR_VALUE',
      value: String(replicas),
      rule: 'a whole number of at least 1',
    });
  });

  it('is decided between two numbers, of which the second is larger', () => {
    expect(ConnectorScaling.cpu({ maxReplicas: 3 }).minReplicas).toBe(2);
    expectRefusal(() => ConnectorScaling.cpu({ maxReplicas: 2 }), {
      code: 'EDGE_ERR_VALUE',
      value: '2',
      rule: 'minReplicas is 2',
    });
    expectRefusal(() => ConnectorScaling.cpu({ minReplicas: 0, maxReplicas: 2 }), {
      code: 'EDGE_ERR_VALUE',
      value: '0',
      rule: 'at least 1',
    });
    expectRefusal(() => ConnectorScaling.queueDepth({ minReplicas: -1, maxReplicas: 2 }), {
      code: 'EDGE_ERR_VALUE',
      value: '-1',
      rule: 'at least 0',
    });
    expectRefusal(() => ConnectorScaling.queueDepth({ maxReplicas: 3, requestsPerReplica: 0 }), {
      code: 'EDGE_ERR_VALUE',
      value: '0',
      rule: 'at least 1',
    });
  });

  it('follows a load that a pod can have', () => {
    const scaled = (targetCpuPercent: number) => () =>
      providerStack(
        {},
        {
          scaling: ConnectorScaling.cpu({ maxReplicas: 3, targetCpuPercent }),
          resources: { cpu: { limit: Cpu.millis(500) } },
        },
      );

    expect(scaled(45)().provider.horizontalPodAutoscaler?.name).toBe('provider');
    expectRefusal(scaled(46), { code: 'EDGE_ERR_VALUE', value: '46', rule: 'a pod uses at most 50 per cent' });
    expectRefusal(scaled(91), { code: 'EDGE_ERR_VALUE', value: '91', rule: 'at most 90' });
  });
});
