// For programs in other languages: args are flat, as Pulumi's schemas know neither unions, nor classes, nor callbacks. Each
// class is the component of the same name with other args, and names the outputs that such programs see. That it also
// `implements` a ComponentResource is for Pulumi's analyzer, which looks no further than there.

export { CognitoLogin } from './cognito-login';
export { InferenceDns } from './inference-dns';
export { InferencePlatform } from './inference-platform';
export { LoadBalancerController } from './load-balancer-controller';
export { PlatformCertificate } from './platform-certificate';
