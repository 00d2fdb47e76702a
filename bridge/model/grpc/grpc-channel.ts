import type { ChannelCredentials, Client, ClientOptions, ClientUnaryCall, ServiceError } from '@grpc/grpc-js';
import type { ModelRoute } from '../../config/model-route';
import type { Gateway } from '../gateway';
import { type GrpcLibrary, loadGrpc } from './grpc-library';
import type { GrpcTls } from './grpc-tls';

export const INFER_METHOD = '/inference.GRPCInferenceService/ModelInfer';

/**
 * A connection whose other end has vanished is noticed while there are calls. Servers built on gRPC's C core end a
 * connection after some pings within five minutes without any data in between: at this pace, in calls of over ten minutes.
 */
const KEEPALIVE_MS = 150_000;
const KEEPALIVE_TIMEOUT_MS = 20_000;

/** What became of a call. */
export interface Outcome {
  /** Nothing when there is a message. */
  readonly error: ServiceError | null;
  readonly message?: Buffer | undefined;
}

/** Makes calls to one server. Channels of a route to the same server share their connections. */
export class GrpcChannel {
  readonly #target: string;
  readonly #options: ClientOptions;
  readonly #tls: GrpcTls | undefined;
  readonly #calls = new Set<ClientUnaryCall>();
  #open: OpenChannel | undefined;
  #drained: () => void = () => undefined;

  /** @param tls nothing for connections in clear */
  constructor(route: ModelRoute, address: URL, gateway: Gateway, tls: GrpcTls | undefined) {
    this.#target = `dns:///${address.hostname}:${address.port || (tls ? 443 : 80)}`;
    this.#options = optionsOf(route, address, gateway);
    this.#tls = tls;
  }

  /**
   * @param deadline in terms of `performance.now()`
   * @throws Error when there is nothing to connect with
   */
  async infer(request: Buffer, headers: Record<string, string>, deadline: number): Promise<Outcome> {
    const grpc = await loadGrpc();
    const client = this.#client(grpc);
    const metadata = new grpc.Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const options = { deadline: Date.now() + Math.max(1, deadline - performance.now()) };
    return new Promise((resolve) => {
      const ended = (error: ServiceError | null, message?: Buffer) => {
        this.#calls.delete(call);
        if (this.#calls.size === 0) this.#drained();
        resolve({ error, message });
      };
      const call = client.makeUnaryRequest(INFER_METHOD, asItIs, asItIs, request, metadata, options, ended);
      this.#calls.add(call);
    });
  }

  /** Ends when the calls that were made have ended. */
  async retire(): Promise<void> {
    if (this.#calls.size > 0) {
      await new Promise<void>((resolve) => {
        this.#drained = resolve;
      });
    }
    this.#open?.client.close();
  }

  close(): void {
    for (const call of this.#calls) call.cancel();
    this.#open?.client.close();
  }

  #client(grpc: GrpcLibrary): Client {
    if (!this.#tls) {
      this.#open ??= this.#opened(grpc, grpc.credentials.createInsecure());
      return this.#open.client;
    }
    const credentials = this.#tls.credentials(grpc);
    if (this.#open?.credentials !== credentials) {
      // Calls that are under way go on.
      this.#open?.client.close();
      this.#open = this.#opened(grpc, credentials);
    }
    return this.#open.client;
  }

  #opened(grpc: GrpcLibrary, credentials: ChannelCredentials): OpenChannel {
    return { client: new grpc.Client(this.#target, credentials, this.#options), credentials };
  }
}

interface OpenChannel {
  readonly client: Client;
  readonly credentials: ChannelCredentials;
}

function asItIs(bytes: Buffer): Buffer {
  return bytes;
}

function optionsOf({ model }: ModelRoute, address: URL, { url }: Gateway): ClientOptions {
  const { maxReplyBytes, retry, tls } = model;
  const certified = tls?.serverName ?? url.hostname;
  return {
    'grpc.default_authority': url.host,
    ...(certified !== address.hostname && { 'grpc.ssl_target_name_override': certified }),
    'grpc.max_receive_message_length': maxReplyBytes,
    'grpc.keepalive_time_ms': KEEPALIVE_MS,
    'grpc.keepalive_timeout_ms': KEEPALIVE_TIMEOUT_MS,
    // The library would wait for up to two minutes, while the model works again and requests fail.
    'grpc.initial_reconnect_backoff_ms': retry.minMs,
    'grpc.max_reconnect_backoff_ms': retry.maxMs,
    'grpc.dns_min_time_between_resolutions_ms': retry.maxMs,
    // A headless Service has an address for each pod.
    'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }),
    'grpc.service_config_disable_resolution': 1,
    'grpc.enable_retries': 0,
    'grpc.enable_http_proxy': 0,
    'grpc.enable_channelz': 0,
  };
}
