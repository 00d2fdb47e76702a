import { describe, expect, it } from 'vitest';
import { BRIDGE_ERRORS, failure } from '../../../bridge/errors';
import { loggedFailure } from '../../../bridge/operations/logged-failure';

describe('loggedFailure', () => {
  it.each([
    'BRIDGE_ERR_MODEL_REJECTED',
    'BRIDGE_ERR_MODEL_BUSY',
    'BRIDGE_ERR_MODEL_ANSWER',
    'BRIDGE_ERR_REPLY_MAPPING',
    'BRIDGE_ERR_REQUEST_INVALID',
  ] as const)('says of %s what it means, because its message may quote a payload', (code) => {
    const { text } = loggedFailure(failure(code, 'the model answered: "patient 17"'));

    expect(text).toBe(BRIDGE_ERRORS[code].meaning);
  });

  it('says the whole message where it is in the words of the bridge', () => {
    const message = 'the model did not answer within 30 s';

    expect(loggedFailure(failure('BRIDGE_ERR_MODEL_TIMEOUT', message))).toEqual({
      code: 'BRIDGE_ERR_MODEL_TIMEOUT',
      status: 504,
      text: message,
    });
  });
});
