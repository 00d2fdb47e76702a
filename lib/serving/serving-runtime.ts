import type { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { ServingRuntimeObject } from '../crds/kserve';
import { knownValue } from '../known-values';
import { dnsLabelProblem, dnsSubdomainProblem } from '../naming/kubernetes-names';
import { renderContainer, type ServerContainer } from './container-options';
import { InferenceProtocol } from './inference-protocol';
import type { ModelFormat } from './model-format';
import { refuse } from './refuse';
import { priorityProblems, RUNTIME_BRAND } from './runtime-checks';

/** A format that a runtime serves. */
export interface RuntimeFormat {
  readonly format: ModelFormat;
  /** Whether KServe may pick the runtime for models that name none. @default false */
  readonly autoSelect?: boolean;
  /** Of several runtimes KServe picks the one with the highest. Only with `autoSelect`. @default - none */
  readonly priority?: number;
}

export interface RuntimeOptions {
  /**
   * The namespace whose models can use it.
   *
   * @default - those of all namespaces can: it is a ClusterServingRuntime
   */
  readonly namespace?: string;
  /** The server. In its arguments KServe puts a model's name for `{{.Name}}`. */
  readonly container: ServerContainer;
  /** At least one. */
  readonly formats: RuntimeFormat[];
  /** @default [InferenceProtocol.V1] */
  readonly protocols?: InferenceProtocol[];
}

export interface ServingRuntimeProps extends RuntimeOptions {
  readonly name: string;
}

/**
 * A server for models of certain formats: one pod template, which KServe fills in for each model.
 *
 * @see https://kserve.github.io/website/docs/concepts/resources/servingruntime
 */
export class ServingRuntime extends Construct {
  /** Whether `value` is a runtime, also one of another installed copy of the library. */
  static isServingRuntime(value: unknown): value is ServingRuntime {
    return typeof value === 'object' && value !== null && RUNTIME_BRAND in value;
  }

  readonly name: string;
  /** Nothing for a runtime of all namespaces. */
  readonly namespace: string | undefined;
  readonly formats: RuntimeFormat[];
  readonly protocols: InferenceProtocol[];
  readonly runtime: ApiObject;

  /**
   * @throws EdgeError EDGE_ERR_NAME for names that no object can have; EDGE_ERR_VALUE for formats that KServe refuses or
   * passes over
   */
  constructor(scope: Construct, id: string, props: ServingRuntimeProps) {
    super(scope, id);
    Object.defineProperty(this, RUNTIME_BRAND, { value: true });
    this.name = props.name;
    this.namespace = props.namespace;
    this.formats = [...props.formats];
    this.protocols = [...(props.protocols ?? [InferenceProtocol.V1])];
    const at = `runtime ${this.name}`;
    this.#check(at);

    this.runtime = new ServingRuntimeObject(this, 'Resource', {
      metadata: { name: this.name, ...(this.namespace !== undefined && { namespace: this.namespace }) },
      spec: {
        supportedModelFormats: this.formats.map(({ format, autoSelect, priority }) => ({
          name: format.name,
          version: format.version,
          autoSelect,
          priority,
        })),
        protocolVersions: this.protocols,
        multiModel: false,
        containers: [renderContainer(`${at}.container`, props.container)],
      },
    });
    this.node.addValidation({ validate: () => priorityProblems(this) });
  }

  #check(at: string): void {
    const fix = 'Choose another one';
    refuse('EDGE_ERR_NAME', dnsSubdomainProblem(this.name), { at: 'the name of a runtime', value: this.name, fix });
    if (this.namespace !== undefined) {
      const checked = { at: `the namespace of ${at}`, value: this.namespace, fix };
      refuse('EDGE_ERR_NAME', dnsLabelProblem(this.namespace), checked);
    }
    for (const [prop, list] of Object.entries({ formats: this.formats, protocols: this.protocols })) {
      const empty = list.length === 0 ? 'no model could use it' : undefined;
      refuse('EDGE_ERR_VALUE', empty, { at: `${at}.${prop}`, value: '[]', fix: 'Name at least one' });
    }
    for (const [i, protocol] of this.protocols.entries()) {
      knownValue(`${at}.protocols[${i}]`, protocol, InferenceProtocol);
    }
    for (const [i, { autoSelect = false, priority }] of this.formats.entries()) {
      if (priority === undefined) continue;
      const checked = { at: `${at}.formats[${i}].priority`, value: priority };
      const isWhole = Number.isInteger(priority) && priority >= 1;
      refuse('EDGE_ERR_VALUE', isWhole ? undefined : 'it is a whole number from 1 on', { ...checked, fix: 'Raise it' });
      const unread = autoSelect ? undefined : 'KServe reads it of formats with autoSelect only';
      refuse('EDGE_ERR_VALUE', unread, { ...checked, fix: 'Leave it out, or set autoSelect' });
    }
    refuse('EDGE_ERR_VALUE', this.#twoPriorities(), {
      at: `${at}.formats`,
      value: this.formats.map(({ format, priority }) => `${format.name} ${priority ?? '-'}`).join(', '),
      fix: 'Give the versions of a format the same priority',
    });
  }

  #twoPriorities(): string | undefined {
    const priorities = new Map<string, number>();
    for (const { format, priority } of this.formats) {
      if (priority === undefined) continue;
      if ((priorities.get(format.name) ?? priority) !== priority) return `KServe refuses two for "${format.name}"`;
      priorities.set(format.name, priority);
    }
    return undefined;
  }
}
