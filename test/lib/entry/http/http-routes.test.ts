import { Size } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  BasicAuth,
  EdgeApp,
  HttpEntry,
  type HttpRouteOptions,
  type HttpRoutesProps,
  HttpTls,
  PathMatch,
} from '../../../../lib';
import { type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { ENTRIES, routesIn, serviceIn, sharedGateway, siteStack } from '../../support/http-stacks';
import { manifestOf, namesOf, ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';

const TLS = HttpTls.fromSecret('tls');
const AUTH = BasicAuth.fromSecret('users', 'training');

describe('HttpRoutes with nothing but their hosts', () => {
  const ROUTE_KINDS = /^(Ingress|IngressRoute|Middleware|Gateway|HTTPRoute|Certificate) /;

  it.each([
    ['ingress-nginx', ['Ingress ml/site-not-found.api.example.com', 'Ingress ml/site-unknown-hosts']],
    ['Traefik', ['IngressRoute ml/site-not-found.api.example.com', 'IngressRoute ml/site-unknown-hosts']],
    [
      'a Gateway',
      ['Gateway ml/site', 'HTTPRoute ml/site-not-found.api.example.com', 'HTTPRoute ml/site-unknown-hosts'],
    ],
    ['a shared Gateway', ['HTTPRoute ml/site-not-found.api.example.com', 'HTTPRoute ml/site-unknown-hosts']],
  ])('at %s consist of these objects, and these are their names', (name, expected) => {
    const entry = new Map(ENTRIES).get(name) as HttpEntry;

    const names = namesOf(synthesize(siteStack({ entry }).app));

    expect(names.filter((name) => ROUTE_KINDS.test(name)).sort()).toStrictEqual(expected);
  });

  it('E-10: leave unknown hosts to others when they are told to', () => {
    const { app, routes } = siteStack({ catchUnknownHosts: false });

    expect(namesOf(synthesize(app))).not.toContain('IngressRoute ml/site-unknown-hosts');
    expect(routes.find('unknown.example.com', '/')).toBeUndefined();
  });
});

describe('a route', () => {
  const full = (backend: HttpRouteOptions['backend']): Required<HttpRouteOptions> => ({
    path: '/train',
    match: PathMatch.PREFIX,
    backend,
    hosts: ['b.example.com'],
    rewriteTo: '/api/v1/train',
    affinityCookie: 'pod',
    auth: AUTH,
    maxBody: Size.mebibytes(3),
    requestsPerSecond: 7,
  });
  const withAll = (entry: HttpEntry): Manifest[] => {
    const { app, info, routes } = siteStack({ entry, tls: TLS, hosts: ['a.example.com', 'b.example.com'] });
    routes.addRoute('train', full(info.backend));
    return synthesize(app);
  };
  const named = (manifests: readonly Manifest[], kind: string) =>
    ofKind(manifests, kind).filter(({ metadata }) => metadata.name.startsWith('site-train'));

  it('with everything is told to ingress-nginx by annotations of its own Ingress', () => {
    const [ingress] = named(withAll(HttpEntry.ingressNginx()), 'Ingress');

    expect(ingress?.metadata.annotations).toStrictEqual({
      'nginx.ingress.kubernetes.io/use-regex': 'true',
      'nginx.ingress.kubernetes.io/rewrite-target': '/api/v1/train$1$2',
      'nginx.ingress.kubernetes.io/auth-type': 'basic',
      'nginx.ingress.kubernetes.io/auth-secret': 'users',
      'nginx.ingress.kubernetes.io/auth-realm': 'training',
      'nginx.ingress.kubernetes.io/proxy-body-size': '3072k',
      'nginx.ingress.kubernetes.io/limit-rps': '7',
      'nginx.ingress.kubernetes.io/affinity': 'cookie',
      'nginx.ingress.kubernetes.io/session-cookie-name': 'pod',
      'nginx.ingress.kubernetes.io/session-cookie-path': '/',
      'nginx.ingress.kubernetes.io/session-cookie-samesite': 'Lax',
    });
    expect(ingress?.spec).toStrictEqual({
      ingressClassName: 'nginx',
      tls: [{ hosts: ['b.example.com'], secretName: 'tls' }],
      rules: [
        {
          host: 'b.example.com',
          http: {
            paths: [
              {
                path: '/train(/|$)(.*)',
                pathType: 'ImplementationSpecific',
                backend: { service: { name: 'info', port: { name: 'http' } } },
              },
            ],
          },
        },
      ],
    });
  });

  it('with everything is told to Traefik by an IngressRoute and a Middleware for each wish', () => {
    const manifests = withAll(HttpEntry.traefik());

    const [route] = named(manifests, 'IngressRoute');
    expect(route?.spec).toStrictEqual({
      entryPoints: ['websecure'],
      tls: { secretName: 'tls' },
      routes: [
        {
          match: 'Host(`b.example.com`) && (Path(`/train`) || PathPrefix(`/train/`))',
          kind: 'Rule',
          priority: 10_012,
          services: [
            {
              name: 'info',
              port: 8080,
              sticky: { cookie: { name: 'pod', httpOnly: true, secure: true, sameSite: 'lax' } },
            },
          ],
          middlewares: ['rate', 'auth', 'body', 'rewrite'].map((wish) => ({ name: `site-train-${wish}` })),
        },
      ],
    });
    expect(named(manifests, 'Middleware').map(({ metadata, spec }) => [metadata.name, spec])).toStrictEqual([
      ['site-train-rate', { rateLimit: { average: 7, burst: 35 } }],
      ['site-train-auth', { basicAuth: { secret: 'users', realm: 'training', removeHeader: true } }],
      ['site-train-body', { buffering: { maxRequestBodyBytes: 3 * 1024 * 1024 } }],
      ['site-train-rewrite', { replacePathRegex: { regex: '^/train(/.*)?$', replacement: '/api/v1/train$1' } }],
    ]);
  });

  it('is told to a Gateway by an HTTPRoute', () => {
    const { app, info, routes } = siteStack({ entry: HttpEntry.gatewayApi({ className: 'istio' }), tls: TLS });
    routes.addRoute('info', { path: '/info', rewriteTo: '/api/v1/info', backend: info.backend });

    expect(manifestOf(app, 'HTTPRoute', 'site-info').spec).toStrictEqual({
      parentRefs: [{ name: 'site', sectionName: 'https' }],
      hostnames: ['api.example.com'],
      rules: [
        {
          matches: [{ path: { type: 'PathPrefix', value: '/info' } }],
          filters: [
            {
              type: 'URLRewrite',
              urlRewrite: { path: { type: 'ReplacePrefixMatch', replacePrefixMatch: '/api/v1/info' } },
            },
          ],
          backendRefs: [{ name: 'info', port: 8080 }],
        },
      ],
    });
  });

  it('sends its cookie over plain HTTP only where there is no TLS', () => {
    const { app, info, routes } = siteStack();
    routes.addRoute('info', { path: '/info', affinityCookie: 'pod', backend: info.backend });

    const [service] = manifestOf(app, 'IngressRoute', 'site-info').spec.routes[0].services;

    expect(service.sticky.cookie.secure).toBe(false);
  });

  it('is at all hosts unless told otherwise', () => {
    const { info, routes } = siteStack({ hosts: ['a.example.com', 'b.example.com'] });

    expect(routes.addRoute('info', { path: '/info', backend: info.backend }).hosts).toStrictEqual([
      'a.example.com',
      'b.example.com',
    ]);
  });

  it('lets the controller, and nobody else, call the service', () => {
    const { app, info, routes } = siteStack();

    expect(manifestOf(app, 'NetworkPolicy', 'info').spec.ingress).toStrictEqual([]);
    routes.addRoute('info', { path: '/info', backend: info.backend });
    routes.addRoute('more', { path: '/more', backend: info.backend });

    const traefik = { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['traefik'] };
    expect(manifestOf(app, 'NetworkPolicy', 'info').spec.ingress).toStrictEqual([
      {
        from: [{ namespaceSelector: { matchExpressions: [traefik] } }],
        ports: [{ port: 'http', protocol: 'TCP' }],
      },
    ]);
  });

  it('for / takes the place of what is not found, at its hosts only', () => {
    const { app, info, routes } = siteStack({ hosts: ['a.example.com', 'b.example.com'] });
    routes.addRoute('all', { path: '/', backend: info.backend, hosts: ['a.example.com'] });

    expect(routes.find('a.example.com', '/x')?.backend.service.name).toBe('info');
    expect(routes.find('b.example.com', '/x')?.backend.service.name).toBe('not-found');
    expect(namesOf(synthesize(app))).not.toContain('IngressRoute ml/site-not-found.a.example.com');
  });

  it('for exactly / leaves the rest to what is not found', () => {
    const { info, routes } = siteStack();
    routes.addRoute('home', { path: '/', match: PathMatch.EXACT, backend: info.backend });

    expect(routes.find('api.example.com', '/')?.backend.service.name).toBe('info');
    expect(routes.find('api.example.com', '/x')?.backend.service.name).toBe('not-found');
  });

  it('is found by a host in capitals, and with a port', () => {
    const { info, routes } = siteStack();
    const route = routes.addRoute('info', { path: '/info', backend: info.backend });

    expect(routes.find('API.Example.com:8443', '/info')).toBe(route);
  });
});

describe('what a controller cannot do', () => {
  const wishes: Partial<HttpRouteOptions>[] = [
    { affinityCookie: 'pod' },
    { auth: AUTH },
    { maxBody: Size.mebibytes(1) },
    { requestsPerSecond: 1 },
  ];

  it.each(
    ['a Gateway', 'a shared Gateway'].flatMap((name) =>
      wishes.map((wish) => [Object.keys(wish)[0], name, wish] as const),
    ),
  )('is refused, and never left out: %s at %s', (prop, name, wish) => {
    const { info, routes } = siteStack({ entry: new Map(ENTRIES).get(name) });

    expectRefusal(() => routes.addRoute('info', { path: '/info', backend: info.backend, ...wish }), {
      code: 'EDGE_ERR_HTTP_CONTROLLER',
      value: `"one with ${prop}"`,
      rule: 'the',
    });
  });
});

describe('E-5: a password', () => {
  it.each(['ingress-nginx', 'Traefik'])('is asked for by %s with TLS only', (name) => {
    const { info, routes } = siteStack({ entry: new Map(ENTRIES).get(name) });

    expectRefusal(() => routes.addRoute('train', { path: '/train', backend: info.backend, auth: AUTH }), {
      code: 'EDGE_ERR_HTTP_AUTH',
      value: '"basic, from Secret users"',
      rule: 'without TLS every password would cross the network in clear',
    });
  });
});

describe('addRoute refuses', () => {
  const add = (name: string, options: Partial<HttpRouteOptions>) => () => {
    const { info, routes } = siteStack();
    routes.addRoute('there', { path: '/there', backend: info.backend });
    return routes.addRoute(name, { path: '/info', backend: info.backend, ...options });
  };

  it.each<[string, () => unknown, string, string, string]>([
    ['a name that is none', add('Info', {}), 'EDGE_ERR_NAME', '"Info"', 'only a-z, 0-9 and -'],
    ['a name with a dot', add('in.fo', {}), 'EDGE_ERR_NAME', '"in.fo"', 'only a-z, 0-9 and -'],
    ['a name that is taken', add('there', {}), 'EDGE_ERR_DUPLICATE', '"there"', 'another child of the routes'],
    ['the name of a catch-all', add('unknown-hosts', {}), 'EDGE_ERR_DUPLICATE', '"unknown-hosts"', 'another child'],
    ['a path that is taken', add('info', { path: '/there' }), 'EDGE_ERR_DUPLICATE', '"Prefix /there"', 'route "there"'],
    ['a path that is none', add('info', { path: 'info' }), 'EDGE_ERR_VALUE', '"info"', 'a path begins with /'],
    ['a rewrite to no path', add('info', { rewriteTo: '/a/' }), 'EDGE_ERR_VALUE', '"/a/"', 'does not end with one'],
    [
      'a host that is not among the hosts',
      add('info', { hosts: ['b.example.com'] }),
      'EDGE_ERR_VALUE',
      '"b.example.com"',
      'the hosts of site/routes are api.example.com',
    ],
    [
      'a host twice',
      add('info', { hosts: ['api.example.com', 'api.example.com'] }),
      'EDGE_ERR_DUPLICATE',
      '"api.example.com"',
      'in the list already',
    ],
    ['no host', add('info', { hosts: [] }), 'EDGE_ERR_VALUE', '"none"', 'the hosts of site/routes are'],
    ['a cookie without a name', add('info', { affinityCookie: '' }), 'EDGE_ERR_VALUE', '""', '1 to 64 letters'],
    ['a cookie with a blank', add('info', { affinityCookie: 'a b' }), 'EDGE_ERR_VALUE', '"a b"', '1 to 64 letters'],
    ['no requests at all', add('info', { requestsPerSecond: 0 }), 'EDGE_ERR_VALUE', '0', 'a whole number from 1 on'],
    ['half a request', add('info', { requestsPerSecond: 1.5 }), 'EDGE_ERR_VALUE', '1.5', 'a whole number from 1 on'],
  ])('%s', (_, action, code, value, rule) => {
    expectRefusal(action, { code: code as 'EDGE_ERR_VALUE', value, rule });
  });

  it('a service of another namespace, which an Ingress could not name', () => {
    const { app, routes } = siteStack();
    const elsewhere = serviceIn(app, { namespace: 'other' }, 'elsewhere');

    expectRefusal(() => routes.addRoute('info', { path: '/info', backend: elsewhere.backend }), {
      code: 'EDGE_ERR_BACKEND',
      value: '"elsewhere in namespace other"',
      rule: 'routes in namespace ml lead to Services there only',
    });
  });

  it('nothing about one path at two hosts, nor about one path as both kinds', () => {
    const { info, routes } = siteStack({ hosts: ['a.example.com', 'b.example.com'] });
    const { backend } = info;

    routes.addRoute('a', { path: '/info', hosts: ['a.example.com'], backend });
    routes.addRoute('b', { path: '/info', hosts: ['b.example.com'], backend });
    routes.addRoute('exact', { path: '/info', match: PathMatch.EXACT, backend });

    expect(routes.find('b.example.com', '/info/')?.node.id).toBe('b');
    expect(routes.find('b.example.com', '/info')?.node.id).toBe('exact');
  });
});

describe('the props of HttpRoutes', () => {
  it('all have a meaning', () => {
    const app = new EdgeApp();
    const { backend } = serviceIn(app);
    const all: Required<HttpRoutesProps> = {
      name: 'front',
      namespace: 'ml',
      entry: HttpEntry.traefik(),
      hosts: ['one.example.com', 'two.example.com'],
      tls: HttpTls.fromSecret('front-certificate'),
      notFound: backend,
      catchUnknownHosts: true,
    };
    routesIn(app, all);

    const { entry: _, notFound: __, catchUnknownHosts: ___, tls, ...plain } = all;
    expect(unseenProps({ ...plain, tls: tls.secretName }, synthesize(app))).toStrictEqual([]);
  });

  it.each<[string, Partial<HttpRoutesProps>, string, string, string]>([
    ['a name that is none', { name: 'Site' }, 'EDGE_ERR_NAME', '"Site"', 'only a-z'],
    ['a namespace that is none', { namespace: 'a.b' }, 'EDGE_ERR_NAME', '"a.b"', 'only a-z'],
    [
      'a URL for a host',
      { hosts: ['https://a.example.com'] },
      'EDGE_ERR_DOMAIN',
      '"https://a.example.com"',
      'only a-z',
    ],
    ['a wildcard', { hosts: ['*.example.com'] }, 'EDGE_ERR_DOMAIN', '"*.example.com"', 'only a-z'],
    ['a host twice', { hosts: ['a.com', 'a.com'] }, 'EDGE_ERR_DUPLICATE', '"a.com"', 'in the list already'],
    ['no host', { hosts: [] }, 'EDGE_ERR_VALUE', '"a list of 0"', 'at most 16 hosts'],
    [
      'more hosts than an HTTPRoute has',
      { hosts: Array.from({ length: 17 }, (_, i) => `h${i}.example.com`) },
      'EDGE_ERR_VALUE',
      '"a list of 17"',
      'at most 16 hosts',
    ],
    [
      'a host too long for the names of objects',
      { hosts: [`${Array.from({ length: 4 }, () => 'a'.repeat(57)).join('.')}.com`] },
      'EDGE_ERR_NAME',
      `"site-not-found.${Array.from({ length: 4 }, () => 'a'.repeat(57)).join('.')}.com"`,
      'at most 253 characters',
    ],
  ])('may not be %s', (_, props, code, value, rule) => {
    expectRefusal(() => siteStack(props), { code: code as 'EDGE_ERR_VALUE', value, rule });
  });

  it('may be as many hosts as an HTTPRoute has', () => {
    const hosts = Array.from({ length: 16 }, (_, i) => `h${i}.example.com`);

    expect(siteStack({ hosts }).routes.hosts).toStrictEqual(hosts);
  });
});

describe('several HttpRoutes', () => {
  it('may not have one host at one controller, nor both catch unknown hosts', () => {
    const { app, notFound } = siteStack();
    routesIn(app, { name: 'other', notFound: notFound.backend }, 'other');

    const problems = problemsOf(app);

    const own = problems.filter((problem) => problem.startsWith('[other/routes] EDGE_ERR_DUPLICATE: '));
    expect(own).toHaveLength(2);
    expect(own[0]).toContain('"api.example.com", but site/routes serves it too');
    expect(own[1]).toContain('"every unknown host", but site/routes serves it too');
  });

  it('may not have one host at one shared Gateway', () => {
    const entry = sharedGateway();
    const { app, notFound } = siteStack({ entry });
    routesIn(app, { name: 'other', notFound: notFound.backend, entry, catchUnknownHosts: false }, 'other');

    expectProblem(problemsOf(app), 'other/routes', {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"api.example.com"',
      rule: 'site/routes serves it too',
    });
  });

  it.each<[string, Partial<HttpRoutesProps>]>([
    ['other hosts', { hosts: ['b.example.com'], catchUnknownHosts: false }],
    ['another controller', { entry: HttpEntry.ingressNginx() }],
    ['another installation of Traefik', { entry: HttpEntry.traefik({ entryPoint: 'internal' }) }],
  ])('may be side by side with %s', (_, props) => {
    const { app, notFound } = siteStack();
    routesIn(app, { name: 'other', notFound: notFound.backend, ...props }, 'other');

    expect(() => app.synthYaml()).not.toThrow();
  });

  it('may have one host each with a Gateway of its own, which has an address of its own', () => {
    const entry = HttpEntry.gatewayApi({ className: 'istio' });
    const { app, notFound } = siteStack({ entry });
    routesIn(app, { name: 'other', notFound: notFound.backend, entry }, 'other');

    expect(() => app.synthYaml()).not.toThrow();
  });
});
