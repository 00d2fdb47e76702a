import { type handleUnaryCall, status } from '@grpc/grpc-js';
import { type Output, runtime } from '@pulumi/pulumi';
import * as settings from '@pulumi/pulumi/runtime/settings';
import type { Invocation, RegisteredResource } from '../engine';
import { type Clouds, cloudsOf } from '../engine/clouds';
import { type Configuration, programConfig } from '../engine/config';
import { Deployment } from '../engine/deployment';
import { monitorService } from '../engine/monitor';

export interface MockOptions extends Configuration, Partial<Clouds> {
  readonly preview?: boolean;
}

export interface Mocked<T> {
  readonly result: T;
  /** All that were registered, sorted by URN. */
  readonly resources: readonly RegisteredResource[];
  readonly invocations: readonly Invocation[];
}

/**
 * Makes components in this process, against the stand-in's monitor: what it refuses in programs, unexpected reads and
 * invokes among it, it refuses here. The SDK does not catch what fails later than in a constructor, which fails the test:
 * that is for tests with programs.
 *
 * One at a time. There is no stack, and what has no parent is recorded with none.
 */
export async function mocked<T>(make: () => T, options: MockOptions = {}): Promise<Mocked<T>> {
  const { preview = false } = options;
  const name = { project: 'project', stack: 'stack' };
  const deployment = new Deployment({ ...name, preview, ...cloudsOf(options) });
  const { values, secretKeys } = programConfig(name.project, options);
  settings.setMockOptions(inProcess(deployment), name.project, name.stack, preview);
  await (settings as unknown as Untyped).awaitFeatureSupport();
  runtime.setAllConfig(values, [...secretKeys]);

  const result = await madeBy(make);

  if (deployment.refusals.length > 0) throw new Error(deployment.refusals.join('\n'));
  return { result, resources: deployment.resources, invocations: deployment.invocations };
}

/** What the SDK does before a program, but has no type for. */
interface Untyped {
  readonly awaitFeatureSupport: () => Promise<void>;
}

/** The value of an output that is known. */
export function known<T>(output: Output<T>): Promise<T> {
  return new Promise((resolve) => {
    output.apply((value) => resolve(value as T));
  });
}

/** Waits for all that has been registered. */
async function madeBy<T>(make: () => T): Promise<T> {
  try {
    return make();
  } finally {
    await runtime.disconnect();
  }
}

/** The monitor as the SDK calls a client of it. */
function inProcess(deployment: Deployment): Record<string, unknown> {
  type Handler = handleUnaryCall<unknown, unknown>;
  type Callback = Parameters<Handler>[1];
  const handlers = Object.entries(monitorService(deployment)) as [string, Handler][];
  const methods = handlers.map(([method, handle]) => [
    method,
    (request: unknown, callback: Callback) => handle({ request } as Parameters<Handler>[0], callback),
  ]);
  const getDeploymentInfo = (_: unknown, callback: Callback) => callback({ code: status.UNIMPLEMENTED });
  return { getDeploymentInfo, ...Object.fromEntries(methods) };
}
