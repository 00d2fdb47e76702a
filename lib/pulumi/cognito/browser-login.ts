import * as cognito from '@pulumi/aws/cognito';
import type { EdgeErrorCode } from '../../error-codes';
import { EdgeError } from '../../errors';
import { domainProblem } from '../../naming/model-hosts';
import { COGNITO_LIMITS, STANDARD_SCOPES } from './cognito-limits';
import type { PoolOwner } from './pool-owner';

/** What browsers need to log in for. */
export interface BrowserLoginPlan {
  readonly callbackUrls: string[];
  readonly logoutUrls: string[];
  readonly scopes: string[];
}

/** The arguments of CognitoLogin that are about browsers. */
export interface BrowserLoginArgs {
  /**
   * Hosts that a load balancer lets browsers in to after a login. Cognito sends them back to no other host, and knows no
   * wildcards: name each, `platform.hosts` for instance. At most 100.
   *
   * @default - none: nobody logs in with a browser
   */
  readonly hosts?: string[];
  /** https URLs that Cognito may send browsers to after they have logged out. At most 100. @default - none */
  readonly logoutUrls?: string[];
  /**
   * What the login may ask for: `openid`, and of `email`, `phone`, `profile`, `aws.cognito.signin.user.admin`.
   *
   * @default ['openid', 'email']
   */
  readonly scopes?: string[];
}

/**
 * Nothing when there are no hosts to log in for.
 *
 * @throws EdgeError EDGE_ERR_DOMAIN for a host that is none; EDGE_ERR_VALUE for what Cognito would refuse
 */
export function planBrowserLogin({
  hosts = [],
  logoutUrls = [],
  scopes = ['openid', 'email'],
}: BrowserLoginArgs): BrowserLoginPlan | undefined {
  for (const host of hosts) {
    const rule = host.includes('*')
      ? 'Cognito sends browsers back to hosts that it was told by name'
      : domainProblem(host);
    refuse('EDGE_ERR_DOMAIN', 'hosts', host, rule, 'Name each host: those of the models are in platform.hosts');
  }
  for (const url of logoutUrls) refuse('EDGE_ERR_VALUE', 'logoutUrls', url, logoutProblem(url), 'Give the whole URL');
  for (const [arg, list] of Object.entries({ hosts, logoutUrls })) {
    const most = COGNITO_LIMITS.callbackUrls;
    const rule = list.length > most ? `a client of Cognito has at most ${most}` : undefined;
    refuse(
      'EDGE_ERR_VALUE',
      arg,
      `${list.length} of them`,
      rule,
      'Make a CognitoLogin for the rest, or leave some out',
    );
  }
  const unknown = scopes.find((scope) => !STANDARD_SCOPES.includes(scope));
  const known = `Cognito knows ${STANDARD_SCOPES.join(', ')}`;
  refuse('EDGE_ERR_VALUE', 'scopes', unknown ?? '', unknown === undefined ? undefined : known, 'Use one of those');
  const anonymous = scopes.includes('openid') ? undefined : 'without openid there is no identity token, and no login';
  refuse('EDGE_ERR_VALUE', 'scopes', scopes.join(' '), anonymous, 'Add openid');
  if (hosts.length === 0) {
    const rule = logoutUrls.length === 0 ? undefined : 'without hosts nobody logs in';
    refuse('EDGE_ERR_VALUE', 'logoutUrls', logoutUrls.join(', '), rule, 'Leave them out, or give hosts');
    return undefined;
  }
  // Where load balancers wait for browsers that come back.
  const callbackUrls = [...new Set(hosts)].map((host) => `https://${host}/oauth2/idpresponse`);
  return { callbackUrls, logoutUrls: [...logoutUrls], scopes: [...scopes] };
}

/** The client of the load balancer. */
export function makeBrowserClient(
  { callbackUrls, logoutUrls, scopes }: BrowserLoginPlan,
  { parent, name, pool, region }: PoolOwner,
): cognito.UserPoolClient {
  return new cognito.UserPoolClient(
    name,
    {
      userPoolId: pool.id,
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ['code'],
      allowedOauthScopes: scopes,
      callbackUrls,
      logoutUrls,
      supportedIdentityProviders: ['COGNITO'],
      // Passwords are typed into Cognito's own page, and sent by no other way.
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      // Whether an account exists is nobody's business.
      preventUserExistenceErrors: 'ENABLED',
      enableTokenRevocation: true,
      region,
    },
    { parent },
  );
}

function logoutProblem(url: string): string | undefined {
  const rule = 'Cognito sends browsers to https URLs without a fragment';
  if (!URL.canParse(url) || /\s/.test(url)) return rule;
  const { protocol, hash } = new URL(url);
  return protocol === 'https:' && hash === '' && !url.endsWith('#') ? undefined : rule;
}

function refuse(code: EdgeErrorCode, arg: string, value: string, rule: string | undefined, fix: string): void {
  if (rule) throw new EdgeError(code, { at: `CognitoLogin.${arg}`, value, rule, fix });
}
