import { describe, expect, it } from 'vitest';
import { openTracing } from '../../../../bridge/operations/tracing/open-tracing';
import { PASS_ON } from '../../../../bridge/operations/tracing/tracing';

const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
const traced = { address: 'iris/input', bytes: 1, properties: { traceparent, tracestate: 'vendor=1' } };
const untraced = { address: 'iris/input', bytes: 1, properties: undefined };
const events = { exported: () => undefined };

describe('a bridge that records no traces', () => {
  it('passes on what came with a request, to the model and with the answer', () => {
    const trace = PASS_ON.begin('r-1', traced);

    expect(trace.callModel('http://iris.example').fields).toEqual({ traceparent, tracestate: 'vendor=1' });
    expect(trace.publish('iris/output').fields).toEqual({ traceparent, tracestate: 'vendor=1' });
  });

  it('passes on nothing where nothing came, and makes no object for it', () => {
    const trace = PASS_ON.begin('r-1', untraced);
    const other = PASS_ON.begin('r-2', untraced);

    expect(trace.publish('iris/output').fields).toEqual({});
    expect(other).toBe(trace);
    expect([trace.callModel('http://iris.example'), trace.publish('iris/output')]).toEqual([trace, trace]);
  });

  it('is one that was not told to', async () => {
    await expect(openTracing(undefined, 'bridge-0', events)).resolves.toBe(PASS_ON);
  });

  it('is one whose environment says no', async () => {
    process.env.OTEL_SDK_DISABLED = 'true';
    try {
      await expect(openTracing({}, 'bridge-0', events)).resolves.toBe(PASS_ON);
    } finally {
      delete process.env.OTEL_SDK_DISABLED;
    }
  });
});
