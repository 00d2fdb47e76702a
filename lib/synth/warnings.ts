import type { IConstruct } from 'constructs';

const WARNINGS = Symbol.for('cdk8s-edge-inference.warnings');

interface WithWarnings {
  [WARNINGS]?: string[];
}

/** Says at synth what is allowed and yet worth knowing. Apps other than EdgeApp do not say it. */
export function addWarning(construct: IConstruct, text: string): void {
  const root = construct.node.root as unknown as WithWarnings;
  root[WARNINGS] ??= [];
  root[WARNINGS].push(`[${construct.node.path}] ${text}`);
}

/** `[construct path] text` of each warning, sorted. */
export function warningsOf(root: IConstruct): string[] {
  return [...((root as unknown as WithWarnings)[WARNINGS] ?? [])].sort();
}
