import { JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertificateAuthority,
  CertificateIssuer,
  GatewayAccess,
  GatewayCertificate,
  RouteTermination,
} from '../../../../lib';
import { findManifest, synthesize } from '../../../../lib/testing';
import { systemB } from '../../support/provider';
import { expectRefusal } from '../../support/refusals';

const HOST = 'models.example.com';
const SECRET = GatewayCertificate.fromSecret('gateway-tls');
const TLS = GatewayAccess.tls(SECRET);
const PLAIN = GatewayAccess.plaintext();
const AUTHORITY = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('a host of OpenShift’s router', () => {
  it('B-8: leads to the gateway, with TLS that ends there', () => {
    const { app, gateway } = systemB();
    const exposure = gateway.exposeThroughOpenShift({ host: HOST });
    const manifests = synthesize(app);

    const { apiVersion, metadata, spec } = findManifest(manifests, 'Route', 'gateway');

    expect(apiVersion).toBe('route.openshift.io/v1');
    expect(metadata.namespace).toBe('rabbitmq');
    expect(spec).toStrictEqual({
      host: HOST,
      to: { kind: 'Service', name: 'gateway', weight: 100 },
      port: { targetPort: 'https' },
      tls: { termination: 'passthrough', insecureEdgeTerminationPolicy: 'None' },
      wildcardPolicy: 'None',
    });
    expect(findManifest(manifests, 'Service', 'gateway').spec.ports[0].name).toBe(spec.port.targetPort);
    expect(exposure.termination).toBe(RouteTermination.PASSTHROUGH);
  });

  it('B-6: waits as long as the gateway does, and not 30 s', () => {
    const { app, gateway } = systemB();
    gateway.exposeThroughOpenShift({ host: HOST });

    expect(findManifest(synthesize(app), 'Route', 'gateway').metadata.annotations).toStrictEqual({
      'haproxy.router.openshift.io/timeout': '310s',
    });
  });

  it('may get through to the gateway', () => {
    const { app, gateway } = systemB();
    gateway.exposeThroughOpenShift({ host: HOST });

    expect(findManifest(synthesize(app), 'NetworkPolicy', 'gateway').spec.ingress[1]).toStrictEqual({
      from: [{ namespaceSelector: { matchLabels: { 'policy-group.network.openshift.io/ingress': '' } } }],
      ports: [{ port: 'https', protocol: 'TCP' }],
    });
  });

  it('speaks TLS to the gateway, and ends that of requesters', () => {
    const { app, gateway } = systemB({ access: TLS });
    const termination = RouteTermination.REENCRYPT;
    gateway.exposeThroughOpenShift({ host: HOST, termination, destinationCertificateAuthority: AUTHORITY });

    expect(findManifest(synthesize(app), 'Route', 'gateway').spec.tls).toStrictEqual({
      termination: 'reencrypt',
      insecureEdgeTerminationPolicy: 'Redirect',
      destinationCACertificate: AUTHORITY,
    });
  });

  it('ends TLS in front of a gateway without', () => {
    const { app, gateway } = systemB({ access: PLAIN });
    gateway.exposeThroughOpenShift({ host: HOST });

    const { spec } = findManifest(synthesize(app), 'Route', 'gateway');
    expect(spec.tls).toStrictEqual({ termination: 'edge', insecureEdgeTerminationPolicy: 'Redirect' });
    expect(spec.port.targetPort).toBe('http');
  });

  it('keeps what a patch adds', () => {
    const { app, gateway } = systemB();
    const { route } = gateway.exposeThroughOpenShift({ host: HOST });
    route.addJsonPatch(JsonPatch.add('/spec/subdomain', 'models'));

    expect(findManifest(synthesize(app), 'Route', 'gateway').spec.subdomain).toBe('models');
  });
});

describe('a host is refused', () => {
  it.each([
    ['edge', systemB, RouteTermination.EDGE, 'would end at the router'],
    ['reencrypt', systemB, RouteTermination.REENCRYPT, 'would end at the router'],
    ['edge', () => systemB({ access: TLS }), RouteTermination.EDGE, 'speak plain HTTP to a gateway that speaks TLS'],
    ['passthrough', () => systemB({ access: PLAIN }), RouteTermination.PASSTHROUGH, 'the gateway speaks no TLS'],
  ])('with %s where the gateway’s access does not go with it', (value, stack, termination, rule) => {
    expectRefusal(() => stack().gateway.exposeThroughOpenShift({ host: HOST, termination }), {
      code: 'EDGE_ERR_GATEWAY_ACCESS',
      value: `"${value}"`,
      rule,
    });
  });

  it('that is none', () => {
    expectRefusal(() => systemB().gateway.exposeThroughOpenShift({ host: 'https://models' }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"https://models"',
      rule: '',
    });
  });

  it('that the certificate does not have', () => {
    const certificate = GatewayCertificate.fromCertManager(CertificateIssuer.clusterIssuer('ca'), { dnsNames: [HOST] });
    const access = GatewayAccess.mutualTls(certificate, CertificateAuthority.fromSecret('requesters-ca'));

    expect(systemB({ access }).gateway.exposeThroughOpenShift({ host: HOST }).host).toBe(HOST);
    expectRefusal(() => systemB({ access }).gateway.exposeThroughOpenShift({ host: 'other.example.com' }), {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: '"other.example.com"',
      rule: "the gateway's certificate has the names models.example.com",
    });
  });

  it('with an authority that is a key, or that nobody looks at', () => {
    const { gateway } = systemB({ access: TLS });
    const expose = (termination: RouteTermination, destinationCertificateAuthority: string) => () =>
      gateway.exposeThroughOpenShift({ host: HOST, termination, destinationCertificateAuthority });

    expectRefusal(expose(RouteTermination.REENCRYPT, '-----BEGIN PRIVATE KEY-----'), {
      code: 'EDGE_ERR_VALUE',
      value: '"no certificate"',
      rule: 'it speaks TLS to itself',
    });
    const other = systemB({ access: TLS }).gateway;
    expectRefusal(
      () =>
        other.exposeThroughOpenShift({
          host: HOST,
          termination: RouteTermination.PASSTHROUGH,
          destinationCertificateAuthority: AUTHORITY,
        }),
      { code: 'EDGE_ERR_VALUE', value: '"one beside passthrough"', rule: 'it speaks TLS to itself' },
    );
  });
});
