import { onTestFinished } from 'vitest';
import type { Answer } from '../../../../bridge/gateway/answer';
import { Admission } from '../../../../bridge/gateway/http/admission';
import { type App, createApp } from '../../../../bridge/gateway/http/app';
import type { Visit, Visitor } from '../../../../bridge/gateway/http/visit';
import type { Question } from '../../../../bridge/gateway/question';
import { Results } from '../../../../bridge/gateway/results';
import { PASS_ON, type Tracing } from '../../../../bridge/operations/tracing/tracing';
import { gatewayConfig, throughRabbitMq } from './config';

/** The HTTP side alone, with a model that the test plays. */
export interface TestApp extends App {
  /** What has been asked so far. */
  readonly questions: Question[];
  /** What the access log would say. */
  readonly visits: { readonly visit: Visit; readonly status: number; readonly visitor: Visitor }[];
  readonly broken: Error[];
  /** Times that certificates were read again, with what kept them from being used. */
  readonly renewals: (Error | undefined)[];
  readonly admission: Admission;
  readonly results: Results;
  /** Posts JSON to `/v1/predict` with a routing key, or what a test wants to be different. */
  post(request?: PostOptions): Promise<Posted>;
  get(url: string): Promise<Posted>;
}

interface PostOptions {
  readonly url?: string;
  readonly headers?: Record<string, string | string[]>;
  readonly body?: string | Buffer;
}

export interface Posted {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly text: string;
  /** Of a refusal. */
  readonly code: string | undefined;
}

export interface AppOptions {
  readonly config?: Parameters<typeof gatewayConfig>[0];
  readonly answer?: (question: Question) => Answer | Promise<Answer>;
  readonly ready?: boolean;
  readonly stopping?: () => boolean;
  readonly tracing?: Pick<Tracing, 'serving'>;
}

export const PREDICTION: Answer = {
  ok: true,
  body: Buffer.from('{"result":500938}'),
  contentType: 'application/json',
  headers: {},
};

export async function startApp({
  config: changes = {},
  answer = () => PREDICTION,
  ready = true,
  stopping = () => false,
  tracing = PASS_ON,
}: AppOptions = {}): Promise<TestApp> {
  const { gateway } = gatewayConfig({ routes: [throughRabbitMq()], ...changes });
  const questions: Question[] = [];
  const visits: TestApp['visits'] = [];
  const broken: Error[] = [];
  const renewals: (Error | undefined)[] = [];
  const admission = new Admission({ requests: gateway.maxInFlight, bytes: gateway.maxInFlightBytes });
  const results = new Results('gateway-0', gateway.results, () => undefined);
  const destination = {
    ask: async (question: Question) => {
      questions.push(question);
      return answer(question);
    },
  };
  const app = createApp(gateway, {
    destinations: new Map(gateway.routes.map(({ name }) => [name, destination])),
    results,
    admission,
    resultsAt: '',
    ready: () => ready,
    stopping,
    tracing,
    events: {
      visited: (visit, status, visitor) => visits.push({ visit, status, visitor }),
      broken: (error) => broken.push(error),
      certificatesRenewed: (problem) => renewals.push(problem),
    },
  });
  onTestFinished(() => app.close());
  const posted = (response: { statusCode: number; headers: Record<string, unknown>; body: string }): Posted => ({
    status: response.statusCode,
    headers: response.headers,
    text: response.body,
    code: codeIn(response.body),
  });
  return {
    ...app,
    questions,
    visits,
    broken,
    renewals,
    admission,
    results,
    post: async ({ url = '/v1/predict', headers, body = '{"data":"[29, 29]"}' } = {}) => {
      const usual = { 'content-type': 'application/json', 'routing-key': 'predict.now' };
      const sent = { ...usual, ...headers };
      return posted(await app.fastify.inject({ method: 'POST', url, headers: sent, payload: body }));
    },
    get: async (url) => posted(await app.fastify.inject({ method: 'GET', url })),
  };
}

function codeIn(body: string): string | undefined {
  try {
    return JSON.parse(body).error?.code;
  } catch {
    return undefined;
  }
}
