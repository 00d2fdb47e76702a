import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { Channel, Connection, ConnectionOptions } from 'rabbitmq-client';
import type { AmqpConfig } from '../config/amqp-connection';
import { resolveClientId } from '../config/client-id';
import { readTlsFiles } from '../model/connector';
import { LinkError, type LinkProblem } from '../operations/link-error';
import { within } from '../pacing/within';
import { loadAmqp } from './amqp-library';
import { keepBodies, logInByCertificate, useAgreedFrameSize, writeInOnePiece } from './client-internals';

const DEFAULT_PORTS: Record<string, number> = { 'amqp:': 5672, 'amqps:': 5671 };
/** RabbitMQ's own; smaller frames cost time with large bodies. */
const FRAME_BYTES = 131_072;
/** The library's own attempts to connect again never begin: a connection that has broken is given up before. */
const NEVER_MS = 2 ** 30;
const GOODBYE_MS = 2_000;

/** What RabbitMQ and the library call the end of a connection, as far as it says more than that there was one. */
const PROBLEMS: Record<string, LinkProblem> = {
  ACCESS_REFUSED: 'login',
  NOT_ALLOWED: 'refused',
  CONNECTION_TIMEOUT: 'timeout',
  SOCKET_TIMEOUT: 'silent',
  CONN_CLOSE: 'closed',
  CONNECTION_FORCED: 'broker',
};

/**
 * Opens one connection to RabbitMQ, with the password and the certificates of this moment.
 *
 * @param name behind the configured one, among several connections of one process
 * @throws LinkError with what the broker, or the network, said; or why there is nothing to connect with
 */
export async function openConnection(config: AmqpConfig, name: string): Promise<AmqpConnection> {
  const library = await loadAmqp();
  const connection = new library.Connection(optionsOf(config, name));
  try {
    if (config.username === undefined) logInByCertificate(connection);
    await new Promise<void>((resolve, reject) => {
      connection.once('connection', resolve);
      connection.on('error', reject);
    });
  } catch (error) {
    connection.on('error', () => undefined);
    connection.unsafeDestroy();
    throw asLinkError(error as Error);
  }
  useAgreedFrameSize(connection);
  writeInOnePiece(connection);
  return new AmqpConnection(connection);
}

/** A connection that ends once, and is not made again: what belongs to it ends with it. */
export class AmqpConnection {
  readonly #connection: Connection;
  readonly #channels = new Set<Channel>();
  readonly #ended = Promise.withResolvers<LinkError>();
  #open = true;

  constructor(connection: Connection) {
    this.#connection = connection;
    connection.on('error', (error: Error) => {
      // An error of a channel that nobody listens to comes here too.
      if (isOfConnection(error)) this.#end(asLinkError(error));
    });
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Calls back when the connection has broken; at once when it has already. Not after `close` and `destroy`. */
  onClose(listener: (reason: LinkError) => void): void {
    void this.#ended.promise.then(listener);
  }

  /** Calls back when the broker takes no messages for a reason, and with nothing when it takes them again. */
  onBlocked(listener: (reason: string | undefined) => void): void {
    this.#connection.on('connection.blocked', listener);
    this.#connection.on('connection.unblocked', () => listener(undefined));
  }

  /**
   * Opens a channel. Bodies are the bytes that came; an error that ends the channel is emitted by it as `error`, unless it
   * is the answer to what was just asked of it.
   *
   * @throws Error when the connection breaks, or the broker allows no more channels
   */
  async channel(): Promise<Channel> {
    const channel = keepBodies(await this.#connection.acquire({ emitErrorsFromChannel: true }));
    // Without a listener it would end the process.
    channel.on('error', () => undefined);
    this.#channels.add(channel);
    channel.once('close', () => this.#channels.delete(channel));
    return channel;
  }

  /** Says goodbye: what was sent has been read by the broker when it resolves, unless that takes too long. */
  async close(): Promise<void> {
    this.#open = false;
    const closing = Promise.all([...this.#channels].map((channel) => channel.close())).then(() =>
      this.#connection.close(),
    );
    await within(
      GOODBYE_MS,
      closing.catch(() => undefined),
    );
    this.#connection.unsafeDestroy();
  }

  /** Breaks it off. */
  destroy(reason = new LinkError('closed', 'the connection was given up')): void {
    this.#end(reason);
  }

  #end(reason: LinkError): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.unsafeDestroy();
    this.#ended.resolve(reason);
  }
}

function optionsOf(config: AmqpConfig, name: string): ConnectionOptions {
  const { url, username, passwordFile, tls, connectionName } = config;
  const { protocol, hostname: host, port, pathname } = new URL(url);
  const seconds = config.connectTimeoutSeconds;
  return {
    hostname: host.replace(/^\[|\]$/g, ''),
    port: port === '' ? (DEFAULT_PORTS[protocol] ?? 0) : Number(port),
    vhost: decodeURIComponent(pathname.slice(1)) || '/',
    username: username ?? '',
    password: passwordFile === undefined ? '' : readSecret(passwordFile),
    connectionName: `${resolveClientId(connectionName, hostname())}/${name}`,
    heartbeat: config.heartbeatSeconds,
    connectionTimeout: seconds * 1000,
    acquireTimeout: seconds * 1000,
    frameMax: FRAME_BYTES,
    noDelay: true,
    retryLow: NEVER_MS,
    retryHigh: NEVER_MS,
    ...(protocol === 'amqps:' && {
      tls: {
        ...readTlsFiles(tls ?? {}),
        // Whatever the environment says: on a connection that is not verified, a password is anybody's.
        rejectUnauthorized: true,
        ...(tls?.serverName !== undefined && { servername: tls.serverName }),
      },
    }),
  };
}

function readSecret(file: string): string {
  return readFileSync(file, 'utf8').replace(/[\r\n]+$/, '');
}

/** Errors of channels, and confirmations that say no, have a class of their own each; the connection's is the lowest. */
function isOfConnection({ name }: Error): boolean {
  return name !== 'AMQPChannelError' && name !== 'AMQPError';
}

/** What ended a connection, as one of a few problems and in words. */
export function asLinkError(error: Error): LinkError {
  const { code } = error as { code?: unknown };
  if (error instanceof LinkError) return error;
  const known = typeof code === 'string' ? PROBLEMS[code] : undefined;
  if (known) return new LinkError(known, describe(error));
  return new LinkError(error.name.startsWith('AMQP') ? 'broker' : 'network', describe(error));
}

/** Node's error for a host of which no address answered has no message of its own. */
function describe(error: Error): string {
  if (error instanceof AggregateError) return error.errors.map(({ message }: Error) => message).join(', ');
  // What the library says first of an error that no method of AMQP is to blame for.
  return error.message.replace(/^undefined: /, '') || error.name;
}
