import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { type AwsConfig, readConfig } from '../../../apps/aws/config';
import { ROOT } from '../../lib/support/folders';
import type { RunOptions } from '../../pulumi/engine';
import { mocked } from '../../pulumi/support/mocks';
import { API_TOKEN, DOMAIN, NEXT_API_TOKEN, stackWith } from './account';

const KUBECONFIG = '{"apiVersion":"v1","kind":"Config"}';

async function read({ config, secrets }: Pick<RunOptions, 'config' | 'secrets'>): Promise<AwsConfig> {
  return (await mocked(() => readConfig(), { config, secrets })).result;
}

const secret = (plain: string) => ({ plain, output: expect.anything() });

describe('the configuration of apps/aws', () => {
  it('has defaults for what most stacks need not say', async () => {
    expect(await read(stackWith('header', { config: { loadBalancerController: '' } }))).toStrictEqual({
      domain: DOMAIN,
      namespaces: ['staging', 'prod'],
      modelUri: undefined,
      zone: { name: 'example.com', id: undefined },
      region: 'eu-west-1',
      certificateArn: undefined,
      scheme: 'internal',
      auth: { kind: 'header', header: { name: 'x-api-key', values: [secret(API_TOKEN), secret(NEXT_API_TOKEN)] } },
      cluster: { eksName: 'ml', withController: false },
      cameraPassword: secret('c41b8d92f7e05a36'),
      bridgePassword: secret('9e27f4a1b06c3d58'),
    });
  });

  it('may say everything', async () => {
    const certificateArn = 'arn:aws:acm:eu-central-1:123456789012:certificate/0c1d2e3f';
    const config = {
      modelUri: 's3://models/iris',
      hostedZoneId: 'Z0123456789ABCDEFGHIJ',
      certificateRegion: 'eu-central-1',
      certificateArn,
      scheme: 'internet-facing',
      headerName: 'x-token',
      keepUserPool: 'false',
      clusterName: '',
      loadBalancerController: '',
    };

    expect(await read(stackWith('cognito', { config, secrets: { kubeconfig: KUBECONFIG } }))).toMatchObject({
      modelUri: 's3://models/iris',
      zone: { name: 'example.com', id: 'Z0123456789ABCDEFGHIJ' },
      region: 'eu-central-1',
      certificateArn,
      scheme: 'internet-facing',
      auth: {
        kind: 'cognito',
        header: { name: 'x-token', values: [secret(API_TOKEN)] },
        pool: { prefix: 'example-ml', isKept: false },
      },
      cluster: { kubeconfig: secret(KUBECONFIG) },
    });
  });

  it.each([
    ['header', { apiToken: '' }, {}, 'apiToken: EDGE_ERR_VALUE: it is "missing"'],
    ['jwt', {}, { loginPrefix: '' }, 'loginPrefix: EDGE_ERR_VALUE: it is "missing"'],
    ['jwt', {}, { loginPrefix: 'my-cognito' }, 'loginPrefix: EDGE_ERR_NAME'],
    ['jwt', { apiToken: API_TOKEN }, {}, 'apiToken: EDGE_ERR_ALB_AUTH: it is "set", but auth is jwt'],
    ['dex', { nextApiToken: API_TOKEN }, {}, 'nextApiToken: EDGE_ERR_ALB_AUTH: it is "set", but auth is dex'],
    [
      'dex',
      {},
      { scheme: 'public' },
      'scheme: EDGE_ERR_VALUE: it is "public", but it is one of internal, internet-fac',
    ],
    ['dex', {}, { clusterName: 'arn:aws:eks:x' }, 'clusterName: EDGE_ERR_VALUE: it is "arn:aws:eks:x"'],
    ['dex', {}, { certificateArn: 'own' }, 'certificateArn: EDGE_ERR_VALUE: it is "own", but it is an ARN like'],
    [
      'dex',
      { kubeconfig: KUBECONFIG },
      { clusterName: '' },
      'loadBalancerController: EDGE_ERR_VALUE: it is "true", but its role is for an EKS cluster',
    ],
    ['dex', { bridgePassword: 'two\nlines of text' }, {}, 'bridgePassword: EDGE_ERR_VALUE: it is "a text of 17 char'],
  ] as const)('with auth %s, %o and %o is refused', async (kind, secrets, config, problem) => {
    await expect(read(stackWith(kind, { secrets, config }))).rejects.toThrow(problem);
  });

  it('is refused with all that is wrong, as docs/aws.md shows', async () => {
    const certificateArn = 'arn:aws:acm:us-east-1:123456789012:certificate/0c1d2e3f';
    const error = await read(stackWith('header', { config: { certificateArn, loginPrefix: 'example' } })).catch(
      (e) => e,
    );

    expect(readFileSync(path.join(ROOT, 'docs', 'aws.md'), 'utf8')).toContain(`error: ${error.message}\n`);
  });
});
