import { setTimeout as sleep } from 'node:timers/promises';
import type { RabbitMqProcess } from '../../../rabbitmq/rabbitmq-process';
import { leaderOf } from '../cluster';
import type { Load } from '../publisher';
import type { ProviderScenario } from '../scenario';
import type { Setting, Stage } from '../stage';
import { promising, USUAL } from './usual';

const CLUSTER: Setting = { ...USUAL, broker: 'cluster', silenceMs: 40_000 };
/** How long a node that was killed is away. */
const AWAY_MS = 3_000;

/** The node that the provider is connected to; the queue is led by another one. */
export function ownNodeKilled(load: Load): ProviderScenario {
  return nodeFails(load, {
    name: "provider's node killed",
    specification:
      'loses nothing when the node that the provider is connected to is killed, and goes on at another one',
    reconnects: 1,
    fail: async ({ nodes: [own] }) => killed(own),
  });
}

/** Another replica takes over, which no client has to hear of. */
export function leaderKilled(load: Load): ProviderScenario {
  return nodeFails(load, {
    name: "queue's leader killed",
    specification: "loses nothing when the node with the queue's leader is killed",
    reconnects: 0,
    fail: async ({ nodes, queue }) => {
      const leader = await leaderOf(queue, nodes);
      if (leader === nodes[0]) throw new Error('the provider is connected to the leader, which is another scenario');
      await killed(leader);
    },
  });
}

export function rollingRestart(load: Load): ProviderScenario {
  return nodeFails(load, {
    name: 'rolling restart',
    specification: 'loses nothing when the nodes of the cluster restart, one after another',
    reconnects: 1,
    fail: async ({ nodes }) => {
      for (const node of nodes) {
        await node.restart();
        await node.run('rabbitmq-diagnostics', '--silent', '--node', node.nodename, 'check_running');
      }
    },
  });
}

/**
 * A suspended node keeps its connections, and says nothing on them: neither to clients nor to the others, which take it for
 * gone. When it goes on, the cluster is one that was partitioned.
 */
export function nodePartitioned(load: Load): ProviderScenario {
  return nodeFails(load, {
    name: 'node partitioned',
    specification:
      "loses nothing when the provider's node is suspended, and comes back from a partition of the cluster",
    reconnects: 1,
    fail: async ({ nodes: [own, other] }) => {
      own.signal('SIGSTOP');
      try {
        await other?.says(new RegExp(`${own.nodename}.* down: net_tick_timeout`));
      } finally {
        own.signal('SIGCONT');
      }
      await own.says(/running_partitioned_network/);
      // What its operator would do: RabbitMQ itself waits for somebody to.
      await own.restart();
    },
  });
}

interface NodeFault extends Pick<ProviderScenario, 'name' | 'specification'> {
  readonly fail: (stage: Stage) => Promise<void>;
  readonly reconnects: number;
}

/** The fault begins when a quarter is answered, and is over before the load is. */
function nodeFails(load: Load, { name, specification, fail, reconnects }: NodeFault): ProviderScenario {
  return {
    name,
    specification,
    load,
    setting: CLUSTER,
    promised: promising({ shows: [{ metric: 'bridge_reconnects_total', atLeast: reconnects }] }),
    play: async (stage) => {
      const fault = async () => {
        await stage.verifier.answered(Math.floor(load.messages / 4));
        await fail(stage);
      };
      await Promise.all([stage.publisher.publish(load), fault()]);
    },
  };
}

async function killed(node: RabbitMqProcess): Promise<void> {
  await node.stop('SIGKILL');
  await sleep(AWAY_MS);
  await node.startAgain();
}
