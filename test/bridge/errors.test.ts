import { describe, expect, it, vi } from 'vitest';
import { BRIDGE_ERRORS, BridgeError, type BridgeErrorCode, failure } from '../../bridge/errors';

const codes = Object.keys(BRIDGE_ERRORS) as BridgeErrorCode[];

describe('BRIDGE_ERRORS', () => {
  it.each(codes)('gives %s a stable name, an HTTP error status and a meaning', (code) => {
    const { status, retryable, meaning } = BRIDGE_ERRORS[code];

    expect(code).toMatch(/^BRIDGE_ERR_[A-Z]+(_[A-Z]+)*$/);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThanOrEqual(599);
    expect(Number.isInteger(status)).toBe(true);
    expect(typeof retryable).toBe('boolean');
    expect(meaning).toMatch(/^[A-Z].{15,}\.$/);
  });

  it('calls retryable only what a server may get over: 5xx', () => {
    const retryable = codes.filter((code) => BRIDGE_ERRORS[code].retryable);

    expect(retryable.filter((code) => BRIDGE_ERRORS[code].status < 500)).toEqual([]);
  });
});

describe('BridgeError', () => {
  it('carries its code as a property and at the head of its message', () => {
    const error = new BridgeError('BRIDGE_ERR_CONFIG', 'no routes');

    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe('BridgeError');
    expect(error.code).toBe('BRIDGE_ERR_CONFIG');
    expect(error.message).toBe('BRIDGE_ERR_CONFIG: no routes');
  });

  it('is recognised by a second copy of the package', async () => {
    const error = new BridgeError('BRIDGE_ERR_CONFIG', 'no routes');

    vi.resetModules();
    const copy = await import('../../bridge/errors.js');

    expect(copy.BridgeError).not.toBe(BridgeError);
    expect(error instanceof copy.BridgeError).toBe(true);
  });

  it.each([[new Error('BRIDGE_ERR_CONFIG: no routes')], [{ code: 'BRIDGE_ERR_CONFIG' }], [null], ['text']])(
    'is not mistaken for %o',
    (value) => {
      expect((value as unknown) instanceof BridgeError).toBe(false);
    },
  );
});

describe('failure', () => {
  it("tells the requester the table's status", () => {
    expect(failure('BRIDGE_ERR_MODEL_TIMEOUT', 'late')).toStrictEqual({
      code: 'BRIDGE_ERR_MODEL_TIMEOUT',
      status: 504,
      message: 'late',
      retryable: true,
    });
  });

  it('tells the requester a more exact status where there is one', () => {
    expect(failure('BRIDGE_ERR_MODEL_REJECTED', 'no such model', 404).status).toBe(404);
  });
});
