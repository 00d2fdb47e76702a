export { Credentials, type SecretReference } from './broker/credentials';
export { Mosquitto, type MosquittoProps } from './broker/mosquitto';
export { MosquittoUser } from './broker/mosquitto-user';
export { BridgeCode } from './connector/bridge-code';
export { BridgeRoute, type RouteOptions } from './connector/bridge-route';
export { InferenceBridge, type InferenceBridgeProps } from './connector/inference-bridge';
export {
  TraefikBrokerRoutes,
  type TraefikBrokerRoutesProps,
  type TraefikExposure,
} from './entry/traefik-broker-routes';
export { type TraefikEntryPoint, TraefikEntryPoints, type TraefikEntryPointsProps } from './entry/traefik-entry-points';
export { TraefikInstallation } from './entry/traefik-installation';
export { TraefikTls } from './entry/traefik-tls';
export { EDGE_ERRORS, type EdgeErrorCode, type ErrorExplanation } from './error-codes';
export { EdgeError, EdgeValidationError, type Problem } from './errors';
export { HostLayout } from './naming/host-layout';
export type { ModelUrls } from './naming/model-hosts';
export {
  InferenceModel,
  type InferenceModelProps,
  InferenceProtocol,
  type ModelOptions,
} from './serving/inference-model';
export { KnativeDomain, type KnativeDomainProps } from './serving/knative-domain';
export { ModelFormat } from './serving/model-format';
export { OrderAnnotation } from './synth/order-annotations';
export { EdgeApp, type EdgeAppProps } from './topology/edge-app';
export { InferencePlatform, type InferencePlatformProps } from './topology/inference-platform';
