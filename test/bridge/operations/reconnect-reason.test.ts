import { describe, expect, it } from 'vitest';
import { LinkError } from '../../../bridge/operations/link-error';
import { reconnectReason } from '../../../bridge/operations/reconnect-reason';

const withCode = (code: unknown) => Object.assign(new Error('it failed'), { code });

describe('reconnectReason', () => {
  it.each([
    ['login', withCode(4)],
    ['login', withCode(5)],
    ['login', withCode(134)],
    ['login', withCode(135)],
    ['refused', withCode(136)],
    ['network', withCode('ECONNREFUSED')],
    ['network', new AggregateError([withCode('ECONNREFUSED')])],
    ['timeout', new LinkError('timeout', 'the connection attempt hung')],
    ['silent', new LinkError('silent', 'the broker does not answer SUBSCRIBE')],
    ['other', new Error('something else')],
  ])('is %s', (reason, error) => {
    expect(reconnectReason(error)).toBe(reason);
  });
});
