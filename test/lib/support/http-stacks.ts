import { ApiObject, Chart } from 'cdk8s';
import {
  EdgeApp,
  type ExistingGatewayOptions,
  GatewayListener,
  GatewayReference,
  HttpBackend,
  HttpEntry,
  HttpRoutes,
  type HttpRoutesProps,
  HttpService,
  type HttpServiceProps,
  MlServices,
  type MlServicesProps,
} from '../../../lib';

export const IMAGE = 'registry.example.com/ml@sha256:0123456789abcdef';
export const API_HOST = 'ml-system-service-api.com';
export const INFO_HOST = 'ml-info-service.com';

/** The controllers that routes can be told to. */
export const ENTRIES: [name: string, entry: HttpEntry][] = [
  ['ingress-nginx', HttpEntry.ingressNginx()],
  ['Traefik', HttpEntry.traefik()],
  ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' })],
  ['a shared Gateway', sharedGateway()],
];

/** A Gateway that others keep, with one listener. */
export function sharedGateway(
  listener: GatewayListener = GatewayListener.http('web', 80),
  options: Partial<ExistingGatewayOptions> = {},
): HttpEntry {
  const gateway = GatewayReference.existing({ name: 'public', namespace: 'gateways', ...options });
  return HttpEntry.sharedGateway({ gateway, listeners: [listener] });
}

export function serviceIn(app: EdgeApp, props: Partial<HttpServiceProps> = {}, id = 'info'): HttpService {
  return new HttpService(new Chart(app, `chart-of-${id}`), id, { namespace: 'ml', image: IMAGE, ...props });
}

export interface SiteStack {
  readonly app: EdgeApp;
  readonly info: HttpService;
  readonly notFound: HttpService;
  readonly routes: HttpRoutes;
}

/** One host with nothing but what is not found. */
export function siteStack(props: Partial<HttpRoutesProps> = {}, app = new EdgeApp()): SiteStack {
  const info = serviceIn(app);
  const notFound = serviceIn(app, {}, 'not-found');
  const routes = routesIn(app, { notFound: notFound.backend, ...props });
  return { app, info, notFound, routes };
}

export function routesIn(
  app: EdgeApp,
  props: Partial<HttpRoutesProps> & Pick<HttpRoutesProps, 'notFound'>,
  id = 'site',
): HttpRoutes {
  return new HttpRoutes(new Chart(app, id), 'routes', {
    name: 'site',
    namespace: 'ml',
    entry: HttpEntry.traefik(),
    hosts: ['api.example.com'],
    ...props,
  });
}

/** A Service that somebody wrote by hand. */
export function plainService(app: EdgeApp, spec: object, namespace: string | undefined = 'ml'): ApiObject {
  return new ApiObject(new Chart(app, 'plain'), 'service', {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'by-hand', namespace },
    spec,
  });
}

/** A PersistentVolumeClaim that somebody wrote by hand. */
export function claimIn(
  app: EdgeApp,
  accessModes: string[] | undefined = ['ReadWriteMany'],
  namespace = 'ml',
): ApiObject {
  return new ApiObject(new Chart(app, 'claims'), 'claim', {
    apiVersion: 'v1',
    kind: 'PersistentVolumeClaim',
    metadata: { name: 'models', namespace },
    spec: { accessModes, resources: { requests: { storage: '1Gi' } } },
  });
}

export function plainBackend(app: EdgeApp, spec: object): HttpBackend {
  return HttpBackend.of(plainService(app, spec), 'http');
}

export function mlServices(props: Partial<MlServicesProps> = {}, app = new EdgeApp()): MlServices {
  return new MlServices(app, 'ml', {
    image: IMAGE,
    entry: HttpEntry.traefik(),
    hosts: [API_HOST],
    infoHosts: [INFO_HOST],
    ...props,
  });
}
