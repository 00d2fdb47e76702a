import { readFileSync } from 'node:fs';
import type { ParseArgsOptionsConfig } from 'node:util';
import { topicNameProblem } from '../config/topics';
import { BridgeError } from '../errors';
import type { DeviceTopics } from './device';

/** Flags of the commands that ask a route. */
export const REQUEST_FLAGS = {
  topic: { type: 'string' },
  'reply-topic': { type: 'string' },
  data: { type: 'string' },
  file: { type: 'string' },
  qos: { type: 'string', default: '1' },
  timeout: { type: 'string', default: '60' },
} as const satisfies ParseArgsOptionsConfig;

export const REQUEST_USAGE = `  --topic TOPIC         the route's request topic, staging/sklearn-iris/input for instance
  --reply-topic TOPIC   where answers come; default: the request topic with output in place of input
  --data TEXT           the request
  --file FILE           the request, from a file; - for standard input
  --qos 0|1|2           default 1
  --timeout SECONDS     how long to wait for an answer; default 60
`;

export interface RequestFlags {
  readonly topic?: string;
  readonly 'reply-topic'?: string;
  readonly data?: string;
  readonly file?: string;
  readonly qos?: string;
  readonly timeout?: string;
}

/** What is to be asked, and how. */
export interface RequestOptions {
  readonly topics: DeviceTopics;
  readonly payload: Buffer;
  readonly qos: 0 | 1 | 2;
  readonly timeoutMs: number;
}

/** @throws BridgeError BRIDGE_ERR_CONFIG for flags that are missing or wrong */
export function requestOf(flags: RequestFlags): RequestOptions {
  return {
    topics: topicsOf(flags),
    payload: payloadOf(flags),
    qos: qosOf(flags.qos),
    timeoutMs: positiveNumber('timeout', flags.timeout) * 1000,
  };
}

/** @throws BridgeError BRIDGE_ERR_CONFIG for what is no number above 0 */
export function positiveNumber(flag: string, text: string | undefined): number {
  const value = Number(text);
  if (text !== undefined && text.trim() !== '' && Number.isFinite(value) && value > 0) return value;
  throw wrong(flag, text, 'it is a number above 0');
}

function topicsOf({ topic, 'reply-topic': replyTopic }: RequestFlags): DeviceTopics {
  if (topic === undefined) throw wrong('topic', topic, 'a request goes to the topic of a route');
  const reply = replyTopic ?? topic.replace(/(^|\/)input$/, '$1output');
  if (reply === topic) throw wrong('reply-topic', replyTopic, `the request topic "${topic}" does not end with "input"`);
  for (const [flag, name] of [
    ['topic', topic],
    ['reply-topic', reply],
  ] as const) {
    const problem = topicNameProblem(name);
    if (problem) throw wrong(flag, name, problem);
  }
  return { request: topic, reply };
}

function payloadOf({ data, file }: RequestFlags): Buffer {
  if ((data === undefined) === (file === undefined)) {
    throw new BridgeError('BRIDGE_ERR_CONFIG', 'a request comes from --data or from --file. Give one of them');
  }
  if (data !== undefined) return Buffer.from(data);
  try {
    return readFileSync(file === '-' ? 0 : (file as string));
  } catch (error) {
    throw new BridgeError('BRIDGE_ERR_CONFIG', `cannot read the request: ${(error as Error).message}`);
  }
}

function qosOf(text: string | undefined): 0 | 1 | 2 {
  const qos = ([0, 1, 2] as const).find((level) => String(level) === text);
  if (qos === undefined) throw wrong('qos', text, 'MQTT knows 0, 1 and 2');
  return qos;
}

function wrong(flag: string, value: string | undefined, rule: string): BridgeError {
  const found = value === undefined ? 'is missing' : `is "${value}"`;
  return new BridgeError('BRIDGE_ERR_CONFIG', `--${flag} ${found}, but ${rule}`);
}
