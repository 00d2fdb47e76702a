import { isGrpcUrl } from '../config/grpc-url';
import type { ModelRoute } from '../config/model-route';
import { batched } from './batching/batcher';
import { GrpcClient } from './grpc/grpc-client';
import { GrpcTls } from './grpc/grpc-tls';
import { openLogin } from './login/open-login';
import { ModelClient, openTls } from './model-client';
import type { Call } from './patient-model';

/** Asks one model, once for each request or for several. A failed call is an answer like any other. */
export interface SingleModel {
  readonly predict: Call;
  /** Ends when it has answered what it was asked. */
  retire(): Promise<void>;
  /** Ends at once. */
  close(): Promise<void>;
}

export type ModelClients = (url: string) => SingleModel;

/**
 * What the models of one route are asked with, over HTTP or gRPC as its URL says. They share login and certificates, and no
 * batch.
 *
 * @param observe told of every call: its outcome, and how long it took
 * @throws BridgeError BRIDGE_ERR_CONFIG when the route asks for a login, or names files for TLS, that there are not
 */
export function modelClients(route: ModelRoute, observe: (outcome: string, seconds: number) => void): ModelClients {
  const open = clientsOf(route, observe);
  return (url) => {
    const client = open(url);
    return {
      predict: batched((call, timeoutMs) => client.predict(call, timeoutMs), route.batch),
      retire: () => client.retire(),
      close: () => client.close(),
    };
  };
}

function clientsOf(
  route: ModelRoute,
  observe: (outcome: string, seconds: number) => void,
): (url: string) => ModelClient | GrpcClient {
  const loginFor = openLogin(route);
  if (!isGrpcUrl(route.model.url)) return (url) => new ModelClient(route, url, observe, loginFor);
  const tls = new GrpcTls(openTls(route));
  return (url) => new GrpcClient(route, url, observe, loginFor, tls);
}
