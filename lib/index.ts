export { BrokerAlerts, type BrokerAlertsOptions, type BrokerAlertsProps } from './broker/broker-alerts';
export { CertificateAuthority } from './broker/certificate-authority';
export { Credentials, type SecretReference } from './broker/credentials';
export { Mosquitto, type MosquittoTrust } from './broker/mosquitto';
export { MosquittoParent, type MosquittoParentProps, type ParentOptions } from './broker/mosquitto-parent';
export type { MosquittoProps } from './broker/mosquitto-props';
export {
  type BrokerTls,
  type CertificateIssuerReference,
  type CertificateOwner,
  type MosquittoCertificateOptions,
  type MosquittoSecretOptions,
  MosquittoTls,
  type TlsVersion,
} from './broker/mosquitto-tls';
export { MosquittoUser } from './broker/mosquitto-user';
export { MosquittoVersion } from './broker/mosquitto-version';
export { ParentTopic, type ParentTopicOptions } from './broker/parent-topic';
export { BridgeCode } from './connector/bridge-code';
export { BridgeRoute, type RouteOptions } from './connector/bridge-route';
export { CamelConnector } from './connector/camel/camel-connector';
export {
  CamelBuildStrategy,
  CamelPlatform,
  type CamelPlatformProps,
  type CamelRegistry,
} from './connector/camel/camel-platform';
export { CamelRendering } from './connector/camel/camel-rendering';
export { CamelRoute } from './connector/camel/camel-route';
export { CamelSmokeTest, type CamelSmokeTestProps } from './connector/camel/camel-smoke-test';
export type { CamelConnectorProps } from './connector/camel/connector-props';
export { RegistryLogin } from './connector/camel/registry-login';
export { InferenceBridge, type InferenceBridgeProps } from './connector/inference-bridge';
export { ModelLogin } from './connector/model-login';
export type {
  ClientCredentialsOptions,
  DexFormOptions,
  ServiceAccountTokenOptions,
} from './connector/model-login-options';
export {
  type BridgeDashboardOptions,
  BridgeMonitoring,
  type BridgeMonitoringOptions,
  type BridgeMonitoringProps,
} from './connector/monitoring/bridge-monitoring';
export {
  type BridgeBacklog,
  type BridgeHpaOptions,
  type BridgeKedaOptions,
  BridgeScaling,
} from './connector/scaling/bridge-scaling';
export { AlbAuth } from './entry/alb/alb-auth';
export { type AlbAccessLogs, type AlbExposure, type AlbIngressProps, AlbScheme } from './entry/alb/alb-exposure';
export { AlbBackendProtocol, type AlbGateway } from './entry/alb/alb-gateway';
export { AlbIngress } from './entry/alb/alb-ingress';
export { type AlbClaim, AlbClaimFormat, type AlbJwtOptions } from './entry/alb/alb-jwt';
export {
  type AlbCognitoOptions,
  type AlbLoginOptions,
  type AlbOidcOptions,
  AlbUnauthenticated,
} from './entry/alb/alb-login';
export {
  CertManagerCertificates,
  type CertManagerCertificatesProps,
} from './entry/certificates/cert-manager-certificates';
export { CertificateIssuer } from './entry/certificates/certificate-issuer';
export { ExternalDnsRecords, type ExternalDnsRecordsProps } from './entry/dns/external-dns-records';
export { EdgeGateway, type EdgeGatewayProps } from './entry/gateway-api/edge-gateway';
export { GatewayApiVersion } from './entry/gateway-api/gateway-api-version';
export {
  GatewayBrokerRoutes,
  type GatewayBrokerRoutesProps,
  type GatewayExposure,
} from './entry/gateway-api/gateway-broker-routes';
export {
  GatewayListener,
  type ListenerProtocol,
  type PassthroughListenerOptions,
  type TlsListenerOptions,
} from './entry/gateway-api/gateway-listener';
export { type ExistingGatewayOptions, GatewayReference } from './entry/gateway-api/gateway-reference';
export { BasicAuth } from './entry/http/basic-auth';
export { HttpBackend } from './entry/http/http-backend';
export {
  type GatewayApiOptions,
  HttpEntry,
  type IngressNginxOptions,
  type SharedGatewayOptions,
  type TraefikHttpOptions,
} from './entry/http/http-entry';
export { HttpRoute, type HttpRouteOptions, type HttpRouteProps } from './entry/http/http-route';
export { HttpRoutes, type HttpRoutesProps } from './entry/http/http-routes';
export { HttpTls } from './entry/http/http-tls';
export {
  TraefikBrokerRoutes,
  type TraefikBrokerRoutesProps,
  type TraefikExposure,
} from './entry/traefik/traefik-broker-routes';
export { TraefikChart } from './entry/traefik/traefik-chart';
export type { TraefikEntryPoint } from './entry/traefik/traefik-entry-point';
export { TraefikEntryPoints, type TraefikEntryPointsProps } from './entry/traefik/traefik-entry-points';
export {
  type ExistingTraefikOptions,
  type TraefikHelmOptions,
  TraefikInstallation,
  type TraefikK3sOptions,
} from './entry/traefik/traefik-installation';
export { TraefikProxy, type TraefikProxyProps } from './entry/traefik/traefik-proxy';
export { TraefikTls } from './entry/traefik/traefik-tls';
export { TraefikVersion } from './entry/traefik/traefik-version';
export { EDGE_ERRORS, type EdgeErrorCode, type ErrorExplanation } from './error-codes';
export { EdgeError, EdgeValidationError, type Problem } from './errors';
export type {
  CertificatePlan,
  CertificatePlanOptions,
  PlannedCertificate,
  PlannedValidationRecord,
} from './naming/certificate-plan';
export { type DnsPlan, type DnsPlanOptions, DnsRecordType, type PlannedRecord } from './naming/dns-plan';
export type { SelectedDomain } from './naming/domain-selection';
export { HostLayout } from './naming/host-layout';
export { PathMatch } from './naming/http-paths';
export type { ModelUrls } from './naming/model-hosts';
export type { IPublishedHosts } from './naming/published-hosts';
export { type HttpAutoscaling, HttpService, type HttpServiceProps } from './services/http-service';
export { MlServices, type MlServicesProps } from './services/ml-services';
export { SharedVolume } from './services/shared-volume';
export { AccessPolicies } from './serving/access/access-policies';
export { InferenceAccess, type TenantAccessOptions } from './serving/access/inference-access';
export { JwtLogin, type JwtLoginProps } from './serving/access/jwt-login';
export { type GatewayLoginOptions, LoginPlace } from './serving/access/login-place';
export { MeshCaller } from './serving/access/mesh-caller';
export { ServiceMesh, type ServiceMeshOptions } from './serving/access/service-mesh';
export type { ServerContainer, ServerEnvironment } from './serving/container-options';
export { DeploymentMode } from './serving/deployment-mode';
export { DomainMapping, type DomainMappingOptions, type DomainMappingProps } from './serving/domain-mapping';
export { IdentityHeaderFilter, type IdentityHeaderFilterProps } from './serving/identity-headers';
export { InferenceModel, type InferenceModelProps } from './serving/inference-model';
export { InferenceProtocol } from './serving/inference-protocol';
export { KnativeDomain, type KnativeDomainProps } from './serving/knative-domain';
export { KnativeInstallation } from './serving/knative-installation';
export { KnativeNetwork, type KnativeNetworkProps } from './serving/knative-network';
export { KnativeSettings, type KnativeSettingsProps } from './serving/knative-settings';
export { KServeIngress, type KServeIngressOptions } from './serving/kserve-ingress';
export { KServeIngressConfig, type KServeIngressConfigProps } from './serving/kserve-ingress-config';
export type { KServeOptions } from './serving/kserve-options';
export { KServeVersion } from './serving/kserve-version';
export { LoggedMessages, type ModelExtras, type PayloadLogger, type RequestBatcher } from './serving/model-extras';
export { ModelFormat } from './serving/model-format';
export {
  type CustomModelOptions,
  type ModelOptions,
  ModelVisibility,
  type ServingOptions,
  type Transformer,
} from './serving/model-options';
export { ScaleMetric, type ScalingOptions } from './serving/model-scaling';
export type { ModelStorage } from './serving/model-storage';
export { type CustomServer, Predictor, type SavedModel } from './serving/predictor';
export {
  type RuntimeFormat,
  type RuntimeOptions,
  ServingRuntime,
  type ServingRuntimeProps,
} from './serving/serving-runtime';
export { OrderAnnotation } from './synth/order-annotations';
export { EdgeApp, type EdgeAppProps } from './topology/edge-app';
export { InferencePlatform, type InferencePlatformProps } from './topology/inference-platform';
