import type { EnvironmentVariable } from '../kubernetes/pod';

/**
 * How Node is to use memory. In a small container V8 gives new objects so little room that it spends as much time on
 * collecting them as the bridge on its work; and each further arena of the C library keeps some MB that it never uses again.
 */
export const NODE_MEMORY = { NODE_OPTIONS: '--max-semi-space-size=8', MALLOC_ARENA_MAX: '1' };

/** The same, as containers are told. */
export const NODE_ENVIRONMENT: EnvironmentVariable[] = Object.entries(NODE_MEMORY).map(([name, value]) => ({
  name,
  value,
}));
