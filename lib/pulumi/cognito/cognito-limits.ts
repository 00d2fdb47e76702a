/** @see https://docs.aws.amazon.com/cognito/latest/developerguide/quotas.html */
export const COGNITO_LIMITS = {
  /** Of a client, and as many logout URLs. */
  callbackUrls: 100,
  /** Of a resource server. */
  scopes: 100,
  /** Characters of a domain, be it a prefix or a whole one. */
  domain: 63,
  passwordLength: { least: 6, most: 99 },
  /** Of an access token. */
  tokenMinutes: { least: 5, most: 1440 },
} as const;

/** The scopes that Cognito knows by itself. */
export const STANDARD_SCOPES = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

/** Says why the prefix of a domain of Cognito's cannot be this, or nothing when it can. */
export function prefixProblem(prefix: string): string | undefined {
  if (!/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(prefix)) {
    return `a prefix has 1 to ${COGNITO_LIMITS.domain} of a-z, 0-9 and -, and neither begins nor ends with -`;
  }
  const reserved = ['aws', 'amazon', 'cognito'].find((word) => prefix.includes(word));
  return reserved && `Cognito takes no prefix with "${reserved}" in it`;
}

/** Says why a scope of a resource server cannot be called so, or nothing when it can. */
export function scopeNameProblem(name: string): string | undefined {
  if (/^[\x21\x23-\x2e\x30-\x5b\x5d-\x7e]{1,256}$/.test(name)) return undefined;
  return 'scopes have 1 to 256 characters, none of them a space, a quote, / or \\';
}

/** Says why a resource server cannot be known by this, or nothing when it can. */
export function identifierProblem(identifier: string): string | undefined {
  if (/^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/.test(identifier)) return undefined;
  return 'identifiers have 1 to 256 characters, none of them a space, a quote or \\';
}
