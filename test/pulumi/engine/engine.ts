import { Server, ServerCredentials } from '@grpc/grpc-js';
import { EngineService } from '@pulumi/pulumi/proto/engine_grpc_pb';
import { ResourceMonitorService } from '@pulumi/pulumi/proto/resource_grpc_pb';
import { Deployment, type DeploymentOptions } from './deployment';
import { monitorService } from './monitor';
import { engineService, type LogRecord } from './program-log';

const MAX_MESSAGE_BYTES = 512 * 1024 * 1024;

/** Both services that a program talks to, on a port of this machine. */
export class Engine {
  readonly deployment: Deployment;
  readonly log: LogRecord[] = [];
  readonly #server = new Server({ 'grpc.max_receive_message_length': MAX_MESSAGE_BYTES });

  private constructor(options: DeploymentOptions) {
    this.deployment = new Deployment(options);
    this.#server.addService(ResourceMonitorService, monitorService(this.deployment));
    this.#server.addService(EngineService, engineService(this.log));
  }

  /** @returns the engine and its address, which is that of the monitor too */
  static async start(options: DeploymentOptions): Promise<{ readonly engine: Engine; readonly address: string }> {
    const engine = new Engine(options);
    const port = await new Promise<number>((resolve, reject) => {
      engine.#server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) =>
        error ? reject(error) : resolve(bound),
      );
    });
    return { engine, address: `127.0.0.1:${port}` };
  }

  close(): void {
    this.#server.forceShutdown();
  }
}
