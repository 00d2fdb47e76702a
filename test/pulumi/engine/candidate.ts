import type { ReadResourceRequest, RegisterResourceRequest } from '@pulumi/pulumi/proto/resource_pb';
import { givenOptions, optionsOfRead, providerUrn } from './options';
import type { RegisteredResource } from './registered-resource';
import type { Transformable } from './transforms';
import { type StackName, urnOf } from './urn';
import { decode, type PlainObject } from './values';

/** A resource that asks to be registered, with its inputs as they came. */
export interface Candidate {
  readonly resource: RegisteredResource;
  readonly wireInputs: PlainObject;
}

/** @throws Error for a component of another process, which nobody would make */
export function candidateOf(stack: StackName, request: RegisterResourceRequest, transformed: Transformable): Candidate {
  if (request.getRemote()) throw new Error(`${request.getType()} is a remote component, and these are not emulated`);
  const wireInputs = transformed.properties.toJavaScript();
  const particulars = {
    component: !request.getCustom(),
    propertyDependencies: propertyDependenciesOf(request, Object.keys(wireInputs)),
  };
  return candidate(stack, request, wireInputs, transformed.options, particulars);
}

export function candidateOfRead(stack: StackName, request: ReadResourceRequest): Candidate {
  const wireInputs = request.getProperties()?.toJavaScript() ?? {};
  const particulars = { component: false, readId: request.getId(), propertyDependencies: {} };
  return candidate(stack, request, wireInputs, optionsOfRead(request), particulars);
}

function candidate(
  stack: StackName,
  request: Pick<RegisterResourceRequest | ReadResourceRequest, 'getType' | 'getName' | 'getParent'>,
  wireInputs: PlainObject,
  options: Transformable['options'],
  particulars: Pick<RegisteredResource, 'component' | 'readId' | 'propertyDependencies'>,
): Candidate {
  const named = { type: request.getType(), name: request.getName(), parent: request.getParent() };
  const { value: inputs, secretPaths, unknownPaths } = decode(wireInputs);
  const resource = {
    urn: urnOf(stack, named),
    ...named,
    ...particulars,
    inputs,
    secretPaths,
    unknownPaths,
    dependencies: options.getDependsOnList().toSorted(),
    ...(options.getProvider() && { provider: providerUrn(options.getProvider()) }),
    options: givenOptions(options),
  };
  return { resource, wireInputs };
}

/** Of the inputs that transforms have left. */
function propertyDependenciesOf(request: RegisterResourceRequest, inputs: readonly string[]): Record<string, string[]> {
  return Object.fromEntries(
    [...request.getPropertydependenciesMap().entries()]
      .map(([input, dependencies]) => [input, dependencies.getUrnsList().toSorted()] as const)
      .filter(([input, urns]) => inputs.includes(input) && urns.length > 0),
  );
}
