import { Yaml } from 'cdk8s';
import type { Construct } from 'constructs';
import { addFile } from '../../synth/side-files';
import { defaultArguments, entryPointArguments, entryPointsIn } from './command-line';
import type { Delivery } from './delivery';
import type { TraefikEntryPoint } from './traefik-entry-point';
import { knowsDefaultEntryPoints, type TraefikVersion } from './traefik-version';

export interface PatchSettings {
  readonly namespace: string;
  readonly deployment: string;
  readonly service: string;
  readonly container: string;
  readonly args: readonly string[];
  readonly version: TraefikVersion;
}

/**
 * Patches for a Deployment and a Service that others made, of the kind that `kubectl patch` takes by default: it finds
 * the container by its name and the ports by their numbers, so that a patch can be applied again. Arguments it replaces
 * as a whole, which is why they are all there.
 */
export class PatchDelivery implements Delivery {
  readonly target: string;
  readonly keepsClientAddresses = false;
  readonly there: readonly TraefikEntryPoint[];

  constructor(readonly settings: PatchSettings) {
    this.target = `Deployment ${settings.namespace}/${settings.deployment}`;
    this.there = entryPointsIn(settings.args);
  }

  deliver(scope: Construct, entryPoints: () => TraefikEntryPoint[]): undefined {
    const { namespace, deployment, service } = this.settings;
    addFile(scope, `${namespace}.${deployment}.deployment-patch`, () =>
      Yaml.stringify(deploymentPatch(this.settings, entryPoints())),
    );
    addFile(scope, `${namespace}.${service}.service-patch`, () => Yaml.stringify(servicePatch(entryPoints())));
  }

  helmValues(): undefined {
    return undefined;
  }
}

function deploymentPatch({ container, args, version }: PatchSettings, entryPoints: readonly TraefikEntryPoint[]) {
  const defaults = knowsDefaultEntryPoints(version) ? defaultArguments(args) : [];
  const ports = entryPoints.map(({ name, port }) => ({ name, containerPort: port, protocol: 'TCP' }));
  const patched = { name: container, args: [...args, ...defaults, ...entryPointArguments(entryPoints)], ports };
  return { spec: { template: { spec: { containers: [patched] } } } };
}

function servicePatch(entryPoints: readonly TraefikEntryPoint[]) {
  return { spec: { ports: entryPoints.map(({ name, port }) => ({ name, port, targetPort: port, protocol: 'TCP' })) } };
}
