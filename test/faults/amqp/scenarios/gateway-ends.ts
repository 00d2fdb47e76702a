import type { Amount } from '../../amount';
import type { GatewayScenario } from '../scenario';
import { NONE_ASTRAY, USUAL } from './usual';

const broken = (replica: number, atLeast: number, atMost?: number) => ({
  metric: 'faults_broken_total',
  label: `replica="${replica}"`,
  atLeast,
  ...(atMost !== undefined && { atMost }),
});

export function gatewayDrained(load: Amount): GatewayScenario {
  return gatewayEnds(load, {
    name: 'gateway drained',
    specification:
      'gives everybody their own answer, on connections that hold, when one of two gateways is told to stop',
    signal: 'SIGTERM',
    breaks: [broken(0, 0, 0), broken(1, 0, 0)],
  });
}

export function gatewayKilled(load: Amount): GatewayScenario {
  return gatewayEnds(load, {
    name: 'gateway killed',
    specification:
      'gives everybody their own answer when one of two gateways is killed, and breaks connections there alone',
    signal: 'SIGKILL',
    breaks: [broken(0, 1), broken(1, 0, 0)],
  });
}

interface Ending extends Pick<GatewayScenario, 'name' | 'specification'> {
  readonly signal: 'SIGTERM' | 'SIGKILL';
  readonly breaks: readonly ReturnType<typeof broken>[];
}

/** Requests without an answer at a killed gateway are parked by the provider: their queue for answers is gone. */
function gatewayEnds(load: Amount, { name, specification, signal, breaks }: Ending): GatewayScenario {
  return {
    name,
    specification,
    load,
    setting: { ...USUAL, drainDelaySeconds: 1 },
    promised: { shows: [NONE_ASTRAY, ...breaks] },
    play: async ({ callers, gateways: [gateway] }) => {
      const ending = callers.answered(Math.floor(load.messages / 3)).then(() => gateway.stop(signal));
      await Promise.all([callers.ask(load), ending]);
    },
  };
}
