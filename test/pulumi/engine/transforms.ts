import { credentials } from '@grpc/grpc-js';
import { CallbacksClient } from '@pulumi/pulumi/proto/callback_grpc_pb';
import { type Callback, CallbackInvokeRequest, type CallbackInvokeResponse } from '@pulumi/pulumi/proto/callback_pb';
import {
  type RegisterResourceRequest,
  TransformRequest,
  type TransformResourceOptions,
  TransformResponse,
} from '@pulumi/pulumi/proto/resource_pb';
import type { Struct } from 'google-protobuf/google/protobuf/struct_pb';

/** What transforms may change of a resource. */
export interface Transformable {
  readonly properties: Struct;
  readonly options: TransformResourceOptions;
}

/** Calls the transforms back in the program, one after the other. */
export async function transformed(
  request: RegisterResourceRequest,
  untransformed: Transformable,
  transforms: readonly Callback[],
): Promise<Transformable> {
  let { properties, options } = untransformed;
  for (const transform of transforms) {
    const message = new TransformRequest()
      .setType(request.getType())
      .setName(request.getName())
      .setCustom(request.getCustom())
      .setParent(request.getParent())
      .setProperties(properties)
      .setOptions(options);
    const response = TransformResponse.deserializeBinary(await callBack(transform, message.serializeBinary()));
    properties = response.getProperties() ?? properties;
    options = response.getOptions() ?? options;
  }
  return { properties, options };
}

async function callBack(callback: Callback, request: Uint8Array): Promise<Uint8Array> {
  const client = new CallbacksClient(callback.getTarget(), credentials.createInsecure());
  const message = new CallbackInvokeRequest().setToken(callback.getToken()).setRequest(request);
  try {
    const response = await new Promise<CallbackInvokeResponse>((resolve, reject) => {
      client.invoke(message, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
    return response.getResponse_asU8();
  } finally {
    client.close();
  }
}
