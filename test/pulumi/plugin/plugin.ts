import { credentials } from '@grpc/grpc-js';
import { ResourceProviderClient } from '@pulumi/pulumi/proto/provider_grpc_pb';
import { ConstructRequest, GetSchemaRequest } from '@pulumi/pulumi/proto/provider_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import type { RegisteredResource } from '../engine';
import { type Clouds, cloudsOf } from '../engine/clouds';
import { Engine } from '../engine/engine';
import type { Sdk } from '../engine/sdk';
import { decode, encode, type PlainObject } from '../engine/values';
import { hosted } from '../support/hosted';

/** A component as an engine asks for it. */
interface Wanted {
  readonly type: string;
  readonly inputs: PlainObject;
  readonly preview?: boolean;
}

interface Constructed {
  readonly urn: string;
  /** The outputs, with `UNKNOWN` for what is not known. */
  readonly state: PlainObject;
  readonly secretPaths: readonly string[];
  readonly resources: readonly RegisteredResource[];
}

/** A plugin that runs, as Pulumi's engine talks to it. */
export interface Plugin {
  readonly schema: () => Promise<unknown>;
  /** Makes one, named `models`, on an engine of its own. @throws what the plugin answers instead */
  readonly construct: (wanted: Wanted, clouds?: Partial<Clouds>) => Promise<Constructed>;
  readonly end: () => Promise<void>;
}

/** An output as engines send it to components: of a value, or of one that is not known yet. */
export function outputValue(value?: unknown, { secret = false } = {}): PlainObject {
  return { '4dabf18193072939515e22adb298388d': 'd0e6a833031e9bbcd3f4e8bde6ca49a4', value, secret };
}

const STACK = { project: 'project', stack: 'stack' };

export async function startPlugin(folder: string, sdk?: Sdk): Promise<Plugin> {
  const { address, end } = await hosted({ runner: 'run-plugin', folder, args: ['.', '127.0.0.1:1'], sdk });
  const client = new ResourceProviderClient(address, credentials.createInsecure());
  return {
    schema: async () => {
      const response = await answer((done: Done<{ getSchema(): string }>) =>
        client.getSchema(new GetSchemaRequest(), done),
      );
      return JSON.parse(response.getSchema());
    },
    construct: async (wanted, clouds = {}) => {
      const options = { ...STACK, preview: wanted.preview ?? false, ...cloudsOf(clouds) };
      const { engine, address: monitor } = await Engine.start(options);
      try {
        const request = requestFor(wanted, monitor);
        const response = await answer((done: Done<Response>) => client.construct(request, done));
        const { value: state, secretPaths } = decode(response.getState()?.toJavaScript() ?? {});
        return { urn: response.getUrn(), state, secretPaths, resources: engine.deployment.resources };
      } finally {
        engine.close();
      }
    },
    end: async () => {
      client.close();
      await end();
    },
  };
}

interface Response {
  getUrn(): string;
  getState(): Struct | undefined;
}

type Done<T> = (error: Error | null, value: T) => void;

function requestFor({ type, inputs, preview = false }: Wanted, monitor: string): ConstructRequest {
  const request = new ConstructRequest();
  request.setProject(STACK.project).setStack(STACK.stack).setOrganization('organization');
  request.setType(type).setName('models').setDryrun(preview).setParallel(16).setMonitorendpoint(monitor);
  return request.setInputs(Struct.fromJavaScript(encode(inputs) as Record<string, JavaScriptValue>));
}

function answer<T>(call: (done: Done<T>) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}
