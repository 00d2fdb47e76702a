/** Configuration by key. Keys without a colon are the project's own; what is not text is given as JSON. */
type Config = Readonly<Record<string, unknown>>;

export interface Configuration {
  readonly config?: Config;
  /** The same, but secret. */
  readonly secrets?: Config;
}

/** Configuration as a program gets it. */
export interface ProgramConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

export function programConfig(project: string, { config = {}, secrets = {} }: Configuration): ProgramConfig {
  const entries = (some: Config) =>
    Object.entries(some).map(([key, value]): [string, string] => [keyIn(project, key), textOf(value)]);
  const secretEntries = entries(secrets);
  return {
    values: Object.fromEntries([...entries(config), ...secretEntries]),
    secretKeys: secretEntries.map(([key]) => key),
  };
}

function keyIn(project: string, key: string): string {
  return key.includes(':') ? key : `${project}:${key}`;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
