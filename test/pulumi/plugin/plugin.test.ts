import type { ServiceError } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import schema from '../../../lib/pulumi/plugin/schema.json';
import packageJson from '../../../package.json';
import { pluginSchema } from '../../../scripts/plugin-schema';
import { CERTIFICATE, TOKENS } from '../../lib/support/alb';
import { INGRESS_HOSTNAME, UNKNOWN } from '../engine';
import { listOf, lookUps, resourceIn } from '../support/aws';
import { outputValue, type Plugin, startPlugin } from './plugin';

const ZONES = { 'example.com': 'Z0EXAMPLE' };
const PUBLISHED = { domain: 'platform.example.com', namespaces: ['staging'] };
const MODEL = { name: 'iris', namespace: 'staging', format: 'sklearn', storageUri: 'gs://example/iris' };
const PLATFORM = {
  ...PUBLISHED,
  models: [MODEL],
  certificateArns: [CERTIFICATE],
  jwtIssuer: 'https://issuer.example.com',
};

const typeOf = (component: string) => `edge-inference:index:${component}`;

let plugin: Plugin;

beforeAll(async () => {
  plugin = await startPlugin('apps/pulumi-plugin');
});

afterAll(() => plugin?.end());

describe('the schema', () => {
  it('is what Pulumi reads from the components and their args (npm run schema)', () => {
    expect(schema).toStrictEqual(pluginSchema());
  }, 120_000);

  it('is served with the version of the package', async () => {
    expect(await plugin.schema()).toStrictEqual({ ...schema, version: packageJson.version });
  });

  it('has a description for every component, and for every input', () => {
    const resources = Object.entries(
      schema.resources as Record<string, { description?: string; inputProperties: object }>,
    );
    const undescribed = resources.flatMap(([type, { description, inputProperties }]) => [
      ...(description ? [] : [type]),
      ...Object.entries(inputProperties).flatMap(([name, input]) => (input.description ? [] : [`${type}.${name}`])),
    ]);

    expect(undescribed).toStrictEqual([]);
  });
});

describe('a component of the plugin', () => {
  it('is made where the engine says, with all that is in it', async () => {
    const inputs = { ...PUBLISHED, zones: ZONES };
    const { urn, state, resources } = await plugin.construct({ type: typeOf('PlatformCertificate'), inputs });
    const component = resources.find((resource) => resource.urn === urn);

    expect(urn).toBe(`urn:pulumi:stack::project::${typeOf('PlatformCertificate')}::models`);
    expect(component?.component).toBe(true);
    expect(listOf(resources)).toStrictEqual([
      'Certificate models-1',
      'CertificateValidation models-1',
      'PlatformCertificate models',
      'Record models:platform.example.com',
      'Record models:staging.platform.example.com',
    ]);
    expect(state).toStrictEqual({
      certificateArn: expect.stringMatching(/^arn:aws:acm:/),
      allCertificateArns: [state.certificateArn],
    });
  });

  it('shows in a preview what it will make, and what is not known yet', async () => {
    const inputs = { ...PUBLISHED, zones: { 'example.com': outputValue() } };
    const { state, resources } = await plugin.construct({ type: typeOf('PlatformCertificate'), inputs, preview: true });

    expect(resources).toHaveLength(5);
    expect(resourceIn(resources, 'Record models:platform.example.com').unknownPaths).toContain('zoneId');
    expect(state.certificateArn).toBe(UNKNOWN);
  });

  it('makes records', async () => {
    const inputs = { ...PUBLISHED, zones: ZONES, target: '192.0.2.7', recordType: 'A', ttlSeconds: 60 };
    const { state, resources } = await plugin.construct({ type: typeOf('InferenceDns'), inputs });

    expect(state.names).toStrictEqual(['*.platform.example.com', '*.staging.platform.example.com']);
    expect(resourceIn(resources, 'Record models:*.platform.example.com:A').inputs).toMatchObject({
      records: ['192.0.2.7'],
      ttl: 60,
    });
  });

  it('makes logins, and keeps their secrets', async () => {
    const inputs = { domainPrefix: 'example', hosts: ['iris.example.com'], machines: ['bridge'], region: 'eu-west-1' };
    const { state, secretPaths, resources } = await plugin.construct({ type: typeOf('CognitoLogin'), inputs });

    expect(state).toMatchObject({
      domain: 'example',
      browserClientId: expect.stringMatching(/.+/),
      machineClientIds: { bridge: expect.stringMatching(/.+/) },
    });
    expect(secretPaths).toStrictEqual(['machineClientSecrets']);
    expect(listOf(resources)).toContain('UserPoolDomain models');
  });

  it('installs the controller', async () => {
    const inputs = {
      ...{ clusterName: 'ml', region: 'eu-west-1', vpcId: 'vpc-0c1d', podIdentity: true },
      internalSubnetIds: ['subnet-0a', 'subnet-0b'],
    };
    const { state, resources } = await plugin.construct({ type: typeOf('LoadBalancerController'), inputs });

    expect(state).toStrictEqual({ roleArn: expect.stringMatching(/:role\/models$/), ingressClass: 'alb' });
    expect(listOf(resources)).toContain('Tag models:subnet-0a:internal');
  });

  it('puts a platform on a cluster', async () => {
    const { state, resources } = await plugin.construct({ type: typeOf('InferencePlatform'), inputs: PLATFORM });
    const [ingress] = resources.filter(({ type }) => type.endsWith(':Ingress'));

    expect(state).toStrictEqual({
      albHostname: INGRESS_HOSTNAME,
      predictUrls: { 'staging/iris': 'https://iris.staging.platform.example.com/v1/models/iris:predict' },
    });
    expect(ingress?.inputs.metadata).toMatchObject({
      annotations: {
        'alb.ingress.kubernetes.io/certificate-arn': CERTIFICATE,
        'alb.ingress.kubernetes.io/jwt-validation': expect.stringContaining('"issuer":"https://issuer.example.com"'),
      },
    });
  });

  it('labels the namespaces that it makes', async () => {
    const inputs = { ...PLATFORM, namespaceLabels: { 'istio-injection': 'enabled' } };
    const { resources } = await plugin.construct({ type: typeOf('InferencePlatform'), inputs, preview: true });
    const namespace = resources.find(({ type }) => type.endsWith(':Namespace'));

    expect(namespace?.inputs.metadata).toMatchObject({ labels: { 'istio-injection': 'enabled' } });
  });

  it('keeps keys secret, and takes values that a preview does not know', async () => {
    const { jwtIssuer: _, ...rest } = PLATFORM;
    const apiKeys = [TOKENS[0], TOKENS[1]].map((token) => outputValue(token, { secret: true }));
    const inputs = { ...rest, certificateArns: [outputValue()], apiKeyHeader: 'x-api-key', apiKeys };
    const { resources } = await plugin.construct({ type: typeOf('InferencePlatform'), inputs, preview: true });
    const ingress = resources.find(({ type, name }) => type.endsWith(':Ingress') && !name.endsWith('refusal'));

    expect(ingress?.secretPaths.length).toBeGreaterThan(0);
    expect(ingress?.unknownPaths).toStrictEqual(['metadata.annotations["alb.ingress.kubernetes.io/certificate-arn"]']);
  });
});

describe('the plugin on the oldest SDK', () => {
  it('serves the same schema, and makes the same components', async () => {
    const oldest = await startPlugin('apps/pulumi-plugin', 'oldest');
    try {
      const wanted = { type: typeOf('InferencePlatform'), inputs: PLATFORM };

      expect(await oldest.schema()).toStrictEqual(await plugin.schema());
      const [before, now] = await Promise.all([oldest.construct(wanted), plugin.construct(wanted)]);
      expect(before.state).toStrictEqual(now.state);
      expect(listOf(before.resources)).toStrictEqual(listOf(now.resources));
    } finally {
      await oldest.end();
    }
  });
});

describe('a component of the plugin refuses', () => {
  const constructing = (component: string, inputs: Record<string, unknown>) =>
    plugin.construct({ type: typeOf(component), inputs }, { invoke: lookUps });

  it.each([
    [
      'a name that is none',
      'PlatformCertificate',
      { domain: 'Example', namespaces: ['a'], zones: ZONES },
      'EDGE_ERR_DOMAIN',
    ],
    ['no zone for a name', 'PlatformCertificate', { ...PUBLISHED, zones: { 'example.org': 'Z1' } }, 'EDGE_ERR_ZONE'],
    [
      'an unknown kind of record',
      'InferenceDns',
      { ...PUBLISHED, zones: ZONES, target: 'a.example.com', recordType: 'MX' },
      'EDGE_ERR_VALUE: InferenceDns.recordType is "MX", but it is one of ALIAS, CNAME, A',
    ],
    [
      'an unknown scheme',
      'LoadBalancerController',
      { clusterName: 'ml', region: 'eu-west-1', schemes: ['both'] },
      'schemes is "both"',
    ],
    [
      'a login without a domain',
      'CognitoLogin',
      { hosts: ['a.example.com'] },
      'it is a domainPrefix, or a customDomain',
    ],
    [
      'a platform that is open',
      'InferencePlatform',
      { ...PLATFORM, jwtIssuer: undefined },
      'the auth of InferencePlatform is "missing"',
    ],
    [
      'two kinds of auth',
      'InferencePlatform',
      { ...PLATFORM, apiKeyHeader: 'x-api-key', apiKeys: [TOKENS[0]] },
      'the auth of InferencePlatform is "apiKeyHeader, apiKeys, jwtIssuer"',
    ],
  ])('%s, as the library does', async (_, component, inputs, message) => {
    await expect(constructing(component, inputs)).rejects.toThrow(message);
  });

  it.each([
    ['an input that is missing', 'PlatformCertificate', PUBLISHED, 'zones'],
    [
      'an output where the set of resources depends on it',
      'InferencePlatform',
      { ...PLATFORM, namespaces: outputValue(['staging']) },
      'namespaces',
    ],
  ])('%s, and names it', async (_, component, inputs, property) => {
    const error = await constructing(component, inputs).catch((error: ServiceError) => error);

    expect(error).toBeInstanceOf(Error);
    expect(String((error as ServiceError).metadata.get('grpc-status-details-bin')[0])).toContain(property);
  });

  it('to be one that there is not', async () => {
    await expect(constructing('Broker', {})).rejects.toThrow(
      'edge-inference has no component edge-inference:index:Broker',
    );
  });
});
