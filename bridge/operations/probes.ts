import type { Server } from 'node:http';
import type { Registry } from 'prom-client';
import { BridgeError } from '../errors';
import { type Health, serveOperations } from './http-server';

/**
 * Answers probes and whoever collects metrics.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when the port is taken
 */
export async function serveProbes(
  http: { readonly host: string; readonly port: number },
  health: Health,
  registry: Registry,
): Promise<Server> {
  return serveOperations(http, health, registry).catch((error: Error) => {
    const where = `${http.host}:${http.port}`;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `no probes on ${where}: ${error.message}. Choose another http.port`);
  });
}
