import { expect } from 'vitest';
import type * as z from 'zod';
import { replyBody, requestMapping } from '../../../bridge/payload/config';
import { type AnswerHeaders, replyMapperOf } from '../../../bridge/payload/reply-mapper';
import { requestMapperOf } from '../../../bridge/payload/request-mapper';

export type RequestInput = z.input<typeof requestMapping>;
export type ReplyInput = z.input<typeof replyBody>;

/** What a route makes of a request. */
export function mapRequest(request: RequestInput, payload: string | Buffer) {
  return requestMapperOf({ request: requestMapping.parse(request) }).map(Buffer.from(payload));
}

/** The text that a model is sent. */
export function sentText(request: RequestInput, payload: string | Buffer): string {
  const mapped = mapRequest(request, payload);
  if (!mapped.ok) throw new Error(`refused: ${mapped.failure.message}`);
  return mapped.body.toString();
}

/** What a requester is told in place of a prediction. */
export function refusal(request: RequestInput, payload: string | Buffer): string {
  const mapped = mapRequest(request, payload);
  if (mapped.ok) throw new Error(`sent: ${mapped.body}`);
  expect(mapped.failure).toStrictEqual({
    code: 'BRIDGE_ERR_REQUEST_INVALID',
    status: 400,
    retryable: false,
    message: mapped.failure.message,
  });
  return mapped.failure.message;
}

const JSON_TYPE = 'application/json';

/** What a route makes of an answer. */
export function mapReply(body: ReplyInput, answer: string | Buffer, type = JSON_TYPE, headers?: AnswerHeaders) {
  return replyMapperOf({ reply: { body: replyBody.parse(body) } }).map(Buffer.from(answer), type, headers);
}

/** The reply to a requester. */
export function replyText(body: ReplyInput, answer: string | Buffer, headers?: AnswerHeaders): string {
  const mapped = mapReply(body, answer, JSON_TYPE, headers);
  if (!mapped.ok) throw new Error(`failed: ${mapped.failure.message}`);
  return mapped.body.toString();
}

/** Why an answer has no reply in it. */
export function replyFailure(body: ReplyInput, answer: string | Buffer, headers?: AnswerHeaders): string {
  const mapped = mapReply(body, answer, JSON_TYPE, headers);
  if (mapped.ok) throw new Error(`replied: ${mapped.body}`);
  expect(mapped.failure).toStrictEqual({
    code: 'BRIDGE_ERR_REPLY_MAPPING',
    status: 502,
    retryable: false,
    message: mapped.failure.message,
  });
  return mapped.failure.message;
}

/** An answer with tensors in binary, as KServe and Triton send it. */
export function binaryAnswer(json: unknown, ...tensors: Buffer[]): { body: Buffer; headers: AnswerHeaders } {
  const head = Buffer.from(JSON.stringify(json));
  return {
    body: Buffer.concat([head, ...tensors]),
    headers: { 'inference-header-content-length': String(head.length) },
  };
}

export function floats(...values: number[]): Buffer {
  return Buffer.from(new Float32Array(values).buffer);
}
