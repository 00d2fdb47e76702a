import * as pulumi from '@pulumi/pulumi';
import * as components from './components';
import schema from './schema.json';

type Component = new (name: string, args: never, opts?: pulumi.ComponentResourceOptions) => pulumi.ComponentResource;

interface Property {
  readonly description?: string;
  readonly plain?: boolean;
}

interface ResourceSchema {
  readonly inputProperties: Readonly<Record<string, Property>>;
  readonly requiredInputs: readonly string[];
  readonly properties: Readonly<Record<string, unknown>>;
}

const RESOURCES: Readonly<Record<string, ResourceSchema>> = schema.resources;
const COMPONENTS: Readonly<Record<string, Component>> = components;

/**
 * Serves the components to programs in any language: what a plugin's folder exports.
 *
 * The schema is the one that the package was built with, so that nothing is compiled or read from sources here.
 *
 * @param version what programs take the package for
 */
export function servePlugin(version: string): Promise<void> {
  return pulumi.provider.main(new ComponentPlugin(version), process.argv.slice(2));
}

/** What the SDK's server asks for. */
class ComponentPlugin implements pulumi.provider.Provider {
  readonly schema: string;

  constructor(readonly version: string) {
    this.schema = JSON.stringify({ ...schema, version });
  }

  async construct(
    name: string,
    type: string,
    inputs: pulumi.Inputs,
    options: pulumi.ComponentResourceOptions,
  ): Promise<pulumi.provider.ConstructResult> {
    const resource = RESOURCES[type];
    const Class = COMPONENTS[type.split(':').at(-1) ?? ''];
    if (!resource || !Class) throw new Error(`${schema.name} has no component ${type}`);
    validate(resource, inputs);
    const made = new Class(name, inputs as never, options) as unknown as Record<string, pulumi.Output<unknown>>;
    const state = Object.fromEntries(Object.keys(resource.properties).map((property) => [property, made[property]]));
    return { urn: made.urn as pulumi.Output<string>, state };
  }
}

/** What SDKs that were generated see to by their types; programs in YAML have none. */
function validate({ inputProperties, requiredInputs }: ResourceSchema, inputs: pulumi.Inputs): void {
  for (const propertyPath of requiredInputs) {
    if (inputs[propertyPath] !== undefined) continue;
    throw new pulumi.InputPropertyError({ propertyPath, reason: 'it is required' });
  }
  for (const [propertyPath, { plain }] of Object.entries(inputProperties)) {
    if (!plain || !pulumi.Output.isInstance(inputs[propertyPath])) continue;
    const reason = 'it decides which resources there are, and must be known before: an output, or a secret, cannot be';
    throw new pulumi.InputPropertyError({ propertyPath, reason });
  }
}
