import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { CognitoDomain } from '../cognito/cognito-domain';
import { CognitoLogin as Login } from '../cognito/cognito-login';
import { restoreText } from '../restore';

export interface CognitoLoginArgs {
  /** The login page is at <prefix>.auth.<region>.amazoncognito.com. Either this or a custom domain. */
  readonly domainPrefix?: string;
  /** The login page is here. Either this or a prefix. */
  readonly customDomain?: string;
  /** Ids of hosted zones by their names, for the records of the custom domain and of its certificate. */
  readonly zones?: Record<string, pulumi.Input<string>>;
  /** Hosts that browsers log in for. By default there are none. */
  readonly hosts?: string[];
  /** Where Cognito may send browsers to after they have logged out. By default nowhere. */
  readonly logoutUrls?: string[];
  /** Names of programs that get tokens. By default there are none. */
  readonly machines?: string[];
  /** What tokens of programs are good for, with a description each. By default there is one scope, invoke. */
  readonly machineScopes?: Record<string, string>;
  /** Region of the pool, which must be that of the load balancer. By default that of the provider. */
  readonly region?: pulumi.Input<string>;
  /** Tags of the pool. */
  readonly tags?: pulumi.Input<Record<string, pulumi.Input<string>>>;
}

/** A user pool of Cognito: people log in with their browsers, programs get tokens. */
export class CognitoLogin extends Login implements pulumi.ComponentResource {
  declare readonly userPoolId: pulumi.Output<string>;
  declare readonly userPoolArn: pulumi.Output<string>;
  /** What tokens say in their claim iss. */
  declare readonly issuer: pulumi.Output<string>;
  /** The public keys of the issuer. */
  declare readonly jwksEndpoint: pulumi.Output<string>;
  /** Where programs get tokens. */
  declare readonly tokenEndpoint: pulumi.Output<string>;
  /** The prefix, or the custom domain. */
  declare readonly domain: pulumi.Output<string>;
  /** The client of the load balancer; empty without hosts. */
  readonly browserClientId: pulumi.Output<string>;
  /** Ids of programs by their names. */
  readonly machineClientIds: pulumi.Output<Record<string, string>>;
  /** Secrets of programs by their names. */
  readonly machineClientSecrets: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: CognitoLoginArgs, opts?: pulumi.ComponentResourceOptions) {
    const { hosts = [], logoutUrls, machines = [], machineScopes: scopes, region, tags } = args;
    const clients = machines.map((name) => ({ name }));
    const programs = machines.length === 0 ? undefined : { clients, scopes };
    super(name, { domain: domainOf(args), hosts, logoutUrls, region, tags, machines: programs }, opts);
    this.browserClientId = pulumi.output(hosts.length === 0 ? '' : browserClientOf(this));
    this.machineClientIds = byName(machines, (name) => this.machine(name).clientId);
    this.machineClientSecrets = pulumi.secret(byName(machines, (name) => this.machine(name).clientSecret));
  }
}

function domainOf({ domainPrefix, customDomain, zones }: CognitoLoginArgs): CognitoDomain {
  if (domainPrefix !== undefined && customDomain === undefined) return CognitoDomain.prefix(domainPrefix);
  if (customDomain !== undefined && domainPrefix === undefined && zones) {
    return CognitoDomain.custom(customDomain, { zones });
  }
  throw new EdgeError('EDGE_ERR_VALUE', {
    at: 'the domain of CognitoLogin',
    value: [domainPrefix, customDomain].filter((domain) => domain !== undefined).join(', '),
    rule: 'it is a domainPrefix, or a customDomain with its zones',
    fix: 'Give one of the two',
  });
}

function browserClientOf(login: Login): pulumi.Output<string> {
  return pulumi.output(
    restoreText(login.albCognito().userPoolClientId, 'the client of browsers') as pulumi.Input<string>,
  );
}

function byName(
  names: readonly string[],
  of: (name: string) => pulumi.Output<string>,
): pulumi.Output<Record<string, string>> {
  return pulumi.all(Object.fromEntries(names.map((name) => [name, of(name)])));
}
