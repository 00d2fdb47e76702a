import {
  type handleUnaryCall,
  Metadata,
  Server,
  ServerCredentials,
  type ServerOptions,
  type ServerUnaryCall,
  type status,
} from '@grpc/grpc-js';
import { INFERENCE_SERVICE, type InferRequest, type InferResponse } from './open-inference';

export interface GrpcRequest {
  readonly message: InferRequest;
  readonly metadata: Record<string, unknown>;
  readonly authority: string;
  /** Milliseconds until nobody waits any more. */
  readonly timeLeft: number;
  /** Of the connection. */
  readonly peer: string;
}

export interface GrpcModel {
  readonly port: number;
  /** Everything that has been asked so far. */
  readonly requests: GrpcRequest[];
  close(): Promise<void>;
}

/** What a model says: an answer, a status, or nothing at all. */
export type GrpcAnswer = InferResponse | GrpcStatus | undefined;

interface GrpcStatus {
  readonly code: status;
  readonly details: string;
}

interface Options {
  readonly port?: number;
  readonly credentials?: ServerCredentials;
  readonly server?: ServerOptions;
}

/** A model of the Open Inference Protocol on a free port; the answer is up to the test. */
export async function startGrpcModel(
  answer: (request: GrpcRequest) => GrpcAnswer | Promise<GrpcAnswer>,
  { port = 0, credentials = ServerCredentials.createInsecure(), server: options = {} }: Options = {},
): Promise<GrpcModel> {
  const requests: GrpcRequest[] = [];
  const infer: handleUnaryCall<InferRequest, InferResponse> = async (call, respond) => {
    const request = requestOf(call);
    requests.push(request);
    const said = await answer(request);
    if (said === undefined) return;
    if ('code' in said) respond({ ...said, metadata: new Metadata() });
    else respond(null, said);
  };
  const server = new Server(options);
  server.addService(INFERENCE_SERVICE, { ModelInfer: infer });
  const bound = await new Promise<number>((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, port) => (error ? reject(error) : resolve(port)));
  });
  return { port: bound, requests, close: async () => server.forceShutdown() };
}

/** Says what it was asked, as outputs. */
export function echo({ message: { inputs = [], raw_input_contents } }: GrpcRequest): InferResponse {
  return { outputs: inputs, ...(raw_input_contents && { raw_output_contents: raw_input_contents }) };
}

function requestOf(call: ServerUnaryCall<InferRequest, InferResponse>): GrpcRequest {
  return {
    message: call.request,
    metadata: call.metadata.getMap(),
    authority: call.getHost(),
    timeLeft: Number(call.getDeadline()) - Date.now(),
    peer: call.getPeer(),
  };
}
