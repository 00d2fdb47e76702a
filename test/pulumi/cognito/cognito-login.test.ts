import { isSecret, output } from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { AlbAuth, AlbClaimFormat, AlbUnauthenticated, ModelLogin } from '../../../lib';
import { CognitoDomain, CognitoLogin, type CognitoLoginArgs, CognitoMfa } from '../../../lib/pulumi';
import { expectRefusal } from '../../lib/support/refusals';
import { ACCOUNT, REGION } from '../engine';
import { dependenciesOf, listOf, lookUps, resourceIn } from '../support/aws';
import { known, mocked } from '../support/mocks';

const DOMAIN = CognitoDomain.prefix('ml-platform');
const HOSTS = ['iris.staging.platform.example.com', 'kubeflow.platform.example.com'];
const TOKEN = /^\$\{pulumi:\d+\}$/;
const MACHINES = {
  clients: [{ name: 'bridge' }, { name: 'camera-7', scopes: ['staging'] }],
  scopes: { staging: 'Models of staging', prod: 'Models of prod' },
};

function made(args: Partial<CognitoLoginArgs> = {}) {
  const all = { domain: DOMAIN, ...args };
  return mocked(() => new CognitoLogin('login', all), { invoke: lookUps });
}

describe('a CognitoLogin for browsers', () => {
  it('is a pool of people whom an administrator has added, with a second factor', async () => {
    const { resources } = await made({ hosts: HOSTS });

    expect(resourceIn(resources, 'UserPool login').inputs).toStrictEqual({
      usernameAttributes: ['email'],
      autoVerifiedAttributes: ['email'],
      usernameConfiguration: { caseSensitive: false },
      adminCreateUserConfig: { allowAdminCreateUserOnly: true },
      accountRecoverySetting: { recoveryMechanisms: [{ name: 'verified_email', priority: 1 }] },
      passwordPolicy: {
        minimumLength: 12,
        requireLowercase: true,
        requireUppercase: true,
        requireNumbers: true,
        requireSymbols: true,
        temporaryPasswordValidityDays: 7,
      },
      mfaConfiguration: 'ON',
      softwareTokenMfaConfiguration: { enabled: true },
      deletionProtection: 'ACTIVE',
    });
  });

  it('has a client with a secret, the code grant, and the callbacks of load balancers', async () => {
    const { resources, result } = await made({ hosts: [...HOSTS, ...HOSTS] });

    expect(resourceIn(resources, 'UserPoolClient login')).toMatchObject({
      parent: resourceIn(resources, 'CognitoLogin login').urn,
      inputs: {
        userPoolId: await known(result.userPoolId),
        generateSecret: true,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: ['openid', 'email'],
        callbackUrls: HOSTS.map((host) => `https://${host}/oauth2/idpresponse`),
        logoutUrls: [],
        supportedIdentityProviders: ['COGNITO'],
        explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        preventUserExistenceErrors: 'ENABLED',
        enableTokenRevocation: true,
      },
    });
  });

  it('says what a load balancer needs to send browsers there', async () => {
    const { result } = await made({ hosts: HOSTS });
    const onUnauthenticated = AlbUnauthenticated.DENY;

    expect(result.albCognito({ onUnauthenticated })).toStrictEqual({
      onUnauthenticated,
      scopes: ['openid', 'email'],
      userPoolArn: expect.stringMatching(TOKEN),
      userPoolClientId: expect.stringMatching(TOKEN),
      userPoolDomain: expect.stringMatching(TOKEN),
    });
    expect(() => AlbAuth.cognito(result.albCognito())).not.toThrow();
  });

  it('does not ask for what it may not ask for', async () => {
    const { result } = await made({ hosts: HOSTS });

    expect(result.albCognito({ scopes: ['openid'] }).scopes).toStrictEqual(['openid']);
    expectRefusal(() => result.albCognito({ scopes: ['openid', 'phone'] }), {
      code: 'EDGE_ERR_VALUE',
      value: '"phone"',
      rule: 'the scopes are openid, email',
    });
  });
});

describe('a CognitoLogin for programs', () => {
  it('has the scopes, and a client for each program, which waits for them', async () => {
    const { resources } = await made({ machines: { clients: [{ name: 'bridge' }] } });

    expect(listOf(resources)).toStrictEqual([
      'CognitoLogin login',
      'ResourceServer login',
      'UserPool login',
      'UserPoolClient login-bridge',
      'UserPoolDomain login',
    ]);
    expect(resourceIn(resources, 'ResourceServer login').inputs).toMatchObject({
      identifier: 'inference',
      scopes: [{ scopeName: 'invoke', scopeDescription: 'Ask models' }],
    });
    expect(resourceIn(resources, 'UserPoolClient login-bridge').inputs).toMatchObject({
      generateSecret: true,
      allowedOauthFlowsUserPoolClient: true,
      allowedOauthFlows: ['client_credentials'],
      allowedOauthScopes: ['inference/invoke'],
      explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
      accessTokenValidity: 60,
      tokenValidityUnits: { accessToken: 'minutes' },
    });
    expect(dependenciesOf(resources, 'UserPoolClient login-bridge')).toStrictEqual([
      'ResourceServer login',
      'UserPool login',
    ]);
  });

  it('says what a load balancer needs to verify their tokens, and theirs only', async () => {
    const { result } = await made({ machines: MACHINES });

    expect(result.albJwt()).toStrictEqual({
      issuer: expect.stringMatching(TOKEN),
      jwksEndpoint: expect.stringMatching(TOKEN),
      claims: [
        {
          name: 'scope',
          format: AlbClaimFormat.SPACE_SEPARATED,
          values: ['inference/staging', 'inference/prod'],
        },
      ],
    });
    expect(() => AlbAuth.jwt(result.albJwt())).not.toThrow();
    expect(await known(result.issuer)).toBe(
      `https://cognito-idp.${REGION}.amazonaws.com/${await known(result.userPoolId)}`,
    );
    expect(await known(result.jwksEndpoint)).toBe(`${await known(result.issuer)}/.well-known/jwks.json`);
  });

  it('C-9: lets tokens into one namespace alone', async () => {
    const { result, resources } = await made({ machines: MACHINES });

    expect(result.albJwt({ scopes: ['staging'] }).claims?.[0]?.values).toStrictEqual(['inference/staging']);
    expect(resourceIn(resources, 'UserPoolClient login-camera-7').inputs).toMatchObject({
      allowedOauthScopes: ['inference/staging'],
    });
    expect(result.machine('camera-7').scope).toBe('inference/staging');
    expect(result.machine('bridge').scope).toBe('inference/staging inference/prod');
  });

  it('keeps their secrets secret', async () => {
    const { result } = await made({ machines: MACHINES });
    const { clientId, clientSecret } = result.machine('bridge');

    expect(await isSecret(clientSecret)).toBe(true);
    expect(await isSecret(clientId)).toBe(false);
    expect(await known(clientSecret)).not.toBe(await known(result.machine('camera-7').clientSecret));
  });

  it('says what a bridge needs to log in', async () => {
    const { result } = await made({ machines: MACHINES, region: 'eu-central-1' });
    const options = result.clientCredentials('bridge', { secret: 'bridge-login', secretKey: 'secret' });

    expect(options).toStrictEqual({
      tokenUrl: 'https://ml-platform.auth.eu-central-1.amazoncognito.com/oauth2/token',
      clientId: expect.stringMatching(TOKEN),
      scope: 'inference/staging inference/prod',
      secret: 'bridge-login',
      secretKey: 'secret',
    });
    expect(await known(result.tokenEndpoint)).toBe(options.tokenUrl);
    expect(() => ModelLogin.clientCredentials(options)).not.toThrow();
  });

  it('knows the URL of a custom domain in any region', async () => {
    const domain = CognitoDomain.custom('auth.platform.example.com', { zones: ['example.com'] });
    const { result } = await made({ machines: MACHINES, domain });

    const { tokenUrl } = result.clientCredentials('bridge', { secret: 'bridge-login' });
    expect(tokenUrl).toBe('https://auth.platform.example.com/oauth2/token');
  });
});

describe('a CognitoLogin', () => {
  it('has all that it was given', async () => {
    const args: Required<CognitoLoginArgs> = {
      domain: DOMAIN,
      hosts: HOSTS,
      logoutUrls: ['https://kubeflow.platform.example.com/bye'],
      scopes: ['openid', 'profile'],
      machines: { ...MACHINES, identifier: 'https://platform.example.com', tokenValidity: Duration.hours(12) },
      mfa: CognitoMfa.OFF,
      minimumPasswordLength: 20,
      deletionProtection: false,
      region: output('eu-central-1'),
      tags: { team: 'ml' },
    };
    const { resources } = await made(args);

    const pool = resourceIn(resources, 'UserPool login').inputs;
    expect(pool).toMatchObject({
      mfaConfiguration: 'OFF',
      passwordPolicy: { minimumLength: 20 },
      deletionProtection: 'INACTIVE',
      tags: { team: 'ml' },
    });
    expect(pool).not.toHaveProperty('softwareTokenMfaConfiguration');
    expect(resourceIn(resources, 'UserPoolClient login').inputs).toMatchObject({
      allowedOauthScopes: ['openid', 'profile'],
      logoutUrls: ['https://kubeflow.platform.example.com/bye'],
    });
    expect(resourceIn(resources, 'UserPoolClient login-camera-7').inputs).toMatchObject({
      allowedOauthScopes: ['https://platform.example.com/staging'],
      accessTokenValidity: 720,
    });
    const regions = resources.filter(({ component }) => !component).map(({ inputs }) => inputs.region);
    expect(new Set(regions)).toStrictEqual(new Set(['eu-central-1']));
  });

  it.each([
    [CognitoMfa.REQUIRED, 'ON', { enabled: true }],
    [CognitoMfa.OPTIONAL, 'OPTIONAL', { enabled: true }],
    [CognitoMfa.OFF, 'OFF', undefined],
  ])('asks for a second factor: %s', async (mfa, mfaConfiguration, softwareTokenMfaConfiguration) => {
    const { resources } = await made({ hosts: HOSTS, mfa });
    const { inputs } = resourceIn(resources, 'UserPool login');

    expect(inputs.mfaConfiguration).toBe(mfaConfiguration);
    expect(inputs.softwareTokenMfaConfiguration).toStrictEqual(softwareTokenMfaConfiguration);
  });

  it('says what was made', async () => {
    const { resources } = await made({ hosts: HOSTS });
    const id = expect.stringMatching(`^${REGION}_`);

    expect(resourceIn(resources, 'CognitoLogin login').registeredOutputs).toStrictEqual({
      userPoolId: id,
      userPoolArn: expect.stringMatching(`^arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/`),
      domain: 'ml-platform',
      issuer: expect.stringMatching(`^https://cognito-idp.${REGION}.amazonaws.com/${REGION}_`),
      jwksEndpoint: expect.stringMatching('/.well-known/jwks.json$'),
      tokenEndpoint: `https://ml-platform.auth.${REGION}.amazoncognito.com/oauth2/token`,
    });
  });
});

describe('a CognitoLogin is refused, before anything is registered,', () => {
  const machine = { name: 'bridge' };
  const scopes = (count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, i) => [`scope-${i}`, 'A scope']));

  it.each<[string, Partial<CognitoLoginArgs>, Parameters<typeof expectRefusal>[1]]>([
    ['for nobody', {}, { code: 'EDGE_ERR_VALUE', value: '"nothing"', rule: 'nobody could log in' }],
    [
      'for a wildcard',
      { hosts: ['*.platform.example.com'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"*.platform.example.com"', rule: 'hosts that it was told by name' },
    ],
    [
      'for a host in capital letters, which load balancers would not wait at',
      { hosts: ['Kubeflow.example.com'] },
      { code: 'EDGE_ERR_DOMAIN', value: '"Kubeflow.example.com"', rule: '' },
    ],
    [
      'for more than 100 hosts',
      { hosts: Array.from({ length: 101 }, (_, i) => `host-${i}.example.com`) },
      { code: 'EDGE_ERR_VALUE', value: '"101 of them"', rule: 'at most 100' },
    ],
    [
      'with a logout URL without TLS',
      { hosts: HOSTS, logoutUrls: ['http://a.example.com'] },
      { code: 'EDGE_ERR_VALUE', value: '"http://a.example.com"', rule: 'https URLs without a fragment' },
    ],
    [
      'with a logout URL that has a fragment',
      { hosts: HOSTS, logoutUrls: ['https://a.example.com/#'] },
      { code: 'EDGE_ERR_VALUE', value: '"https://a.example.com/#"', rule: 'https URLs without a fragment' },
    ],
    [
      'with logout URLs alone',
      { machines: MACHINES, logoutUrls: ['https://a.example.com'] },
      { code: 'EDGE_ERR_VALUE', value: '"https://a.example.com"', rule: 'without hosts nobody logs in' },
    ],
    [
      'without openid',
      { hosts: HOSTS, scopes: ['email'] },
      { code: 'EDGE_ERR_VALUE', value: '"email"', rule: 'no identity token' },
    ],
    [
      'with a scope that Cognito does not know',
      { hosts: HOSTS, scopes: ['openid', 'groups'] },
      { code: 'EDGE_ERR_VALUE', value: '"groups"', rule: 'Cognito knows openid, email, phone' },
    ],
    [
      'with passwords of 5 characters',
      { hosts: HOSTS, minimumPasswordLength: 5 },
      { code: 'EDGE_ERR_VALUE', value: '5', rule: '6 to 99 characters' },
    ],
    [
      'with passwords of 100 characters',
      { hosts: HOSTS, minimumPasswordLength: 100 },
      { code: 'EDGE_ERR_VALUE', value: '100', rule: '6 to 99 characters' },
    ],
    [
      'with machines that are none',
      { machines: { clients: [] } },
      { code: 'EDGE_ERR_VALUE', value: '"[]"', rule: 'nobody would get a token' },
    ],
    [
      'with two machines of one name',
      { machines: { clients: [machine, machine] } },
      { code: 'EDGE_ERR_DUPLICATE', value: '"bridge"', rule: 'there is one by this name already' },
    ],
    [
      'with a machine that has no name',
      { machines: { clients: [{ name: '' }] } },
      { code: 'EDGE_ERR_NAME', value: '""', rule: '' },
    ],
    [
      'with a machine for a scope that there is not',
      { machines: { clients: [{ name: 'bridge', scopes: ['dev'] }], scopes: MACHINES.scopes } },
      { code: 'EDGE_ERR_VALUE', value: '"dev"', rule: 'the scopes are staging, prod' },
    ],
    [
      'with a machine for no scope',
      { machines: { clients: [{ name: 'bridge', scopes: [] }] } },
      { code: 'EDGE_ERR_VALUE', value: '"[]"', rule: 'good for nothing' },
    ],
    [
      'with a scope that has a slash',
      { machines: { clients: [machine], scopes: { 'a/b': 'A scope' } } },
      { code: 'EDGE_ERR_NAME', value: '"a/b"', rule: 'none of them a space, a quote, / or \\' },
    ],
    [
      'with a scope that is not described',
      { machines: { clients: [machine], scopes: { staging: '' } } },
      { code: 'EDGE_ERR_VALUE', value: '""', rule: '1 to 256 characters' },
    ],
    [
      'without scopes',
      { machines: { clients: [machine], scopes: {} } },
      { code: 'EDGE_ERR_VALUE', value: '"0 scopes"', rule: '1 to 100' },
    ],
    [
      'with more than 100 scopes',
      { machines: { clients: [machine], scopes: scopes(101) } },
      { code: 'EDGE_ERR_VALUE', value: '"101 scopes"', rule: '1 to 100' },
    ],
    [
      'with an identifier that has a space',
      { machines: { clients: [machine], identifier: 'my models' } },
      { code: 'EDGE_ERR_NAME', value: '"my models"', rule: 'none of them a space' },
    ],
    [
      'with tokens for less than 5 minutes',
      { machines: { clients: [machine], tokenValidity: Duration.minutes(4) } },
      { code: 'EDGE_ERR_VALUE', value: '"4 min"', rule: '5 to 1440 whole minutes' },
    ],
    [
      'with tokens for more than a day',
      { machines: { clients: [machine], tokenValidity: Duration.minutes(1441) } },
      { code: 'EDGE_ERR_VALUE', value: '"1441 min"', rule: '5 to 1440 whole minutes' },
    ],
  ])('%s', async (_, args, refusal) => {
    const { resources } = await mocked(() =>
      expectRefusal(() => new CognitoLogin('login', { domain: DOMAIN, ...args }), refusal),
    );

    expect(resources).toStrictEqual([]);
  });
});

describe('what a CognitoLogin was not made for', () => {
  it('is refused: browsers without hosts', async () => {
    const { result } = await made({ machines: MACHINES });

    expectRefusal(() => result.albCognito(), { code: 'EDGE_ERR_VALUE', value: '"empty"', rule: 'is for browsers' });
  });

  it('is refused: tokens without machines', async () => {
    const { result } = await made({ hosts: HOSTS });

    expectRefusal(() => result.albJwt(), { code: 'EDGE_ERR_VALUE', value: '"empty"', rule: 'is for programs' });
    expectRefusal(() => result.machine('bridge'), {
      code: 'EDGE_ERR_VALUE',
      value: '"bridge"',
      rule: 'its machines are none',
    });
  });

  it('is refused: scopes and machines that there are not', async () => {
    const { result } = await made({ machines: MACHINES });

    expectRefusal(() => result.albJwt({ scopes: ['dev'] }), {
      code: 'EDGE_ERR_VALUE',
      value: '"dev"',
      rule: 'the scopes are staging, prod',
    });
    expectRefusal(() => result.machine('camera-8'), {
      code: 'EDGE_ERR_VALUE',
      value: '"camera-8"',
      rule: 'its machines are bridge, camera-7',
    });
  });

  it.each([0, 11])('is refused: %d scopes at a load balancer', async (count) => {
    const names = Array.from({ length: 11 }, (_, i) => `team-${i}`);
    const scopes = Object.fromEntries(names.map((name) => [name, 'A team']));
    const { result } = await made({ machines: { ...MACHINES, clients: [{ name: 'bridge' }], scopes } });

    expect(result.albJwt({ scopes: names.slice(1) }).claims?.[0]?.values).toHaveLength(10);
    expectRefusal(() => result.albJwt({ scopes: names.slice(0, count) }), {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: `"${count} scopes"`,
      rule: 'with 1 to 10 values',
    });
  });

  it('is refused: a bridge whose token endpoint is in a region that is not known yet', async () => {
    const { result } = await made({ machines: MACHINES });

    expectRefusal(() => result.clientCredentials('bridge', { secret: 'bridge-login' }), {
      code: 'EDGE_ERR_VALUE',
      value: '"not known yet"',
      rule: "the bridge's NetworkPolicy is made from that",
    });
  });
});
