import { describe, expect, it } from 'vitest';
import { CertificateIssuer, EdgeApp, GatewayListener, HttpEntry, HttpTls } from '../../../../lib';
import { servedHosts } from '../../../../lib/synth/served-hosts';
import { type Manifest, synthesize } from '../../../../lib/testing';
import { sharedGateway, siteStack } from '../../support/http-stacks';
import { ofKind } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';

const SECRET = HttpTls.fromSecret('api-certificate');
const ISSUER = HttpTls.fromIssuer(CertificateIssuer.clusterIssuer('letsencrypt'));

function manifests(entry: HttpEntry, tls?: HttpTls): Manifest[] {
  return synthesize(siteStack({ entry, tls }).app);
}

describe('E-5: TLS', () => {
  it('is ended by ingress-nginx with the Secret, for the hosts, and for no unknown ones', () => {
    const found = ofKind(manifests(HttpEntry.ingressNginx(), SECRET), 'Ingress').map(({ metadata, spec }) => [
      metadata.name,
      spec.tls,
    ]);

    expect(found).toStrictEqual([
      ['site-not-found.api.example.com', [{ hosts: ['api.example.com'], secretName: 'api-certificate' }]],
      ['site-unknown-hosts', undefined],
    ]);
  });

  it('is ended by Traefik with the Secret at the entry point for HTTPS', () => {
    const found = ofKind(manifests(HttpEntry.traefik(), SECRET), 'IngressRoute').map(({ metadata, spec }) => [
      metadata.name,
      spec.entryPoints,
      spec.tls,
    ]);

    expect(found).toStrictEqual([
      ['site-redirect', ['web'], undefined],
      ['site-not-found.api.example.com', ['websecure'], { secretName: 'api-certificate' }],
      ['site-unknown-hosts', ['web'], undefined],
      ['site-unknown-hosts-tls', ['websecure'], { secretName: 'api-certificate' }],
    ]);
  });

  it('is ended by a Gateway with the Secret', () => {
    const [gateway] = ofKind(manifests(HttpEntry.gatewayApi({ className: 'istio' }), SECRET), 'Gateway');

    expect(gateway?.spec).toStrictEqual({
      gatewayClassName: 'istio',
      listeners: [
        { name: 'http', port: 80, protocol: 'HTTP' },
        {
          name: 'https',
          port: 443,
          protocol: 'HTTPS',
          tls: { mode: 'Terminate', certificateRefs: [{ name: 'api-certificate' }] },
        },
      ],
    });
  });

  it('is left out when nobody asks for it', () => {
    const [gateway] = ofKind(manifests(HttpEntry.gatewayApi({ className: 'istio' })), 'Gateway');

    expect(gateway?.spec.listeners).toStrictEqual([{ name: 'http', port: 80, protocol: 'HTTP' }]);
    expect(JSON.stringify(manifests(HttpEntry.traefik()))).not.toContain('"tls"');
    expect(JSON.stringify(manifests(HttpEntry.ingressNginx()))).not.toContain('"tls"');
  });

  it('is not for a shared Gateway, whose listeners have their own', () => {
    expectRefusal(() => siteStack({ entry: sharedGateway(), tls: SECRET }), {
      code: 'EDGE_ERR_HTTP_CONTROLLER',
      value: '"set"',
      rule: 'listeners of a shared Gateway have certificates of their own',
    });
  });

  it('redirects the hosts of a Gateway with a status that every implementation knows', () => {
    const routes = ofKind(manifests(HttpEntry.gatewayApi({ className: 'istio' }), SECRET), 'HTTPRoute');

    expect(routes.find(({ metadata }) => metadata.name === 'site-redirect')?.spec).toStrictEqual({
      parentRefs: [{ name: 'site', sectionName: 'http' }],
      hostnames: ['api.example.com'],
      rules: [{ filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }] }],
    });
  });

  it.each([
    ['a ClusterIssuer', CertificateIssuer.clusterIssuer('letsencrypt'), 'ClusterIssuer'],
    ['an Issuer', CertificateIssuer.issuer('letsencrypt'), 'Issuer'],
  ])('comes from %s by a Certificate that has all hosts', (_, issuer, kind) => {
    const hosts = ['a.example.com', 'b.example.com'];
    const { app, routes } = siteStack({ hosts, tls: HttpTls.fromIssuer(issuer) });

    const [certificate] = ofKind(synthesize(app), 'Certificate');

    expect(routes.tlsSecretName).toBe('site-tls');
    expect(certificate?.metadata).toStrictEqual({ name: 'site', namespace: 'ml' });
    expect(certificate?.spec).toStrictEqual({
      secretName: 'site-tls',
      dnsNames: hosts,
      issuerRef: { name: 'letsencrypt', kind, group: 'cert-manager.io' },
      privateKey: { rotationPolicy: 'Always' },
    });
  });

  it('refuses a name that no Secret can have', () => {
    expectRefusal(() => HttpTls.fromSecret('Tls'), { code: 'EDGE_ERR_NAME', value: '"Tls"', rule: 'only a-z, 0-9' });
  });
});

describe('a host is declared', () => {
  it.each<[string, Parameters<typeof siteStack>[0], boolean]>([
    ['without TLS', {}, false],
    ['with TLS, when the certificate is in a Secret', { tls: SECRET }, true],
    ['as settled, when the routes have a Certificate of their own', { tls: ISSUER }, false],
    [
      'with TLS, when a shared Gateway ends it',
      { entry: sharedGateway(GatewayListener.https('https', { port: 443, host: '*.example.com' })) },
      true,
    ],
    ['without TLS, when a shared Gateway does not', { entry: sharedGateway() }, false],
  ])('%s', (_, props, tls) => {
    const app = new EdgeApp();
    siteStack(props, app);

    expect(servedHosts(app)).toStrictEqual([{ host: 'api.example.com', tls, path: 'site/routes' }]);
  });
});
