import * as cognito from '@pulumi/aws/cognito';
import * as pulumi from '@pulumi/pulumi';
import { EdgeError } from '../../errors';
import { prefixProblem } from './cognito-limits';
import {
  type CognitoCustomDomainOptions,
  type MadeCognitoDomain,
  makeCustomDomain,
  planCustomDomain,
} from './custom-domain';
import type { PoolOwner } from './pool-owner';

/** Where the login page is, and where tokens are issued. */
export class CognitoDomain {
  /**
   * `<prefix>.auth.<region>.amazoncognito.com`. A region has each prefix once, for all of AWS' customers.
   *
   * @throws EdgeError EDGE_ERR_NAME for a prefix that Cognito would refuse
   */
  static prefix(prefix: string): CognitoDomain {
    const rule = prefixProblem(prefix);
    if (rule) {
      const at = 'CognitoDomain.prefix(..)';
      throw new EdgeError('EDGE_ERR_NAME', { at, value: prefix, rule, fix: 'Choose another prefix' });
    }
    return new CognitoDomain(
      ({ parent, name, pool, region }) => {
        const made = new cognito.UserPoolDomain(name, { domain: prefix, userPoolId: pool.id, region }, { parent });
        return {
          domain: made.domain,
          host: pulumi.interpolate`${made.domain}.auth.${regionOf(pool)}.amazoncognito.com`,
        };
      },
      (region) => (region === undefined ? undefined : `${prefix}.auth.${region}.amazoncognito.com`),
    );
  }

  /**
   * A domain of one's own, with its certificate and the alias that leads to it.
   *
   * @throws EdgeError EDGE_ERR_DOMAIN for a domain that Cognito would refuse; EDGE_ERR_ZONE for one in none of the zones;
   * EDGE_ERR_REGION for a certificate of another region; EDGE_ERR_VALUE for an address that is none
   */
  static custom(domain: string, options: CognitoCustomDomainOptions): CognitoDomain {
    const plan = planCustomDomain(domain, options);
    return new CognitoDomain(
      (owner) => makeCustomDomain(domain, plan, owner),
      () => domain,
    );
  }

  readonly #make: (owner: PoolOwner) => MadeCognitoDomain;
  readonly #host: (region: string | undefined) => string | undefined;

  private constructor(
    make: (owner: PoolOwner) => MadeCognitoDomain,
    host: (region: string | undefined) => string | undefined,
  ) {
    this.#make = make;
    this.#host = host;
  }

  /** @internal */
  _make(owner: PoolOwner): MadeCognitoDomain {
    return this.#make(owner);
  }

  /**
   * The host before anything is deployed, if that can be told.
   *
   * @internal
   */
  _hostIn(region: string | undefined): string | undefined {
    return this.#host(region);
  }
}

function regionOf(pool: cognito.UserPool): pulumi.Output<string> {
  return pool.arn.apply((arn) => arn.split(':')[3] as string);
}
