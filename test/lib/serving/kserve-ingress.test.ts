import { describe, expect, it } from 'vitest';
import { HostLayout, KServeIngress, type KServeIngressOptions, KServeVersion } from '../../../lib';
import { MAXIMAL_INGRESS } from '../support/maximal-serving';
import { expectRefusal } from '../support/refusals';

function render(options: KServeIngressOptions, version = KServeVersion.V0_20, hostLayout = HostLayout.PER_NAMESPACE) {
  const context = { version, hostLayout, domain: 'platform.example.com', externalScheme: 'https' as const };
  return JSON.parse(KServeIngress.configured(options)._json(context) ?? '');
}

/** What all versions have, in the way that KServe's own manifests have it. */
const EVERY_VERSION = {
  ingressGateway: 'knative-serving/knative-ingress-gateway',
  localGateway: 'knative-serving/knative-local-gateway',
  localGatewayService: 'knative-local-gateway.istio-system.svc.cluster.local',
  ingressDomain: 'platform.example.com',
  ingressClassName: 'istio',
  domainTemplate: '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}',
  urlScheme: 'https',
  disableIstioVirtualHost: false,
};

describe("the key 'ingress' of inferenceservice-config", () => {
  it.each([KServeVersion.V0_11, KServeVersion.V0_13])('has the Service of the gateway for KServe %s', (version) => {
    expect(render({}, version)).toStrictEqual({
      ...EVERY_VERSION,
      ingressService: 'istio-ingressgateway.istio-system.svc.cluster.local',
    });
  });

  it('has nothing that is gone or not there yet for KServe 0.14', () => {
    expect(render({}, KServeVersion.V0_14)).toStrictEqual(EVERY_VERSION);
  });

  it.each([KServeVersion.V0_15, KServeVersion.V0_20])('has the Gateway of the Gateway API for KServe %s', (version) => {
    expect(render({}, version)).toStrictEqual({
      ...EVERY_VERSION,
      kserveIngressGateway: 'kserve/kserve-ingress-gateway',
    });
  });

  it('has all that is asked for', () => {
    expect(render(MAXIMAL_INGRESS)).toStrictEqual({
      ...MAXIMAL_INGRESS,
      domainTemplate: '{{ .Name }}.{{ .Namespace }}.{{ .IngressDomain }}',
      urlScheme: 'https',
    });
  });

  it('has the template of the flat layout, in the notation of KServe', () => {
    const { domainTemplate } = render({}, KServeVersion.V0_20, HostLayout.FLAT);

    expect(domainTemplate).toBe('{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}');
  });

  it('is left alone when somebody else decides', () => {
    const context = { version: KServeVersion.V0_20, hostLayout: HostLayout.FLAT, domain: 'a.b' };

    expect(KServeIngress.unmanaged()._json({ ...context, externalScheme: 'http' })).toBeUndefined();
  });
});

describe('the version decides which options are read', () => {
  it.each([
    ['disableIngressCreation', KServeVersion.V0_11, KServeVersion.V0_12],
    ['additionalIngressDomains', KServeVersion.V0_12, KServeVersion.V0_13],
    ['knativeLocalGatewayService', KServeVersion.V0_13, KServeVersion.V0_14],
    ['enableGatewayApi', KServeVersion.V0_14, KServeVersion.V0_15],
    ['kserveIngressGateway', KServeVersion.V0_14, KServeVersion.V0_15],
  ] as const)('%s is refused for KServe %s, and not for %s', (option, before, since) => {
    const options = { [option]: MAXIMAL_INGRESS[option] };

    expectRefusal(() => render(options, before), {
      code: 'EDGE_ERR_KSERVE_VERSION',
      value: `"${MAXIMAL_INGRESS[option]}"`,
      rule: `KServe ${before} does not read it, ${since} does`,
    });
    expect(render(options, since)).toMatchObject(options);
  });

  it('ingressService is read up to KServe 0.13, and refused after it', () => {
    const ingressService = 'gateway.istio-system.svc.cluster.local';

    expect(render({ ingressService }, KServeVersion.V0_13).ingressService).toBe(ingressService);
    expectRefusal(() => render({ ingressService }, KServeVersion.V0_14), {
      code: 'EDGE_ERR_KSERVE_VERSION',
      value: `"${ingressService}"`,
      rule: 'KServe reads it up to 0.13 only',
    });
  });
});

describe('KServeIngress.configured', () => {
  it.each(['serving/{{ .Name }}', '//serving', '/', ''])('refuses the path %j', (pathTemplate) => {
    expectRefusal(() => KServeIngress.configured({ pathTemplate }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${pathTemplate}"`,
      rule: 'KServe takes a path that begins with /',
    });
  });

  it.each([{ ingressDomain: 'https://a.b' }, { additionalIngressDomains: ['a.b', 'https://a.b'] }])(
    'refuses a domain that is none in %j',
    (options) => {
      expectRefusal(() => KServeIngress.configured(options), {
        code: 'EDGE_ERR_DOMAIN',
        value: '"https://a.b"',
        rule: 'only a-z',
      });
    },
  );

  it.each([
    [{}, true],
    [{ disableIstioVirtualHost: false }, true],
    [{ disableIstioVirtualHost: true }, false],
  ])('%j has VirtualServices of Istio: %s', (options, has) => {
    expect(KServeIngress.configured(options).istioVirtualHosts).toBe(has);
    expect(KServeIngress.unmanaged(has).istioVirtualHosts).toBe(has);
  });
});
