import type * as pulumi from '@pulumi/pulumi';
import { AlbAuth } from '../../entry/alb/alb-auth';
import { AlbClaimFormat } from '../../entry/alb/alb-jwt';
import { EdgeError } from '../../errors';
import { token } from '../token';

interface AuthArgs {
  readonly apiKeyHeader?: string;
  readonly apiKeys?: pulumi.Input<string>[];
  readonly jwtIssuer?: pulumi.Input<string>;
  readonly jwksEndpoint?: pulumi.Input<string>;
  readonly jwtScopes?: string[];
}

/**
 * Who may pass the load balancer.
 *
 * @throws EdgeError EDGE_ERR_ALB_AUTH for none of the ways, or for two
 */
export function authOf({ apiKeyHeader, apiKeys, jwtIssuer, jwksEndpoint, jwtScopes }: AuthArgs): AlbAuth {
  const byKey = apiKeyHeader !== undefined && apiKeys !== undefined;
  if (byKey && jwtIssuer === undefined) return AlbAuth.header(apiKeyHeader, apiKeys.map(token));
  if (jwtIssuer !== undefined && apiKeyHeader === undefined && apiKeys === undefined) {
    const claim = jwtScopes && { name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: jwtScopes };
    return AlbAuth.jwt({
      issuer: token(jwtIssuer),
      jwksEndpoint: jwksEndpoint === undefined ? undefined : token(jwksEndpoint),
      claims: claim && [claim],
    });
  }
  const given = Object.entries({ apiKeyHeader, apiKeys, jwtIssuer }).filter(([, value]) => value !== undefined);
  throw new EdgeError('EDGE_ERR_ALB_AUTH', {
    at: 'the auth of InferencePlatform',
    value: given.map(([arg]) => arg).join(', ') || 'missing',
    rule: 'it is an apiKeyHeader with its apiKeys, or a jwtIssuer',
    fix: 'Give one of the two; a jwtIssuer needs no secret',
  });
}
