import { credentials } from '@grpc/grpc-js';
import { AnalyzerClient } from '@pulumi/pulumi/proto/analyzer_grpc_pb';
import {
  AnalyzeRequest,
  type AnalyzeResponse,
  type AnalyzerInfo,
  AnalyzerResource,
  AnalyzerResourceOptions,
  AnalyzeStackRequest,
  ConfigureAnalyzerRequest,
  type EnforcementLevel,
  PolicyConfig,
} from '@pulumi/pulumi/proto/analyzer_pb';
import { Empty } from 'google-protobuf/google/protobuf/empty_pb';
import { type JavaScriptValue, Struct } from 'google-protobuf/google/protobuf/struct_pb';
import { hosted } from '../support/hosted';

/** A resource as a pack is told of it. */
export interface Judged {
  readonly type: string;
  readonly name: string;
  readonly props: Record<string, unknown>;
}

/** What a pack has against a resource. */
export interface Verdict {
  readonly policy: string;
  readonly message: string;
  readonly urn: string;
  readonly level: EnforcementLevel;
}

/** A policy pack that runs, as Pulumi's engine talks to it. */
export interface Pack {
  readonly info: () => Promise<AnalyzerInfo.AsObject>;
  readonly configure: (policies: Record<string, Record<string, unknown>>) => Promise<void>;
  /** What it says of a resource before that is made. */
  readonly judge: (resource: Judged) => Promise<Verdict[]>;
  /** What it says of all of them together. */
  readonly judgeStack: (...resources: Judged[]) => Promise<Verdict[]>;
  readonly end: () => Promise<void>;
}

/** How unknown texts travel. */
export const UNKNOWN_TEXT = '04da6b54-80e4-46f7-96ec-b56ff0331ba9';

export async function startPack(folder: string): Promise<Pack> {
  // Nobody listens there: the SDK says there only what goes wrong.
  const { address, end } = await hosted({ runner: 'run-policy-pack', folder, args: ['127.0.0.1:1', '.'] });
  const client = new AnalyzerClient(address, credentials.createInsecure());
  return {
    info: async () => (await answer<AnalyzerInfo>((done) => client.getAnalyzerInfo(new Empty(), done))).toObject(),
    configure: async (policies) => {
      const request = new ConfigureAnalyzerRequest();
      for (const [name, properties] of Object.entries(policies)) {
        const config = new PolicyConfig();
        config.setEnforcementlevel(1);
        config.setProperties(structOf(properties));
        request.getPolicyconfigMap().set(name, config);
      }
      await answer((done) => client.configure(request, done));
    },
    judge: async (resource) => {
      const request = new AnalyzeRequest();
      fill(request, resource);
      return verdicts(await answer((done) => client.analyze(request, done)));
    },
    judgeStack: async (...resources) => {
      const request = new AnalyzeStackRequest();
      request.setResourcesList(resources.map((resource) => fill(new AnalyzerResource(), resource)));
      return verdicts(await answer((done) => client.analyzeStack(request, done)));
    },
    end: async () => {
      client.close();
      await end();
    },
  };
}

export function urnOf({ type, name }: Judged): string {
  return `urn:pulumi:stack::project::${type}::${name}`;
}

function fill<T extends AnalyzeRequest | AnalyzerResource>(message: T, resource: Judged): T {
  message.setType(resource.type);
  message.setName(resource.name);
  message.setUrn(urnOf(resource));
  message.setProperties(structOf(resource.props));
  message.setOptions(new AnalyzerResourceOptions());
  return message;
}

function structOf(data: Record<string, unknown>): Struct {
  return Struct.fromJavaScript(data as Record<string, JavaScriptValue>);
}

function verdicts(response: AnalyzeResponse): Verdict[] {
  return response.getDiagnosticsList().map((diagnostic) => ({
    policy: diagnostic.getPolicyname(),
    message: diagnostic.getMessage(),
    urn: diagnostic.getUrn(),
    level: diagnostic.getEnforcementlevel(),
  }));
}

function answer<T>(call: (done: (error: Error | null, value: T) => void) => unknown): Promise<T> {
  return new Promise((resolve, reject) => {
    call((error, value) => (error ? reject(error) : resolve(value)));
  });
}
