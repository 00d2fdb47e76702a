import { type ApiObject, Lazy } from 'cdk8s';
import { Construct } from 'constructs';
import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import { Ingress } from '../../kubernetes/ingress';
import {
  ALB_LIMITS,
  albGroupNameProblem,
  albHostProblem,
  albPathProblem,
  albPatternCovers,
} from '../../naming/alb-rules';
import { HostLayout } from '../../naming/host-layout';
import { workloadNameProblem } from '../../naming/kubernetes-names';
import { ALB_IDENTITY_HEADERS, IdentityHeaderFilter, KUBEFLOW_IDENTITY_HEADERS } from '../../serving/identity-headers';
import { applyAfter } from '../../synth/apply-order';
import { declareHost } from '../../synth/served-hosts';
import { addWarning } from '../../synth/warnings';
import { controllerAnnotations } from './alb-annotations';
import { type AlbIngressProps, AlbScheme } from './alb-exposure';
import { type AlbGateway, resolveGateway } from './alb-gateway';
import { AlbGroup, type AlbMember } from './alb-group';
import { albHosts } from './alb-hosts';
import { tokenProblems } from './alb-logins';
import { type AlbHost, type AlbRule, passRules, refusalRules, renderRules } from './alb-rules';
import {
  attributesAnnotation,
  certificateAnnotation,
  loadBalancerAnnotations,
  validateAttributes,
} from './load-balancer';

/** What clients of KServe ask for. `/v2/repository` is not among it: it loads and unloads models. */
const INFERENCE_PATHS = ['/v1/models*', '/v2/models*', '/v2/health/*', '/v2'];
/** Where the login page sends the browser back to. */
const LOGIN_CALLBACK = '/oauth2/idpresponse';

const LEAST_ORDER = -1000;
/** After all that let somebody in. */
const REFUSAL_ORDER = 1000;

/**
 * Rules of an AWS Application Load Balancer for the hosts of models, made by the AWS Load Balancer Controller.
 *
 * Only HTTPS, only the tenants' hosts, only the paths of inference, and only whom the auth lets in.
 *
 * @see https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/
 */
export class AlbIngress extends Construct {
  readonly groupName: string;
  readonly groupOrder: number;
  /** Patterns of the hosts that are served. */
  readonly hosts: string[];
  readonly ingress: ApiObject;
  /** What answers 403 to requests without a valid token; nothing for auth without tokens. */
  readonly refusal: ApiObject | undefined;
  /** Removes identity headers from what comes in, unless `removedHeaders` is empty. */
  readonly identityHeaders: IdentityHeaderFilter | undefined;

  readonly #gateway: Required<AlbGateway>;
  #warned = false;

  /**
   * @throws EdgeError EDGE_ERR_ALB_LIMIT for more than a load balancer takes; EDGE_ERR_ALB_AUTH for auth that would let
   * in others than it says; EDGE_ERR_NAME, EDGE_ERR_VALUE, EDGE_ERR_DOMAIN, EDGE_ERR_NAMESPACE and EDGE_ERR_DUPLICATE
   * for props that cannot be
   */
  constructor(scope: Construct, id: string, props: AlbIngressProps) {
    super(scope, id);
    validate(props);
    const { login, tokens, groupOrder } = props.auth._settings;
    const name = props.name ?? 'inference';
    this.#gateway = resolveGateway(props.gateway);
    this.groupName = props.groupName ?? 'inference';
    this.groupOrder = props.groupOrder ?? groupOrder;
    const hosts = albHosts(props, tokens);
    this.hosts = hosts.map(({ host }) => host);
    for (const host of this.hosts) validateHost(host);
    const group = AlbGroup.of(this, this.groupName);
    const member: AlbMember = {
      path: this.node.path,
      key: `${this.#gateway.namespace}/${name}`,
      order: this.groupOrder,
      rules: this.#rules(hosts, props),
      namespaces: hosts.flatMap(({ namespace }) => namespace ?? []),
      mutualTls: props.auth._settings.mutualTls ?? false,
      wishes: { scheme: props.scheme, sslPolicy: props.sslPolicy, idleTimeout: props.idleTimeout },
    };
    group.join(member);

    this.identityHeaders = this.#identityHeaders(`${name}-identity-headers`, login, props);
    this.ingress = this.#ingress('Resource', name, this.groupOrder, member.rules, {
      ...listeners(props),
      ...agreed(group, member, props),
      ...this.#targets(),
      ...loadBalancerAnnotations(props),
      ...props.auth._settings.annotations,
    });
    if (this.identityHeaders) applyAfter(this.ingress, this.identityHeaders);
    this.refusal = tokens && this.#refusal(name, group.refuse(this.hosts), props);
    if (tokens) this.#warnOfTokens(tokens.header);
    // Not for TLS: the certificate is one of ACM, whose names are not known here.
    for (const host of new Set(hosts.map((host) => servedHost(host, props)))) declareHost(this, host, false);
    const tokenCheck = () => this.#tokenProblems(props.auth._settings.issuer);
    this.node.addValidation({
      validate: () => [...group.shadowed(member), ...group.impatience(member), ...tokenCheck()],
    });
    if (member.mutualTls) this.node.addValidation({ validate: () => this.#warnOfCertificates(group) });
  }

  #rules(hosts: readonly AlbHost[], props: AlbIngressProps): AlbRule[] {
    const { tokens, login } = props.auth._settings;
    const { service, port } = this.#gateway;
    const paths = props.paths ?? INFERENCE_PATHS;
    const called = login && !paths.some((path) => albPatternCovers(path, LOGIN_CALLBACK));
    const all = called ? [...paths, LOGIN_CALLBACK] : paths;
    const forward = {
      type: 'forward',
      forwardConfig: { targetGroups: [{ serviceName: service, servicePort: port }] },
    };
    const open = hosts.filter((host) => !tokens || host.tokens.length > 0);
    const rules = open.flatMap((host) => passRules(host, all, tokens?.header, forward));
    if (rules.length > ALB_LIMITS.rules) refuseRules(rules.length, open, all.length);
    return rules;
  }

  #ingress(
    id: string,
    name: string,
    order: number,
    rules: readonly AlbRule[],
    annotations: Record<string, string | undefined>,
  ): ApiObject {
    const rendered = renderRules(rules);
    return new Ingress(this, id, {
      metadata: {
        name,
        namespace: this.#gateway.namespace,
        annotations: controllerAnnotations({
          'group.name': this.groupName,
          'group.order': String(order),
          ...annotations,
          ...rendered.annotations,
        }),
      },
      spec: { ingressClassName: 'alb', rules: rendered.rules },
    });
  }

  /** Pods are targets themselves: with instances every node's port would let anybody in the VPC pass by the auth. */
  #targets(): Record<string, string> {
    const { protocol, healthCheckPort, healthCheckPath } = this.#gateway;
    return {
      'target-type': 'ip',
      'backend-protocol': protocol,
      'healthcheck-protocol': 'HTTP',
      'healthcheck-port': String(healthCheckPort),
      'healthcheck-path': healthCheckPath,
    };
  }

  /** Without it the listener's own answer would be 404: to a wrong token, as if there were no model. */
  #refusal(name: string, hosts: readonly string[], props: AlbIngressProps): ApiObject | undefined {
    if (hosts.length === 0) return undefined;
    const rules = refusalRules(hosts, {
      type: 'fixed-response',
      fixedResponseConfig: { contentType: 'text/plain', statusCode: '403', messageBody: 'Forbidden' },
    });
    return this.#ingress('refusal', `${name}-refusal`, REFUSAL_ORDER, rules, listeners(props));
  }

  #identityHeaders(name: string, login: boolean, props: AlbIngressProps): IdentityHeaderFilter | undefined {
    const headers = props.removedHeaders ?? [...KUBEFLOW_IDENTITY_HEADERS, ...(login ? [] : ALB_IDENTITY_HEADERS)];
    if (headers.length === 0) return undefined;
    const { namespace, labels } = this.#gateway;
    return new IdentityHeaderFilter(this, 'identity-headers', {
      name,
      namespace,
      gatewayLabels: labels,
      hosts: this.hosts,
      headers,
    });
  }

  #tokenProblems(issuer: string | undefined): string[] {
    if (issuer === undefined) return [];
    return tokenProblems({ construct: this, issuer, hosts: this.hosts, gateway: this.#gateway });
  }

  /** All Ingresses of the group are there when the tree is looked at for the first time. */
  #warnOfCertificates(group: AlbGroup): string[] {
    if (this.#warned) return [];
    this.#warned = true;
    for (const path of group.withoutCertificates()) {
      addWarning(
        this,
        `client certificates are asked for by the listener of the group: clients of [${path}] need one too, besides what its own auth asks for. Give it another groupName where they have none`,
      );
    }
    return [];
  }

  #warnOfTokens(header: string): void {
    const { namespace, name } = this.ingress.metadata;
    addWarning(
      this,
      `the values of ${header} are in annotations of Ingress ${namespace}/${name}, and in the rules of the load balancer: everybody who may read either can call the models. AlbAuth.jwt(..) needs no secret there`,
    );
  }
}

function listeners(props: AlbIngressProps): Record<string, string> {
  return {
    'listen-ports': JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
    // Makes every HTTP listener of the group answer 301, and drops its rules: nothing is served, or let in, in clear.
    'ssl-redirect': '443',
    'certificate-arn': certificateAnnotation(props),
  };
}

/** What another Ingress of the group may have an opinion on: it is asked when all of them are there. */
function agreed(group: AlbGroup, member: AlbMember, props: AlbIngressProps): Record<string, string> {
  return {
    scheme: Lazy.any({ produce: () => group.settled(member).scheme }),
    'ssl-policy': Lazy.any({ produce: () => group.settled(member).sslPolicy }),
    'load-balancer-attributes': Lazy.any({
      produce: () => attributesAnnotation(props, group.settled(member).idleSeconds),
    }),
  };
}

function validate(props: AlbIngressProps): void {
  const { name = 'inference', groupName = 'inference', groupOrder = 0, paths = INFERENCE_PATHS } = props;
  if (props.auth?._settings === undefined) {
    const rule = 'it is an AlbAuth';
    const fix = 'Use AlbAuth.jwt(..), or AlbAuth.open() for everybody';
    throw new EdgeError('EDGE_ERR_ALB_AUTH', { at: 'AlbIngress.auth', value: props.auth, rule, fix });
  }
  refuse('EDGE_ERR_NAME', 'name', name, workloadNameProblem(name));
  refuse('EDGE_ERR_NAME', 'groupName', groupName, albGroupNameProblem(groupName));
  const inRange = Number.isInteger(groupOrder) && groupOrder >= LEAST_ORDER && groupOrder < REFUSAL_ORDER;
  const orders = `it is a whole number from ${LEAST_ORDER} to ${REFUSAL_ORDER - 1}`;
  refuse('EDGE_ERR_VALUE', 'groupOrder', groupOrder, inRange ? undefined : orders);
  refuse('EDGE_ERR_VALUE', 'paths', '[]', paths.length > 0 ? undefined : 'nothing could be asked for');
  for (const [i, path] of paths.entries()) {
    const again = paths.indexOf(path) === i ? undefined : 'it is in the list already';
    refuse('EDGE_ERR_VALUE', `paths[${i}]`, path, albPathProblem(path) ?? again);
  }
  if (props.scheme !== undefined) knownValue('AlbIngress.scheme', props.scheme, AlbScheme);
  validateAttributes(props);
}

function refuse(
  code: 'EDGE_ERR_NAME' | 'EDGE_ERR_VALUE',
  prop: string,
  value: unknown,
  rule: string | undefined,
): void {
  if (rule) throw new EdgeError(code, { at: `AlbIngress.${prop}`, value, rule, fix: 'Choose another one' });
}

function validateHost(host: string): void {
  const rule = albHostProblem(host);
  if (!rule) return;
  const fix = 'Use a shorter namespace or domain, or other hosts';
  throw new EdgeError('EDGE_ERR_ALB_LIMIT', { at: 'a host of AlbIngress', value: host, rule, fix });
}

function refuseRules(count: number, hosts: readonly AlbHost[], paths: number): never {
  const tokens = Math.max(...hosts.map(({ tokens }) => tokens.length));
  throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
    at: 'AlbIngress',
    value: `${count} rules`,
    rule: `a load balancer has at most ${ALB_LIMITS.rules}, and ${hosts.length} host(s) with ${paths} path(s) and up to ${tokens} token(s) take that many at ${ALB_LIMITS.valuesPerRule} values a rule`,
    fix: 'Use fewer tokens or paths, AlbAuth.jwt(..), or several groups',
  });
}

/** The name that a certificate and a DNS record must have for the host. */
function servedHost({ host, namespace }: AlbHost, { domain, hostLayout }: AlbIngressProps): string {
  return namespace !== undefined && hostLayout === HostLayout.FLAT ? `*.${domain}` : host;
}
