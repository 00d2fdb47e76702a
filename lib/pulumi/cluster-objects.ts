import * as pulumi from '@pulumi/pulumi';
import { ApiObject, type App } from 'cdk8s';
import type { IConstruct } from 'constructs';
import { sideFiles } from '../synth/side-files';
import { warningsOf } from '../synth/warnings';
import { findObject } from './find-object';
import { hostnameOf } from './ingress-hostname';
import { KubernetesObject } from './kubernetes-object';
import { type PlannedObject, planObjects } from './object-plan';
import { restoreText } from './restore';
import { timeouts, type Waiting } from './waiting';

export interface ClusterObjectsArgs {
  /** The finished app: nothing that is added to it later is seen. */
  readonly app: App;
  /** How the provider waits, by kind. @default - as it does by itself */
  readonly waiting?: Readonly<Record<string, Waiting>>;
}

/**
 * The objects of a cdk8s app in a cluster: the very same that `app.synth()` writes into files, each a resource of its
 * own, with the values of Outputs in the place of their tokens.
 *
 * A resource is named after its object (`<name>:<namespace>/<name of the object>`), so that constructs can be moved. It
 * waits for what its construct depends on, for its namespace, and for the definition of its kind. Give the provider of
 * the cluster as `{ provider }`.
 */
export class ClusterObjects extends pulumi.ComponentResource {
  /** Files beside the manifests, for other tools than kubectl: values for a Helm chart of somebody else, for instance. */
  readonly files: Record<string, pulumi.Output<string>>;
  readonly #resources: ReadonlyMap<ApiObject, KubernetesObject>;

  /**
   * @throws EdgeValidationError with every problem of the app, as `app.synth()` does; then nothing is registered
   */
  constructor(name: string, args: ClusterObjectsArgs, opts: pulumi.ComponentResourceOptions = {}) {
    const { app, waiting = {} } = args;
    const plan = planObjects(app, name, waiting);
    super('edge-inference:index:ClusterObjects', name, {}, opts);
    this.#resources = register(plan, this);
    this.files = Object.fromEntries(
      sideFiles(app).map(([file, content]) => [
        file,
        pulumi.output(restoreText(content, file) as pulumi.Input<string>),
      ]),
    );
    this.#tell(warningsOf(app));
    this.registerOutputs({ files: this.files });
  }

  /**
   * The resource of an object, or of the principal object of a construct.
   *
   * @throws EdgeError EDGE_ERR_NOT_REGISTERED for a construct without one in the app
   */
  get(construct: IConstruct): KubernetesObject {
    return findObject(construct, this.#resources);
  }

  /**
   * The host name of the load balancer that an Ingress was given. It is unknown in a preview as long as there is none.
   *
   * After a change that makes the controller build another load balancer (`scheme`, `groupName`) it is the old one's
   * until `pulumi up --refresh`.
   *
   * @param construct the Ingress, or a construct whose principal object it is: an AlbIngress
   * @returns fails with EdgeError EDGE_ERR_INGRESS_ADDRESS for an Ingress that has no host name
   * @throws EdgeError EDGE_ERR_NOT_REGISTERED for a construct without an object in the app
   */
  ingressHostname(construct: IConstruct): pulumi.Output<string> {
    return hostnameOf(this.get(construct), `Ingress ${ApiObject.of(construct).name}`);
  }

  #tell(warnings: readonly string[]): void {
    for (const warning of warnings) void pulumi.log.warn(warning, this);
    const files = Object.keys(this.files);
    if (files.length === 0) return;
    void pulumi.log.info(`Nothing applies these files of the app: ${files.join(', ')}. They are in \`files\`.`, this);
  }
}

function register(plan: readonly PlannedObject[], parent: ClusterObjects): Map<ApiObject, KubernetesObject> {
  const resources = new Map<ApiObject, KubernetesObject>();
  for (const { object, name, manifest, partial, waiting, dependencies } of plan) {
    const resource = new KubernetesObject(name, manifest, {
      parent,
      partial,
      dependsOn: dependencies.map((other) => resources.get(other) as KubernetesObject),
      customTimeouts: timeouts(waiting),
      // To undo a patch would take fields that the object needs, or that others have relied on since.
      retainOnDelete: partial ? true : undefined,
    });
    resources.set(object, resource);
  }
  return resources;
}
