import { setTimeout as sleep } from 'node:timers/promises';

/** How many requests there are, with ids in their order, and how fast they come. */
export interface Amount {
  readonly messages: number;
  readonly perSecond: number;
  /** The id of the first one; 0 by default. */
  readonly first?: number;
}

/** Sends requests at an even pace; resolves when all are sent. */
export async function atPace(
  { messages, perSecond, first = 0 }: Amount,
  mostAtATime: number,
  send: (id: number) => Promise<void>,
): Promise<void> {
  const started = performance.now();
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < messages; index = next++) {
      const early = started + (index * 1000) / perSecond - performance.now();
      if (early > 0) await sleep(early);
      await send(first + index);
    }
  };
  await Promise.all(Array.from({ length: mostAtATime }, worker));
}

/** The first part of an amount, by its share, and the rest. */
export function split<A extends Amount>(amount: A, share: number): [A, A] {
  const { messages, first = 0 } = amount;
  const some = Math.floor(messages * share);
  return [
    { ...amount, messages: some },
    { ...amount, first: first + some, messages: messages - some },
  ];
}
