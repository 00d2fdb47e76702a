import { type ApiObject, Chart, Size } from 'cdk8s';
import type { Construct } from 'constructs';
import type { BasicAuth } from '../entry/http/basic-auth';
import type { HttpEntry } from '../entry/http/http-entry';
import type { HttpRouteOptions } from '../entry/http/http-route';
import { HttpRoutes } from '../entry/http/http-routes';
import type { HttpTls } from '../entry/http/http-tls';
import { EdgeError } from '../errors';
import { PersistentVolumeClaim } from '../kubernetes/objects';
import { type ContainerResources, renderSize } from '../kubernetes/plus';
import { addWarning } from '../synth/warnings';
import { HttpService, type HttpServiceProps } from './http-service';
import { SharedVolume } from './shared-volume';

const MODEL_STORE = '/models';
const DEFAULT_MAX_UPLOAD = Size.mebibytes(1);
const PORTS = { info: 8000, serve: 8001, train: 8002, 'not-found': 8003 } as const;

type ServiceName = keyof typeof PORTS;

export interface MlServicesProps {
  /** @default 'ml' */
  readonly namespace?: string;
  /**
   * Whether the app creates the namespace.
   *
   * @default true
   */
  readonly createNamespace?: boolean;
  /**
   * An image that is all four services: its first argument says which one it is, `info`, `serve`, `train` or `not-found`.
   * apps/ml-platform has the Dockerfile of one.
   */
  readonly image: string;
  readonly entry: HttpEntry;
  /** Hosts at which all services are found, by path. */
  readonly hosts: string[];
  /** Hosts that are info's alone. @default - none */
  readonly infoHosts?: string[];
  /** @default - plain HTTP, or what the listeners of a shared Gateway do */
  readonly tls?: HttpTls;
  /**
   * Who may upload data and train. Without it everybody who reaches the hosts may, which synth says.
   *
   * @default - everybody
   */
  readonly trainAuth?: BasicAuth;
  /**
   * The largest data set, for the service itself and for a controller that can limit it.
   *
   * @default Size.mebibytes(1)
   */
  readonly maxUpload?: Size;
  /** What a client reads that asks for a path or a host that does not exist. @default "This isn't the URL you're looking for." */
  readonly notFoundText?: string;
  /** Whether this text also answers for hosts that nothing in the cluster serves. @default true */
  readonly catchUnknownHosts?: boolean;
  /** Size of the volume for data sets and models. @default Size.gibibytes(1) */
  readonly modelStorage?: Size;
  /** A StorageClass that has ReadWriteMany. @default - the cluster's default StorageClass */
  readonly modelStorageClassName?: string;
  /** Pods of each service. @default 2 */
  readonly replicas?: number;
  /** Of each pod. @default - requests 100m and 128Mi, limit 512Mi of memory */
  readonly resources?: ContainerResources;
}

/**
 * Four HTTP services around one model, and the way to them: `info` tells what there is, `train` makes a model out of a
 * data set, `serve` predicts with the newest one, and `not-found` answers everything else.
 *
 * `train` hands models to `serve` through a volume that pods of several nodes share.
 */
export class MlServices extends Chart {
  readonly info: HttpService;
  readonly serve: HttpService;
  readonly train: HttpService;
  readonly notFound: HttpService;
  readonly routes: HttpRoutes;
  /** What data sets and models are kept on. */
  readonly modelClaim: ApiObject;
  readonly #props: MlServicesProps;
  readonly #namespace: string;

  constructor(scope: Construct, id: string, props: MlServicesProps) {
    super(scope, id);
    this.#props = props;
    this.#namespace = props.namespace ?? 'ml';
    const maxUpload = props.maxUpload ?? DEFAULT_MAX_UPLOAD;

    this.modelClaim = new PersistentVolumeClaim(this, 'models', {
      metadata: { name: 'models', namespace: this.#namespace },
      spec: {
        accessModes: ['ReadWriteMany'],
        storageClassName: props.modelStorageClassName,
        resources: { requests: { storage: renderSize(props.modelStorage ?? Size.gibibytes(1)) } },
      },
    });
    this.info = this.#service('info');
    this.serve = this.#service('serve', {
      env: { MODEL_STORE },
      volumes: [SharedVolume.readOnly(this.modelClaim, MODEL_STORE)],
    });
    this.train = this.#service('train', {
      env: { MODEL_STORE, MAX_UPLOAD_BYTES: String(maxUpload.toKibibytes() * 1024) },
      volumes: [SharedVolume.readWrite(this.modelClaim, MODEL_STORE)],
    });
    this.notFound = this.#service('not-found');
    this.routes = this.#route(maxUpload);
    if (!props.trainAuth) {
      addWarning(this, 'everybody who reaches the hosts may upload data and train: set trainAuth');
    }
  }

  #service(name: ServiceName, own: Pick<HttpServiceProps, 'env' | 'volumes'> = {}): HttpService {
    const { image, createNamespace, replicas, resources } = this.#props;
    const env = { ...own.env, NOT_FOUND_TEXT: this.#notFoundText(), PORT: String(PORTS[name]) };
    const common = { namespace: this.#namespace, createNamespace, image, replicas, resources };
    return new HttpService(this, name, { ...common, ...own, env, args: [name], port: PORTS[name] });
  }

  #notFoundText(): string {
    const value = this.#props.notFoundText ?? "This isn't the URL you're looking for.";
    if (/^[^\r\n]{1,1024}$/.test(value)) return value;
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'MlServices.notFoundText',
      value,
      rule: 'it is one line of 1 to 1024 characters',
      fix: 'Shorten it',
    });
  }

  #route(maxUpload: Size): HttpRoutes {
    const { entry, hosts, infoHosts = [], tls, trainAuth: auth, catchUnknownHosts } = this.#props;
    const routes = new HttpRoutes(this, 'routes', {
      name: 'ml',
      namespace: this.#namespace,
      entry,
      hosts: [...hosts, ...infoHosts],
      tls,
      notFound: this.notFound.backend,
      catchUnknownHosts,
    });
    const add = (service: HttpService, wishes: Pick<HttpRouteOptions, 'auth' | 'maxBody'> = {}) => {
      const { backend, name } = service;
      const path = `/api/v1/${name}`;
      routes.addRoute(`api-${name}`, { path, hosts, backend, ...wishes });
      routes.addRoute(name, { path: `/${name}`, rewriteTo: path, hosts, backend, ...wishes });
    };
    add(this.info);
    add(this.serve);
    add(this.train, { auth, maxBody: entry.limitsBodies ? maxUpload : undefined });
    if (infoHosts.length > 0) {
      const { backend } = this.info;
      routes.addRoute('info-hosts', { path: '/', rewriteTo: '/api/v1/info', hosts: infoHosts, backend });
    }
    return routes;
  }
}
