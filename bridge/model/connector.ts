import { readFileSync } from 'node:fs';
import { buildConnector } from 'undici';
import { writeCorkedInOnePiece } from './corked-writes';

/** What a connection over TLS is made with; files in PEM. */
export interface TlsFiles {
  /** Who signs the server's certificate. Public authorities by default. */
  readonly caFile?: string | undefined;
  readonly certFile?: string | undefined;
  readonly keyFile?: string | undefined;
  /** The name that the server's certificate is for, where it is not the host that is asked for. */
  readonly serverName?: string | undefined;
}

/** Opens connections. Files are read for each of them, so that a renewed certificate is used without a restart. */
export function connector(tls: TlsFiles, timeoutMs: number): buildConnector.connector {
  const { serverName } = tls;
  return (options, callback) => {
    let connect: buildConnector.connector;
    try {
      connect = buildConnector({ ...readTlsFiles(tls), timeout: timeoutMs });
    } catch (error) {
      callback(error as Error, null);
      return;
    }
    // undici itself would prefer the name in the header Host.
    connect(serverName === undefined ? options : { ...options, servername: serverName }, (...result) => {
      const [, socket] = result;
      if (socket) writeCorkedInOnePiece(socket);
      callback(...result);
    });
  };
}

/** @throws Error when one of the files cannot be read */
export function readTlsFiles({ caFile, certFile, keyFile }: TlsFiles) {
  return {
    ...(caFile !== undefined && { ca: readFileSync(caFile) }),
    ...(certFile !== undefined && { cert: readFileSync(certFile) }),
    ...(keyFile !== undefined && { key: readFileSync(keyFile) }),
  };
}
