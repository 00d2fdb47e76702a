import { Chart, Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import {
  BasicAuth,
  CertificateIssuer,
  type EdgeApp,
  GatewayListener,
  GatewayReference,
  HttpBackend,
  HttpEntry,
  type HttpRouteOptions,
  HttpRoutes,
  type HttpRoutesProps,
  HttpService,
  type HttpServiceProps,
  HttpTls,
  MlServices,
  type MlServicesProps,
  PathMatch,
  type SharedGatewayOptions,
  SharedVolume,
  TraefikInstallation,
} from '../../../lib';
import { PersistentVolumeClaim } from '../../../lib/kubernetes/objects';

const RESOURCES = {
  cpu: { request: Cpu.millis(150), limit: Cpu.units(2) },
  memory: { request: Size.mebibytes(300), limit: Size.gibibytes(1) },
  ephemeralStorage: { request: Size.mebibytes(40), limit: Size.mebibytes(80) },
};

class VisionChart extends Chart {
  readonly claim = new PersistentVolumeClaim(this, 'claim', {
    metadata: { name: 'weights', namespace: 'vision' },
    spec: { accessModes: ['ReadOnlyMany'], resources: { requests: { storage: '2Gi' } } },
  });
}

/** ML services, and routes to a service of one's own, with every prop set; but for what the entry cannot do. */
export function maximalMl(app: EdgeApp, entry: HttpEntry): void {
  const canDo = entry.limitsBodies;
  const trainAuth = BasicAuth.fromSecret('ml-trainers', 'training of models');
  const services: Required<Omit<MlServicesProps, 'trainAuth'>> = {
    namespace: 'learning',
    createNamespace: true,
    image: 'registry.example.com/ml-platform@sha256:0123456789abcdef',
    entry,
    hosts: ['ml.example.com', 'ml.example.org'],
    infoHosts: ['ml-info.example.com'],
    tls: HttpTls.fromIssuer(CertificateIssuer.issuer('letsencrypt')),
    maxUpload: Size.mebibytes(3),
    notFoundText: 'Nothing to see here.',
    catchUnknownHosts: true,
    modelStorage: Size.gibibytes(3),
    modelStorageClassName: 'shared-files',
    replicas: 3,
    resources: RESOURCES,
  };
  new MlServices(app, 'ml', { ...services, trainAuth: canDo ? trainAuth : undefined });

  const chart = new VisionChart(app, 'own');
  const { claim } = chart;
  const service: Required<HttpServiceProps> = {
    namespace: 'vision',
    createNamespace: true,
    name: 'classifier',
    image: 'registry.example.com/classifier@sha256:fedcba9876543210',
    args: ['--verbose'],
    env: { LEVEL: 'debug' },
    secretEnv: { DATABASE_URL: { secretName: 'database', key: 'url' } },
    port: 9123,
    livePath: '/alive',
    readyPath: '/may-come',
    replicas: 3,
    autoscaling: { maxReplicas: 11, targetCpuPercent: 63 },
    volumes: [SharedVolume.readOnly(claim, '/weights')],
    uid: 4711,
    resources: RESOURCES,
  };
  const classifier = new HttpService(chart, 'classifier', service);
  classifier.allowConnectionsFrom('monitoring');
  classifier.allowCallsTo('databases');
  const site: Required<HttpRoutesProps> = {
    name: 'front',
    namespace: 'vision',
    entry,
    hosts: ['vision.example.com', 'vision.example.org'],
    tls: HttpTls.fromSecret('vision-certificate'),
    notFound: HttpBackend.of(classifier.service, 'http'),
    catchUnknownHosts: false,
  };
  const routes = new HttpRoutes(chart, 'routes', site);
  const route = { backend: classifier.backend, hosts: ['vision.example.com'], rewriteTo: '/v2' };
  const wishes: Required<HttpRouteOptions> = {
    ...route,
    path: '/classify',
    match: PathMatch.PREFIX,
    affinityCookie: 'pod',
    auth: BasicAuth.fromSecret('viewers'),
    maxBody: Size.mebibytes(20),
    requestsPerSecond: 5,
  };
  routes.addRoute('classify', canDo ? wishes : { ...route, path: '/classify' });
  routes.addRoute('home', { ...route, path: '/', match: PathMatch.EXACT });
  sharedGateway(app);
}

/** A service behind a Gateway that others keep, with all that can be said about one. */
function sharedGateway(app: EdgeApp): void {
  const chart = new Chart(app, 'shared');
  const { backend } = new HttpService(chart, 'gallery', { namespace: 'gallery', image: 'registry.example.com/a:1' });
  const shared: Required<SharedGatewayOptions> = {
    gateway: GatewayReference.existing({ name: 'public', namespace: 'gateways' }),
    listeners: [GatewayListener.https('https', { port: 443, host: '*.example.com' })],
  };
  const site = { name: 'front', namespace: 'gallery', hosts: ['gallery.example.com'], notFound: backend };
  const routes = new HttpRoutes(chart, 'routes', { ...site, entry: HttpEntry.sharedGateway(shared) });
  routes.addRoute('pictures', { path: '/pictures', backend });
}

/** The entries with all of their options. */
export const MAXIMAL_ENTRIES: [name: string, entry: HttpEntry][] = [
  ['ingress-nginx', HttpEntry.ingressNginx({ className: 'internal', namespace: 'ingress' })],
  [
    'Traefik',
    HttpEntry.traefik({ entryPoint: 'http', tlsEntryPoint: 'https', installation: TraefikInstallation.k3s() }),
  ],
  ['a Gateway', HttpEntry.gatewayApi({ className: 'eg', podNamespace: 'envoy-gateway-system' })],
];
