/** How long nothing may have come from the broker before the rest of a session counts as delivered. */
const QUIET_MS = 2_000;
const LOOK_MS = 100;

export interface Retiring {
  /** Ends the subscriptions; what waits in the session is still delivered. */
  readonly unsubscribe: () => Promise<void>;
  /** Messages that were taken so far, and how many of them are not yet acknowledged. */
  readonly taken: () => { readonly total: number; readonly open: number };
}

/**
 * Works off what waits for a member of a group that leaves it. A broker hands it to no other member, whatever MQTT says
 * it should do.
 *
 * Resolves when all of it is acknowledged and nothing more comes.
 */
export async function retire({ unsubscribe, taken }: Retiring): Promise<void> {
  await unsubscribe();
  let last = taken().total;
  let quietSince = performance.now();
  for (;;) {
    const { total, open } = taken();
    if (total !== last || open > 0) quietSince = performance.now();
    else if (performance.now() - quietSince >= QUIET_MS) return;
    last = total;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}
