import { existsSync } from 'node:fs';
import path from 'node:path';
import * as pulumi from '@pulumi/pulumi';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { camelConnector } from '../../apps/camel-connector/topology';
import { EXAMPLE_SETTINGS } from '../../apps/edge-inference/settings';
import { edgeInference } from '../../apps/edge-inference/topology';
import { mlPlatform } from '../../apps/ml-platform/stack';
import { AlbAuth, EdgeApp, OrderAnnotation } from '../../lib';
import { ClusterObjects, token } from '../../lib/pulumi';
import { type Manifest, readManifests } from '../../lib/testing';
import { appNames } from '../lib/support/apps';
import { temporaryFolder } from '../lib/support/folders';
import { MAXIMAL_STACKS } from '../lib/support/maximal-stacks';
import { mocked } from './support/mocks';

type Build = (app: EdgeApp) => unknown;

const APPS: Record<string, Build> = {
  'camel-connector': camelConnector,
  'edge-inference': (app) => edgeInference(app, EXAMPLE_SETTINGS),
  'ml-platform': mlPlatform,
};

/** An object by its type, with what is in it. */
type Rendering = [type: string, object: unknown];

const newApp = () => new EdgeApp({ outdir: temporaryFolder(), orderAnnotations: Object.values(OrderAnnotation) });

/** What `cdk8s synth` writes for an app: the manifests, and the patches for objects of others. */
function synthesized(build: Build): Rendering[] {
  const app = newApp();
  build(app);
  app.synth();
  const folder = path.join(app.outdir, 'patches');
  const patches = (existsSync(folder) ? readManifests(folder) : []).map((patch) => JSON.stringify(patch));
  return sorted(
    readManifests(app.outdir).map((object) =>
      patches.includes(JSON.stringify(object)) ? [typeOf(object, 'Patch'), forced(object)] : [typeOf(object), object],
    ),
  );
}

/** What Pulumi registers for it. */
async function registered(build: Build): Promise<Rendering[]> {
  const { resources } = await mocked(() => {
    const app = newApp();
    build(app);
    return new ClusterObjects('cluster', { app });
  });
  const objects = resources.filter(({ component }) => !component);
  return sorted(objects.map(({ type, inputs }) => [type, inputs]));
}

function typeOf({ apiVersion, kind }: Manifest, suffix = ''): string {
  return `kubernetes:${apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`}:${kind}${suffix}`;
}

/** The one difference: what `kubectl apply --force-conflicts` says on its command line, Pulumi reads in the object. */
function forced({ metadata, ...rest }: Manifest): object {
  return {
    ...rest,
    metadata: { ...metadata, annotations: { ...metadata.annotations, 'pulumi.com/patchForce': 'true' } },
  };
}

function sorted(renderings: Rendering[]): Rendering[] {
  const key = ([type, object]: Rendering) => {
    const { namespace, name } = (object as Manifest).metadata;
    return [type, namespace, name].join(' ');
  };
  return renderings.sort((a, b) => (key(a) < key(b) ? -1 : 1));
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
    const expected = synthesized(build);

    expect(expected.length).toBeGreaterThan(0);
    expect(await registered(build)).toStrictEqual(expected);
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

    expect(await registered(late)).toStrictEqual(synthesized(stack(certificateArn, secret)));
  });
});
