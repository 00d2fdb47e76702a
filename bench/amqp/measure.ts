import { type Times, withUsage } from '../bridge/measure';
import type { Measured } from '../bridge/order';
import type { Row } from './rows';
import { queueOf, type Stage } from './stage';

/** Measures one row once. Processor time and memory are those of the provider or, where there is one, of the gateway. */
export function measure({ over, provider, load }: Row, stage: Stage, times: Times): Promise<Measured> {
  const program = over === 'HTTP' ? stage.gateway : stage.providerOf(provider);
  const topics = { request: queueOf(provider), answer: '' };
  return withUsage(program, (look) => stage.requesters[over].carryOut({ load, topics, qos: 1, ...times }, look));
}
