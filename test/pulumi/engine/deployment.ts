import type { Candidate } from './candidate';
import type { Clouds } from './clouds';
import type { RegisteredResource } from './registered-resource';
import { isStack, type StackName } from './urn';
import { type Decoded, decode, encode, type PlainObject, withSecretsOf } from './values';

export interface DeploymentOptions extends Clouds, StackName {
  readonly preview: boolean;
}

export interface Invocation {
  readonly token: string;
  readonly args: PlainObject;
}

/** What a program gets back. */
export interface Registered {
  /** Empty when it is not known yet, and for components. */
  readonly id: string;
  readonly wireOutputs: PlainObject;
}

/** All that a program has done in one run. */
export class Deployment {
  readonly invocations: Invocation[] = [];
  /** Why the engine has refused to do something. */
  readonly refusals: string[] = [];
  readonly #resources = new Map<string, RegisteredResource>();
  readonly #registeredOutputs = new Map<string, Decoded<PlainObject>>();

  constructor(readonly options: DeploymentOptions) {}

  /** Without the stack, sorted by URN: the order of registration is not that of creation, and says nothing. */
  get resources(): RegisteredResource[] {
    return [...this.#resources.values()]
      .filter(({ urn }) => !isStack(urn))
      .map((resource) => {
        const registeredOutputs = this.#registeredOutputs.get(resource.urn)?.value;
        return registeredOutputs ? { ...resource, registeredOutputs } : resource;
      })
      .sort((a, b) => (a.urn < b.urn ? -1 : 1));
  }

  /** What the program exports. */
  get stackOutputs(): Decoded<PlainObject> {
    const stack = [...this.#registeredOutputs.keys()].find(isStack) ?? '';
    return this.#registeredOutputs.get(stack) ?? { value: {}, secretPaths: [], unknownPaths: [] };
  }

  register(candidate: Candidate): Registered {
    const { resource } = candidate;
    this.#add(resource);
    if (resource.component || this.options.preview) return { id: '', wireOutputs: outputsOf(candidate) };
    const { id, outputs } = this.options.provider(resource) ?? {};
    const defaultId = resource.options.import ?? `${resource.name}-id`;
    return { id: id ?? defaultId, wireOutputs: outputsOf(candidate, outputs) };
  }

  read(candidate: Candidate): Registered {
    const { resource } = candidate;
    this.#add(resource);
    const answer = this.options.read(resource);
    if (!answer) throw new Error(`${resource.type} ${resource.readId} is read, but the test has no such resource`);
    return { id: resource.readId ?? '', wireOutputs: outputsOf(candidate, answer.outputs) };
  }

  registerOutputs(urn: string, wireOutputs: PlainObject): void {
    this.#mustKnow(urn, 'The component of registered outputs');
    this.#registeredOutputs.set(urn, decode(wireOutputs));
  }

  /** @returns the answer on the wire */
  invoke(token: string, wireArgs: PlainObject): PlainObject {
    const { value } = decode(wireArgs);
    this.invocations.push({ token, args: value });
    const answer = this.options.invoke(token, value);
    if (!answer) throw new Error(`${token} is invoked with ${JSON.stringify(value)}, but the test has no answer`);
    return encode(answer);
  }

  #add(resource: RegisteredResource): void {
    const { urn, parent, dependencies, propertyDependencies, provider, options } = resource;
    if (this.#resources.has(urn)) throw new Error(`Duplicate resource URN '${urn}'; try giving it a unique name`);
    if (parent) this.#mustKnow(parent, `The parent of ${urn}`);
    if (provider) this.#mustKnow(provider, `The provider of ${urn}`);
    if (options.deletedWith) this.#mustKnow(options.deletedWith, `What ${urn} is deleted with`);
    for (const one of Object.values(options.providers ?? {})) this.#mustKnow(one, `A provider of ${urn}`);
    for (const dependency of [...dependencies, ...Object.values(propertyDependencies).flat()]) {
      this.#mustKnow(dependency, `A dependency of ${urn}`);
    }
    this.#resources.set(urn, resource);
  }

  #mustKnow(urn: string, what: string): void {
    if (!this.#resources.has(urn)) throw new Error(`${what} is ${urn}, but no such resource is registered`);
  }
}

/** Everybody answers with the inputs, and with more. */
function outputsOf({ resource, wireInputs }: Candidate, computed: PlainObject = {}): PlainObject {
  const outputs = { ...wireInputs, ...encode(computed) };
  return withSecretsOf(wireInputs, outputs, resource.options.additionalSecretOutputs ?? []);
}
