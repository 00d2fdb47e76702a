import type { IConstruct } from 'constructs';
import { describe, EdgeError } from '../errors';
import { lostIn, placeholderIn } from './checks/placeholders';

const SIDE_FILES = Symbol.for('cdk8s-edge-inference.sideFiles');

interface WithSideFiles {
  [SIDE_FILES]?: Map<string, SideFile>;
}

interface SideFile {
  readonly content: SideFileContent;
  /** Path of the construct that asked for it first. */
  readonly path: string;
}

/** A text, or what makes it when the tree is finished. */
export type SideFileContent = string | (() => string);

/**
 * Asks for a file beside the manifests: something for another tool than kubectl. Its name must not end like a manifest,
 * or kubectl would try to apply it. Apps other than EdgeApp do not write it.
 *
 * Texts may be asked for again when they are the same; whether two producers make the same is not known in time.
 */
export function addFile(scope: IConstruct, name: string, content: SideFileContent): void {
  const root = scope.node.root as unknown as WithSideFiles;
  root[SIDE_FILES] ??= new Map();
  const there = root[SIDE_FILES].get(name);
  if (there !== undefined && there.content !== content) {
    throw new EdgeError('EDGE_ERR_FILE_DUPLICATE', {
      at: `a file that ${scope.node.path} asks for`,
      value: name,
      rule: 'another construct has asked for one of this name with other content',
      fix: 'Let one construct declare all that belongs into it',
    });
  }
  root[SIDE_FILES].set(name, there ?? { content, path: scope.node.path });
}

/** The files asked for in the tree, with what is in them by now, sorted by name. */
export function sideFiles(root: IConstruct): [name: string, content: string][] {
  return [...((root as unknown as WithSideFiles)[SIDE_FILES] ?? [])]
    .map(([name, { content }]): [string, string] => [name, typeof content === 'string' ? content : content()])
    .sort(([a], [b]) => (a < b ? -1 : 1));
}

/** Placeholders in the files that nobody will replace. */
export function sideFileProblems(root: IConstruct, { late }: { readonly late: boolean }): string[] {
  const find = late ? lostIn : placeholderIn;
  return sideFiles(root).flatMap(([name, content]) => {
    const finding = find(content);
    if (!finding) return [];
    const problem = { at: `file ${name}`, ...finding, fix: 'Give the value itself, from configuration for instance' };
    return [
      `[${(root as unknown as WithSideFiles)[SIDE_FILES]?.get(name)?.path}] ${describe('EDGE_ERR_TOKEN', problem)}`,
    ];
  });
}
