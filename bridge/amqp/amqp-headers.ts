import { validateHeaderValue } from 'node:http';
import { isPrivateHeader } from '../config/amqp-headers';
import type { UserProperties } from '../operations/tracing/tracing';
import type { AnswerHeaders } from '../payload/reply-mapper';

/** The headers of an AMQP message, which may be tables and lists too. */
export type AmqpHeaders = Readonly<Record<string, unknown>>;

/** Those headers that a list names, written as there; what is no text, number or truth value is not passed on. */
export function listedHeaders(headers: AmqpHeaders | AnswerHeaders | undefined, names: readonly string[]) {
  const listed: Record<string, string> = {};
  if (!headers || names.length === 0) return listed;
  const wanted = new Map(names.map((name) => [name.toLowerCase(), name]));
  for (const [name, value] of Object.entries(headers)) {
    const as = wanted.get(name.toLowerCase());
    const text = textOf(value);
    if (as !== undefined && text !== undefined) listed[as] = text;
  }
  return listed;
}

/** Says why headers cannot be sent over HTTP, or nothing when they can. */
export function httpHeaderProblem(headers: Readonly<Record<string, string>> = {}): string | undefined {
  for (const [name, value] of Object.entries(headers)) {
    try {
      validateHeaderValue(name, value);
    } catch {
      return `the header "${name}" has characters that HTTP does not allow`;
    }
  }
  return undefined;
}

/** What a copy of a message may have of its headers. */
export function keptHeaders(headers: AmqpHeaders | undefined): Record<string, unknown> {
  const kept = Object.entries(headers ?? {}).filter(([name]) => !isPrivateHeader(name));
  // The library writes bytes as a table of numbers.
  return Object.fromEntries(kept.map(([name, value]) => [name, Buffer.isBuffer(value) ? value.toString() : value]));
}

/** The trace that a message belongs to, in the form that tracing reads it. */
export function traceProperties(headers: AmqpHeaders | undefined): UserProperties | undefined {
  return headers && listedHeaders(headers, ['traceparent', 'tracestate']);
}

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
