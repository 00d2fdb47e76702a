import type { Answer } from './answer';
import type { Question } from './question';

/** One way to a model. */
export interface Destination {
  /** Asks, and never rejects: what goes wrong is an answer like any other. */
  ask(question: Question): Promise<Answer>;
}
