import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { deadLetter, errorReply } from '../../../bridge/delivery/envelopes';
import { BRIDGE_ERRORS, type BridgeErrorCode, failure } from '../../../bridge/errors';

const text = fc.string({ unit: 'binary', maxLength: 50 });
const bytes = fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array));
const why = fc
  .tuple(fc.constantFrom(...(Object.keys(BRIDGE_ERRORS) as BridgeErrorCode[])), text)
  .map(([code, message]) => failure(code, message));

/** What becomes of a text that is no Unicode when it is written as UTF-8. */
const utf8 = (text: string) => Buffer.from(text).toString();

describe('an error reply', () => {
  it('is JSON, whatever the reason is', () => {
    fc.assert(
      fc.property(why, fc.nat(), (why, attempts) => {
        const { error } = JSON.parse(errorReply(why, attempts).toString());

        expect(utf8(error.message)).toBe(utf8(why.message));
        expect(error).toMatchObject({ code: why.code, status: why.status, retryable: why.retryable, attempts });
      }),
    );
  });
});

describe('a dead letter', () => {
  it('has the request back in it, byte for byte', () => {
    const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });
    const request = fc.record({
      route: text,
      topic: text,
      payload: optional(bytes),
      requestId: text,
      attempts: fc.nat(),
      firstSeen: fc.date({ noInvalidDate: true }),
      modelUrl: text,
      responseTopic: optional(text),
      correlationData: optional(bytes),
      userProperties: fc.dictionary(text, fc.oneof(text, fc.array(text)), { noNullPrototype: true }),
      traceparent: optional(text),
    });
    fc.assert(
      fc.property(request, why, (request, why) => {
        const letter = JSON.parse(deadLetter(request, why).toString());
        const bytesOf = (base64?: string) => (base64 === undefined ? undefined : Buffer.from(base64, 'base64'));

        expect(bytesOf(letter.base64OriginalPayload)).toStrictEqual(request.payload);
        expect(bytesOf(letter.base64CorrelationData)).toStrictEqual(request.correlationData);
        expect(utf8(letter.topic)).toBe(utf8(request.topic));
        expect(new Date(letter.firstSeen)).toStrictEqual(request.firstSeen);
        expect(letter.failures).toHaveLength(1);
      }),
    );
  });
});
