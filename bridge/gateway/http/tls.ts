import { readFileSync } from 'node:fs';
import type { Server as TlsServer } from 'node:tls';
import { createSecureContext, type SecureContextOptions } from 'node:tls';
import type { GatewayConfig } from '../../config/gateway';
import { BridgeError } from '../../errors';
import { watchFile } from '../../operations/watch-file';

type TlsConfig = NonNullable<GatewayConfig['gateway']['tls']>;

/** What a listener is made with. Nothing older than TLS 1.2; with a CA, nobody without a certificate of it. */
export function serverTls(config: TlsConfig): SecureContextOptions & {
  readonly requestCert: boolean;
  readonly rejectUnauthorized: boolean;
} {
  const clientCertificates = config.clientCaFile !== undefined;
  return { ...contextOf(config), requestCert: clientCertificates, rejectUnauthorized: clientCertificates };
}

/**
 * Uses renewed certificates for new connections. Of a certificate and its key one is always there before the other; until
 * they fit, those before stay in use.
 *
 * @param renewed told of every change, with what keeps it from being used
 * @returns a function that ends it
 */
export function followTlsFiles(
  server: TlsServer,
  config: TlsConfig,
  renewed: (problem: Error | undefined) => void,
): () => void {
  const renew = () => {
    try {
      server.setSecureContext(contextOf(config));
      renewed(undefined);
    } catch (error) {
      renewed(error as Error);
    }
  };
  const ends = Object.values(config).map((file) => watchFile(file, renew));
  return () => {
    for (const end of ends) end();
  };
}

/** @throws BridgeError BRIDGE_ERR_CONFIG for files that are not there, or do not fit */
function contextOf({ certFile, keyFile, clientCaFile }: TlsConfig): SecureContextOptions {
  try {
    const context: SecureContextOptions = {
      cert: readFileSync(certFile),
      key: readFileSync(keyFile),
      ...(clientCaFile !== undefined && { ca: readFileSync(clientCaFile) }),
      minVersion: 'TLSv1.2',
    };
    createSecureContext(context);
    return context;
  } catch (error) {
    throw new BridgeError('BRIDGE_ERR_CONFIG', `gateway.tls cannot be used: ${(error as Error).message}`);
  }
}
