import type { JsonText } from '../../payload/json-text';

/** A request that may share a call with others. */
export interface Part {
  /** Requests of one kind go together. */
  readonly kind: string;
  /** Instances, or rows of each tensor. */
  readonly rows: number;
  /** What is in the array of instances, or in those of the tensors, as it was written. */
  readonly columns: readonly Buffer[];
  readonly protocol: BatchProtocol;
}

/** How requests of one kind become one, and the answer becomes one for each. */
export interface BatchProtocol {
  merge(parts: readonly Part[]): Buffer;
  /**
   * @param rows that each request asked about, in the order in which they were merged
   * @throws Mismatch when the answer cannot be divided in this way
   */
  split(answer: JsonText, rows: readonly number[]): Buffer[];
}
