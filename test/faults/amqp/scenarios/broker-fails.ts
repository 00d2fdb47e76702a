import { setTimeout as sleep } from 'node:timers/promises';
import { split } from '../../amount';
import type { Load } from '../publisher';
import type { ProviderScenario } from '../scenario';
import { promising, USUAL } from './usual';

export function brokerRestarted(
  load: Load & { readonly times: number },
  signal: 'SIGTERM' | 'SIGKILL',
): ProviderScenario {
  const happens = { SIGTERM: 'restarts', SIGKILL: 'is killed and comes back' }[signal];
  return {
    name: `broker restarted, ${signal}`,
    specification: `loses nothing when the broker ${happens}, ${load.times} times`,
    load,
    setting: USUAL,
    promised: promising({ shows: [{ metric: 'bridge_reconnects_total', atLeast: load.times }] }),
    play: async ({ publisher, verifier, nodes: [broker] }) => {
      const restarts = async () => {
        for (let i = 1; i <= load.times; i += 1) {
          await verifier.answered(Math.floor((load.messages * i) / (load.times + 1)));
          await broker.restart({ signal });
        }
      };
      await Promise.all([publisher.publish(load), restarts()]);
    },
  };
}

export function connectionsReset(load: Load & { readonly everyMs: number }): ProviderScenario {
  return {
    name: 'TCP connections reset',
    specification: `loses nothing when the provider's connections are reset every ${load.everyMs} ms`,
    load,
    setting: { ...USUAL, broker: 'single, proxy' },
    promised: promising({ shows: [{ metric: 'bridge_reconnects_total', atLeast: 2 }] }),
    play: async ({ publisher, proxy }) => {
      const resets = setInterval(() => proxy.reset(), load.everyMs);
      await publisher.publish(load).finally(() => clearInterval(resets));
    },
  };
}

/**
 * RabbitMQ takes no messages on connections that have published, and delivers on the others: the provider goes on asking
 * models, and its answers wait.
 */
export function brokerBlocked(
  load: Load & { readonly forMs: number },
  short: 'memory' | 'disk space',
): ProviderScenario {
  const [begin, end] = {
    memory: [
      ['set_vm_memory_high_watermark', '0.0001'],
      ['set_vm_memory_high_watermark', '0.4'],
    ],
    'disk space': [
      ['set_disk_free_limit', '100000GB'],
      ['set_disk_free_limit', '50MB'],
    ],
  }[short] as [string[], string[]];
  return {
    name: `broker short of ${short}`,
    specification: `loses and repeats nothing, and stays connected, while the broker is short of ${short}`,
    load,
    setting: { ...USUAL, silenceMs: USUAL.silenceMs + load.forMs },
    promised: promising({ duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 }),
    play: async ({ publisher, verifier, bridge, nodes: [broker] }) => {
      const shortage = async () => {
        await verifier.answered(Math.floor(load.messages / 4));
        await broker.ctl(...begin);
        try {
          await bridge.shows('bridge_broker_blocked', 1);
          await sleep(load.forMs);
        } finally {
          await broker.ctl(...end);
        }
      };
      await Promise.all([publisher.publish(load), shortage()]);
    },
  };
}

/** Between two loads, for what is in a queue goes with it. */
export function queueDeleted(load: Load): ProviderScenario {
  const [before, after] = split(load, 0.5);
  return {
    name: 'queue deleted',
    specification: 'declares and consumes its queue again when somebody has deleted it, on the connection that it has',
    load,
    setting: USUAL,
    promised: promising({ duplicatesAtMost: 0, oneModelCallEach: true, reconnectsAtMost: 0 }),
    play: async ({ publisher, verifier, bridge, connection, queue }) => {
      await publisher.publish(before);
      await verifier.answered(before.messages);
      await bridge.idle();
      await connection.queueDelete({ queue });
      await publisher.publish(after);
    },
  };
}

/** The broker closes the channel of a consumer that owes it an acknowledgement for too long. */
export function consumerTimedOut(load: Load & { readonly takesMs: number }): ProviderScenario {
  const change = ({ timeoutMs, lookEveryMs }: { readonly timeoutMs: number; readonly lookEveryMs: number }) =>
    `application:set_env(rabbit, consumer_timeout, ${timeoutMs}), application:set_env(rabbit, channel_tick_interval, ${lookEveryMs}).`;
  const slow = Math.floor(load.messages / 2);
  return {
    name: 'consumer timed out',
    specification: `asks the model once though the broker closes the channel under a request that takes ${load.takesMs} ms`,
    load,
    setting: USUAL,
    promised: promising({
      duplicatesAtMost: 0,
      oneModelCallEach: true,
      reconnectsAtMost: 0,
      shows: [{ metric: 'bridge_messages_settled_total', label: 'outcome="duplicate"', atLeast: 1 }],
    }),
    play: async ({ publisher, verifier, bridge, nodes: [broker] }) => {
      await broker.ctl('eval', change({ timeoutMs: Math.round(load.takesMs / 3), lookEveryMs: 200 }));
      try {
        // Channels know both from when they were opened.
        await bridge.stop('SIGTERM');
        await bridge.start();
        await bridge.ready();
        const special = (index: number) => (index === slow ? { delayMs: load.takesMs } : undefined);
        await publisher.publish({ ...load, special });
        await verifier.answered(load.messages);
      } finally {
        await broker.ctl('eval', change({ timeoutMs: 30 * 60_000, lookEveryMs: 60_000 }));
      }
    },
  };
}
