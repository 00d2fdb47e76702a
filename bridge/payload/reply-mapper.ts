import { type Failure, failure } from '../errors';
import type { ReplyBody } from './config';
import { parseJsonPath, pick } from './json-path';
import { type JsonText, readJson } from './json-text';
import { about, Mismatch, quoted, shortened } from './mismatch';
import { decodeAnswer, outputValues } from './v2-answer';
import { JSON_LENGTH_HEADER } from './v2-request';

/** What a requester is sent for an answer, or why it gets none. */
type MappedReply = { readonly ok: true; readonly body: Buffer } | { readonly ok: false; readonly failure: Failure };

/** The headers of an answer, as undici gives them. */
export type AnswerHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface ReplyMapper {
  /** Never throws. What it returns is JSON, unless the route hands answers on unread. */
  map(body: Buffer, contentType: string, headers?: AnswerHeaders): MappedReply;
}

const THE_ANSWER = "the model's answer";

const IDENTITY: ReplyMapper = { map: (body) => ({ ok: true, body }) };

/** What a route makes of its model's answers; of a route without `reply.body`, what hands them on unread. */
export function replyMapperOf({ reply }: { readonly reply: { readonly body?: ReplyBody | undefined } }): ReplyMapper {
  if (!reply.body) return IDENTITY;
  const { output, path: text = '$', bytesAs } = reply.body;
  const path = parseJsonPath(text);
  return {
    map: (body, contentType, headers = {}) => {
      try {
        const answer = read(body, contentType, headers, bytesAs);
        const values = output === undefined ? answer : outputValues(answer, output);
        return { ok: true, body: about(subject(output), () => pick(path, values)).bytes };
      } catch (error) {
        return { ok: false, failure: failure('BRIDGE_ERR_REPLY_MAPPING', reason(error)) };
      }
    },
  };
}

const JSON_TYPE = /^application\/([\w.+-]+\+)?json\b/i;

function read(body: Buffer, contentType: string, headers: AnswerHeaders, bytesAs: ReplyBody['bytesAs']): JsonText {
  const jsonLength = headers[JSON_LENGTH_HEADER];
  if (jsonLength !== undefined) return decodeAnswer(body, String(jsonLength), bytesAs);
  if (JSON_TYPE.test(contentType)) return readJson(body);
  const type = contentType === '' ? 'no content type' : `the content type ${quoted(contentType)}`;
  throw new Mismatch(`has ${type} and no header Inference-Header-Content-Length, but the route picks a part of JSON`);
}

function subject(output: string | undefined): string {
  return output === undefined ? THE_ANSWER : `output ${quoted(output)}`;
}

function reason(error: unknown): string {
  if (error instanceof Mismatch) return `${error.subject ?? THE_ANSWER} ${error.message}`;
  return `${THE_ANSWER} cannot be mapped: ${shortened((error as Error).message, 120)}`;
}
