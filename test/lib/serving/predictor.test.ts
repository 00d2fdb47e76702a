import { describe, expect, it } from 'vitest';
import { type CustomModelOptions, EdgeApp, InferencePlatform, InferenceProtocol } from '../../../lib';
import { findManifest, synthesize, unseenProps } from '../../../lib/testing';
import { manifestOf } from '../support/manifests';
import { MAXIMAL_CUSTOM_MODEL, MAXIMAL_PLATFORM } from '../support/maximal-serving';
import { expectRefusal } from '../support/refusals';
import { IRIS, platformIn } from '../support/stacks';

const IMAGE = 'registry.example.com/words:1';

function custom(options: Partial<CustomModelOptions>) {
  return platformIn(new EdgeApp()).addCustomModel('words', {
    namespace: 'staging',
    container: { image: IMAGE },
    ...options,
  });
}

describe('a model that is a server of your own', () => {
  it('is a container under the name that KServe looks for, without rights', () => {
    const app = new EdgeApp();
    platformIn(app).addCustomModel('words', { namespace: 'staging', container: { image: IMAGE } });

    expect(manifestOf(app, 'InferenceService', 'words').spec).toStrictEqual({
      predictor: {
        timeout: 60,
        containers: [
          {
            name: 'kserve-container',
            image: IMAGE,
            securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] }, runAsNonRoot: true },
          },
        ],
      },
    });
  });

  it('has all its options in the manifest, as far as they are texts and numbers', () => {
    const app = new EdgeApp();
    new InferencePlatform(app, 'platform', MAXIMAL_PLATFORM).addCustomModel('words', MAXIMAL_CUSTOM_MODEL);
    const { timeout, container, transformer, batcher, modelName, visibility, protocol, ...plain } =
      MAXIMAL_CUSTOM_MODEL;
    const { resources, ...inContainer } = container;

    const manifests = [findManifest(synthesize(app), 'InferenceService', 'words')];

    expect(unseenProps({ ...plain, ...inContainer }, manifests)).toStrictEqual([]);
  });

  it('is told by variables what to speak, and KServe what to fetch', () => {
    const app = new EdgeApp();
    platformIn(app).addCustomModel('words', {
      namespace: 'staging',
      container: { image: IMAGE, env: { THREADS: '2' } },
      protocol: InferenceProtocol.V2,
      storageUri: 'pvc://models/words',
    });

    const [container] = manifestOf(app, 'InferenceService', 'words').spec.predictor.containers;
    expect(container.env).toStrictEqual([
      { name: 'PROTOCOL', value: 'v2' },
      { name: 'STORAGE_URI', value: 'pvc://models/words' },
      { name: 'THREADS', value: '2' },
    ]);
  });

  it('is called like any other model', () => {
    expect(custom({}).predictUrl).toBe('http://words.staging.svc.cluster.local/v1/models/words:predict');
  });

  it.each(['PROTOCOL', 'STORAGE_URI'])('may not set %s by hand', (name) => {
    expectRefusal(() => custom({ container: { image: IMAGE, env: { [name]: 'x' } } }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${name}"`,
      rule: 'the library sets it',
    });
  });

  it('may not set PYTHONPATH, which the webhook refuses, neither in clear nor from a Secret', () => {
    const secret = { secretName: 'a', key: 'b' };

    for (const env of [{ env: { PYTHONPATH: '/x' } }, { secretEnv: { PYTHONPATH: secret } }]) {
      expectRefusal(() => custom({ container: { image: IMAGE, ...env } }), {
        code: 'EDGE_ERR_VALUE',
        value: '"PYTHONPATH"',
        rule: "KServe's webhook refuses it",
      });
    }
  });

  it.each(['1A', 'a-b', 'a b', ''])('may not have a variable %j', (name) => {
    expectRefusal(() => custom({ container: { image: IMAGE, env: { [name]: 'x' } } }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${name}"`,
      rule: 'variables have only letters, digits and _',
    });
  });

  it('may not have a variable twice', () => {
    const container = { image: IMAGE, env: { A: 'x' }, secretEnv: { A: { secretName: 'a', key: 'b' } } };

    expectRefusal(() => custom({ container }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"A"',
      rule: 'env and secretEnv both have it',
    });
  });

  it.each([0, 65_536, 1.5])('may not listen on port %d', (port) => {
    expectRefusal(() => custom({ container: { image: IMAGE, port } }), {
      code: 'EDGE_ERR_VALUE',
      value: String(port),
      rule: 'ports are whole numbers from 1 to 65535',
    });
  });

  it.each([1, 65_535])('may listen on port %d', (port) => {
    expect(() => custom({ container: { image: IMAGE, port } })).not.toThrow();
  });

  it('may not be without an image, nor fetch from nowhere', () => {
    expectRefusal(() => custom({ container: { image: '' } }), {
      code: 'EDGE_ERR_VALUE',
      value: '""',
      rule: 'an image reference',
    });
    expectRefusal(() => custom({ storageUri: 'words' }), {
      code: 'EDGE_ERR_VALUE',
      value: '"words"',
      rule: 'it is a URI that KServe can fetch from',
    });
  });
});

describe('exactly one implementation', () => {
  it('is in every InferenceService: the webhook asks for it', () => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    platform.addModel('iris', IRIS);
    platform.addCustomModel('words', { namespace: 'staging', container: { image: IMAGE } });

    const implementations = ['iris', 'words'].map((name) => {
      const { predictor } = manifestOf(app, 'InferenceService', name).spec;
      return ['model', 'containers'].filter((form) => form in predictor);
    });

    expect(implementations).toStrictEqual([['model'], ['containers']]);
  });
});
