import type { FastifyReply, FastifyRequest } from 'fastify';
import type { GatewayRouteConfig } from '../../config/gateway-route';
import type { Captures } from '../../config/topic-pattern';
import type { Destination } from '../destination';
import type { Results } from '../results';
import { prefersAsync } from './prefer';
import { readQuestion } from './read-question';
import { sendAnswer, sendRefusal } from './reply';

export interface PredictParts {
  readonly route: GatewayRouteConfig;
  readonly destination: Destination;
  readonly results: Results;
  /** Names of headers that go on, and of those that come back, in lower case. */
  readonly passed: { readonly request: readonly string[]; readonly answer: readonly string[] };
  /** Where a result of this replica is. */
  readonly resultUrl: (name: string) => string;
}

/** Answers requests to one route: with the answer, or with where it will be. */
export function predictHandler({ route, destination, results, passed, resultUrl }: PredictParts) {
  return async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
    const { visit, headers } = request;
    const later = prefersAsync(headers.prefer);
    const reading = readQuestion(route, passed.request, {
      requestId: visit.requestId,
      headers,
      captures: { ...(request.params as Captures) },
      body: request.body as Buffer,
      since: visit.started,
      // Whoever comes back for the answer is not gone when the connection is.
      gone: later ? new AbortController().signal : visit.gone,
      trace: visit.trace,
    });
    if (!reading.ok) return sendRefusal(reply, reading);
    reply.headers(visit.trace.fields);
    const answer = visit.worksOn(destination.ask(reading.question));
    if (!later) return sendAnswer(reply, await answer, passed.answer);
    const location = resultUrl(results.expect(visit.requestId, answer));
    return reply
      .code(202)
      .headers({ location, 'preference-applied': 'respond-async' })
      .send({ state: 'pending', location });
  };
}
