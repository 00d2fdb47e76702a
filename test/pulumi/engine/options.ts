import type { Alias } from '@pulumi/pulumi/proto/alias_pb';
import {
  type ReadResourceRequest,
  type RegisterResourceRequest,
  TransformResourceOptions,
} from '@pulumi/pulumi/proto/resource_pb';
import type { AliasSpec, RegisteredOptions } from './registered-resource';

/** The options of a registration, as transforms get and give them. */
export function optionsOf(request: RegisterResourceRequest): TransformResourceOptions {
  const options = new TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setIgnoreChangesList(request.getIgnorechangesList())
    .setReplaceOnChangesList(request.getReplaceonchangesList())
    .setVersion(request.getVersion())
    .setAliasesList(request.getAliasesList())
    .setProvider(request.getProvider())
    .setCustomTimeouts(request.getCustomtimeouts())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setDeletedWith(request.getDeletedwith())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList())
    .setImport(request.getImportid());
  if (request.hasProtect()) options.setProtect(request.getProtect() === true);
  if (request.hasRetainondelete()) options.setRetainOnDelete(request.getRetainondelete() === true);
  if (request.getDeletebeforereplacedefined()) options.setDeleteBeforeReplace(request.getDeletebeforereplace());
  for (const [name, reference] of request.getProvidersMap().entries()) options.getProvidersMap().set(name, reference);
  return options;
}

/** The few that `get` has. */
export function optionsOfRead(request: ReadResourceRequest): TransformResourceOptions {
  return new TransformResourceOptions()
    .setDependsOnList(request.getDependenciesList())
    .setVersion(request.getVersion())
    .setProvider(request.getProvider())
    .setPluginDownloadUrl(request.getPlugindownloadurl())
    .setAdditionalSecretOutputsList(request.getAdditionalsecretoutputsList());
}

/** The options that were given, in plain data. */
export function givenOptions(options: TransformResourceOptions): RegisteredOptions {
  const { create, update, pb_delete, read } = options.getCustomTimeouts()?.toObject() ?? {};
  return given({
    additionalSecretOutputs: options.getAdditionalSecretOutputsList(),
    aliases: options.getAliasesList().map(aliasOf),
    customTimeouts: given({ create, update, delete: pb_delete, read }),
    deleteBeforeReplace: options.hasDeleteBeforeReplace() ? options.getDeleteBeforeReplace() : undefined,
    deletedWith: options.getDeletedWith(),
    ignoreChanges: options.getIgnoreChangesList(),
    import: options.getImport(),
    pluginDownloadURL: options.getPluginDownloadUrl(),
    protect: options.hasProtect() ? options.getProtect() : undefined,
    providers: Object.fromEntries(
      [...options.getProvidersMap().entries()].map(([name, reference]) => [name, providerUrn(reference)]),
    ),
    replaceOnChanges: options.getReplaceOnChangesList(),
    retainOnDelete: options.hasRetainOnDelete() ? options.getRetainOnDelete() : undefined,
    version: options.getVersion(),
  });
}

/** The URN in a reference to a provider, after which its ID comes. */
export function providerUrn(reference: string): string {
  return reference.slice(0, reference.lastIndexOf('::'));
}

function aliasOf(alias: Alias): string | AliasSpec {
  const spec = alias.getSpec();
  if (!spec) return alias.getUrn();
  return given({
    name: spec.getName(),
    type: spec.getType(),
    stack: spec.getStack(),
    project: spec.getProject(),
    parent: spec.getParenturn(),
    noParent: spec.getNoparent() || undefined,
  }) as AliasSpec;
}

/** Without the members that the protocol has for "not said". */
function given<T extends object>(members: T): Partial<T> {
  const isGiven = (value: unknown) =>
    value !== undefined && value !== '' && (typeof value !== 'object' || Object.keys(value as object).length > 0);
  return Object.fromEntries(Object.entries(members).filter(([, value]) => isGiven(value))) as Partial<T>;
}
