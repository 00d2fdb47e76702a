import * as z from 'zod';
import { AMQP_DEFAULTS as amqpDefaults } from './amqp-defaults';
import { BRIDGE_DEFAULTS as defaults } from './defaults';
import { tls } from './tls';
import { urlOf } from './url';

/** Where RabbitMQ is, and who connects to it. */
export const amqpConnection = z
  .strictObject({
    /** The path is the virtual host, percent-encoded; without one it is "/". */
    url: urlOf(['amqp', 'amqps'], 'Use amqp.username and amqp.passwordFile'),
    username: z.string().min(1).optional(),
    /** Read anew for each connection. */
    passwordFile: z.string().min(1).optional(),
    tls: tls.optional(),
    /** What the broker's operators see; `{hostname}` and `{ordinal}` are replaced. */
    connectionName: z.string().min(1).max(200).default(amqpDefaults.connectionName),
    heartbeatSeconds: z.int().min(2).max(600).default(amqpDefaults.heartbeatSeconds),
    connectTimeoutSeconds: z.int().min(1).max(600).default(defaults.connectTimeoutSeconds),
    /** How long a message that was published may be without an answer before it is published again. */
    watchdogSeconds: z.int().min(5).max(86_400).default(amqpDefaults.watchdogSeconds),
    reconnect: z
      .strictObject({
        minMs: z.int().min(10).default(defaults.reconnectMinMs),
        maxMs: z.int().min(10).max(600_000).default(defaults.reconnectMaxMs),
      })
      .prefault({}),
    /** With false, queues and exchanges are somebody else's business, and it is only seen to that they are there. */
    declare: z.boolean().default(true),
    /** The broker's `consumer_timeout`: how long a request may be without an acknowledgement. */
    consumerTimeoutSeconds: z.int().min(60).default(amqpDefaults.consumerTimeoutSeconds),
  })
  .superRefine((config, context) => {
    for (const message of problems(config)) context.addIssue({ code: 'custom', message });
  });

export type AmqpConfig = z.output<typeof amqpConnection>;

interface Access {
  readonly url: string;
  readonly username?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly tls?: z.output<typeof tls> | undefined;
}

/** What cannot be meant. */
function problems({ url, username, passwordFile, tls }: Access): string[] {
  const found = [
    (username === undefined) !== (passwordFile === undefined) &&
      'has one of username and passwordFile. Give both, or neither and a client certificate',
    username === undefined &&
      passwordFile === undefined &&
      tls?.certFile === undefined &&
      'says nowhere who connects. Give username and passwordFile, or a client certificate: tls.certFile and tls.keyFile',
    tls !== undefined && !url.startsWith('amqps:') && 'has tls and a URL that is not amqps://. Change one of them',
    vhostProblem(url),
  ];
  return found.filter((problem) => typeof problem === 'string');
}

function vhostProblem(text: string): string | undefined {
  if (!URL.canParse(text)) return undefined;
  const { pathname, search, hash } = new URL(text);
  if (search || hash) return 'has a URL with a ? or #, behind which nothing is looked at. Use the options here';
  if (pathname.slice(1).includes('/')) return 'has a URL with a virtual host that has a / in it. Write %2F for it';
  try {
    decodeURIComponent(pathname);
    return undefined;
  } catch {
    return 'has a URL with a virtual host that cannot be read. Write %25 for a percent sign';
  }
}
