import type { IConstruct } from 'constructs';
import { describe } from '../errors';
import type { InferenceModel } from './inference-model';
import type { ModelFormat } from './model-format';
import type { RuntimeFormat, ServingRuntime } from './serving-runtime';

/** By which runtimes are found, also those of another installed copy of the library. */
export const RUNTIME_BRAND = Symbol.for('cdk8s-edge-inference.ServingRuntime');

/**
 * Why KServe would refuse the runtime that a model names, as far as it is one of the app's. It looks among those of the
 * model's namespace first.
 */
export function runtimeProblems(model: InferenceModel): string[] {
  const { runtime: name, format } = model.predictor;
  if (name === undefined || format === undefined) return [];
  const namesakes = runtimesOf(model).filter((runtime) => runtime.name === name);
  const runtime =
    namesakes.find(({ namespace }) => namespace === model.namespace) ??
    namesakes.find(({ namespace }) => namespace === undefined);
  const rule = runtime ? misfit(runtime, model, format) : elsewhere(namesakes);
  if (rule === undefined) return [];
  const fix = 'Use another runtime, or give it what is missing';
  return [describe('EDGE_ERR_RUNTIME', { at: `${model.name}.runtime`, value: name, rule, fix })];
}

/** KServe's webhook refuses two runtimes with one priority for a format, as it could not choose. */
export function priorityProblems(runtime: ServingRuntime): string[] {
  const rivals = runtimesOf(runtime).filter(
    (other) =>
      other.namespace === runtime.namespace &&
      other.node.path < runtime.node.path &&
      other.protocols.some((protocol) => runtime.protocols.includes(protocol)),
  );
  return rivals.flatMap((other) =>
    runtime.formats
      .filter((own) => other.formats.some((format) => isRival(own, format)))
      .map(({ format, priority }) =>
        describe('EDGE_ERR_RUNTIME', {
          at: `the priority of runtime ${runtime.name} for ${format.name}`,
          value: priority,
          rule: `runtime ${other.name} has the same, and KServe could not choose`,
          fix: 'Change one of them',
        }),
      ),
  );
}

function misfit(runtime: ServingRuntime, model: InferenceModel, format: ModelFormat): string | undefined {
  const formats = runtime.formats.map(({ format }) => format);
  if (!formats.some((own) => serves(own, format))) {
    return `it serves ${formats.map(nameOf).join(', ')}, and the model is ${nameOf(format)}`;
  }
  if (runtime.protocols.includes(model.protocol)) return undefined;
  return `it speaks ${runtime.protocols.join(', ')}, and the model is asked by ${model.protocol}`;
}

function elsewhere(namesakes: readonly ServingRuntime[]): string | undefined {
  if (namesakes.length === 0) return undefined;
  return `it is one of namespace ${namesakes.map(({ namespace }) => namespace).join(', ')}, whose models alone can use it`;
}

/** A model without a version fits any; one with a version only a runtime that names it. */
function serves(own: ModelFormat, format: ModelFormat): boolean {
  return own.name === format.name && (format.version === undefined || own.version === format.version);
}

function isRival(own: RuntimeFormat, other: RuntimeFormat): boolean {
  return (
    own.priority !== undefined &&
    own.priority === other.priority &&
    own.format.name.toLowerCase() === other.format.name.toLowerCase() &&
    own.format.version === other.format.version
  );
}

function nameOf({ name, version }: ModelFormat): string {
  return version === undefined ? name : `${name} ${version}`;
}

function runtimesOf({ node }: IConstruct): ServingRuntime[] {
  return node.root.node.findAll().filter((construct): construct is ServingRuntime => RUNTIME_BRAND in construct);
}
