import { statSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { readTlsFiles, type TlsFiles } from '../connector';
import type { GrpcLibrary } from './grpc-library';

/**
 * What the models of a route are connected to with. The same as long as the files are, so that models on one server share
 * a connection; another when they have changed, so that a renewed certificate is used without a restart.
 */
export class GrpcTls {
  readonly #files: TlsFiles;
  #version: string | undefined;
  #credentials: ChannelCredentials | undefined;

  constructor(files: TlsFiles) {
    this.#files = files;
  }

  /** @throws Error when the files cannot be used, and never could */
  credentials({ credentials }: GrpcLibrary): ChannelCredentials {
    try {
      const version = versionOf(this.#files);
      if (!this.#credentials || version !== this.#version) {
        this.#credentials = credentials.createFromSecureContext(createSecureContext(readTlsFiles(this.#files)));
        this.#version = version;
      }
    } catch (error) {
      // Somebody is about to replace a file; the connection that there is goes on.
      if (!this.#credentials) throw error;
    }
    return this.#credentials;
  }
}

/** Another text when one of the files is another, or has been written to. */
function versionOf({ caFile, certFile, keyFile }: TlsFiles): string {
  const files = [caFile, certFile, keyFile].filter((file) => file !== undefined);
  return files
    .map((file) => statSync(file, { bigint: true }))
    .map(({ ino, mtimeNs, size }) => `${ino} ${mtimeNs} ${size}`)
    .join();
}
