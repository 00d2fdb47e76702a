import { setTimeout as sleep } from 'node:timers/promises';

const TIME_LIMIT_MS = 240_000;

/** @throws Error when a scenario is not over in time */
export async function withinLimit<T>(work: Promise<T>): Promise<T> {
  const limit = new AbortController();
  const tooLong = sleep(TIME_LIMIT_MS, undefined, { signal: limit.signal }).then(() => {
    throw new Error(`the scenario was not over after ${TIME_LIMIT_MS / 1000} s`);
  });
  try {
    return await Promise.race([work, tooLong]);
  } finally {
    limit.abort();
  }
}
