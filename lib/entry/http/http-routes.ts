import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { Certificate } from '../../crds/cert-manager';
import { describe, EdgeError } from '../../errors';
import { podsOfNamespaces } from '../../kubernetes/objects';
import { PathMatch, pathRank } from '../../naming/http-paths';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { hostProblem } from '../../naming/model-hosts';
import { declareHost } from '../../synth/served-hosts';
import { addWarning } from '../../synth/warnings';
import type { CertificateIssuer } from '../certificates/certificate-issuer';
import type { HttpBackend } from './http-backend';
import type { HttpEntry } from './http-entry';
import type { HttpRenderer, Site } from './http-renderer';
import { HttpRoute, type HttpRouteOptions } from './http-route';
import type { HttpTls } from './http-tls';

/** An HTTPRoute has no more. */
const MAX_HOSTS = 16;
const UNKNOWN_HOSTS = 'unknown-hosts';

export interface HttpRoutesProps {
  /** Of the objects, each with the route's name after it. */
  readonly name: string;
  /** Where the services are; routes lead to no other namespace. */
  readonly namespace: string;
  readonly entry: HttpEntry;
  /** The hosts that are served, at most 16. */
  readonly hosts: string[];
  /**
   * Ends TLS for the hosts, and sends plain requests for them to HTTPS.
   *
   * @default - plain HTTP, or what the listeners of a shared Gateway do
   */
  readonly tls?: HttpTls;
  /** What answers to a path that no route takes. */
  readonly notFound: HttpBackend;
  /**
   * Whether it also answers for hosts that nothing in the cluster serves. Otherwise the controller does, with a page of
   * its own.
   *
   * @default true
   */
  readonly catchUnknownHosts?: boolean;
}

/**
 * The paths of some hosts, told to whichever controller there is.
 *
 * Of several routes that take a path, the longest is the one, and an exact one before a prefix. What no route takes goes
 * to `notFound`: every host has such a route, unless it gets one for `/`.
 */
export class HttpRoutes extends Construct {
  readonly name: string;
  readonly namespace: string;
  readonly hosts: string[];
  /** Whether clients see HTTPS. */
  readonly encrypted: boolean;
  readonly tlsSecretName: string | undefined;
  /** What the routes share: a Gateway, a redirect to HTTPS. */
  readonly sharedObjects: ApiObject[];
  /** What cert-manager is asked for. */
  readonly certificate: ApiObject | undefined;
  /** @internal */
  readonly _renderer: HttpRenderer;
  /** @internal */
  readonly _site: Site;
  readonly #routes = new Map<string, HttpRoute>();
  readonly #catchesUnknownHosts: boolean;

  constructor(scope: Construct, id: string, props: HttpRoutesProps) {
    super(scope, id);
    const { name, namespace, tls, notFound } = props;
    const renderer = props.entry._renderer;
    validName('name', name);
    validName('namespace', namespace);
    this.hosts = validHosts(props.hosts, renderer);
    validTls(tls, renderer);
    this.name = name;
    this.namespace = namespace;
    this.encrypted = tls !== undefined || renderer.endsTls;
    this.tlsSecretName = tls && (tls.secretName ?? `${name}-tls`);
    this._renderer = renderer;
    this._site = { name, namespace, hosts: this.hosts, tlsSecretName: this.tlsSecretName };
    this.#catchesUnknownHosts = props.catchUnknownHosts ?? true;

    this.certificate = tls?.issuer && certificate(this, this._site, tls.issuer);
    this.sharedObjects = renderer.shared(this, this._site);
    for (const host of this.hosts) {
      this.#add(notFoundName(host), { path: '/', backend: notFound, hosts: [host] });
      // The Certificate has exactly these hosts, so that nothing is left to be held against the certificates of others.
      declareHost(this, host, this.encrypted && !this.certificate);
    }
    if (this.#catchesUnknownHosts) this.#add(UNKNOWN_HOSTS, { path: '/', backend: notFound, hosts: [] });
    if (renderer.warning) addWarning(this, renderer.warning);
    this.node.addValidation({ validate: () => this.#sharedHosts() });
  }

  /** All of them, and the routes to what is not found too. */
  get routes(): HttpRoute[] {
    return [...this.#routes.values()];
  }

  /**
   * Leads a path of some hosts to a service. A route for `/` takes the place of the one to what is not found.
   *
   * @param name of the route, unique among them; the objects are named after it
   * @throws EdgeError EDGE_ERR_VALUE for a path that is none, or a host that is not one of the hosts; EDGE_ERR_DUPLICATE
   * for a second route for a path; EDGE_ERR_BACKEND for a service elsewhere; EDGE_ERR_HTTP_CONTROLLER for a wish that
   * the controller cannot fulfil; EDGE_ERR_HTTP_AUTH for a password without TLS
   */
  addRoute(name: string, options: HttpRouteOptions): HttpRoute {
    validName('addRoute(name)', name);
    const hosts = this.#validHosts(name, options.hosts ?? this.hosts);
    this.#refuseDuplicates(name, hosts, options);
    const route = this.#add(name, { ...options, hosts });
    if (route.path === '/' && route.match === PathMatch.PREFIX) for (const host of hosts) this.#removeNotFound(host);
    return route;
  }

  /** The route that takes a request, by the rules that every controller is told. */
  find(host: string, path: string): HttpRoute | undefined {
    const asked = host.replace(/:\d+$/, '').toLowerCase();
    const known = this.hosts.includes(asked);
    const candidates = this.routes.filter(({ hosts }) => (known ? hosts.includes(asked) : hosts.length === 0));
    return candidates
      .filter((route) => route.takes(path))
      .sort((a, b) => pathRank(b.path, b.match) - pathRank(a.path, a.match))[0];
  }

  #add(name: string, options: HttpRouteOptions & { readonly hosts: string[] }): HttpRoute {
    const route = new HttpRoute(this, name, { ...options, routes: this, answersTo: options.hosts });
    this.#routes.set(name, route);
    options.backend._allowFrom(podsOfNamespaces(this._renderer.podNamespace ?? this.namespace));
    return route;
  }

  #removeNotFound(host: string): void {
    this.node.tryRemoveChild(notFoundName(host));
    this.#routes.delete(notFoundName(host));
  }

  #validHosts(name: string, hosts: string[]): string[] {
    const value = hosts.find((host) => !this.hosts.includes(host)) ?? (hosts.length === 0 ? 'none' : undefined);
    refuseTwice(`the hosts of route "${name}"`, hosts);
    if (value === undefined) return hosts;
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: `a host of route "${name}"`,
      value,
      rule: `the hosts of ${this.node.path} are ${this.hosts.join(', ')}`,
      fix: 'Use one of them, or add it there',
    });
  }

  #refuseDuplicates(name: string, hosts: string[], { path, match = PathMatch.PREFIX }: HttpRouteOptions): void {
    const at = `route "${name}"`;
    if (this.node.tryFindChild(name)) {
      const rule = 'another child of the routes has this name';
      throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value: name, rule, fix: 'Choose another name' });
    }
    const given = this.routes.filter(({ node }) => !node.id.startsWith(NOT_FOUND));
    const other = given.find(
      (route) => route.path === path && route.match === match && route.hosts.some((host) => hosts.includes(host)),
    );
    if (!other) return;
    throw new EdgeError('EDGE_ERR_DUPLICATE', {
      at,
      value: `${match} ${path}`,
      rule: `route "${other.node.id}" has the same path at a host of both, and controllers would pick one of them`,
      fix: 'Change one of the paths, or remove a route',
    });
  }

  /** Of two routes for one host and path controllers pick one, and do not say which. */
  #sharedHosts(): string[] {
    const all = this.node.root.node.findAll().filter((construct) => construct instanceof HttpRoutes);
    const earlier = all.slice(0, all.indexOf(this)).filter((other) => sameListener(this._renderer, other._renderer));
    return earlier.flatMap((other) => {
      const hosts = this.hosts.filter((host) => other.hosts.includes(host));
      if (this.#catchesUnknownHosts && other.#catchesUnknownHosts) hosts.push('every unknown host');
      return hosts.map((host) =>
        describe('EDGE_ERR_DUPLICATE', {
          at: 'a host of HttpRoutes',
          value: host,
          rule: `${other.node.path} serves it too, at the same controller, which would pick one of them`,
          fix: 'Add all routes of a host to one HttpRoutes, and let one of them catch unknown hosts',
        }),
      );
    });
  }
}

const NOT_FOUND = 'not-found.';

/** No route has a dot in its name, so none is in the way. */
function notFoundName(host: string): string {
  return `${NOT_FOUND}${host}`;
}

function sameListener(a: HttpRenderer, b: HttpRenderer): boolean {
  return a.listener !== '' && a.listener === b.listener;
}

function certificate(scope: Construct, { name, namespace, hosts }: Site, issuer: CertificateIssuer): ApiObject {
  return new Certificate(scope, 'certificate', {
    metadata: { name, namespace },
    spec: {
      secretName: `${name}-tls`,
      dnsNames: hosts,
      issuerRef: { name: issuer.name, kind: issuer.kind, group: issuer.group },
      privateKey: { rotationPolicy: 'Always' },
    },
  });
}

function validName(prop: string, name: string): void {
  const rule = dnsLabelProblem(name);
  const at = `HttpRoutes.${prop}`;
  if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value: name, rule, fix: 'Choose another name' });
}

function validHosts(hosts: string[], { hostProblem: entryProblem }: HttpRenderer): string[] {
  const at = 'HttpRoutes.hosts';
  for (const [i, value] of hosts.entries()) {
    const rule = hostProblem(value);
    const fix = 'Give the full host name, api.example.com for instance';
    if (rule) throw new EdgeError('EDGE_ERR_DOMAIN', { at: `${at}[${i}]`, value, rule, fix });
  }
  const [unreached] = hosts.flatMap((value) => {
    const rule = entryProblem(value);
    return rule === undefined ? [] : [{ value, rule }];
  });
  if (unreached) {
    const fix = 'Add a listener for it, or remove the host';
    throw new EdgeError('EDGE_ERR_HTTP_CONTROLLER', { at, ...unreached, fix });
  }
  refuseTwice(at, hosts);
  if (hosts.length >= 1 && hosts.length <= MAX_HOSTS) return [...hosts];
  throw new EdgeError('EDGE_ERR_VALUE', {
    at,
    value: `a list of ${hosts.length}`,
    rule: `an HTTPRoute has at most ${MAX_HOSTS} hosts, and none would mean every host there is`,
    fix: `Name 1 to ${MAX_HOSTS}, and spread more over several HttpRoutes`,
  });
}

function refuseTwice(at: string, hosts: string[]): void {
  const twice = hosts.find((host, i) => hosts.indexOf(host) !== i);
  if (twice === undefined) return;
  const rule = 'it is in the list already';
  throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value: twice, rule, fix: 'Name it once' });
}

function validTls(tls: HttpTls | undefined, { controller, refusals }: HttpRenderer): void {
  const rule = tls && refusals.get('tls');
  if (!rule) return;
  const fix = 'Leave it out, and see to the certificate there';
  throw new EdgeError('EDGE_ERR_HTTP_CONTROLLER', { at: `tls of routes at ${controller}`, value: 'set', rule, fix });
}
