import type { ApiObject, Size } from 'cdk8s';
import { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { httpPathProblem, PathMatch, pathMatches, rewritePath } from '../../naming/http-paths';
import { dnsSubdomainProblem } from '../../naming/kubernetes-names';
import type { BasicAuth } from './basic-auth';
import type { HttpBackend } from './http-backend';
import type { Site, Wish } from './http-renderer';
import type { HttpRoutes } from './http-routes';

export interface HttpRouteOptions {
  /** `/info` for instance: from the first slash on, without one at the end. */
  readonly path: string;
  /** @default PathMatch.PREFIX */
  readonly match?: PathMatch;
  readonly backend: HttpBackend;
  /** Some of the hosts. @default - all of them */
  readonly hosts?: string[];
  /**
   * What the backend gets in place of `path`: with `/api/v1/info` for `/info`, `/info/services` arrives as
   * `/api/v1/info/services`.
   *
   * @default - the path stays as it is
   */
  readonly rewriteTo?: string;
  /**
   * A cookie of this name keeps a client with one pod.
   *
   * @default - every request goes to any pod
   */
  readonly affinityCookie?: string;
  /** Asks for a password first; needs TLS. @default - nobody is asked */
  readonly auth?: BasicAuth;
  /** The largest body that is passed on; a larger one gets a 413. @default - the controller's: ingress-nginx 1 MiB, Traefik none */
  readonly maxBody?: Size;
  /**
   * Requests that each address may send in a second, and five times as many at once; more get a 503 from ingress-nginx,
   * and a 429 from Traefik. Each pod of the controller counts for itself.
   *
   * @default - no limit
   */
  readonly requestsPerSecond?: number;
}

export interface HttpRouteProps extends HttpRouteOptions {
  /** Whose route it is. */
  readonly routes: HttpRoutes;
  /** The hosts that it answers to; none for every host there is. */
  readonly answersTo: string[];
}

/** What is put after a route's name for its objects. */
const LONGEST_SUFFIX = '-rewrite';

/** A path of some hosts, and where it leads to. Made by `HttpRoutes.addRoute(..)`. */
export class HttpRoute extends Construct {
  /** None for every host there is. */
  readonly hosts: string[];
  readonly path: string;
  readonly match: PathMatch;
  readonly backend: HttpBackend;
  readonly rewriteTo: string | undefined;
  readonly auth: BasicAuth | undefined;
  readonly maxBody: Size | undefined;
  /** What the controller reads: first the route, then what it refers to. */
  readonly objects: ApiObject[];

  constructor(scope: Construct, id: string, props: HttpRouteProps) {
    super(scope, id);
    const { routes, answersTo, path, match = PathMatch.PREFIX, backend } = props;
    const { rewriteTo, affinityCookie, auth, maxBody, requestsPerSecond } = props;
    validate(id, props);
    knownValue(`the match of route ${id}`, match, PathMatch);
    this.hosts = [...answersTo];
    this.path = path;
    this.match = match;
    this.backend = backend;
    this.rewriteTo = rewriteTo;
    this.auth = auth;
    this.maxBody = maxBody;
    this.objects = routes._renderer.route(this, routes._site, {
      objectName: objectName(routes._site, id),
      hosts: this.hosts,
      path,
      match,
      backend,
      rewriteTo,
      affinityCookie,
      auth,
      maxBody,
      requestsPerSecond,
    });
  }

  /** Whether requests for a path, at one of the route's hosts, are this route's unless another is closer. */
  takes(path: string): boolean {
    return pathMatches(this.path, this.match, path);
  }

  /** What the backend is asked for when a client asks for a path that the route takes. */
  rewritten(path: string): string {
    return this.rewriteTo === undefined ? path : rewritePath(this.path, this.match, path, this.rewriteTo);
  }
}

function validate(name: string, props: HttpRouteProps): void {
  const at = (prop: string) => `${prop} of route "${name}"`;
  validObjectName(objectName(props.routes._site, name));
  validPath(at('path'), props.path);
  if (props.rewriteTo !== undefined) validPath(at('rewriteTo'), props.rewriteTo);
  validBackend(at('backend'), props);
  validWishes(name, props);
  validAuth(at('auth'), props);
  const { affinityCookie, requestsPerSecond } = props;
  if (affinityCookie !== undefined && !/^[A-Za-z0-9_-]{1,64}$/.test(affinityCookie)) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: at('affinityCookie'),
      value: affinityCookie,
      rule: 'the name of a cookie here has 1 to 64 letters, digits and _ -',
      fix: 'Choose another name',
    });
  }
  if (requestsPerSecond !== undefined && !(Number.isInteger(requestsPerSecond) && requestsPerSecond > 0)) {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: at('requestsPerSecond'),
      value: requestsPerSecond,
      rule: 'it is a whole number from 1 on, and 0 would mean no limit',
      fix: 'Choose one, or leave it out',
    });
  }
}

function objectName({ name }: Site, route: string): string {
  return `${name}-${route}`;
}

function validObjectName(name: string): void {
  const rule = dnsSubdomainProblem(`${name}${LONGEST_SUFFIX}`);
  const at = 'the name of the objects of a route';
  if (rule)
    throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Choose a shorter name for HttpRoutes' });
}

function validPath(at: string, path: string): void {
  const rule = httpPathProblem(path);
  if (rule) throw new EdgeError('EDGE_ERR_VALUE', { at, value: path, rule, fix: 'Write it like /api/v1/info' });
}

/** An Ingress cannot name a Service elsewhere at all; the others need a permission that nobody here can give. */
function validBackend(at: string, { backend, routes }: HttpRouteProps): void {
  if (backend.namespace === routes.namespace) return;
  throw new EdgeError('EDGE_ERR_BACKEND', {
    at,
    value: `${backend.service.name} in namespace ${backend.namespace}`,
    rule: `routes in namespace ${routes.namespace} lead to Services there only`,
    fix: 'Put routes and services into one namespace',
  });
}

function validWishes(name: string, props: HttpRouteProps): void {
  const wishes = ['affinityCookie', 'auth', 'maxBody', 'requestsPerSecond'] satisfies Wish[];
  const { controller, refusals } = props.routes._renderer;
  const refused = wishes.find((wish) => props[wish] !== undefined && refusals.has(wish));
  if (refused === undefined) return;
  throw new EdgeError('EDGE_ERR_HTTP_CONTROLLER', {
    at: `route "${name}" at ${controller}`,
    value: `one with ${refused}`,
    rule: String(refusals.get(refused)),
    fix: 'Leave it to the service, or use a controller that can',
  });
}

function validAuth(at: string, { auth, routes }: HttpRouteProps): void {
  if (!auth || routes.encrypted) return;
  throw new EdgeError('EDGE_ERR_HTTP_AUTH', {
    at,
    value: `basic, from Secret ${auth.secretName}`,
    rule: 'without TLS every password would cross the network in clear',
    fix: 'Set tls of the routes',
  });
}
