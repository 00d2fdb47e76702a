export { arnInRegion } from './arn-region';
export {
  type AlbCertificates,
  PlatformCertificate,
  type PlatformCertificateArgs,
} from './certificate/platform-certificate';
export { ClusterObjects, type ClusterObjectsArgs } from './cluster-objects';
export type { BrowserLoginArgs } from './cognito/browser-login';
export { CognitoDomain } from './cognito/cognito-domain';
export {
  type CognitoJwtOptions,
  CognitoLogin,
  type CognitoLoginArgs,
  type MachineLoginOptions,
} from './cognito/cognito-login';
export type { CognitoCustomDomainOptions } from './cognito/custom-domain';
export type { CognitoMachine, CognitoMachines, MachineCredentials } from './cognito/machines';
export { CognitoMfa, type UserPoolSettings } from './cognito/user-pool';
export { type ExternalRecord, InferenceDns, type InferenceDnsArgs } from './dns/inference-dns';
export { KubernetesObject, type ObjectOptions } from './kubernetes-object';
export type { LoadBalancerControllerArgs } from './load-balancer-controller/controller-args';
export { ControllerIdentity } from './load-balancer-controller/controller-identity';
export { LoadBalancerController } from './load-balancer-controller/load-balancer-controller';
export { LoadBalancerSubnets, type SubnetsToTag } from './load-balancer-controller/load-balancer-subnets';
export { OutputResolver } from './output-resolver';
export { secretToken, token } from './token';
export type { Waiting } from './waiting';
export type { HostedZones } from './zones/hosted-zones';
export { SubdomainZone, type SubdomainZoneArgs } from './zones/subdomain-zone';
