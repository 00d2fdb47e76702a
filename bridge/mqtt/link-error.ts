/** Where a connection ended, as a metric tells it. */
export type LinkProblem = 'closed' | 'broker' | 'timeout' | 'silent' | 'subscription';

/** Why the bridge itself gave a connection up, or how the broker ended it. */
export class LinkError extends Error {
  readonly problem: LinkProblem;

  constructor(problem: LinkProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
