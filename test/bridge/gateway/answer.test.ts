import { describe, expect, it } from 'vitest';
import { readAnswer } from '../../../bridge/gateway/answer';

const envelope = (error: unknown) => Buffer.from(JSON.stringify({ error }));

describe('readAnswer', () => {
  it.each([['200'], ['204'], [undefined]])('takes an answer with the status %s for a prediction', (status) => {
    const headers: Record<string, string> = status === undefined ? {} : { status };

    const answer = readAnswer({ body: Buffer.from('[1]'), contentType: undefined, headers });

    expect(answer).toStrictEqual({ ok: true, body: Buffer.from('[1]'), contentType: 'application/json', headers });
  });

  it('reads what an error reply says', () => {
    const body = envelope({
      code: 'BRIDGE_ERR_MODEL_REJECTED',
      status: 400,
      message: 'the model answered 400',
      retryable: false,
      attempts: 2,
    });

    expect(readAnswer({ body, contentType: 'application/json', headers: { status: '400' } })).toStrictEqual({
      ok: false,
      failure: {
        code: 'BRIDGE_ERR_MODEL_REJECTED',
        status: 400,
        message: 'the model answered 400',
        retryable: false,
      },
      attempts: 2,
    });
  });

  it.each([
    ['is no JSON', Buffer.from('<html>')],
    ['is nothing', Buffer.alloc(0)],
    ['is null', Buffer.from('null')],
    ['has no error', Buffer.from('{"predictions":[1]}')],
    ['has an error of another kind', envelope('out of memory')],
    ['has a code that nobody knows', envelope({ code: 'toString', message: 7, retryable: 'no', attempts: '3' })],
  ])('knows the status at least of an error reply that %s', (_what, body) => {
    expect(readAnswer({ body, contentType: undefined, headers: { status: '503' } })).toStrictEqual({
      ok: false,
      failure: {
        code: 'BRIDGE_ERR_MODEL_ANSWER',
        status: 503,
        message: 'whoever asks the model says nothing but the status 503',
        retryable: false,
      },
      attempts: 0,
    });
  });

  it.each([['302'], ['broken'], ['']])('calls an answer with the status "%s" a wrong one', (status) => {
    expect(readAnswer({ body: Buffer.from('{}'), contentType: undefined, headers: { status } })).toMatchObject({
      ok: false,
      failure: { code: 'BRIDGE_ERR_MODEL_ANSWER', status: 502 },
    });
  });
});
