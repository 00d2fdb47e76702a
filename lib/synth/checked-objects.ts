import type { IConstruct } from 'constructs';
import { describe } from '../errors';
import { manifestProblems } from './manifest-checks';
import { type RenderedObjects, renderObjects } from './rendered-objects';
import { sideFileProblems } from './side-files';

/** The objects of a tree, and all that is wrong with the tree and with them. */
export interface CheckedObjects extends RenderedObjects {
  /** `[construct path] CODE: …`. */
  readonly problems: readonly string[];
}

/** Whether placeholders will still be replaced: `pulumi up` does it, a file keeps them. */
export interface CheckOptions {
  readonly late: boolean;
}

/** Renders and checks a tree as a whole. */
export function checkObjects(root: IConstruct, options: CheckOptions): CheckedObjects {
  const problems = root.node.findAll().flatMap(({ node }) => node.validate().map((text) => `[${node.path}] ${text}`));
  const rendered = renderObjects(root);
  const manifests = rendered.objects.map(({ manifest }) => manifest);
  return {
    ...rendered,
    problems: [
      ...problems,
      ...manifestProblems(manifests, options),
      ...sideFileProblems(root, options),
      ...rendered.circles.map(circleProblem),
    ],
  };
}

/** What is wrong with constructs that depend on each other. */
export function circleProblem(circle: readonly IConstruct[]): string {
  const paths = circle.map(({ node }) => node.path);
  const problem = describe('EDGE_ERR_ORDER', {
    at: 'what a construct depends on',
    value: paths.join(' → '),
    rule: 'nothing in a circle can be applied first',
    fix: 'Remove one of the dependencies',
  });
  return `[${paths[0]}] ${problem}`;
}
