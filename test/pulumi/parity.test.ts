import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { camelConnector } from '../../apps/camel-connector/topology';
import { EXAMPLE_SETTINGS } from '../../apps/edge-inference/settings';
import { edgeInference } from '../../apps/edge-inference/topology';
import { mlPlatform } from '../../apps/ml-platform/stack';
import { providerMq } from '../../apps/provider-mq/topology';
import { AlbAuth, EdgeApp, OrderAnnotation } from '../../lib';
import { ClusterObjects, token } from '../../lib/pulumi';
import { appNames } from '../lib/support/apps';
import { temporaryFolder } from '../lib/support/folders';
import { MAXIMAL_STACKS } from '../lib/support/maximal-stacks';
import { mocked } from './support/mocks';
import { type Rendering, registered, synthesized } from './support/renderings';

type Build = (app: EdgeApp) => unknown;

const APPS: Record<string, Build> = {
  'camel-connector': camelConnector,
  'edge-inference': (app) => edgeInference(app, EXAMPLE_SETTINGS),
  'ml-platform': mlPlatform,
  'provider-mq': providerMq,
};

const newApp = () => new EdgeApp({ outdir: temporaryFolder(), orderAnnotations: Object.values(OrderAnnotation) });

/** What `cdk8s synth` writes for an app. */
function synthesizedBy(build: Build): Rendering[] {
  const app = newApp();
  build(app);
  return synthesized(app);
}

/** What Pulumi registers for it. */
async function registeredBy(build: Build): Promise<Rendering[]> {
  const { resources } = await mocked(() => {
    const app = newApp();
    build(app);
    return new ClusterObjects('cluster', { app });
  });
  return registered(resources.filter(({ component }) => !component));
}

beforeEach(() => {
  for (const method of ['warn', 'log', 'info'] as const) vi.spyOn(console, method).mockReturnValue();
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('cdk8s synth and pulumi up make the same objects', () => {
  it('for every app there is', () => {
    expect(Object.keys(APPS)).toStrictEqual(appNames());
  });

  it.each([...Object.entries(APPS), ...MAXIMAL_STACKS])('of %s', async (_, build) => {
    const expected = synthesizedBy(build);

    expect(expected.length).toBeGreaterThan(0);
    expect(await registeredBy(build)).toStrictEqual(expected);
  });

  it('of a stack with values that are known only later', async () => {
    const { certificateArn } = EXAMPLE_SETTINGS.exposure;
    const secret = '0d9f3c5e7a1b28466f8e9a0b1c2d3e4f';
    const stack = (arn: string, value: string) => (app: EdgeApp) =>
      edgeInference(app, {
        ...EXAMPLE_SETTINGS,
        exposure: { certificateArn: arn, auth: AlbAuth.header('x-api-key', [value]) },
      });

    const late = stack(token(pulumi.output(certificateArn)), token(pulumi.secret(secret)));

    expect(await registeredBy(late)).toStrictEqual(synthesizedBy(stack(certificateArn, secret)));
  });
});
