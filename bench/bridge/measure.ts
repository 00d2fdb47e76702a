import type { BridgeProgram, Usage } from './bridge-program';
import type { Measured, Order } from './order';
import type { Row } from './rows';
import type { Stage } from './stage';

/** What goes to this topic comes back from the broker itself. */
const ECHO = { request: 'answers/echo', answer: 'answers/echo' };

/** How long something is measured for. */
export interface Times {
  readonly warmUpMs: number;
  readonly measureMs: number;
}

/** Measures one row once. Processor time and memory are the bridge's; where there is none, those of the load process. */
export async function measure({ what, load, stragglerMs }: Row, stage: Stage, times: Times): Promise<Measured> {
  const order: Order = { load, stragglerMs, qos: 1, ...times };
  if (what === 'model') return stage.caller.carryOut(order);
  if (what === 'broker') return stage.requester.carryOut({ ...order, topics: ECHO });
  const bridge = stage.bridges.get(what);
  if (!bridge) throw new Error('this bridge was never started');
  const { program, topics } = bridge;
  return withUsage(program, (look) => stage.requester.carryOut({ ...order, topics, qos: what.qos }, look));
}

/**
 * Adds what a program used of the machine for it.
 *
 * @param carryOut calls its parameter when the measured part begins, and when it is over
 */
export async function withUsage(
  program: BridgeProgram,
  carryOut: (look: () => Promise<void>) => Promise<Measured>,
): Promise<Measured> {
  const usages: Usage[] = [];
  const measured = await carryOut(async () => {
    usages.push(await program.usage());
  });
  const [before, after] = usages as [Usage, Usage];
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    ...measured,
    cpuMicrosecondsEach: (cpuSeconds * 1e6) / (after.settled - before.settled),
    rssBytes: after.rssBytes,
  };
}
