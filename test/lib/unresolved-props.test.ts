import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  AlbAuth,
  BasicAuth,
  Credentials,
  EdgeApp,
  ExternalDnsRecords,
  GatewayListener,
  InferencePlatform,
  JwtLogin,
  LoginPlace,
  ModelLogin,
  TraefikEntryPoints,
  TraefikTls,
} from '../../lib';
import { checksum } from '../../lib/kubernetes/labels';
import { checkObjects } from '../../lib/synth/checked-objects';
import { exposed } from './support/alb';
import { expectProblem, expectRefusal } from './support/refusals';
import { brokerIn, IRIS, platformIn } from './support/stacks';

/** As `token(..)` of the entry for Pulumi writes an Output. */
const TOKEN = `$\{pulumi:0}`;
const IN_TEXT = `x-${TOKEN}.example.com`;

/** What decides which objects there are, what they are called, or what other text is derived from. */
const PLAIN: [prop: string, given: string, make: (app: EdgeApp) => unknown][] = [
  [
    'the domain of a platform',
    IN_TEXT,
    (app) => new InferencePlatform(app, 'a', { domain: IN_TEXT, namespaces: ['a'] }),
  ],
  ['a namespace of a platform', TOKEN, (app) => platformIn(app, [TOKEN])],
  ['the name of a model', TOKEN, (app) => platformIn(app).addModel(TOKEN, IRIS)],
  ['the namespace of a model', TOKEN, (app) => platformIn(app).addModel('iris', { ...IRIS, namespace: TOKEN })],
  ['the domain of a model', IN_TEXT, (app) => platformIn(app).addModel('iris', IRIS).addDomain(IN_TEXT)],
  ['a host of a certificate plan', IN_TEXT, (app) => platformIn(app).certificatePlan({ hosts: [IN_TEXT] })],
  ['a zone', IN_TEXT, (app) => platformIn(app).dnsPlan({ zones: [IN_TEXT] })],
  ['the target of records', IN_TEXT, (app) => records(app, IN_TEXT)],
  ['a host of a load balancer', IN_TEXT, () => exposed({ hosts: [IN_TEXT] })],
  ['a path of a load balancer', `/${TOKEN}`, () => exposed({ paths: [`/${TOKEN}`] })],
  ['the name of an Ingress', TOKEN, () => exposed({ name: TOKEN })],
  ['the group of an Ingress', TOKEN, () => exposed({ groupName: TOKEN })],
  ['the TLS policy of a load balancer', TOKEN, () => exposed({ sslPolicy: TOKEN })],
  ['the namespace of a gateway', TOKEN, () => exposed({ gateway: { namespace: TOKEN } })],
  ['the header of a token', TOKEN, () => AlbAuth.header(TOKEN, [])],
  ['the Secret of a login', TOKEN, () => oidc(TOKEN)],
  ['the name of a broker', TOKEN, (app) => brokerIn(app, { name: TOKEN })],
  ['the namespace of a broker', TOKEN, (app) => brokerIn(app, { namespace: TOKEN })],
  ['the name of a broker user', TOKEN, (app) => brokerIn(app).addUser(TOKEN, Credentials.fromSecret('a'))],
  ['the Secret of a broker user', TOKEN, () => Credentials.fromSecret(TOKEN)],
  ['the key in the Secret of a broker user', TOKEN, () => Credentials.fromSecret('a', TOKEN)],
  ['the host of a broker', IN_TEXT, (app) => brokerIn(app).exposeThroughTraefik({ host: IN_TEXT })],
  ['an entry point of Traefik', TOKEN, (app) => entryPoint(app, TOKEN)],
  ['the Secret of a TLS route', TOKEN, () => TraefikTls.fromSecret(TOKEN)],
  ['a listener of a Gateway', TOKEN, () => GatewayListener.tcp(TOKEN, 1883)],
  ['the users of a route', TOKEN, () => BasicAuth.fromSecret(TOKEN)],
  ['the name of a login', TOKEN, (app) => login(app, { name: TOKEN })],
  ['the URL that issues tokens for a bridge', `https://${TOKEN}`, () => clientCredentials(`https://${TOKEN}`)],
];

function records(app: EdgeApp, target: string) {
  return new ExternalDnsRecords(app, 'records', { platform: platformIn(app), target });
}

function oidc(secretName: string) {
  const url = 'https://issuer.example.com';
  const endpoints = { issuer: url, authorizationEndpoint: url, tokenEndpoint: url, userInfoEndpoint: url };
  return AlbAuth.oidc({ ...endpoints, secretName });
}

function entryPoint(app: EdgeApp, name: string) {
  return new TraefikEntryPoints(new Chart(app, 'chart'), 'entry', { entryPoints: [{ name, port: 5883 }] });
}

function login(app: EdgeApp, props: object) {
  const issuer = 'https://issuer.example.com';
  return new JwtLogin(app, 'login', { place: LoginPlace.ingressGateway(), issuer, ...props });
}

function clientCredentials(tokenUrl: string) {
  return ModelLogin.clientCredentials({ tokenUrl, clientId: 'bridge', secret: 'bridge' });
}

describe('a prop that must be known before anything is deployed', () => {
  it.each(PLAIN)('refuses an Output by saying so: %s', (_, given, make) => {
    expectRefusal(() => make(new EdgeApp()), {
      code: 'EDGE_ERR_TOKEN',
      value: `"${given}"`,
      rule: 'must be known before anything is deployed',
    });
  });
});

describe('a prop whose value may be known later', () => {
  const late = `arn:$\{pulumi:1}`;
  const options = { issuer: 'https://a.example.com', jwksUri: 'https://a.example.com/keys' };

  it.each<[prop: string, make: (app: EdgeApp) => unknown]>([
    ['the certificates of a load balancer', () => exposed({ certificateArn: late, extraCertificateArns: [late] })],
    ['the web ACL of a load balancer', () => exposed({ webAclArn: late })],
    ['the bucket for its logs', () => exposed({ accessLogs: { bucket: late } })],
    ['its security groups', () => exposed({ securityGroups: [late] })],
    ['who may connect to it', () => exposed({ inboundCidrs: [late] })],
    ['tokens', () => AlbAuth.header('x-api-key', [TOKEN, late])],
    ['tokens of a namespace', () => AlbAuth.headerPerNamespace('x-api-key', { a: [TOKEN], b: [late] })],
    ['an issuer', () => AlbAuth.jwt({ issuer: late })],
    ['its keys', () => AlbAuth.jwt({ issuer: 'https://a.example.com', jwksEndpoint: late })],
    ['a user pool', () => AlbAuth.cognito({ userPoolArn: late, userPoolClientId: late, userPoolDomain: late })],
    ['a trust store', () => AlbAuth.mutualTls(late)],
    ['the issuer of a login', (app) => login(app, { issuer: late })],
    ['the keys of a login', (app) => login(app, { ...options, jwksUri: late })],
    ['the storage of a model', (app) => platformIn(app).addModel('iris', { ...IRIS, storageUri: `s3://${late}/iris` })],
  ])('takes an Output: %s', (_, make) => {
    expect(() => make(new EdgeApp())).not.toThrow();
  });

  it('still refuses the same token twice', () => {
    expectRefusal(() => AlbAuth.header('x-api-key', [TOKEN, TOKEN]), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a token"',
      rule: 'is the same to a load balancer',
    });
  });
});

describe('an object whose placeholders will be replaced', () => {
  function problems(object: { metadata?: object; [field: string]: unknown }): readonly string[] {
    const app = new EdgeApp();
    const props = { apiVersion: 'v1', kind: 'ConfigMap', ...object, metadata: { name: 'a', ...object.metadata } };
    new ApiObject(new Chart(app, 'chart'), 'late', props);
    return checkObjects(app, { late: true }).problems;
  }

  it('may have them in its values', () => {
    const metadata = { labels: { a: TOKEN }, annotations: { a: IN_TEXT }, finalizers: [TOKEN] };

    expect(problems({ metadata, data: { a: `{"b":"${TOKEN}"}` } })).toStrictEqual([]);
  });

  it.each([
    ['its name', { metadata: { name: TOKEN } }, TOKEN, 'which objects there are must be known'],
    ['its namespace', { metadata: { namespace: TOKEN } }, TOKEN, 'which objects there are must be known'],
    ['its kind', { kind: TOKEN }, TOKEN, 'which objects there are must be known'],
    ['a key', { data: { [TOKEN]: 'a' } }, TOKEN, 'a key must be known'],
    [
      'base64',
      { kind: 'Secret', data: { a: Buffer.from(`user:${TOKEN}`).toString('base64') } },
      'a text in base64',
      'where nothing finds it',
    ],
    ['no token of cdk8s', { data: { a: `$\{Token[1]}` } }, `$\{Token[1]}`, 'a token that nothing resolved'],
    [
      'no help text',
      { data: { a: 'Calling [toString] on an [Output<T>] is not supported' } },
      'Calling [toString] on an [Output<T>]',
      'the help text of a Pulumi Output',
    ],
  ])('has none as %s', (_, object, value, rule) => {
    expectProblem(problems(object), 'chart/late', { code: 'EDGE_ERR_TOKEN', value: `"${value}"`, rule });
  });

  it('has none in text of which a checksum is made', () => {
    const annotations = checksum('config', 'known', `late: ${TOKEN}`);

    expectProblem(problems({ metadata: { annotations } }), 'chart/late', {
      code: 'EDGE_ERR_TOKEN',
      value: `"${TOKEN}"`,
      rule: 'pods would not be replaced when the value of the Output changes',
    });
  });

  it.each(['password', 'api-key'])('has none in clear that is a secret by its name: %s', (name) => {
    expect(problems({ data: { [name]: TOKEN } })).toStrictEqual([expect.stringContaining('EDGE_ERR_PLAIN_SECRET')]);
  });
});
