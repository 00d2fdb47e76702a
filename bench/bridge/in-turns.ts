import { measure, type Times } from './measure';
import type { Measured } from './order';
import type { Results } from './results';
import type { Row } from './rows';
import { onStage, type Peers } from './stage';

/** Measures rows forth and back in turns, so that what else happens on the machine does no row more harm than others. */
export async function inTurns<R extends { readonly name: string }>(
  rows: readonly R[],
  rounds: number,
  measureOne: (row: R) => Promise<Measured>,
): Promise<Map<R, Measured[]>> {
  const results = new Map(rows.map((row) => [row, [] as Measured[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const row of round % 2 === 0 ? rows : rows.toReversed()) {
      const measured = await measureOne(row);
      results.get(row)?.push(measured);
      const figures = `${measured.perSecond.toFixed(0)}/s, p50 ${measured.p50Ms.toFixed(2)} ms`;
      process.stderr.write(`round ${round + 1}/${rounds}, ${row.name}: ${figures}\n`);
    }
  }
  return results;
}

export function measureInTurns(
  rows: readonly Row[],
  rounds: number,
  times: Times,
  peers: Peers = {},
): Promise<Results> {
  const bridges = rows.flatMap(({ what }) => (typeof what === 'string' ? [] : [what]));
  return onStage([...new Set(bridges)], peers, (stage) => inTurns(rows, rounds, (row) => measure(row, stage, times)));
}
