import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { dnsLabelProblem } from '../../naming/kubernetes-names';
import { hostProblem } from '../../naming/model-hosts';
import { MODEL_COMPONENTS, pathPatternProblem, QUEUE_PROXY } from './inference-paths';

export interface GatewayLoginOptions {
  /** Where the gateway's pods run. @default 'istio-system' */
  readonly namespace?: string;
  /** Labels of the gateway's pods. @default - those of the installation that the factory names */
  readonly labels?: Record<string, string>;
  /**
   * Only requests to these hosts need a token. No wildcards: Istio compares a host together with the port behind it,
   * and a pattern for any host of a domain does not match the same host with a port, so that a caller could leave the
   * token out by adding one. For a whole domain, use `exceptHosts`.
   *
   * @default - all hosts of the gateway
   */
  readonly hosts?: string[];
  /**
   * Requests to these hosts need no token, because they have a login of their own for instance. A `*.` in front stands
   * for any beginning.
   *
   * @default - none
   */
  readonly exceptHosts?: string[];
  /**
   * Requests to these paths need no token. A `*` at the end stands for anything; one at the begin is refused: the
   * pattern for any path that ends in `/ready` would open the readiness of every model.
   *
   * @default - none
   */
  readonly exceptPaths?: string[];
}

/** The pods that look at tokens, and the requests that they look at. */
export interface LoginTarget {
  /** Tells the targets of one place apart. */
  readonly name: string;
  readonly namespace: string;
  readonly labels: Record<string, string>;
}

export type LoginPlaceKind = 'ingress gateway' | 'local gateway' | 'models';

/** Where tokens are asked for. */
export class LoginPlace {
  /**
   * The gateway for callers from outside. In an installation of Istio and Knative without a second gateway, callers
   * from inside the cluster come through it as well, and need a token too.
   *
   * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_DOMAIN or EDGE_ERR_VALUE for what no request can have
   */
  static ingressGateway(options: GatewayLoginOptions = {}): LoginPlace {
    return LoginPlace.#gateway('ingress gateway', { istio: 'ingressgateway' }, options);
  }

  /**
   * Kubeflow's gateway for callers from inside the cluster, the bridge among them: it needs a `modelLogin` then.
   *
   * @throws EdgeError EDGE_ERR_NAME, EDGE_ERR_DOMAIN or EDGE_ERR_VALUE for what no request can have
   */
  static localGateway(options: GatewayLoginOptions = {}): LoginPlace {
    return LoginPlace.#gateway('local gateway', { istio: 'cluster-local-gateway' }, options);
  }

  /**
   * The pods of the models in one namespace: whichever way a request took, and whichever host it named. The gateways
   * must pass tokens on, as those with a JwtLogin do.
   *
   * @throws EdgeError EDGE_ERR_NAME for a name that no namespace can have
   */
  static models(namespace: string): LoginPlace {
    const rule = dnsLabelProblem(namespace);
    const at = 'LoginPlace.models(namespace)';
    if (rule) throw new EdgeError('EDGE_ERR_NAME', { at, value: namespace, rule, fix: 'Name a namespace' });
    const targets = MODEL_COMPONENTS.map((component) => ({ name: component, namespace, labels: { component } }));
    const { probePath, metricsPath, drainPath } = QUEUE_PROXY;
    return new LoginPlace('models', targets, { notPaths: [probePath, metricsPath, drainPath] });
  }

  static #gateway(kind: LoginPlaceKind, usual: Record<string, string>, options: GatewayLoginOptions): LoginPlace {
    const { namespace = 'istio-system', labels = usual, hosts, exceptHosts, exceptPaths } = options;
    validate(namespace, options);
    return new LoginPlace(kind, [{ name: 'gateway', namespace, labels: { ...labels } }], {
      ...(hosts && { hosts: hosts.flatMap(withAnyPort) }),
      ...(exceptHosts?.length && { notHosts: [...exceptHosts] }),
      ...(exceptPaths?.length && { notPaths: [...exceptPaths] }),
    });
  }

  readonly #kind: LoginPlaceKind;
  /** @internal */
  readonly _targets: LoginTarget[];
  /** @internal */
  readonly _operation: LoginOperation;

  private constructor(kind: LoginPlaceKind, targets: LoginTarget[], operation: LoginOperation) {
    this.#kind = kind;
    this._targets = targets;
    this._operation = operation;
  }

  /** @internal */
  get _kind(): LoginPlaceKind {
    return this.#kind;
  }
}

/** Which requests need a token; without a field all do. */
export interface LoginOperation {
  readonly hosts?: string[];
  readonly notHosts?: string[];
  readonly notPaths?: string[];
}

/** A client may write the port behind the host, and it is the same host to the gateway. */
function withAnyPort(host: string): string[] {
  return [host, `${host}:*`];
}

function validate(namespace: string, { labels, hosts, exceptHosts = [], exceptPaths = [] }: GatewayLoginOptions): void {
  const checks: [code: EdgeErrorCode, at: string, value: string, rule: string | undefined, fix: string][] = [
    ['EDGE_ERR_NAME', 'namespace', namespace, dnsLabelProblem(namespace), "Use the namespace of the gateway's pods"],
    [
      'EDGE_ERR_VALUE',
      'labels',
      '{}',
      emptyProblem(labels && Object.keys(labels)),
      "Give labels of the gateway's pods",
    ],
    ['EDGE_ERR_VALUE', 'hosts', '[]', emptyProblem(hosts), 'Name a host, or leave it out for all of them'],
  ];
  for (const [i, host] of (hosts ?? []).entries()) {
    const fix = 'Name the hosts one by one, or name the others in exceptHosts';
    checks.push(['EDGE_ERR_DOMAIN', `hosts[${i}]`, host, exactHostProblem(host), fix]);
  }
  for (const [i, host] of exceptHosts.entries()) {
    const rule = hostProblem(host.replace(/^\*\./, ''));
    checks.push(['EDGE_ERR_DOMAIN', `exceptHosts[${i}]`, host, rule, 'Give a host without scheme, port or path']);
  }
  for (const [i, path] of exceptPaths.entries()) {
    checks.push([
      'EDGE_ERR_VALUE',
      `exceptPaths[${i}]`,
      path,
      pathPatternProblem(path),
      'Name a path from its begin on',
    ]);
  }
  for (const [code, option, value, rule, fix] of checks) {
    if (rule) throw new EdgeError(code, { at: `${option} of a LoginPlace`, value, rule, fix });
  }
}

function emptyProblem(list: string[] | undefined): string | undefined {
  return list?.length === 0 ? 'it would be about nothing' : undefined;
}

function exactHostProblem(host: string): string | undefined {
  if (host.includes('*')) return 'a caller could leave the token out by adding a port to such a host';
  return hostProblem(host);
}
