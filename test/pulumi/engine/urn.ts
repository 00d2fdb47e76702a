const STACK_TYPE = 'pulumi:pulumi:Stack';

export interface StackName {
  readonly project: string;
  readonly stack: string;
}

export interface Named {
  readonly type: string;
  readonly name: string;
  /** A URN, or nothing for the stack itself. */
  readonly parent: string;
}

/**
 * The URN of a resource: the types of all its parents are in it, but the stack's.
 * @see https://www.pulumi.com/docs/iac/concepts/resources/names/#urns
 */
export function urnOf({ project, stack }: StackName, { type, name, parent }: Named): string {
  const types = parent === '' || isStack(parent) ? type : `${typesOf(parent)}$${type}`;
  return `urn:pulumi:${stack}::${project}::${types}::${name}`;
}

/** Whether this is the stack itself, the parent of everything that has no other. */
export function isStack(urn: string): boolean {
  return typesOf(urn) === STACK_TYPE;
}

function typesOf(urn: string): string {
  return urn.split('::')[2] ?? '';
}
