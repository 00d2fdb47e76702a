/** Where a connection ended, as a metric tells it. */
export type LinkProblem = 'closed' | 'broker' | 'timeout' | 'silent' | 'subscription' | 'login' | 'refused' | 'network';

/** Why a connection was given up, or how the broker ended it. */
export class LinkError extends Error {
  readonly problem: LinkProblem;

  constructor(problem: LinkProblem, message: string) {
    super(message);
    this.problem = problem;
  }
}
