import { EdgeError } from '../../errors';
import { knownValue } from '../../known-values';
import type { AlbAnnotations } from './alb-annotations';
import { validHttpsUrl } from './https-url';

const MAX_CLAIMS = 10;
/** The load balancer checks these in any case, and refuses to be told so. */
const CHECKED_ANYWAY = ['exp', 'iss', 'nbf', 'iat'];

/** How a claim holds its values. */
export enum AlbClaimFormat {
  SINGLE_STRING = 'single-string',
  STRING_ARRAY = 'string-array',
  /** As OAuth's `scope` does. */
  SPACE_SEPARATED = 'space-separated-values',
}

/** A claim that a token must have. */
export interface AlbClaim {
  readonly name: string;
  /** @default AlbClaimFormat.SINGLE_STRING */
  readonly format?: AlbClaimFormat;
  /** Of which the claim must have one. */
  readonly values: string[];
}

export interface AlbJwtOptions {
  /** What tokens say in `iss`: `https://cognito-idp.<region>.amazonaws.com/<pool>` for instance. */
  readonly issuer: string;
  /**
   * Where the load balancer fetches the issuer's public keys: a public https URL, with at most 10 keys in 150 KB.
   *
   * @default - the issuer, and `/.well-known/jwks.json` after it, as Cognito has it
   */
  readonly jwksEndpoint?: string;
  /** All of which a token must have. @default - none: every token of the issuer passes */
  readonly claims?: AlbClaim[];
}

/** The annotation that makes a load balancer verify tokens. */
export function jwtAnnotations({ issuer, jwksEndpoint, claims = [] }: AlbJwtOptions): AlbAnnotations {
  const validIssuer = validHttpsUrl('AlbAuth.jwt(..).issuer', issuer);
  const keys = jwksEndpoint ?? `${validIssuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  if (claims.length > MAX_CLAIMS) {
    throw new EdgeError('EDGE_ERR_ALB_LIMIT', {
      at: 'AlbAuth.jwt(..).claims',
      value: `${claims.length} claims`,
      rule: `a load balancer checks at most ${MAX_CLAIMS}`,
      fix: 'Let the issuer put what they say together into one',
    });
  }
  for (const claim of claims) validate(claim);
  const validation = {
    jwksEndpoint: validHttpsUrl('AlbAuth.jwt(..).jwksEndpoint', keys),
    issuer: validIssuer,
    additionalClaims: claims.length === 0 ? undefined : claims.map(claimJson),
  };
  return { 'jwt-validation': JSON.stringify(validation) };
}

function claimJson({ name, format = AlbClaimFormat.SINGLE_STRING, values }: AlbClaim): object {
  return { format, name, values };
}

function validate({ name, format = AlbClaimFormat.SINGLE_STRING, values }: AlbClaim): void {
  const at = `claim "${name}" of AlbAuth.jwt(..)`;
  knownValue(`the format of ${at}`, format, AlbClaimFormat);
  if (CHECKED_ANYWAY.includes(name) || name === '') {
    const rule = `a further claim has a name, other than ${CHECKED_ANYWAY.join(', ')}, which are checked anyway`;
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: name, rule, fix: 'Leave it out' });
  }
  if (values.length === 0 || values.includes('')) {
    const rule = 'no token could have one of its values';
    const fix = 'Give the values that pass';
    throw new EdgeError('EDGE_ERR_VALUE', { at, value: JSON.stringify(values), rule, fix });
  }
}
