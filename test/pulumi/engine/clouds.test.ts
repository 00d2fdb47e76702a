import { describe, expect, it } from 'vitest';
import { cloudsOf } from './clouds';
import { INGRESS_HOSTNAME } from './kubernetes-provider';
import type { RegisteredResource } from './registered-resource';

interface ValidationOption {
  readonly domainName: string;
  readonly resourceRecordName: string;
  readonly resourceRecordValue: string;
}

const { provider } = cloudsOf({});

const resource = (type: string, inputs: RegisteredResource['inputs']) =>
  ({ type, name: 'thing', inputs }) as RegisteredResource;

describe('ACM', () => {
  const names = { domainName: 'a.example.com', subjectAlternativeNames: ['*.a.example.com', 'b.example.com'] };
  const { outputs } = provider(resource('aws:acm/certificate:Certificate', names)) ?? {};
  const options = outputs?.domainValidationOptions as ValidationOption[];
  const recordOf = (domainName: string) => {
    const option = options.find((one) => one.domainName === domainName);
    return [option?.resourceRecordName, option?.resourceRecordValue];
  };

  it('lists each name, in an order of its own', () => {
    expect(options.map(({ domainName }) => domainName)).toStrictEqual([
      'b.example.com',
      '*.a.example.com',
      'a.example.com',
    ]);
  });

  it('has one record for a name and its wildcard', () => {
    expect(recordOf('*.a.example.com')).toStrictEqual(recordOf('a.example.com'));
    expect(recordOf('b.example.com')).not.toStrictEqual(recordOf('a.example.com'));
    expect(recordOf('a.example.com')[0]).toMatch(/^_[0-9a-f]{32}\.a\.example\.com\.$/);
  });

  it('issues in the region that was asked for', () => {
    const { id } = provider(resource('aws:acm/certificate:Certificate', { ...names, region: 'us-east-1' })) ?? {};

    expect(id).toBe('arn:aws:acm:us-east-1:123456789012:certificate/thing');
  });
});

describe('Cognito', () => {
  it('makes a secret for a client only when asked', () => {
    const client = (generateSecret: boolean) =>
      provider(resource('aws:cognito/userPoolClient:UserPoolClient', { generateSecret }))?.outputs;

    expect(client(true)).toHaveProperty('clientSecret');
    expect(client(false)).not.toHaveProperty('clientSecret');
  });
});

describe('Kubernetes', () => {
  it('publishes the address of an Ingress, and names objects with their namespace', () => {
    const metadata = { name: 'inference', namespace: 'models' };

    expect(provider(resource('kubernetes:networking.k8s.io/v1:Ingress', { metadata }))).toStrictEqual({
      id: 'models/inference',
      outputs: { status: { loadBalancer: { ingress: [{ hostname: INGRESS_HOSTNAME }] } } },
    });
  });
});

describe('a test', () => {
  it('goes before these, for the resources it has an answer for', () => {
    const clouds = cloudsOf({ provider: ({ name }) => (name === 'thing' ? { id: 'own' } : undefined) });

    expect(clouds.provider(resource('aws:iam/role:Role', {}))).toStrictEqual({ id: 'own' });
    expect(clouds.provider({ ...resource('aws:iam/role:Role', {}), name: 'other' })).toMatchObject({ id: 'other' });
  });
});
