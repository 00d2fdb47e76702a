import type { FastifyReply, FastifyRequest } from 'fastify';
import { refusal } from '../answer';
import type { Results } from '../results';
import { sendAnswer, sendRefusal } from './reply';
import { REQUEST_ID } from './request-id';

/** What a requester that came back too early is told to wait. */
const AGAIN_SECONDS = 1;

/**
 * Answers what has become of a request: 202 as long as it is under way, then what would have been its answer, and 410 when
 * that is here no more.
 *
 * @param passed names of headers of the answer that the requester gets, in lower case
 */
export function resultsHandler(results: Results, passed: readonly string[]) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { name } = request.params as { name: string };
    const found = results.find(name);
    switch (found.state) {
      case 'pending':
        return reply.code(202).header('retry-after', String(AGAIN_SECONDS)).send({ state: 'pending' });
      case 'done':
        return sendAnswer(reply.header(REQUEST_ID, found.requestId), found.answer, passed);
      case 'elsewhere': {
        const message = `the result is at the replica "${found.replica}", if that still runs. Ask that one`;
        return sendRefusal(reply, refusal('BRIDGE_ERR_RESULT_ELSEWHERE', message));
      }
      case 'gone':
        return sendRefusal(reply, refusal('BRIDGE_ERR_RESULT_GONE', 'there is no such result, or not any more'));
    }
  };
}
