import type { DeploymentMode } from './deployment-mode';
import type { KServeIngress } from './kserve-ingress';
import type { KServeVersion } from './kserve-version';

/** The KServe that serves a platform's models. */
export interface KServeOptions {
  /** @default KServeVersion.V0_20 */
  readonly version?: KServeVersion;
  /**
   * What KServe makes of the models. When it is given every model is annotated with it, under the name that the version
   * has for it.
   *
   * @default - the installation's default, which is taken to be DeploymentMode.KNATIVE; models are not annotated
   */
  readonly deploymentMode?: DeploymentMode;
  /** Where `inferenceservice-config` is: `kubeflow` in some versions of Kubeflow. @default 'kserve' */
  readonly namespace?: string;
  /** @default - KServeIngress.unmanaged() in Knative mode, KServeIngress.configured() in Standard mode */
  readonly ingress?: KServeIngress;
}
