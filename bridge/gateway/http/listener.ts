import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer, type Server as TlsServer } from 'node:https';
import type { GatewayConfig } from '../../config/gateway';
import { followTlsFiles, serverTls } from './tls';

/** What takes connections: the limits that hold before there is a request. */
export interface Listener {
  readonly server: Server;
  /** No more looking after certificates. */
  close(): void;
}

/** Longer than load balancers keep an idle connection (60 s), or they would send a request on one that is just closed. */
const KEEP_ALIVE_MS = 72_000;

/**
 * @param renewed told when certificates were renewed, with what keeps them from being used
 * @throws BridgeError BRIDGE_ERR_CONFIG for certificates that there are not
 */
export function createListener(
  { tls, maxHeaderBytes, receiveTimeoutSeconds }: GatewayConfig['gateway'],
  handler: RequestListener,
  renewed: (problem: Error | undefined) => void,
): Listener {
  const limits: ServerOptions = {
    maxHeaderSize: maxHeaderBytes,
    headersTimeout: receiveTimeoutSeconds * 1000,
    requestTimeout: receiveTimeoutSeconds * 1000,
    connectionsCheckingInterval: Math.min(30_000, receiveTimeoutSeconds * 500),
    // Two lengths, or a length and chunks, are two requests in one for whoever is in front of the gateway.
    insecureHTTPParser: false,
    requireHostHeader: true,
    keepAliveTimeout: KEEP_ALIVE_MS,
    noDelay: true,
  };
  if (!tls) return { server: unlimitedHeaders(createServer(limits, handler)), close: () => undefined };
  const server: TlsServer = createTlsServer({ ...limits, ...serverTls(tls) }, handler);
  return { server: unlimitedHeaders(server), close: followTlsFiles(server, tls, renewed) };
}

/** Node would leave out those above its limit without a word; they are counted later, and refused. */
function unlimitedHeaders<T extends Server>(server: T): T {
  server.maxHeadersCount = 0;
  return server;
}
