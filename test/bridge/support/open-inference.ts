import { join } from 'node:path';
import type { MethodDefinition } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';

/** Messages as protobufjs reads and writes them: what the bridge's own reading and writing is held against. */
export interface InferRequest {
  readonly model_name?: string;
  readonly model_version?: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly inputs?: readonly Tensor[];
  readonly outputs?: readonly { readonly name: string; readonly parameters?: Parameters }[];
  readonly raw_input_contents?: readonly Buffer[];
}

export interface InferResponse {
  readonly model_name?: string;
  readonly model_version?: string;
  readonly id?: string;
  readonly parameters?: Parameters;
  readonly outputs?: readonly Tensor[];
  readonly raw_output_contents?: readonly Buffer[];
}

export interface Tensor {
  readonly name: string;
  readonly datatype: string;
  readonly shape: readonly (number | string)[];
  readonly parameters?: Parameters;
  readonly contents?: Readonly<Record<string, readonly unknown[]>>;
}

type Parameters = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** Whole numbers of 64 bits as texts, no field that was not sent. */
const definition = loadSync(join(__dirname, 'open-inference.proto'), {
  keepCase: true,
  longs: String,
  defaults: false,
  oneofs: false,
});

export const INFERENCE_SERVICE = definition['inference.GRPCInferenceService'] as unknown as {
  readonly ModelInfer: MethodDefinition<InferRequest, InferResponse>;
};

const { requestDeserialize, responseSerialize } = INFERENCE_SERVICE.ModelInfer;

/** What a server reads. */
export function readRequest(bytes: Buffer): InferRequest {
  return requestDeserialize(bytes);
}

/** What a server writes. */
export function writeResponse(response: InferResponse): Buffer {
  return responseSerialize(response);
}
