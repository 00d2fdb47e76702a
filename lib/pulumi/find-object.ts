import { ApiObject } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { EdgeError } from '../errors';

/**
 * What is kept for an object, or for the principal object of a construct.
 *
 * @throws EdgeError EDGE_ERR_NOT_REGISTERED when there is none
 */
export function findObject<T>(construct: IConstruct, kept: ReadonlyMap<ApiObject, T>): T {
  const object = principal(construct);
  const found = object && kept.get(object);
  if (found !== undefined) return found;
  throw new EdgeError('EDGE_ERR_NOT_REGISTERED', {
    at: 'a construct that ClusterObjects was asked for',
    value: construct.node.path,
    rule: object ? 'it is not in the app' : 'it has no principal object',
    fix: 'Give one of the objects of the app',
  });
}

function principal(construct: IConstruct): ApiObject | undefined {
  if (ApiObject.isApiObject(construct)) return construct;
  const child = construct.node.defaultChild;
  return child && principal(child);
}
