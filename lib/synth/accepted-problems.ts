import type { IConstruct } from 'constructs';
import type { EdgeErrorCode } from '../error-codes';
import { EdgeError } from '../errors';

const ACCEPTED = Symbol.for('cdk8s-edge-inference.accepted');

interface Accepting {
  [ACCEPTED]?: Set<EdgeErrorCode>;
}

/**
 * Lets the objects of a construct be what a check of finished manifests would refuse.
 *
 * @param reason why it is right here, for whoever reads the stack
 */
export function acceptProblem(construct: IConstruct, code: EdgeErrorCode, reason: string): void {
  if (reason.trim() === '') {
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: `the reason for accepting ${code} at ${construct.node.path}`,
      value: reason,
      rule: 'whoever reads the stack must learn why it is right here',
      fix: 'Give the reason',
    });
  }
  const accepting = construct as Accepting;
  accepting[ACCEPTED] ??= new Set();
  accepting[ACCEPTED].add(code);
}

/** The codes that the construct, or one that it is in, accepts. */
export function acceptedAt(construct: IConstruct): EdgeErrorCode[] {
  return construct.node.scopes.flatMap((scope) => [...((scope as Accepting)[ACCEPTED] ?? [])]);
}
