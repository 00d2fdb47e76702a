import type { FastifyReply } from 'fastify';
import { errorReply } from '../../delivery/envelopes';
import type { Answer, Refusal } from '../answer';
import { isWritable, selected } from './headers';
import { httpStatusOf, retryAfterSeconds } from './status';

const BYTES = 'application/octet-stream';

/** @param passed names of headers of the answer that the requester gets, in lower case */
export function sendAnswer(reply: FastifyReply, answer: Answer, passed: readonly string[]): FastifyReply {
  if (!answer.ok) return sendRefusal(reply, answer);
  const { body, contentType, headers } = answer;
  return reply
    .code(200)
    .headers(selected(headers, passed))
    .header('content-type', isWritable(contentType) ? contentType : BYTES)
    .send(body);
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
    .send(errorReply({ ...failure, status }, attempts));
}
