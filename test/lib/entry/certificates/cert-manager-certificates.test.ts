import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  CertificateIssuer,
  CertManagerCertificates,
  type CertManagerCertificatesProps,
  EdgeApp,
  HostLayout,
} from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { ofKind } from '../../support/manifests';
import { ISSUER, PUBLISHED, publishedWith, serve } from '../../support/published';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const PROPS: CertManagerCertificatesProps = { platform: PUBLISHED, issuer: ISSUER, namespace: 'istio-system' };

function certificates(props: Partial<CertManagerCertificatesProps> = {}, app = new EdgeApp()) {
  return new CertManagerCertificates(app, 'certificates', { ...PROPS, ...props });
}

function namesIn(app: EdgeApp): string[][] {
  return ofKind(synthesize(app), 'Certificate').map(({ spec }) => spec.dnsNames);
}

describe('CertManagerCertificates', () => {
  it('is one Certificate for a domain and a few namespaces', () => {
    const app = new EdgeApp();
    certificates({}, app);

    expect(synthesize(app)).toStrictEqual([
      {
        apiVersion: 'cert-manager.io/v1',
        kind: 'Certificate',
        metadata: { name: 'inference-platform-1', namespace: 'istio-system' },
        spec: {
          secretName: 'inference-platform-1-tls',
          issuerRef: { name: 'letsencrypt', kind: 'ClusterIssuer', group: 'cert-manager.io' },
          commonName: '*.platform.example.com',
          dnsNames: ['*.platform.example.com', '*.staging.platform.example.com', '*.prod.platform.example.com'],
          privateKey: { rotationPolicy: 'Always' },
        },
      },
    ]);
  });

  it('takes its issuer, names, further hosts and namespace from its props', () => {
    const app = new EdgeApp();
    const props: Required<CertManagerCertificatesProps> = {
      platform: { ...PUBLISHED, hostLayout: HostLayout.FLAT, hosts: [] },
      issuer: CertificateIssuer.issuer('own-ca'),
      namespace: 'traefik',
      name: 'edge',
      hosts: ['mqtt.example.com', 'amqp.example.com'],
      maxNames: 2,
      certifiedElsewhere: ['metrics.example.com'],
    };
    new CertManagerCertificates(app, 'certificates', props);

    const found = synthesize(app).map(({ metadata, spec }) => ({ ...metadata, ...spec }));

    const common = {
      namespace: 'traefik',
      issuerRef: { name: 'own-ca', kind: 'Issuer', group: 'cert-manager.io' },
      commonName: '*.platform.example.com',
      privateKey: { rotationPolicy: 'Always' },
    };
    expect(found).toStrictEqual([
      {
        ...common,
        name: 'edge-1',
        secretName: 'edge-1-tls',
        dnsNames: ['*.platform.example.com', 'mqtt.example.com'],
      },
      {
        ...common,
        name: 'edge-2',
        secretName: 'edge-2-tls',
        dnsNames: ['*.platform.example.com', 'amqp.example.com'],
      },
    ]);
  });

  it('C-7, C-T1: makes another Certificate when the names of one are used up', () => {
    const [nine, ten] = [new EdgeApp(), new EdgeApp()];
    certificates({ platform: publishedWith(9) }, nine);
    certificates({ platform: publishedWith(10) }, ten);

    expect(namesIn(nine).map(({ length }) => length)).toStrictEqual([10]);
    expect(namesIn(ten).map(({ length }) => length)).toStrictEqual([10, 2]);
  });

  it('C-7: leaves the other Certificates alone when a namespace is added', () => {
    const [before, after] = [new EdgeApp(), new EdgeApp()];
    certificates({ platform: publishedWith(11) }, before);
    certificates({ platform: publishedWith(12) }, after);

    expect(synthesize(after)[0]).toStrictEqual(synthesize(before)[0]);
    expect(namesIn(after)[1]).toStrictEqual([...(namesIn(before)[1] ?? []), '*.team-12.platform.example.com']);
  });

  it('has a common name that is among the names: ACME issuers refuse any other', () => {
    const app = new EdgeApp();
    certificates({ platform: publishedWith(30) }, app);

    for (const { spec } of synthesize(app)) expect(spec.dnsNames[0]).toBe(spec.commonName);
  });

  it('tells which Secret a host is in', () => {
    const made = certificates({ platform: publishedWith(10), hosts: ['mqtt.example.com'] });

    expect(made.secretNamespace).toBe('istio-system');
    expect(made.secretNames).toStrictEqual(['inference-platform-1-tls', 'inference-platform-2-tls']);
    expect(made.secretNameFor('mqtt.example.com')).toBe('inference-platform-1-tls');
    expect(made.secretNameFor('iris.team-1.platform.example.com')).toBe('inference-platform-1-tls');
    expect(made.secretNameFor('iris.team-10.platform.example.com')).toBe('inference-platform-2-tls');
  });

  it('refuses to tell it for a host that is in none', () => {
    expectRefusal(() => certificates().secretNameFor('iris.dev.platform.example.com'), {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: '"iris.dev.platform.example.com"',
      rule: 'a wildcard stands for one label only',
    });
  });
});

describe('the props of CertManagerCertificates', () => {
  const long = (length: number) => `${'d'.repeat(50)}.${'d'.repeat(length - 55)}.com`;

  it.each<[string, Partial<CertManagerCertificatesProps>]>([
    ['a domain of 62 characters', { platform: { ...PUBLISHED, hosts: [], domain: long(62) } }],
    ['a longer one with a shorter host', { platform: { ...PUBLISHED, hosts: [], domain: long(63) }, hosts: ['a.org'] }],
    ['a name of 247 characters, and six for the number', { name: 'a'.repeat(247) }],
    ['9 namespaces in each of 26 certificates', { platform: publishedWith(234) }],
    ['as many as 100 names in a certificate', { platform: publishedWith(99), maxNames: 100 }],
    ['as few as 2', { maxNames: 2 }],
    ['a wildcard among the hosts', { hosts: ['*.example.org'] }],
  ])('accept %s', (_, props) => {
    expect(() => certificates(props)).not.toThrow();
  });

  it('refuse a common name of more than 64 characters', () => {
    expectRefusal(() => certificates({ platform: { ...PUBLISHED, hosts: [], domain: long(63) } }), {
      code: 'EDGE_ERR_COMMON_NAME',
      value: `"*.${long(63)}"`,
      rule: 'at most 64 characters, and the shortest there is has 65',
    });
  });

  it('refuse more certificates than a load balancer takes', () => {
    expectRefusal(() => certificates({ platform: publishedWith(235) }), {
      code: 'EDGE_ERR_CERTIFICATE_QUOTA',
      value: '27',
      rule: 'a load balancer takes 26, its default one and 25 others',
    });
  });

  it.each([1, 101, 2.5, Number.NaN])('refuse %d names in a certificate', (maxNames) => {
    expectRefusal(() => certificates({ maxNames }), { code: 'EDGE_ERR_VALUE', value: `${maxNames}`, rule: 'to 100' });
  });

  it.each([
    ['https://example.org', 'only a-z'],
    ['a.*.example.org', '* can only be the whole left-most part'],
    ['a.b', 'at least two characters'],
  ])('refuse the host %s', (host, rule) => {
    expectRefusal(() => certificates({ hosts: [host] }), { code: 'EDGE_ERR_DOMAIN', value: `"${host}"`, rule });
  });

  it('refuse a wildcard that is too long for DNS', () => {
    const domain = `${'a.'.repeat(95)}com`;
    const platform = { ...PUBLISHED, domain, namespaces: ['n'.repeat(59)] };

    expectRefusal(() => certificates({ platform }), {
      code: 'EDGE_ERR_DOMAIN',
      value: `"*.${'n'.repeat(59)}.${domain}"`,
      rule: 'at most 253 characters, and this one has 255',
    });
  });

  it('refuse a name from elsewhere that is none', () => {
    const certifiedElsewhere = ['example.com:443'];

    expectRefusal(() => certificates({ certifiedElsewhere }), {
      code: 'EDGE_ERR_DOMAIN',
      value: '"example.com:443"',
      rule: 'only a-z',
    });
  });

  it.each<[Partial<CertManagerCertificatesProps>, string]>([
    [{ namespace: 'Istio' }, '"Istio"'],
    [{ name: 'My Platform' }, '"My Platform-1-tls"'],
    [{ name: 'a'.repeat(248) }, `"${'a'.repeat(248)}-1-tls"`],
  ])('refuse %o, which no object can be called', (props, value) => {
    expectRefusal(() => certificates(props), { code: 'EDGE_ERR_NAME', value, rule: 'a name' });
  });
});

describe('C-T1: in an app with certificates', () => {
  it('every host that is served with TLS is covered', () => {
    const app = new EdgeApp();
    serve(
      app,
      true,
      'iris.staging.platform.example.com',
      'kubeflow.platform.example.com',
      '*.prod.platform.example.com',
    );
    certificates({}, app);

    expect(() => synthesize(app)).not.toThrow();
  });

  it.each([
    ['iris.dev.platform.example.com', 'whose namespace is not among them'],
    ['platform.example.com', 'the domain itself'],
    ['*.dev.platform.example.com', 'a wildcard for another namespace'],
    ['mqtt.example.com', 'beside the domain'],
  ])('%s is reported, %s, with who serves it and the name to add', (host) => {
    const app = new EdgeApp();
    certificates({}, app);
    serve(app, true, host);

    const problems = problemsOf(app);

    expectProblem(problems, 'certificates', {
      code: 'EDGE_ERR_HOST_CERTIFICATE',
      value: `"${host}"`,
      rule: 'a wildcard stands for one label only',
    });
    expect(problems[0]).toContain('a host that [gateway] serves with TLS');
    expect(problems[0]).toContain(`Add "${host}" to hosts`);
  });

  it('a host that was reported is covered once it is among the hosts', () => {
    const app = new EdgeApp();
    certificates({ hosts: ['mqtt.example.com'] }, app);
    serve(app, true, 'mqtt.example.com');

    expect(() => synthesize(app)).not.toThrow();
  });

  it('a host without TLS needs no certificate, and one from elsewhere none here', () => {
    const app = new EdgeApp();
    certificates({ certifiedElsewhere: ['*.example.org'] }, app);
    serve(app, false, 'mqtt.example.com');

    expect(() => synthesize(app)).not.toThrow();
    expect(namesIn(app).flat()).not.toContain('*.example.org');
  });

  it('certificates of several constructs count together, and a host is reported once', () => {
    const app = new EdgeApp();
    certificates({}, app);
    const platform = { ...PUBLISHED, domain: 'example.org' };
    new CertManagerCertificates(app, 'others', { ...PROPS, platform, namespace: 'traefik' });
    serve(app, true, 'a.prod.example.org', 'a.prod.platform.example.com', 'a.example.net');

    const problems = problemsOf(app);

    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain('"a.example.net"');
  });

  it('no host is reported in an app without certificates', () => {
    const app = new EdgeApp();
    serve(app, true, 'mqtt.example.com');

    expect(() => synthesize(app)).not.toThrow();
  });
});

describe('an ACME issuer', () => {
  const http01 = { http01: { ingress: {} } };
  const dns01 = { dns01: { route53: {} } };

  function appWithIssuer(spec: object, { kind = 'ClusterIssuer', name = 'letsencrypt', namespace = '' } = {}): EdgeApp {
    const app = new EdgeApp();
    const metadata = namespace ? { name, namespace } : { name };
    new ApiObject(new Chart(app, 'issuers'), 'issuer', { apiVersion: 'cert-manager.io/v1', kind, metadata, spec });
    return app;
  }

  it.each([
    ['HTTP-01 only', { acme: { solvers: [http01] } }],
    ['no solvers', { acme: {} }],
  ])('of the same app with %s is reported: wildcards need DNS-01', (_, spec) => {
    const app = appWithIssuer(spec);
    certificates({}, app);

    expectProblem(problemsOf(app), 'certificates', {
      code: 'EDGE_ERR_ISSUER',
      value: '"letsencrypt"',
      rule: 'the certificates have wildcards, which only DNS-01 proves',
    });
  });

  it('in the namespace of the certificates is looked at too, and one in another is not', () => {
    const issuer = CertificateIssuer.issuer('letsencrypt');
    const spec = { acme: { solvers: [http01] } };
    const [same, other] = ['istio-system', 'elsewhere'].map((namespace) =>
      appWithIssuer(spec, { kind: 'Issuer', namespace }),
    ) as [EdgeApp, EdgeApp];
    certificates({ issuer }, same);
    certificates({ issuer }, other);

    expect(problemsOf(same)).toHaveLength(1);
    expect(() => synthesize(other)).not.toThrow();
  });

  it.each<[string, EdgeApp]>([
    ['with a DNS-01 solver', appWithIssuer({ acme: { solvers: [http01, dns01] } })],
    ['that is none, but a CA', appWithIssuer({ ca: { secretName: 'ca' } })],
    ['of another name', appWithIssuer({ acme: { solvers: [http01] } }, { name: 'staging' })],
    ['of another kind', appWithIssuer({ acme: { solvers: [http01] } }, { kind: 'Issuer', namespace: 'istio-system' })],
    ['that is not in the app', new EdgeApp()],
  ])('%s is not reported', (_, app) => {
    certificates({}, app);

    expect(() => synthesize(app)).not.toThrow();
  });
});
