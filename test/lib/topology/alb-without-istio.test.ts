import { describe, expect, it } from 'vitest';
import {
  AlbAuth,
  type AlbExposure,
  DeploymentMode,
  EdgeApp,
  InferencePlatform,
  KServeIngress,
  type KServeOptions,
} from '../../../lib';
import { synthesize } from '../../../lib/testing';
import { CERTIFICATE, JWT } from '../support/alb';
import { ofKind } from '../support/manifests';
import { expectRefusal } from '../support/refusals';

const KOURIER: KServeOptions = { ingress: KServeIngress.unmanaged(false) };
const STANDARD = DeploymentMode.STANDARD;
const GATEWAY = { namespace: 'kourier-system', service: 'kourier', healthCheckPort: 8081, healthCheckPath: '/ready' };

function exposed(kserve: KServeOptions, exposure: Partial<AlbExposure> = {}): EdgeApp {
  const app = new EdgeApp();
  const props = { domain: 'platform.example.com', namespaces: ['staging'], externalScheme: 'https' as const };
  const platform = new InferencePlatform(app, 'platform', { ...props, kserve });
  platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: JWT, ...exposure });
  return app;
}

describe('a load balancer for models that are not reached through Istio', () => {
  it.each<[string, KServeOptions]>([
    ['with Kourier below Knative', KOURIER],
    ['with an Ingress of another class', ingress({ ingressClassName: 'traefik' })],
    ['with HTTPRoutes of a Gateway', ingress({ enableGatewayApi: true })],
    ['with no Ingress of KServe', ingress({ disableIngressCreation: true })],
  ])('needs to be told the gateway: %s', (_, kserve) => {
    expectRefusal(() => exposed(kserve), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: 'undefined',
      rule: "Istio's gateway has no routes to these models",
    });
  });

  it('removes no headers, as nothing there reads an EnvoyFilter', () => {
    expectRefusal(() => exposed(KOURIER, { gateway: GATEWAY }), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: '"the usual ones"',
      rule: 'they are removed by an EnvoyFilter, which only Istio reads',
    });
    expectRefusal(() => exposed(KOURIER, { gateway: GATEWAY, removedHeaders: ['x-user'] }), {
      code: 'EDGE_ERR_DEPLOYMENT_MODE',
      value: '"x-user"',
      rule: 'they are removed by an EnvoyFilter, which only Istio reads',
    });
  });

  it('leads to the gateway that it is told', () => {
    const manifests = synthesize(exposed(KOURIER, { gateway: GATEWAY, removedHeaders: [] }));

    const [{ metadata, spec }] = ofKind(manifests, 'Ingress') as [ReturnType<typeof ofKind>[number]];
    expect([metadata.namespace, spec.rules[0].host]).toStrictEqual([
      'kourier-system',
      '*.staging.platform.example.com',
    ]);
    expect(JSON.stringify(metadata.annotations)).toContain('kourier');
    expect(ofKind(manifests, 'EnvoyFilter')).toStrictEqual([]);
  });

  it('removes headers where the gateway is one of Istio all the same', () => {
    const gateway = { namespace: 'gateways', service: 'edge', labels: { istio: 'edge' } };

    expect(ofKind(synthesize(exposed(KOURIER, { gateway })), 'EnvoyFilter')).toHaveLength(1);
  });
});

describe('a load balancer for models behind Istio', () => {
  it.each<[string, KServeOptions]>([
    ['on Knative', {}],
    ['in Standard mode, whose Ingresses have the class istio by default', ingress({})],
    [
      'in Standard mode, with an ingress that others look after',
      { deploymentMode: STANDARD, ingress: KServeIngress.unmanaged() },
    ],
  ])('needs to be told nothing: %s', (_, kserve) => {
    expect(() => exposed(kserve)).not.toThrow();
  });
});

describe('client certificates for one Ingress of a group', () => {
  const trustStore = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/devices/0123456789abcdef';
  const warnings = (others: Partial<AlbExposure>): string[] => {
    const app = new EdgeApp();
    const props = { domain: 'platform.example.com', namespaces: ['staging', 'prod'], externalScheme: 'https' as const };
    const platform = new InferencePlatform(app, 'platform', props);
    const certificateArn = CERTIFICATE;
    platform.exposeThroughAlb({ certificateArn, namespaces: ['staging'], auth: AlbAuth.mutualTls(trustStore) });
    platform.exposeThroughAlb({ certificateArn, namespaces: ['prod'], name: 'prod', auth: JWT, ...others });
    app.synthYaml();
    return app.warnings.filter((warning) => warning.includes('client certificates'));
  };

  it('are asked for of the clients of all, which is worth a warning', () => {
    expect(warnings({})).toStrictEqual([expect.stringContaining('clients of [platform/alb.prod] need one too')]);
  });

  it.each<[string, Partial<AlbExposure>]>([
    ['in another group', { groupName: 'other' }],
    ['with client certificates too', { auth: AlbAuth.mutualTls(trustStore) }],
  ])('are worth none: %s', (_, others) => {
    expect(warnings(others)).toStrictEqual([]);
  });
});

function ingress(options: Parameters<typeof KServeIngress.configured>[0]): KServeOptions {
  return { deploymentMode: STANDARD, ingress: KServeIngress.configured(options) };
}
