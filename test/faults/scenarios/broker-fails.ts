import { setTimeout as sleep } from 'node:timers/promises';
import { split } from '../amount';
import type { Load } from '../publisher';
import type { Scenario } from '../scenario';
import { smallDiskProblem } from '../small-disk';
import { BRIDGE_USER, type Setting, type Stage } from '../stage';
import { HARNESS } from '../test-client';
import { type Repeated, USUAL } from './usual';

/** Of the bridge, where the broker loses what is behind it. */
const WINDOW = 8;

export function brokerRestarted(load: Repeated & { readonly everyMs: number }): Scenario {
  return {
    name: 'broker restarted',
    specification: `loses nothing when the broker restarts ${load.times} times, QoS ${USUAL.qos}`,
    load,
    setting: USUAL,
    promised: {},
    play: async ({ publisher, broker }) => {
      const restarts = async () => {
        for (let i = 0; i < load.times; i += 1) {
          await sleep(load.everyMs);
          await broker.restart();
        }
      };
      await Promise.all([publisher.publish(load), restarts()]);
    },
  };
}

/** A restart is when a broker that keeps its sessions in memory loses them. */
export function brokerForgets(load: Load): Scenario {
  return brokerLoses(load, {
    name: 'broker restarted, no persistence',
    specification: 'answers all that was delivered when the broker, restarted, has forgotten the rest',
    sessionsLeft: 0,
    fail: async ({ broker }) => broker.restart({ persistence: false }),
  });
}

/** What Mosquitto has not written to its file when it is killed is lost, however long it was acknowledged. */
export function brokerKilled(load: Load): Scenario {
  return brokerLoses(load, {
    name: 'broker killed',
    specification: 'answers all that was delivered when the broker is killed before it has saved the rest',
    sessionsLeft: 1,
    // It may save before it looks at the bridge's last acknowledgements, and then delivers those requests again.
    duplicatesAtMost: WINDOW + 1,
    prepare: ({ broker }) => broker.save(),
    fail: ({ broker }) => broker.restart({ signal: 'SIGKILL' }),
  });
}

/** Mosquitto goes on as long as it runs, and says in its log that it cannot save. */
export function diskFull(load: Load): Scenario {
  return {
    ...brokerLoses(load, {
      name: "broker's disk full",
      specification: 'answers all that was delivered when the broker, its disk full, is restarted without the rest',
      sessionsLeft: 1,
      duplicatesAtMost: WINDOW + 1,
      setting: { diskKibibytes: 256 },
      prepare: async ({ broker, disk }) => {
        await broker.save();
        disk?.fill();
      },
      fail: async ({ broker }) => {
        broker.askToSave();
        await broker.says(/No space left on device/);
        await broker.restart();
      },
    }),
    problem: smallDiskProblem,
  };
}

interface BrokerLoss {
  readonly name: string;
  readonly specification: string;
  /** 1 when the broker still knows the bridge's session afterwards. */
  readonly sessionsLeft: 0 | 1;
  /** @default 0 */
  readonly duplicatesAtMost?: number;
  readonly setting?: Partial<Setting>;
  /** What happens before the broker takes requests that it will lose. */
  readonly prepare?: (stage: Stage) => Promise<void>;
  readonly fail: (stage: Stage) => Promise<void>;
}

/**
 * The broker acknowledges requests, has room in the bridge's window for a few of them, and loses the others. The model
 * gives no answers meanwhile, so that these few are under way when it happens. Afterwards everything works as before.
 */
function brokerLoses(load: Load, loss: BrokerLoss): Scenario {
  const { name, specification, sessionsLeft, duplicatesAtMost = 0, setting, prepare, fail } = loss;
  const [before, others] = split(load, 1 / 3);
  const [meanwhile, after] = split(others, 1 / 2);
  return {
    name,
    specification,
    load,
    setting: { ...USUAL, window: WINDOW, silenceMs: 3_000, ...setting },
    promised: {
      duplicatesAtMost,
      // The bridge reads one more than its window.
      brokerLoses: { atLeast: meanwhile.messages - WINDOW - 1, atMost: meanwhile.messages - WINDOW },
      shows: [
        { metric: 'bridge_reconnects_total', atLeast: 2 },
        { metric: 'bridge_session_present', atLeast: sessionsLeft, atMost: sessionsLeft },
      ],
    },
    play: async (stage) => {
      const { publisher, verifier, model, bridge } = stage;
      await publisher.publish(before);
      await verifier.answered(before.messages);
      await bridge.idle();
      // Behind this, the broker has most probably read the bridge's last acknowledgements.
      await verifier.flush();
      await prepare?.(stage);
      await model.tell({ do: 'hold' });
      await publisher.publish(meanwhile);
      await model.whenCalled(before.messages + WINDOW);
      await fail(stage);
      await bridge.shows('bridge_reconnects_total', 2);
      await Promise.all([bridge.ready(), verifier.ready()]);
      await model.tell({ do: 'release' });
      await publisher.publish(after);
    },
  };
}

export function queueOverflows(load: Load, maxQueuedMessages: number): Scenario {
  const dropped = load.messages - maxQueuedMessages;
  return {
    name: "broker's queue overflows",
    specification: `shows the ${dropped} of ${load.messages} requests that a broker with a short queue drops while it is away`,
    load,
    setting: {
      ...USUAL,
      maxQueuedMessages,
      silenceMs: 3_000,
      config: { droppedMessagesTopic: '$SYS/broker/publish/messages/dropped' },
    },
    promised: {
      duplicatesAtMost: 0,
      brokerLoses: { atLeast: dropped, atMost: dropped },
      shows: [{ metric: 'bridge_broker_messages_dropped_total', atLeast: dropped, atMost: dropped }],
    },
    play: async ({ publisher, bridge }) => {
      await bridge.stop('SIGTERM');
      await publisher.publish(load);
      await bridge.start();
    },
  };
}

/** The broker gets a new password; whoever looks after the bridge is late. */
export function brokerRefuses(load: Load): Scenario {
  const users = (password: string) => ({ [HARNESS.username]: HARNESS.password, [BRIDGE_USER]: password });
  const [before, after] = split(load, 0.5);
  return {
    name: 'broker refuses the login',
    specification: 'loses nothing when the broker refuses it, and comes back when the file with its password is right',
    load,
    setting: { ...USUAL, broker: { users: users('first') } },
    promised: { shows: [{ metric: 'bridge_reconnects_total', atLeast: 2 }] },
    play: async ({ publisher, broker, bridge, changePassword }) => {
      await publisher.publish(before);
      await broker.restart({ users: users('second') });
      await bridge.says(/BRIDGE_ERR_BROKER_LOGIN/);
      await publisher.publish(after);
      changePassword('second');
      await bridge.ready();
    },
  };
}
