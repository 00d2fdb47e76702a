import type { Usage } from './bridge-program';
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
  const usages: Usage[] = [];
  const look = async () => {
    usages.push(await program.usage());
  };
  const measured = await stage.requester.carryOut({ ...order, topics, qos: what.qos }, look);
  const [before, after] = usages as [Usage, Usage];
  const cpuSeconds = after.cpuSeconds - before.cpuSeconds;
  return {
    ...measured,
    cpuMicrosecondsEach: (cpuSeconds * 1e6) / (after.settled - before.settled),
    rssBytes: after.rssBytes,
  };
}
