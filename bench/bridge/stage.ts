import path from 'node:path';
import type { BridgeConfigInput } from '../../bridge';
import { makeTemporaryDirectory, removeTemporaryDirectory } from '../../test/faults/leftovers';
import { BridgeProgram } from './bridge-program';
import { Broker } from './broker';
import { bundlePrograms, OURS } from './bundled';
import { LoadProcess } from './load-process';
import { startModel } from './model';
import type { Topics } from './order';
import type { Bridge } from './rows';

const PROGRAMS = {
  naive: path.join(__dirname, 'naive.ts'),
  'trivial-model': path.join(__dirname, 'trivial-model.ts'),
  requester: path.join(__dirname, 'requester.ts'),
  caller: path.join(__dirname, 'caller.ts'),
};

/** Everything that takes part, each in a process of its own, running from the beginning to the end. */
export interface Stage {
  readonly requester: LoadProcess;
  readonly caller: LoadProcess;
  readonly bridges: ReadonlyMap<Bridge, { readonly program: BridgeProgram; readonly topics: Topics }>;
}

/** Commands of bridges that are not run by Node, by the name of the program. */
export type Peers = Readonly<Record<string, readonly string[]>>;

/** Builds the stage, hands it to `play`, and takes it down again, whatever happens. */
export async function onStage<T>(
  bridges: readonly Bridge[],
  peers: Peers,
  play: (stage: Stage) => Promise<T>,
): Promise<T> {
  const directory = makeTemporaryDirectory();
  const built: { close(): Promise<void> }[] = [];
  const keep = <U extends { close(): Promise<void> }>(part: U): U => {
    built.push(part);
    return part;
  };
  try {
    const programs = bundlePrograms(directory, PROGRAMS);
    const files: Record<string, string> = { ours: OURS, naive: programs.naive };
    const commandOf = (name: string) => peers[name] ?? [process.execPath, files[name] ?? name];
    const broker = keep(await Broker.start(directory));
    const model = keep(await startModel(programs['trivial-model']));
    const requester = keep(await LoadProcess.start(programs.requester, broker.url('tcp')));
    const caller = keep(await LoadProcess.start(programs.caller, model.url));
    const running: [Bridge, { program: BridgeProgram; topics: Topics }][] = [];
    for (const [index, bridge] of bridges.entries()) {
      const topics = { request: `requests/${index}`, answer: `answers/${index}` };
      const config = bridgeConfig(bridge, topics, broker, model.url);
      const program = keep(
        await BridgeProgram.start(commandOf(bridge.program), path.join(directory, `${index}.json`), config),
      );
      running.push([bridge, { program, topics }]);
    }
    return await play({ requester, caller, bridges: new Map(running) });
  } finally {
    for (const part of built.reverse()) await part.close();
    removeTemporaryDirectory(directory);
  }
}

function bridgeConfig(
  { qos, link, window, concurrency, batch }: Bridge,
  topics: Topics,
  broker: Broker,
  modelUrl: string,
): BridgeConfigInput {
  return {
    broker: {
      url: broker.url(link),
      clientId: topics.request,
      tls: link === 'tls' ? { caFile: broker.caFile } : undefined,
    },
    delivery: { window },
    routes: [
      {
        name: 'bench',
        requestTopic: topics.request,
        qos,
        concurrency,
        model: { url: modelUrl },
        batch: batch === undefined ? undefined : { maxItems: batch },
        // An answer with QoS 0 would acknowledge nothing, so requests with QoS 0 get theirs with QoS 1.
        reply: { topic: topics.answer, qos: qos === 2 ? 2 : 1 },
        deadLetter: { topic: `dead-letters/${topics.answer}` },
      },
    ],
    http: { host: '127.0.0.1', port: 0 },
  };
}
