import type { AsyncMessage } from 'rabbitmq-client';
import { describe, expect, it } from 'vitest';
import { type AmqpRequest, readRequest } from '../../../bridge/amqp/amqp-request';
import { BindingPattern } from '../../../bridge/config/amqp-names';
import { PASS_ON } from '../../../bridge/operations/tracing/tracing';
import { delivery } from '../support/fake-amqp';
import { amqpRouteConfig } from '../support/provider-config';

const ROUTE = amqpRouteConfig({
  queue: { bindingKeys: ['predict.{model}', 'infer.{model}.now'] },
  headers: { toModel: ['RqUID', 'X-Tenant'] },
});
const PATTERNS = ROUTE.queue.bindingKeys.map((key) => new BindingPattern(key));

const read = (changes: Partial<AsyncMessage> = {}): AmqpRequest =>
  readRequest(delivery(1, changes), ROUTE, PATTERNS, PASS_ON);
/** Milliseconds that a request still has. */
const left = (changes: Partial<AsyncMessage>) =>
  Math.round(((read(changes).expiresAt ?? Number.NaN) - performance.now()) / 100) * 100;
const secondsAgo = (seconds: number) => Math.floor(Date.now() / 1000) - seconds;

describe('readRequest', () => {
  it('names the request as its requester does, as far as that can be read', () => {
    expect(read({ correlationId: 'c-1' }).id).toBe('c-1');
    expect(read({ correlationId: 'with blanks' }).id).toMatch(/^[0-9a-f-]{36}$/);
    expect(read({ correlationId: undefined }).id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('captures words by whichever binding key matches', () => {
    expect(read({ routingKey: 'predict.fib' }).captures).toEqual({ model: 'fib' });
    expect(read({ routingKey: 'infer.fib.now' }).captures).toEqual({ model: 'fib' });
    expect(read({ routingKey: 'other' }).captures).toEqual({});
  });

  it('has the headers that the model is sent, and those only', () => {
    const headers = { rquid: 'r-1', 'x-tenant': true, 'X-Other': 'a', table: { a: 1 } };

    expect(read({ headers }).modelHeaders).toEqual({ RqUID: 'r-1', 'X-Tenant': 'true' });
    expect(read({ headers: { other: 'a' } }).modelHeaders).toBeUndefined();
    expect(read({ headers: { RqUID: ['a'] } }).modelHeaders).toBeUndefined();
  });

  it.each([
    ['no expiration', { expiration: undefined }, Number.NaN],
    ['an expiration from now on', { expiration: '30000' }, 30_000],
    ['no number', { expiration: 'soon' }, Number.NaN],
    ['a clock that is ahead', { expiration: '30000', timestamp: secondsAgo(-3_600) }, 30_000],
    [
      'a clock that is behind, as the broker would not have delivered it',
      { expiration: '30000', timestamp: 0 },
      30_000,
    ],
  ])('knows how long somebody waits: with %s', (_what, changes, expected) => {
    expect(left(changes)).toBe(expected);
  });

  it('knows how long a request has waited already when its requester says since when', () => {
    const remaining = left({ expiration: '30000', timestamp: secondsAgo(10) });

    expect(remaining).toBeGreaterThan(18_900);
    expect(remaining).toBeLessThanOrEqual(20_000);
  });

  it('remembers earlier deliveries of what comes from the delay queue', () => {
    const headers = {
      'x-deliveries': 2,
      'x-attempts': 6,
      'x-first-seen': '2026-01-02T03:04:05.000Z',
      'x-deadline': Date.now() + 5_000,
      'x-original-exchange': 'ML.MQ',
      'x-original-routing-key': 'predict.fib',
    };

    const request = read({ exchange: '', routingKey: 'fib', headers });

    expect(request).toMatchObject({
      earlierAttempts: 6,
      exchange: 'ML.MQ',
      routingKey: 'predict.fib',
      captures: { model: 'fib' },
      firstSeen: new Date('2026-01-02T03:04:05.000Z'),
    });
    expect(request.retry.deliveries).toBe(2);
    expect(left({ exchange: '', routingKey: 'fib', headers })).toBeGreaterThan(4_000);
  });

  it('believes nobody else who says so', () => {
    const headers = { 'x-deliveries': 99, 'x-original-routing-key': 'predict.other', 'x-deadline': 1 };

    const request = read({ routingKey: 'predict.fib', headers });

    expect(request.retry.deliveries).toBe(0);
    expect(request.captures).toEqual({ model: 'fib' });
    expect(request.expiresAt).toBeUndefined();
  });

  it.each([['-1'], ['1e9'], [{}], ['']])('counts no earlier deliveries in %o', (value) => {
    const request = read({ exchange: '', routingKey: 'fib', headers: { 'x-deliveries': value } });

    expect(request.retry.deliveries).toBe(0);
  });
});
