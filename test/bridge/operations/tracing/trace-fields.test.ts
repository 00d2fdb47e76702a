import { describe, expect, it } from 'vitest';
import { NO_FIELDS, traceFieldsOf } from '../../../../bridge/operations/tracing/trace-fields';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SPAN = '00f067aa0ba902b7';
const traceparent = `00-${TRACE}-${SPAN}-01`;

describe('traceFieldsOf', () => {
  it.each([
    ['both fields', { traceparent, tracestate: 'vendor=1' }],
    ['a parent alone', { traceparent }],
    ['a version to come', { traceparent: `01-${TRACE}-${SPAN}-09-more` }],
  ])('takes %s', (_what, fields) => {
    expect(traceFieldsOf(fields)).toEqual(fields);
  });

  it('takes nothing else with them', () => {
    expect(traceFieldsOf({ traceparent, camera: '7' })).toEqual({ traceparent });
  });

  it.each([
    ['no properties', undefined],
    ['other properties', { camera: '7' }],
    ['another spelling: names are lower case', { Traceparent: traceparent }],
    ['a state without a parent', { tracestate: 'vendor=1' }],
    ['two parents', { traceparent: [traceparent, traceparent] }],
    ['a trace of zeros', { traceparent: `00-${'0'.repeat(32)}-${SPAN}-01` }],
    ['a span of zeros', { traceparent: `00-${TRACE}-${'0'.repeat(16)}-01` }],
    ['the version that there never is', { traceparent: `ff-${TRACE}-${SPAN}-01` }],
    ['upper case', { traceparent: traceparent.toUpperCase() }],
    ['a line end, which would begin another header', { traceparent: `${traceparent}\r\nauthorization: Bearer x` }],
    ['something endless', { traceparent: `01-${TRACE}-${SPAN}-01-${'x'.repeat(3_000)}` }],
  ])('takes %s for no trace', (_what, properties) => {
    expect(traceFieldsOf(properties)).toBe(NO_FIELDS);
  });

  it('takes states that came in several properties for one list', () => {
    expect(traceFieldsOf({ traceparent, tracestate: ['a=1', 'b=2'] })).toEqual({ traceparent, tracestate: 'a=1,b=2' });
  });

  it.each(['a=1\r\nhost: other', 'a=ä', '', ' ', `a=${'x'.repeat(3_000)}`])('leaves out the state %j', (tracestate) => {
    expect(traceFieldsOf({ traceparent, tracestate })).toEqual({ traceparent });
  });
});
