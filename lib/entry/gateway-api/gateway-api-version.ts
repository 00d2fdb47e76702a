/** The release of the Gateway API whose resource definitions a cluster has. */
export enum GatewayApiVersion {
  /** 1.6 or later: TCPRoute and TLSRoute are v1. */
  V1_6 = 'v1',
  /** Older ones, where TCPRoute and TLSRoute are v1alpha2, and in the experimental channel only. */
  BEFORE_1_6 = 'v1alpha2',
}
