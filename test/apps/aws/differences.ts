import { type RegisteredResource, UNKNOWN } from '../../pulumi/engine';

/**
 * What a preview shows otherwise than an update makes it: anything but a single value that is not known yet.
 *
 * @returns places, none if the preview shows all that it can
 */
export function hiddenFrom(planned: readonly RegisteredResource[], done: readonly RegisteredResource[]): string[] {
  return done.flatMap((resource) => {
    const plan = planned.find(({ urn }) => urn === resource.urn);
    return differences(plan?.inputs, resource.inputs, `${resource.type} ${resource.name}`);
  });
}

function differences(planned: unknown, done: unknown, at: string): string[] {
  if (planned === UNKNOWN) return isLeaf(done) ? [] : [at];
  if (isLeaf(planned) || isLeaf(done)) return Object.is(planned, done) ? [] : [at];
  const keys = new Set([...Object.keys(planned), ...Object.keys(done)]);
  return [...keys].flatMap((key) => differences((planned as Members)[key], (done as Members)[key], `${at} ${key}`));
}

type Members = Readonly<Record<string, unknown>>;

function isLeaf(value: unknown): value is string | number | boolean | symbol | null | undefined {
  return typeof value !== 'object' || value === null;
}
