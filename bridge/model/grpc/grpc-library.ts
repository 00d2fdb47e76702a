export type GrpcLibrary = typeof import('@grpc/grpc-js');

let library: Promise<GrpcLibrary> | undefined;

/** Loaded when the first model is called over gRPC: most bridges have none, and start the faster without it. */
export function loadGrpc(): Promise<GrpcLibrary> {
  library ??= import('@grpc/grpc-js');
  return library;
}
