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

/**
 * @param renewed told when certificates were renewed, with what keeps them from being used
 * @throws BridgeError BRIDGE_ERR_CONFIG for certificates that there are not
 */
export function createListener(
  { tls, ...limits }: GatewayConfig['gateway'],
  handler: RequestListener,
  renewed: (problem: Error | undefined) => void,
): Listener {
  const receiveMs = limits.receiveTimeoutSeconds * 1000;
  const options: ServerOptions = {
    maxHeaderSize: limits.maxHeaderBytes,
    headersTimeout: receiveMs,
    requestTimeout: receiveMs,
    connectionsCheckingInterval: Math.min(30_000, receiveMs / 2),
    // Two lengths, or a length and chunks, are two requests in one for whoever is in front of the gateway.
    insecureHTTPParser: false,
    requireHostHeader: true,
    keepAliveTimeout: limits.keepAliveTimeoutSeconds * 1000,
    noDelay: true,
  };
  const prepared = <T extends Server>(server: T): T => {
    // Node would leave out those above its limit without a word; they are counted later, and refused.
    server.maxHeadersCount = 0;
    server.maxConnections = limits.maxConnections;
    // Node would say 417 in its own words; that the gateway does as it was expected to is all it can promise.
    server.on('checkExpectation', handler);
    return server;
  };
  if (!tls) return { server: prepared(createServer(options, handler)), close: () => undefined };
  const server: TlsServer = createTlsServer({ ...options, ...serverTls(tls), handshakeTimeout: receiveMs }, handler);
  return { server: prepared(server), close: followTlsFiles(server, tls, renewed) };
}
