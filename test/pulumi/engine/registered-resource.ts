/** A resource as a program has registered it, or read it with `get`. */
export interface RegisteredResource {
  readonly urn: string;
  readonly type: string;
  readonly name: string;
  /** The URN of the component or of the stack that it is in. */
  readonly parent: string;
  /** Whether it is a component, which has no provider and no ID. */
  readonly component: boolean;
  /** The ID of a resource that exists already and is only read. */
  readonly readId?: string;
  /** Plain data; `UNKNOWN` for what is not known before an update. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Where secrets begin in the inputs, sorted: `stringData`, `metadata.annotations["a/b"]`. */
  readonly secretPaths: readonly string[];
  /** Where `UNKNOWN` is in the inputs, sorted. */
  readonly unknownPaths: readonly string[];
  /** URNs of all that it waits for, sorted. */
  readonly dependencies: readonly string[];
  /** The URNs that each input comes from, for the inputs that come from others. */
  readonly propertyDependencies: Readonly<Record<string, readonly string[]>>;
  /** The URN of the provider, when one was given. */
  readonly provider?: string;
  /** The options that were given, and no others. */
  readonly options: RegisteredOptions;
  /** What a component has given to `registerOutputs`. */
  readonly registeredOutputs?: Readonly<Record<string, unknown>>;
}

export interface RegisteredOptions {
  readonly additionalSecretOutputs?: readonly string[];
  readonly aliases?: readonly (string | AliasSpec)[];
  readonly customTimeouts?: Readonly<Record<string, string>>;
  readonly deleteBeforeReplace?: boolean;
  readonly deletedWith?: string;
  readonly ignoreChanges?: readonly string[];
  readonly import?: string;
  readonly pluginDownloadURL?: string;
  readonly protect?: boolean;
  /** URNs by package, for components. */
  readonly providers?: Readonly<Record<string, string>>;
  readonly replaceOnChanges?: readonly string[];
  readonly retainOnDelete?: boolean;
  readonly version?: string;
}

/** An alias that is not a URN: the members in which the resource differed. */
export interface AliasSpec {
  readonly name?: string;
  readonly type?: string;
  readonly stack?: string;
  readonly project?: string;
  readonly parent?: string;
  readonly noParent?: true;
}
