import { isAscii } from 'node:buffer';
import type { FastifyReply } from 'fastify';
import { errorReply } from '../../delivery/envelopes';
import type { Answer, Refusal } from '../answer';
import { isWritable, selected } from './headers';
import { httpStatusOf, retryAfterSeconds } from './status';

const BYTES = 'application/octet-stream';
/** A copy of more than this costs more than it saves. */
const LARGE_BYTES = 16 * 1024;

/** @param passed names of headers of the answer that the requester gets, in lower case */
export function sendAnswer(reply: FastifyReply, answer: Answer, passed: readonly string[]): FastifyReply {
  if (!answer.ok) return sendRefusal(reply, answer);
  const { body, contentType, headers } = answer;
  return reply
    .code(200)
    .headers(selected(headers, passed))
    .header('content-type', isWritable(contentType) ? contentType : BYTES)
    .serializer(asIs)
    .send(inOnePiece(body));
}

export function sendRefusal(reply: FastifyReply, refusal: Refusal): FastifyReply {
  const { failure, attempts } = refusal;
  const status = httpStatusOf(failure);
  const seconds = retryAfterSeconds(failure);
  reply.request.visit.refusal = refusal;
  if (seconds !== undefined) reply.header('retry-after', String(seconds));
  return reply
    .code(status)
    .header('content-type', 'application/json')
    .serializer(asIs)
    .send(inOnePiece(errorReply({ ...failure, status }, attempts)));
}

/** Node writes a text and the headers before it as one piece; for bytes it hands the kernel a list, which takes longer. */
function inOnePiece(body: Buffer): Buffer | string {
  return body.length <= LARGE_BYTES && isAscii(body) ? body.toString('latin1') : body;
}

/** Without it the framework adds a charset to the type of a text. */
function asIs<T>(payload: T): T {
  return payload;
}
