import { output } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { type CognitoCustomDomainOptions, CognitoDomain, CognitoLogin } from '../../../lib/pulumi';
import { expectRefusal } from '../../lib/support/refusals';
import { ACCOUNT, UNKNOWN } from '../engine';
import { dependenciesOf, listOf, lookUps, resourceIn } from '../support/aws';
import { known, mocked } from '../support/mocks';

const HOST = 'auth.platform.example.com';
const ZONES = { 'example.com': 'Z0EXAMPLE', 'platform.example.com': 'Z0PLATFORM' };
const CERTIFICATE = `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/0c1d`;

function made(domain: CognitoDomain, region?: string, preview = false) {
  const args = { hosts: ['kubeflow.example.com'], domain, region, tags: { team: 'ml' } };
  return mocked(() => new CognitoLogin('login', args), { invoke: lookUps, preview });
}

describe('a domain of Cognito', () => {
  it('is a prefix, and nothing else', async () => {
    const { resources, result } = await made(CognitoDomain.prefix('ml-platform'));

    expect(listOf(resources)).toStrictEqual([
      'CognitoLogin login',
      'UserPool login',
      'UserPoolClient login',
      'UserPoolDomain login',
    ]);
    expect(resourceIn(resources, 'UserPoolDomain login').inputs).toStrictEqual({
      domain: 'ml-platform',
      userPoolId: await known(result.userPoolId),
    });
    expect(await known(result.tokenEndpoint)).toBe('https://ml-platform.auth.eu-west-1.amazoncognito.com/oauth2/token');
  });

  it('has the region of the pool in its host', async () => {
    const { resources, result } = await made(CognitoDomain.prefix('ml-platform'), 'eu-central-1');

    expect(await known(result.tokenEndpoint)).toBe(
      'https://ml-platform.auth.eu-central-1.amazoncognito.com/oauth2/token',
    );
    expect(resourceIn(resources, 'UserPoolDomain login').inputs).toMatchObject({ region: 'eu-central-1' });
  });

  it.each(['a', 'a'.repeat(63), '7-up'])('may have the prefix %s', (prefix) => {
    expect(() => CognitoDomain.prefix(prefix)).not.toThrow();
  });

  it.each([
    ['', 'a prefix has 1 to 63'],
    ['a'.repeat(64), 'a prefix has 1 to 63'],
    ['Platform', 'a prefix has 1 to 63'],
    ['-platform', 'a prefix has 1 to 63'],
    ['auth.example.com', 'a prefix has 1 to 63'],
    ['my-cognito', 'no prefix with "cognito" in it'],
    ['laws', 'no prefix with "aws" in it'],
    ['amazonas', 'no prefix with "amazon" in it'],
  ])('may not have the prefix "%s"', (prefix, rule) => {
    expectRefusal(() => CognitoDomain.prefix(prefix), { code: 'EDGE_ERR_NAME', value: `"${prefix}"`, rule });
  });
});

describe('a domain of one’s own', () => {
  it('has a certificate in us-east-1, and an alias that leads to it', async () => {
    const { resources, result } = await made(CognitoDomain.custom(HOST, { zones: ZONES }), 'eu-west-1');

    expect(listOf(resources)).toStrictEqual([
      'Certificate login-1',
      'CertificateValidation login-1',
      'CognitoLogin login',
      `Record login:${HOST}`,
      `Record login:${HOST}:A`,
      'UserPool login',
      'UserPoolClient login',
      'UserPoolDomain login',
    ]);
    expect(resourceIn(resources, 'Certificate login-1').inputs).toStrictEqual({
      domainName: HOST,
      validationMethod: 'DNS',
      region: 'us-east-1',
      tags: { team: 'ml' },
    });
    expect(resourceIn(resources, 'CertificateValidation login-1').inputs).toMatchObject({ region: 'us-east-1' });
    expect(resourceIn(resources, `Record login:${HOST}`).inputs).toMatchObject({ zoneId: 'Z0PLATFORM' });
    expect(resourceIn(resources, `Record login:${HOST}:A`).inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: HOST,
      type: 'A',
      aliases: [{ name: 'd111111abcdef8.cloudfront.net', zoneId: 'Z2FDTNDATAQYW2', evaluateTargetHealth: false }],
    });
    expect(await known(result.domain)).toBe(HOST);
    expect(await known(result.tokenEndpoint)).toBe(`https://${HOST}/oauth2/token`);
  });

  it('is made when its certificate has been validated', async () => {
    const { resources } = await made(CognitoDomain.custom(HOST, { zones: ZONES }));

    expect(dependenciesOf(resources, 'UserPoolDomain login')).toStrictEqual([
      'CertificateValidation login-1',
      'UserPool login',
    ]);
  });

  it('takes a certificate that is there', async () => {
    const certificateArn = output(CERTIFICATE);
    const { resources } = await made(CognitoDomain.custom(HOST, { zones: ['example.com'], certificateArn }));

    expect(listOf(resources).filter((name) => name.startsWith('Certificate'))).toStrictEqual([]);
    expect(resourceIn(resources, 'UserPoolDomain login').inputs).toMatchObject({
      domain: HOST,
      certificateArn: CERTIFICATE,
    });
    expect(resourceIn(resources, `Record login:${HOST}:A`).inputs).toMatchObject({ zoneId: 'Z-example.com' });
  });

  it('waits for an address of the name above it', async () => {
    const options: Required<CognitoCustomDomainOptions> = {
      zones: ZONES,
      parentAddress: '192.0.2.1',
      certificateArn: CERTIFICATE,
    };
    const { resources } = await made(CognitoDomain.custom(HOST, options));

    expect(resourceIn(resources, 'Record login:platform.example.com:A').inputs).toStrictEqual({
      zoneId: 'Z0PLATFORM',
      name: 'platform.example.com',
      type: 'A',
      records: ['192.0.2.1'],
      ttl: 300,
    });
    expect(dependenciesOf(resources, 'UserPoolDomain login')).toContain('Record login:platform.example.com:A');
  });

  it('is whole in a preview', async () => {
    const { resources } = await made(CognitoDomain.custom(HOST, { zones: ZONES }), 'eu-west-1', true);

    expect(listOf(resources)).toHaveLength(8);
    expect(resourceIn(resources, 'UserPoolDomain login').inputs).toStrictEqual({
      domain: HOST,
      userPoolId: UNKNOWN,
      certificateArn: UNKNOWN,
      region: 'eu-west-1',
    });
  });

  it.each<[string, string, Partial<CognitoCustomDomainOptions>, Parameters<typeof expectRefusal>[1]]>([
    [
      'a host that is none',
      'auth_.example.com',
      {},
      { code: 'EDGE_ERR_DOMAIN', value: '"auth_.example.com"', rule: '' },
    ],
    [
      'a host right below a top-level domain',
      'example.com',
      {},
      { code: 'EDGE_ERR_DOMAIN', value: '"example.com"', rule: 'none right below a top-level domain' },
    ],
    [
      'a host of 64 characters',
      `${'a'.repeat(52)}.example.com`,
      {},
      {
        code: 'EDGE_ERR_DOMAIN',
        value: `"${'a'.repeat(52)}.example.com"`,
        rule: 'at most 63 characters, and this one has 64',
      },
    ],
    [
      'a host in none of the zones',
      'auth.example.org',
      {},
      { code: 'EDGE_ERR_ZONE', value: '"auth.example.org"', rule: 'the zones are example.com, platform.example.com' },
    ],
    [
      'a name above that is in none of the zones',
      HOST,
      { zones: { [HOST]: 'Z1' }, parentAddress: '192.0.2.1' },
      { code: 'EDGE_ERR_ZONE', value: '"platform.example.com"', rule: `the zones are ${HOST}` },
    ],
    [
      'a certificate of another region',
      HOST,
      { certificateArn: CERTIFICATE.replace('us-east-1', 'eu-west-1') },
      {
        code: 'EDGE_ERR_REGION',
        value: `"${CERTIFICATE.replace('us-east-1', 'eu-west-1')}"`,
        rule: 'it is needed in us-east-1, and this one is in eu-west-1',
      },
    ],
    [
      'a certificate that is left empty',
      HOST,
      { certificateArn: '' },
      { code: 'EDGE_ERR_VALUE', value: '""', rule: 'it is an ARN like arn:aws:acm:us-east-1:' },
    ],
    [
      'an address that is none',
      HOST,
      { parentAddress: '::1' },
      { code: 'EDGE_ERR_VALUE', value: '"::1"', rule: 'it is an IPv4 address' },
    ],
    [
      'an id of a zone that is none',
      HOST,
      { zones: { 'example.com': 'x' } },
      { code: 'EDGE_ERR_VALUE', value: '"x"', rule: 'ids of hosted zones begin with Z' },
    ],
  ])('is refused for %s', (_, host, options, refusal) => {
    expectRefusal(() => CognitoDomain.custom(host, { zones: ZONES, ...options }), refusal);
  });

  it('may have 63 characters', () => {
    expect(() => CognitoDomain.custom(`${'a'.repeat(51)}.example.com`, { zones: ZONES })).not.toThrow();
  });
});
