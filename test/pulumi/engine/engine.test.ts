import { beforeAll, describe, expect, it } from 'vitest';
import packageJson from '../../../package.json';
import { engineOn, failure, findResource, preview, type Run, SDKS, UNKNOWN, update } from '.';

const STACK = 'urn:pulumi:stack::project::pulumi:pulumi:Stack::project-stack';
const THING = 'test:index:Thing';
const CERTIFICATE = 'aws:acm/certificate:Certificate';

const fixture = (name: string) => `test/pulumi/engine/fixtures/${name}.ts`;
const urn = (types: string, name: string) => `urn:pulumi:stack::project::${types}::${name}`;

describe.each(SDKS)('with the %s SDK', (sdk) => {
  const { preview, update } = engineOn(sdk);

  describe('a program with a component', () => {
    const options = { config: { domain: 'a.example.com', ports: [80, 443] }, secrets: { token: 'hush' } };
    const arn = 'arn:aws:acm:eu-west-1:123456789012:certificate/platform';
    const platform = urn('test:index:Platform', 'platform');
    const certificate = urn(`test:index:Platform$${CERTIFICATE}`, 'platform');
    let previewed: Run;
    let updated: Run;

    beforeAll(async () => {
      [previewed, updated] = await Promise.all([
        preview(fixture('platform'), options),
        update(fixture('platform'), options),
      ]);
    });

    it('runs on that SDK, with all that it loads', () => {
      const { sdk: ofProgram, sdkOfAws } = updated.outputs;
      const oldest = packageJson.peerDependencies['@pulumi/pulumi'].replace('^', '');

      expect(ofProgram === oldest).toBe(sdk === 'oldest');
      expect(sdkOfAws).toBe(ofProgram);
    });

    it('registers the same resources in a preview as in an update', () => {
      const urns = [certificate, platform, urn(THING, 'ingress'), urn(THING, 'waiting')];

      expect(previewed.resources.map((resource) => resource.urn)).toStrictEqual(urns);
      expect(updated.resources.map((resource) => resource.urn)).toStrictEqual(urns);
    });

    it('has each in its parent', () => {
      expect(findResource(previewed, CERTIFICATE, 'platform').parent).toBe(platform);
      expect(findResource(previewed, 'test:index:Platform', 'platform').parent).toBe(STACK);
    });

    it('has the inputs and the outputs of components', () => {
      const { component, inputs, registeredOutputs } = findResource(updated, 'test:index:Platform', 'platform');

      expect({ component, inputs, registeredOutputs }).toStrictEqual({
        component: true,
        inputs: { domain: 'a.example.com' },
        registeredOutputs: { arn },
      });
    });

    it('has unknowns at leaves only in a preview', () => {
      const { inputs, unknownPaths } = findResource(previewed, THING, 'ingress');

      expect(inputs).toStrictEqual({
        input: {
          annotations: { 'aws/certificate-arn': UNKNOWN, 'aws/scheme': 'internal' },
          ports: [80, 443],
          rules: [{ header: 'hush' }, { header: 'x' }],
        },
      });
      expect(unknownPaths).toStrictEqual(['input.annotations["aws/certificate-arn"]']);
    });

    it('knows everything in an update', () => {
      const { inputs } = findResource(updated, THING, 'ingress');

      expect(inputs.input).toMatchObject({ annotations: { 'aws/certificate-arn': arn } });
      expect(updated.resources.flatMap(({ unknownPaths }) => unknownPaths)).toStrictEqual([]);
    });

    it('says which values are secret', () => {
      const secretPaths = ['input.rules[0].header'];

      expect(findResource(previewed, THING, 'ingress').secretPaths).toStrictEqual(secretPaths);
      expect(findResource(updated, THING, 'ingress').secretPaths).toStrictEqual(secretPaths);
    });

    it('has dependencies of values, and of components on what is in them', () => {
      const { dependencies, propertyDependencies } = findResource(previewed, THING, 'ingress');

      expect({ dependencies, propertyDependencies }).toStrictEqual({
        dependencies: [certificate],
        propertyDependencies: { input: [certificate] },
      });
      expect(findResource(previewed, THING, 'waiting')).toMatchObject({
        dependencies: [certificate],
        propertyDependencies: {},
      });
    });

    it('has the outputs of the stack, and keeps secrets secret through text', () => {
      expect(previewed.outputs).toMatchObject({ arn: UNKNOWN, id: UNKNOWN, login: 'user:hush' });
      expect(updated.outputs).toMatchObject({ arn, id: 'ingress-id', login: 'user:hush' });
      expect(updated.secretOutputPaths).toStrictEqual(['login']);
    });

    it('has what the program says, and does not call it with values that are not known', () => {
      const warning = { severity: 'warning', message: 'The ingress is internal', urn: urn(THING, 'ingress') };
      const info = { severity: 'info', message: `Issued ${arn}` };

      expect(previewed.log).toStrictEqual([warning]);
      expect(updated.log).toHaveLength(2);
      expect(updated.log).toStrictEqual(expect.arrayContaining([warning, info]));
    });
  });

  describe('options', () => {
    const provider = urn('pulumi:providers:aws', 'ireland');
    let run: Run;

    beforeAll(async () => {
      run = await update(fixture('options'));
    });

    it('are all recorded', () => {
      expect(findResource(run, THING, 'optional').options).toStrictEqual({
        additionalSecretOutputs: ['computed'],
        aliases: [urn(THING, 'older'), { name: 'old', parent: STACK }],
        customTimeouts: { create: '5m', delete: '1h' },
        deleteBeforeReplace: true,
        deletedWith: urn(THING, 'other'),
        ignoreChanges: ['input.tags'],
        import: 'existing-id',
        pluginDownloadURL: 'https://plugins.example.com',
        protect: false,
        replaceOnChanges: ['*'],
        retainOnDelete: true,
        version: '1.2.3',
      });
    });

    it('are none where none were given', () => {
      expect(findResource(run, THING, 'other').options).toStrictEqual({});
    });

    it('say which provider a component has, and its children with it', () => {
      expect(findResource(run, 'test:index:Group', 'group').options).toStrictEqual({ providers: { aws: provider } });
      expect(findResource(run, CERTIFICATE, 'inherits').provider).toBe(provider);
      expect(findResource(run, THING, 'other')).not.toHaveProperty('provider');
    });
  });

  describe('transforms', () => {
    const first = urn(THING, 'first');
    let run: Run;

    beforeAll(async () => {
      run = await preview(fixture('transforms'));
    });

    it('of a resource change it', () => {
      expect(findResource(run, THING, 'own')).toMatchObject({ dependencies: [first], options: { protect: true } });
      expect(findResource(run, THING, 'first').options.protect).toBe(false);
    });

    it('of the stack change every resource, those registered before among them', () => {
      const tags = { team: 'edge' };

      expect(findResource(run, THING, 'first').inputs).toStrictEqual({ input: 'x', tags });
      expect(findResource(run, THING, 'own').inputs).toStrictEqual({ input: { plain: 'x', id: UNKNOWN }, tags });
    });

    it('leave alone what they give nothing for', () => {
      expect(findResource(run, 'test:index:Group', 'group')).toMatchObject({ inputs: { own: UNKNOWN }, options: {} });
    });
  });

  it('lookups are answered by the test, in a preview too', async () => {
    const run = await preview(fixture('lookups'), {
      read: ({ readId }) => ({ outputs: { domainName: `name of ${readId}` } }),
      invoke: (_, { domain }) => ({ arn: `arn of ${domain}` }),
    });

    expect(findResource(run, THING, 'thing').inputs).toStrictEqual({
      input: { found: 'arn of example.com', existing: 'name of existing-arn' },
    });
    expect(run.invocations).toStrictEqual([
      { token: 'aws:acm/getCertificate:getCertificate', args: { domain: 'example.com', statuses: ['ISSUED'] } },
    ]);
    expect(findResource(run, CERTIFICATE, 'existing').readId).toBe('existing-arn');
  });

  it('a program fails that registers two resources with one URN', async () => {
    const { exitCode, log } = await failure(preview(fixture('duplicate')));

    expect(exitCode).toBe(32);
    expect(log[0]?.severity).toBe('error');
    expect(log[0]?.message).toContain(`Duplicate resource URN '${urn(THING, 'thing')}'`);
  });
});

describe('a program fails', () => {
  it('that throws, with its error in the log', async () => {
    const { exitCode, log } = await failure(preview(fixture('throwing')));

    expect(exitCode).toBe(32);
    expect(log[0]?.message).toContain('Error: the zone of example.com is missing');
  });

  it('that throws when it gets a value, with its error in the log', async () => {
    const { exitCode, log } = await failure(update(fixture('rejecting')));

    expect(exitCode).toBe(32);
    expect(log[0]?.message).toContain('Error: thing-id has no host name');
  });

  it('that looks up what the test has not expected', async () => {
    const { refusals } = await failure(preview(fixture('lookups')));

    expect(refusals.toSorted()).toStrictEqual([
      'aws:acm/certificate:Certificate existing-arn is read, but the test has no such resource',
      'aws:acm/getCertificate:getCertificate is invoked with {"domain":"example.com","statuses":["ISSUED"]}, but the test has no answer',
    ]);
  });

  it('that asks for what is not emulated', async () => {
    const { log } = await failure(preview(fixture('hooked')));

    expect(log[0]?.message).toContain('does not support resource hooks');
  });

  it('that ends by itself, and the test learns what it has written', async () => {
    await expect(preview(fixture('exiting'))).rejects.toThrow(/exiting\.ts has failed with exit code 3.*patience/s);
  });
});

it('a program that was expected to fail, and has not, is an error', async () => {
  await expect(failure(Promise.resolve({} as Run))).rejects.toThrow('was expected to fail');
});
