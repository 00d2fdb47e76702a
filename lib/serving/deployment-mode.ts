/**
 * What KServe makes of a model. It cannot be changed once the model is there.
 *
 * @see https://kserve.github.io/website/docs/admin-guide/overview
 */
export enum DeploymentMode {
  /** A Knative Service: scales to zero, splits traffic between revisions. KServe up to 0.15 calls it Serverless. */
  KNATIVE = 'Knative',
  /** A Deployment with a HorizontalPodAutoscaler: no Knative is needed. KServe up to 0.15 calls it RawDeployment. */
  STANDARD = 'Standard',
}
