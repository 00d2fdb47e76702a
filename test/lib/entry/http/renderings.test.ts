import { describe, expect, it } from 'vitest';
import { EdgeApp, HttpEntry, HttpTls, PathMatch } from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { type Controller, gateway, nginx, traefik } from '../../support/controllers';
import { API_HOST, INFO_HOST, mlServices, routesIn, serviceIn, sharedGateway } from '../../support/http-stacks';

/** Routes are told to three kinds of controllers; here each is played, and must do what the routes say. */

type Play = (manifests: ReturnType<typeof synthesize>) => Controller;

const PLAIN: [name: string, entry: HttpEntry, play: Play][] = [
  ['ingress-nginx', HttpEntry.ingressNginx(), nginx],
  ['Traefik', HttpEntry.traefik(), (manifests) => traefik(manifests, 'web')],
  ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' }), (manifests) => gateway(manifests, 'http')],
  ['a shared Gateway', sharedGateway(), (manifests) => gateway(manifests, 'web')],
];

const ENCRYPTED: [name: string, entry: HttpEntry, play: Play][] = [
  ['ingress-nginx', HttpEntry.ingressNginx(), nginx],
  ['Traefik', HttpEntry.traefik(), (manifests) => traefik(manifests, 'websecure')],
  ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' }), (manifests) => gateway(manifests, 'https')],
];

const HOSTS = [API_HOST, INFO_HOST, 'unknown.example.com'];
const PATHS = [
  '/',
  ...['/info', '/serve', '/train', '/api/v1/info', '/api/v1/serve', '/api/v1/train'].flatMap((path) => [
    path,
    `${path}/`,
    `${path}/services`,
    `${path}${path}`,
    `${path}rmation`,
  ]),
  '/api',
  '/api/v1',
  '/healthz/live',
  '/x/info',
];
const REQUESTS = HOSTS.flatMap((host) => PATHS.map((path): [string, string] => [host, path]));

/** §6.5, row by row: what arrives where. */
const TABLE: [host: string, path: string, service: string, arrives: string][] = [
  [API_HOST, '/api/v1/info/services', 'info', '/api/v1/info/services'],
  [API_HOST, '/api/v1/serve/predict', 'serve', '/api/v1/serve/predict'],
  [API_HOST, '/api/v1/train/runs', 'train', '/api/v1/train/runs'],
  [API_HOST, '/info', 'info', '/api/v1/info'],
  [API_HOST, '/serve/predict', 'serve', '/api/v1/serve/predict'],
  [API_HOST, '/train/', 'train', '/api/v1/train/'],
  [INFO_HOST, '/', 'info', '/api/v1/info/'],
  [INFO_HOST, '/services', 'info', '/api/v1/info/services'],
  [API_HOST, '/', 'not-found', '/'],
  [API_HOST, '/information', 'not-found', '/information'],
  [API_HOST, '/api/v1/information', 'not-found', '/api/v1/information'],
  ['unknown.example.com', '/info', 'not-found', '/info'],
];

describe.each([
  ...PLAIN.map(([name, entry, play]) => ({ name, entry, play, tls: undefined })),
  ...ENCRYPTED.map(([name, entry, play]) => ({
    name: `${name} with TLS`,
    entry,
    play,
    tls: HttpTls.fromSecret('ml-certificate'),
  })),
])('MlServices told to $name', ({ entry, play, tls }) => {
  const app = new EdgeApp();
  const { routes } = mlServices({ entry, tls }, app);
  const controller = play(synthesize(app));

  it.each(TABLE)('E-T3: %s%s arrives at %s as %s', (host, path, service, arrives) => {
    expect(controller(host, path)).toStrictEqual({ service, path: arrives });
  });

  it('leads every request where the routes say, the short forms too (E-4)', () => {
    const led = REQUESTS.map(([host, path]) => [host, path, controller(host, path)]);

    const said = REQUESTS.map(([host, path]) => {
      const route = routes.find(host, path);
      return [host, path, route && { service: route.backend.service.name, path: route.rewritten(path) }];
    });
    expect(led).toStrictEqual(said);
  });

  it('E-10: leaves no request to the controller', () => {
    expect(REQUESTS.filter(([host, path]) => controller(host, path) === undefined)).toStrictEqual([]);
  });
});

describe.each(PLAIN)('routes that overlap, told to %s', (_, entry, play) => {
  const app = new EdgeApp();
  const backend = (id: string) => serviceIn(app, {}, id).backend;
  const routes = routesIn(app, { entry, notFound: backend('not-found') });
  routes.addRoute('prefix', { path: '/a', backend: backend('prefix') });
  routes.addRoute('exact', { path: '/a', match: PathMatch.EXACT, backend: backend('exact') });
  routes.addRoute('deep', { path: '/a/b', match: PathMatch.EXACT, backend: backend('deep') });
  routes.addRoute('deeper', { path: '/a/b/c', rewriteTo: '/', backend: backend('deeper') });
  routes.addRoute('dotted', { path: '/v1.0', match: PathMatch.EXACT, rewriteTo: '/x', backend: backend('dotted') });
  routes.addRoute('home', { path: '/', match: PathMatch.EXACT, rewriteTo: '/home', backend: backend('home') });
  const controller = play(synthesize(app));

  it.each([
    ['/a', 'exact', '/a'],
    ['/a/', 'prefix', '/a/'],
    ['/a/x', 'prefix', '/a/x'],
    ['/ab', 'not-found', '/ab'],
    ['/a/b', 'deep', '/a/b'],
    ['/a/b/', 'prefix', '/a/b/'],
    ['/a/bc', 'prefix', '/a/bc'],
    ['/a/b/c', 'deeper', '/'],
    ['/a/b/c/', 'deeper', '/'],
    ['/a/b/c/d', 'deeper', '/d'],
    ['/v1.0', 'dotted', '/x'],
    ['/v1x0', 'not-found', '/v1x0'],
    ['/v1.0/', 'not-found', '/v1.0/'],
    ['/', 'home', '/home'],
    ['/b', 'not-found', '/b'],
  ])('%s goes to %s as %s', (path, service, arrives) => {
    expect(controller('api.example.com', path)).toStrictEqual({ service, path: arrives });
    expect(routes.find('api.example.com', path)?.backend.service.name).toBe(service);
    expect(routes.find('api.example.com', path)?.rewritten(path)).toBe(arrives);
  });
});

describe('plain requests for hosts with TLS', () => {
  it('are redirected by Traefik, but for unknown hosts, which get their 404', () => {
    const app = new EdgeApp();
    mlServices({ tls: HttpTls.fromSecret('tls') }, app);

    const web = traefik(synthesize(app), 'web');

    expect(web(API_HOST, '/info')?.service).toBe('noop@internal');
    expect(web('unknown.example.com', '/info')?.service).toBe('not-found');
  });

  it('are redirected by a Gateway, but for unknown hosts, which get their 404', () => {
    const app = new EdgeApp();
    mlServices({ tls: HttpTls.fromSecret('tls'), entry: HttpEntry.gatewayApi({ className: 'istio' }) }, app);

    const http = gateway(synthesize(app), 'http');

    expect(http(API_HOST, '/info')?.service).toBe('');
    expect(http('unknown.example.com', '/info')?.service).toBe('not-found');
  });
});
