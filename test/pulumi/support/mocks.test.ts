import { Certificate } from '@pulumi/aws/acm';
import { ComponentResource, Config, type ResourceOptions } from '@pulumi/pulumi';
import { describe, expect, it } from 'vitest';
import { findResource, UNKNOWN } from '../engine';
import { known, mocked } from './mocks';

const CERTIFICATE = 'aws:acm/certificate:Certificate';

class Platform extends ComponentResource {
  readonly certificate: Certificate;

  constructor(name: string, domain: string, options?: ResourceOptions) {
    super('test:index:Platform', name, {}, options);
    if (domain === '') throw new Error('The domain is empty');
    this.certificate = new Certificate(name, { domainName: domain, tags: { name } }, { parent: this });
    this.registerOutputs({ arn: this.certificate.arn });
  }
}

describe('components made in this process', () => {
  it('register what they would in a program without a stack', async () => {
    const { resources } = await mocked(() => new Platform('platform', 'example.com'));

    expect(resources.map(({ urn, parent }) => ({ urn, parent }))).toStrictEqual([
      {
        urn: `urn:pulumi:stack::project::test:index:Platform$${CERTIFICATE}::platform`,
        parent: 'urn:pulumi:stack::project::test:index:Platform::platform',
      },
      { urn: 'urn:pulumi:stack::project::test:index:Platform::platform', parent: '' },
    ]);
  });

  it('have outputs after an update', async () => {
    const { result, resources } = await mocked(() => new Platform('platform', 'example.com'));
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/platform';

    expect(await known(result.certificate.arn)).toBe(arn);
    expect(findResource({ resources }, 'test:index:Platform', 'platform').registeredOutputs).toStrictEqual({ arn });
  });

  it('have unknown outputs in a preview', async () => {
    const { resources } = await mocked(() => new Platform('platform', 'example.com'), { preview: true });
    const { registeredOutputs } = findResource({ resources }, 'test:index:Platform', 'platform');

    expect(registeredOutputs).toStrictEqual({ arn: UNKNOWN });
  });

  it('read their configuration, with secrets', async () => {
    const domainOf = (config: Config) => config.requireSecret('domain');
    const { resources } = await mocked(() => new Certificate('secret', { domainName: domainOf(new Config()) }), {
      secrets: { domain: 'example.com' },
    });

    expect(findResource({ resources }, CERTIFICATE, 'secret')).toMatchObject({
      inputs: { domainName: 'example.com' },
      secretPaths: ['domainName'],
    });
  });

  it('start anew each time', async () => {
    await mocked(() => new Platform('platform', 'example.com'));
    const { resources } = await mocked(() => new Platform('platform', 'example.org'));

    expect(findResource({ resources }, CERTIFICATE, 'platform').inputs.domainName).toBe('example.org');
  });

  it('give their own error when they throw, and leave nothing behind', async () => {
    await expect(mocked(() => new Platform('platform', ''))).rejects.toThrow('The domain is empty');

    expect((await mocked(() => undefined)).resources).toStrictEqual([]);
  });
});
