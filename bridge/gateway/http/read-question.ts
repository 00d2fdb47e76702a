import type { IncomingHttpHeaders } from 'node:http';
import { routingKeyProblem } from '../../config/amqp-names';
import type { GatewayRouteConfig } from '../../config/gateway-route';
import { captureProblem } from '../../config/model-url';
import { type Captures, placeholdersIn } from '../../config/topic-pattern';
import type { AskTrace } from '../../operations/tracing/tracing';
import { readJson } from '../../payload/json-text';
import { found, Mismatch } from '../../payload/mismatch';
import { type Refusal, refusal } from '../answer';
import type { Question } from '../question';
import { isJsonType, mediaTypeOf } from './content-type';
import { selected } from './headers';

/** What came over HTTP, as far as a question is made of it. */
export interface Asked {
  readonly requestId: string;
  readonly headers: IncomingHttpHeaders;
  /** What the router found in the path. */
  readonly captures: Captures;
  readonly body: Buffer;
  /** In terms of `performance.now()`. */
  readonly since: number;
  readonly gone: AbortSignal;
  readonly trace: AskTrace;
}

/** The question that a request asks, or why it asks none. */
export type Reading = { readonly ok: true; readonly question: Question } | Refusal;

/** @param passed names of headers that go on, in lower case */
export function readQuestion(route: GatewayRouteConfig, passed: readonly string[], asked: Asked): Reading {
  const { requestId, headers, captures, body, since, gone, trace } = asked;
  const contentType = mediaTypeOf(headers['content-type'] ?? '');
  const routingKey = headers['routing-key'];
  const problem =
    captureRefusal(route, captures) ?? routingKeyRefusal(route, routingKey) ?? bodyRefusal(route, contentType, body);
  if (problem) return problem;
  return {
    ok: true,
    question: {
      requestId,
      body,
      contentType,
      captures,
      routingKey: typeof routingKey === 'string' ? routingKey : undefined,
      headers: selected(headers, passed),
      trace,
      expiresAt: since + route.timeoutSeconds * 1000,
      gone,
    },
  };
}

function captureRefusal({ path, captures: allowed }: GatewayRouteConfig, captures: Captures): Refusal | undefined {
  for (const [name, values] of Object.entries(allowed)) {
    if (!values.includes(captures[name] ?? '')) {
      return refusal('BRIDGE_ERR_NO_ROUTE', `{${name}} of ${path} is none of: ${values.join(', ')}`);
    }
  }
  const problem = captureProblem(captures, placeholdersIn(path));
  return problem === undefined ? undefined : refusal('BRIDGE_ERR_NO_ROUTE', `in ${path}, ${problem}`);
}

function routingKeyRefusal({ amqp }: GatewayRouteConfig, key: string | string[] | undefined): Refusal | undefined {
  if (!amqp || amqp.routingKey !== undefined) return undefined;
  if (typeof key !== 'string' || key === '') {
    return refusal('BRIDGE_ERR_REQUEST_HEADER', 'the header routing-key says where the request goes, and is missing');
  }
  const problem = routingKeyProblem(key);
  if (problem === undefined) return undefined;
  return refusal('BRIDGE_ERR_REQUEST_HEADER', `the header routing-key is no routing key: ${problem}`);
}

/** What models are asked in JSON is an object; what the route maps is checked where it is mapped. */
function bodyRefusal({ json, direct }: GatewayRouteConfig, contentType: string, body: Buffer): Refusal | undefined {
  if (!isJsonType(contentType) || direct?.request) return undefined;
  try {
    const { value } = readJson(body);
    if (json === 'any' || (typeof value === 'object' && value !== null && !Array.isArray(value))) return undefined;
    return refusal('BRIDGE_ERR_REQUEST_INVALID', `the body is ${found(value)}, but is to be a JSON object`);
  } catch (error) {
    const reason = error instanceof Mismatch ? error.message : 'cannot be read';
    return refusal('BRIDGE_ERR_REQUEST_INVALID', `the body ${reason}`);
  }
}
