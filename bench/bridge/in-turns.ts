import { measure, type Times } from './measure';
import type { Results } from './results';
import type { Row } from './rows';
import { onStage, type Peers } from './stage';

/** Measures rows forth and back in turns, so that what else happens on the machine does no row more harm than others. */
export function measureInTurns(
  rows: readonly Row[],
  rounds: number,
  times: Times,
  peers: Peers = {},
): Promise<Results> {
  const bridges = rows.flatMap(({ what }) => (typeof what === 'string' ? [] : [what]));
  return onStage([...new Set(bridges)], peers, async (stage) => {
    const results = new Map(rows.map((row) => [row, [] as Awaited<ReturnType<typeof measure>>[]]));
    for (let round = 0; round < rounds; round += 1) {
      for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
        const measured = await measure(row, stage, times);
        results.get(row)?.push(measured);
        process.stderr.write(`round ${round + 1}/${rounds}, ${row.name}: ${measured.perSecond.toFixed(0)}/s\n`);
      }
    }
    return results;
  });
}
