import { EdgeError } from '../../errors';
import { HostLayout } from '../../naming/host-layout';
import { domainProblem } from '../../naming/model-hosts';
import type { AlbTokens } from './alb-auth';
import type { AlbIngressProps } from './alb-exposure';
import type { AlbHost } from './alb-rules';

/**
 * The hosts that an Ingress serves, each with the tokens that open it.
 *
 * @throws EdgeError EDGE_ERR_DOMAIN, EDGE_ERR_NAMESPACE, EDGE_ERR_DUPLICATE and EDGE_ERR_ALB_AUTH for hosts, namespaces
 * and tokens that do not go together
 */
export function albHosts(props: AlbIngressProps, tokens: AlbTokens | undefined): AlbHost[] {
  refuseUnknownNamespaces(props, tokens?.namespaces ?? []);
  const hosts = props.hosts === undefined ? tenantHosts(props, tokens) : otherHosts(props.hosts, tokens);
  const served = hosts.filter((host) => tokens === undefined || host.tokens.length > 0);
  if (served.length === 0) {
    const rule = 'it would let nobody in anywhere';
    const fix = 'Name a namespace or a host, and give it tokens';
    throw new EdgeError('EDGE_ERR_ALB_AUTH', { at: 'AlbIngress', value: 'without a host to serve', rule, fix });
  }
  return hosts;
}

/** The pattern of a tenant's hosts. A load balancer's `*` stands for any text, also one with dots in it. */
function tenantPattern(namespace: string, domain: string, layout: HostLayout): string {
  return layout === HostLayout.FLAT ? `*-${namespace}.${domain}` : `*.${namespace}.${domain}`;
}

function tenantHosts(props: AlbIngressProps, tokens: AlbTokens | undefined): AlbHost[] {
  const { domain, tenants, hostLayout = HostLayout.PER_NAMESPACE } = props;
  const hosts = (props.namespaces ?? tenants).map((namespace) => ({
    name: `models-${namespace}`,
    host: tenantPattern(namespace, domain, hostLayout),
    namespace,
    tokens: tokensOf(namespace, tokens),
  }));
  if (hostLayout === HostLayout.FLAT && tokens) refuseSharedEndings(hosts, tenants);
  return hosts;
}

function tokensOf(namespace: string, tokens: AlbTokens | undefined): readonly string[] {
  const own = tokens ? tokens.of(namespace) : [];
  if (own) return own;
  throw new EdgeError('EDGE_ERR_ALB_AUTH', {
    at: 'AlbAuth.headerPerNamespace(.., values)',
    value: tokens?.namespaces?.join(', '),
    rule: `namespace ${namespace} is served too`,
    fix: 'Give it tokens, or [] to keep it closed',
  });
}

function otherHosts(hosts: readonly string[], tokens: AlbTokens | undefined): AlbHost[] {
  return hosts.map((host, i) => {
    const at = `AlbIngress.hosts[${i}]`;
    const rule = domainProblem(host.replace(/^\*\./, ''));
    if (rule) {
      const fix = 'Give a host name, or a wildcard for those of a domain';
      throw new EdgeError('EDGE_ERR_DOMAIN', { at, value: host, rule, fix });
    }
    if (hosts.indexOf(host) !== i) {
      throw new EdgeError('EDGE_ERR_DUPLICATE', {
        at,
        value: host,
        rule: 'it is in the list already',
        fix: 'Remove one',
      });
    }
    const own = tokens ? tokens.of(undefined) : [];
    if (own) return { name: `host-${i + 1}`, host, namespace: undefined, tokens: own };
    const fix = 'Use AlbAuth.header(..) for hosts';
    throw new EdgeError('EDGE_ERR_ALB_AUTH', {
      at,
      value: host,
      rule: "these are no namespace's, but the tokens are",
      fix,
    });
  });
}

function refuseUnknownNamespaces({ namespaces, hosts, tenants }: AlbIngressProps, withTokens: readonly string[]): void {
  if (namespaces && hosts) {
    const rule = 'hosts are given as well, and served instead of those of namespaces';
    const fix = 'Make two Ingresses of it';
    const value = namespaces.join(', ');
    throw new EdgeError('EDGE_ERR_VALUE', { at: 'AlbIngress.namespaces', value, rule, fix });
  }
  for (const [i, namespace] of (namespaces ?? []).entries()) {
    if (namespaces?.indexOf(namespace) === i) continue;
    const at = `AlbIngress.namespaces[${i}]`;
    const rule = 'it is in the list already';
    throw new EdgeError('EDGE_ERR_DUPLICATE', { at, value: namespace, rule, fix: 'Remove one' });
  }
  const named = [
    ...(namespaces ?? []).map((namespace) => ['AlbIngress.namespaces', namespace, tenants] as const),
    ...withTokens.map(
      (namespace) => ['AlbAuth.headerPerNamespace(.., values)', namespace, namespaces ?? tenants] as const,
    ),
  ];
  for (const [at, namespace, known] of named) {
    if (known.includes(namespace)) continue;
    const rule = `the namespaces are ${known.join(', ')}`;
    throw new EdgeError('EDGE_ERR_NAMESPACE', { at, value: namespace, rule, fix: 'Use one of them' });
  }
}

/** `*-prod.example.com` matches `iris-pre-prod.example.com`, which is a host of the namespace `pre-prod`. */
function refuseSharedEndings(hosts: readonly AlbHost[], tenants: readonly string[]): void {
  for (const { namespace, host, tokens } of hosts) {
    const other = tenants.find((tenant) => {
      const theirs = hosts.find(({ namespace }) => namespace === tenant)?.tokens ?? [];
      return tenant.endsWith(`-${namespace}`) && !tokens.every((token) => theirs.includes(token));
    });
    if (other === undefined) continue;
    throw new EdgeError('EDGE_ERR_ALB_AUTH', {
      at: `the hosts of namespace ${namespace}`,
      value: host,
      rule: `they have those of ${other} among them, so that its tokens would open that too`,
      fix: 'Rename one of the namespaces, or use HostLayout.PER_NAMESPACE',
    });
  }
}
