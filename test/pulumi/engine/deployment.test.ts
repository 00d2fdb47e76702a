import { describe, expect, it } from 'vitest';
import { cloudsOf } from './clouds';
import { Deployment } from './deployment';
import type { RegisteredResource } from './registered-resource';

const UNREGISTERED = 'urn:pulumi:stack::project::test:index:Thing::unregistered';

function deployment(): Deployment {
  return new Deployment({ project: 'project', stack: 'stack', preview: false, ...cloudsOf({}) });
}

function candidate(changes: Partial<RegisteredResource>) {
  const resource = {
    urn: 'urn:pulumi:stack::project::test:index:Thing::thing',
    type: 'test:index:Thing',
    name: 'thing',
    parent: '',
    component: false,
    inputs: {},
    secretPaths: [],
    unknownPaths: [],
    dependencies: [],
    propertyDependencies: {},
    options: {},
    ...changes,
  };
  return { resource, wireInputs: {} };
}

describe('a deployment refuses', () => {
  it.each<[string, Partial<RegisteredResource>]>([
    ['a parent', { parent: UNREGISTERED }],
    ['a dependency', { dependencies: [UNREGISTERED] }],
    ['the source of an input', { propertyDependencies: { input: [UNREGISTERED] } }],
    ['a provider', { provider: UNREGISTERED }],
    ['a provider of a component', { options: { providers: { aws: UNREGISTERED } } }],
    ['what a resource is deleted with', { options: { deletedWith: UNREGISTERED } }],
  ])('%s that is not registered', (_, changes) => {
    const started = deployment();

    expect(() => started.register(candidate(changes))).toThrow(`${UNREGISTERED}, but no such resource is registered`);
    expect(started.resources).toStrictEqual([]);
  });

  it('a second resource of a URN, also when one of the two is read', () => {
    const started = deployment();
    started.register(candidate({}));

    expect(() => started.read(candidate({ readId: 'id' }))).toThrow('Duplicate resource URN');
  });

  it('outputs of a component that is not registered', () => {
    expect(() => deployment().registerOutputs(UNREGISTERED, {})).toThrow('no such resource is registered');
  });
});
