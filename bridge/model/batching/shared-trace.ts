import type { Step } from '../../operations/tracing/tracing';
import type { ModelCall } from '../model-client';

type CallTrace = NonNullable<ModelCall['trace']>;

/** Marks one call in the traces of all requests in it. The model is told of one of them: a call has one parent. */
export function sharedTrace(calls: readonly ModelCall[]): CallTrace | undefined {
  const traces = calls.flatMap(({ trace }) => trace ?? []);
  if (traces.length < 2) return traces[0];
  return {
    callModel: (url) => {
      const steps = traces.map((trace) => trace.callModel(url));
      const { fields } = steps.find(({ fields }) => fields.traceparent !== undefined) ?? (steps[0] as Step);
      return {
        fields,
        end: (result) => {
          for (const step of steps) step.end(result);
        },
      };
    },
  };
}
