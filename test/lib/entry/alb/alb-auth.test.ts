import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  AlbAuth,
  AlbClaimFormat,
  type AlbCognitoOptions,
  type AlbJwtOptions,
  type AlbOidcOptions,
  AlbUnauthenticated,
} from '../../../../lib';
import { annotationsOf, exposed, TOKENS } from '../../support/alb';
import { expectRefusal, thrownBy } from '../../support/refusals';

const [FIRST, SECOND] = TOKENS;

/** What an exposure with this auth has beside one that is open. */
function added(auth: AlbAuth): object {
  const open = annotationsOf(exposed({ auth: AlbAuth.open(), paths: ['/*'] }));
  const own = annotationsOf(exposed({ auth, paths: ['/*'] }));
  return Object.fromEntries(Object.entries(own).filter(([name]) => !(name in open)));
}

function parsed(auth: AlbAuth, annotation: string): unknown {
  return JSON.parse(annotationsOf(exposed({ auth }))[annotation] ?? '');
}

describe.each([
  ['AlbAuth.header', (name: string, values: string[]) => AlbAuth.header(name, values)],
  ['AlbAuth.headerPerNamespace', (name: string, values: string[]) => AlbAuth.headerPerNamespace(name, { a: values })],
])('%s', (factory, header) => {
  it.each([
    ['a'.repeat(41), 'at most 40 characters, and this one has 41'],
    ['x_api_key', 'only letters, digits and -'],
    ['host', 'the matter of host conditions'],
  ])('refuses the name %s', (name, rule) => {
    expectRefusal(() => header(name, [FIRST]), { code: 'EDGE_ERR_ALB_LIMIT', value: `"${name}"`, rule });
  });

  it.each([
    [`${FIRST}*`, 'stand for any other characters'],
    [`${FIRST}?`, 'stand for any other characters'],
    [`${FIRST} ${FIRST}`, 'visible ASCII'],
    [FIRST.repeat(4).concat('a'), 'at most 128 characters'],
  ])('refuses the token %s, which is not compared as written', (token, rule) => {
    const value = `"a text of ${token.length} characters"`;
    expectRefusal(() => header('x-api-key', [token]), { code: 'EDGE_ERR_ALB_LIMIT', value, rule });
  });

  it.each([
    [
      'token1',
      '"a text of 6 characters"',
      'it has at most 11 bits of chance in it (case does not count), and a token has at least 80',
    ],
    ['12341234', '"a text of 8 characters"', 'it has at most 0 bits'],
    ['', '""', 'a token is a text'],
    [undefined as unknown as string, '"undefined"', 'a token is a text'],
  ])('refuses the token %s, which can be guessed (C-1)', (token, value, rule) => {
    expectRefusal(() => header('x-api-key', [token]), { code: 'EDGE_ERR_ALB_AUTH', value, rule });
  });

  it('refuses two tokens that differ in case only (C-T4)', () => {
    expectRefusal(() => header('x-api-key', [FIRST, SECOND, FIRST.toUpperCase()]), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a token"',
      rule: '[0] is the same to a load balancer, which ignores case',
    });
  });

  it('never says a token', () => {
    const error = thrownBy(() => header('x-api-key', [`${FIRST}*`])) as Error;

    expect(error.message).toContain(`${factory}(`);
    expect(error.message).not.toContain(FIRST.slice(0, 8));
  });

  it.each([`$\{pulumi:3}`, `$\{Token[TOKEN.1]}`])('lets the placeholder %s through', (token) => {
    expect(header('x-api-key', [token])).toBeInstanceOf(AlbAuth);
  });

  it('refuses other text in braces: were it never replaced, it would be the token', () => {
    expectRefusal(() => header('x-api-key', [`$\{API_TOKEN}`]), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a text of 12 characters"',
      rule: 'and a token has at least 80',
    });
  });

  it('takes a name of 40 and a token of 128 characters', () => {
    expect(header('a'.repeat(40), [TOKENS.slice(0, 4).join('')])).toBeInstanceOf(AlbAuth);
  });
});

describe('AlbAuth.header', () => {
  it('refuses to have no token', () => {
    expectRefusal(() => AlbAuth.header('x-api-key', []), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"[]"',
      rule: 'nobody would have a token',
    });
  });
});

describe('AlbAuth.headerPerNamespace', () => {
  it('refuses one token for two namespaces (C-9)', () => {
    expectRefusal(() => AlbAuth.headerPerNamespace('x-api-key', { staging: [FIRST], prod: [FIRST] }), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a token"',
      rule: 'AlbAuth.headerPerNamespace(.., values).staging[0] is the same',
    });
  });
});

describe('AlbAuth.jwt', () => {
  const options: Required<AlbJwtOptions> = {
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12',
    jwksEndpoint: 'https://keys.example.com/jwks',
    claims: [
      { name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: ['models/predict'] },
      { name: 'client_id', values: ['camera', 'sensor'] },
    ],
  };

  it('adds nothing but the annotation that the controller reads', () => {
    expect(Object.keys(added(AlbAuth.jwt(options)))).toStrictEqual(['jwt-validation']);
    expect(parsed(AlbAuth.jwt(options), 'jwt-validation')).toStrictEqual({
      jwksEndpoint: 'https://keys.example.com/jwks',
      issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12',
      additionalClaims: [
        { format: 'space-separated-values', name: 'scope', values: ['models/predict'] },
        { format: 'single-string', name: 'client_id', values: ['camera', 'sensor'] },
      ],
    });
  });

  it('finds the keys where Cognito has them', () => {
    expect(parsed(AlbAuth.jwt({ issuer: options.issuer }), 'jwt-validation')).toStrictEqual({
      jwksEndpoint: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12/.well-known/jwks.json',
      issuer: options.issuer,
    });
  });

  it.each([
    [{ issuer: 'http://issuer.example.com' }, 'http://issuer.example.com'],
    [{ issuer: 'issuer.example.com' }, 'issuer.example.com'],
    [{ issuer: options.issuer, jwksEndpoint: 'http://keys' }, 'http://keys'],
  ])('refuses %j: load balancers call https URLs', (wrong, value) => {
    expectRefusal(() => AlbAuth.jwt(wrong), { code: 'EDGE_ERR_VALUE', value: `"${value}"`, rule: 'https URLs' });
  });

  it('takes 10 claims and refuses 11', () => {
    const claims = (count: number) => Array.from({ length: count }, (_, i) => ({ name: `claim-${i}`, values: ['a'] }));

    expect(AlbAuth.jwt({ ...options, claims: claims(10) })).toBeInstanceOf(AlbAuth);
    expectRefusal(() => AlbAuth.jwt({ ...options, claims: claims(11) }), {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: '"11 claims"',
      rule: 'at most 10',
    });
  });

  it.each([
    [{ name: 'exp', values: ['1'] }, '"exp"', 'which are checked anyway'],
    [{ name: '', values: ['1'] }, '""', 'a further claim has a name'],
    [{ name: 'scope', values: [] }, '"[]"', 'no token could have one of its values'],
    [{ name: 'scope', values: [''] }, '"[""]"', 'no token could have one of its values'],
  ])('refuses the claim %j', (claim, value, rule) => {
    expectRefusal(() => AlbAuth.jwt({ ...options, claims: [claim] }), { code: 'EDGE_ERR_VALUE', value, rule });
  });
});

describe('AlbAuth.cognito', () => {
  const options: Required<AlbCognitoOptions> = {
    userPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Ab12',
    userPoolClientId: '4h5j6k7l8m9n',
    userPoolDomain: 'example',
    onUnauthenticated: AlbUnauthenticated.DENY,
    scopes: ['openid', 'email'],
    sessionCookie: 'ModelsSession',
    sessionTimeout: Duration.hours(1),
    extraParameters: { lang: 'de' },
  };
  const { userPoolArn, userPoolClientId, userPoolDomain } = options;

  it('adds what the controller reads, in its spelling', () => {
    expect(added(AlbAuth.cognito(options))).toStrictEqual({
      'auth-type': 'cognito',
      'auth-idp-cognito': JSON.stringify({
        userPoolARN: userPoolArn,
        userPoolClientID: userPoolClientId,
        userPoolDomain,
        authenticationRequestExtraParams: { lang: 'de' },
      }),
      'auth-on-unauthenticated-request': 'deny',
      'auth-scope': 'openid email',
      'auth-session-timeout': '3600',
      'auth-session-cookie': 'ModelsSession',
    });
  });

  it('sends browsers to the login page, for half a day, unless told otherwise', () => {
    expect(added(AlbAuth.cognito({ userPoolArn, userPoolClientId, userPoolDomain }))).toStrictEqual({
      'auth-type': 'cognito',
      'auth-idp-cognito': JSON.stringify({
        userPoolARN: userPoolArn,
        userPoolClientID: userPoolClientId,
        userPoolDomain,
      }),
      'auth-on-unauthenticated-request': 'authenticate',
      'auth-scope': 'openid',
      'auth-session-timeout': '43200',
    });
  });

  it('takes a custom domain, and placeholders', () => {
    const later = '$' + '{pulumi:0}';

    expect(AlbAuth.cognito({ ...options, userPoolDomain: 'login.example.com' })).toBeInstanceOf(AlbAuth);
    expect(AlbAuth.cognito({ userPoolArn: later, userPoolClientId: later, userPoolDomain: later })).toBeInstanceOf(
      AlbAuth,
    );
  });

  it.each([
    [{ userPoolArn: 'eu-west-1_Ab12' }, '"eu-west-1_Ab12"', 'it is an ARN like arn:aws:cognito-idp:'],
    [{ userPoolClientId: 'a b' }, '"a b"', 'letters and digits'],
    [{ userPoolDomain: 'https://example' }, '"https://example"', 'it is made of a-z'],
    [
      { userPoolDomain: 'example.auth.eu-west-1.amazoncognito.com' },
      '"example.auth.eu-west-1.amazoncognito.com"',
      'the prefix alone',
    ],
    [{ scopes: ['email'] }, '"email"', 'without openid'],
    [{ sessionCookie: 'a;b' }, '"a;b"', 'letters, digits, _ and -'],
    [{ sessionTimeout: Duration.days(8) }, '"691200 s"', 'from 1 to 604800'],
    [{ sessionTimeout: Duration.millis(1500) }, '"1.5 s"', 'whole seconds'],
  ])('refuses %j', (wrong: Partial<AlbCognitoOptions>, value, rule) => {
    expectRefusal(() => AlbAuth.cognito({ ...options, ...wrong }), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('takes a session of 7 days', () => {
    expect(AlbAuth.cognito({ ...options, sessionTimeout: Duration.days(7) })).toBeInstanceOf(AlbAuth);
  });
});

describe('AlbAuth.oidc', () => {
  const options: AlbOidcOptions = {
    issuer: 'https://login.example.com',
    authorizationEndpoint: 'https://login.example.com/authorize',
    tokenEndpoint: 'https://login.example.com/token',
    userInfoEndpoint: 'https://login.example.com/userinfo',
    secretName: 'alb-oidc',
  };

  it('adds what the controller reads, in its spelling', () => {
    expect(added(AlbAuth.oidc(options))).toStrictEqual({
      'auth-type': 'oidc',
      'auth-idp-oidc': JSON.stringify({
        issuer: 'https://login.example.com',
        authorizationEndpoint: 'https://login.example.com/authorize',
        tokenEndpoint: 'https://login.example.com/token',
        userInfoEndpoint: 'https://login.example.com/userinfo',
        secretName: 'alb-oidc',
      }),
      'auth-on-unauthenticated-request': 'authenticate',
      'auth-scope': 'openid',
      'auth-session-timeout': '43200',
    });
  });

  it.each(['issuer', 'authorizationEndpoint', 'tokenEndpoint', 'userInfoEndpoint'])('refuses http for %s', (prop) => {
    expectRefusal(() => AlbAuth.oidc({ ...options, [prop]: 'http://login.example.com' }), {
      code: 'EDGE_ERR_VALUE',
      value: '"http://login.example.com"',
      rule: 'https URLs',
    });
  });

  it("refuses a Secret's name that is none", () => {
    expectRefusal(() => AlbAuth.oidc({ ...options, secretName: 'Alb_OIDC' }), {
      code: 'EDGE_ERR_NAME',
      value: '"Alb_OIDC"',
      rule: 'only a-z',
    });
  });
});

describe('AlbAuth.mutualTls', () => {
  const trustStore = 'arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/devices/0a1b2c3d4e5f';

  it('has the HTTPS listener verify certificates', () => {
    expect(Object.keys(added(AlbAuth.mutualTls(trustStore)))).toStrictEqual(['mutual-authentication']);
    expect(parsed(AlbAuth.mutualTls(trustStore), 'mutual-authentication')).toStrictEqual([
      { port: 443, mode: 'verify', trustStore },
    ]);
  });

  it('refuses something else than an ARN', () => {
    expectRefusal(() => AlbAuth.mutualTls('devices'), {
      code: 'EDGE_ERR_VALUE',
      value: '"devices"',
      rule: 'it is an ARN like arn:aws:elasticloadbalancing:',
    });
  });
});
