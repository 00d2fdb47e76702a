export { BrokerAlerts, type BrokerAlertsOptions, type BrokerAlertsProps } from './broker/broker-alerts';
export type { BrokerTls, CertificateIssuerReference, CertificateOwner, TlsVersion } from './broker/broker-tls';
export { CertificateAuthority } from './broker/certificate-authority';
export { Credentials, type SecretReference } from './broker/credentials';
export { Mosquitto } from './broker/mosquitto';
export { MosquittoParent, type MosquittoParentProps, type ParentOptions } from './broker/mosquitto-parent';
export type { MosquittoProps } from './broker/mosquitto-props';
export {
  type MosquittoCertificateOptions,
  type MosquittoSecretOptions,
  MosquittoTls,
} from './broker/mosquitto-tls';
export { MosquittoUser } from './broker/mosquitto-user';
export { MosquittoVersion } from './broker/mosquitto-version';
export type { BrokerTrust, IMqttBroker, IMqttUser } from './broker/mqtt-broker';
export { ParentTopic, type ParentTopicOptions } from './broker/parent-topic';
export { ClientCertificates } from './broker/rabbitmq/client-certificates';
export { ClusterTopology, type ClusterTopologyProps } from './broker/rabbitmq/cluster-topology';
export { RabbitMq } from './broker/rabbitmq/rabbitmq';
export { RabbitMqBroker } from './broker/rabbitmq/rabbitmq-broker';
export { RabbitMqCluster, type RabbitMqClusterProps } from './broker/rabbitmq/rabbitmq-cluster';
export { RabbitMqDiscovery, type RabbitMqDiscoveryProps } from './broker/rabbitmq/rabbitmq-discovery';
export {
  RabbitMqMonitoring,
  type RabbitMqMonitoringOptions,
  type RabbitMqMonitoringProps,
} from './broker/rabbitmq/rabbitmq-monitoring';
export { RabbitMqNodes, type RabbitMqNodesProps } from './broker/rabbitmq/rabbitmq-nodes';
export {
  type RabbitMqBrokerProps,
  type RabbitMqMqttOptions,
  type RabbitMqProps,
  SessionQueues,
} from './broker/rabbitmq/rabbitmq-props';
export {
  type RabbitMqCertificateOptions,
  type RabbitMqSecretOptions,
  RabbitMqTls,
} from './broker/rabbitmq/rabbitmq-tls';
export { RabbitMqUser, type RabbitMqUserOptions } from './broker/rabbitmq/rabbitmq-user';
export { RabbitMqVersion } from './broker/rabbitmq/rabbitmq-version';
export { QueueType, RequestQueue, type RequestQueueOptions } from './broker/rabbitmq/request-queue';
export { AmqpClient, type AmqpClientProps } from './connector/amqp/amqp-client';
export {
  ConnectorMonitoring,
  type ConnectorMonitoringOptions,
  type ConnectorMonitoringProps,
} from './connector/amqp/connector-monitoring';
export type { NamedPort } from './connector/amqp/connector-pod';
export {
  ConnectorScaling,
  type CpuScalingOptions,
  type QueueDepthScalingOptions,
} from './connector/amqp/connector-scaling';
export {
  type ConnectorPort,
  ConnectorWorkload,
  type ConnectorWorkloadProps,
} from './connector/amqp/connector-workload';
export { ExternalRabbitMq, type ExternalRabbitMqOptions } from './connector/amqp/external-rabbitmq';
export type { ModelCallOptions } from './connector/amqp/model-call';
export { ModelEndpoint } from './connector/amqp/model-endpoint';
export { BridgeCode } from './connector/bridge-code';
export type { InferenceBridgeProps } from './connector/bridge-props';
export { BridgeRoute } from './connector/bridge-route';
export type { BridgeTracingOptions } from './connector/bridge-tracing';
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
export { GatewayAccess } from './connector/gateway/gateway-access';
export { GatewayCertificate, type GatewayCertificateOptions } from './connector/gateway/gateway-certificate';
export { GatewayDeployment } from './connector/gateway/gateway-deployment';
export { type ExchangeDestinationOptions, GatewayDestination } from './connector/gateway/gateway-destination';
export type {
  GatewayDeploymentProps,
  GatewayHeaders,
  GatewayLimits,
  GatewayResults,
} from './connector/gateway/gateway-props';
export { GatewayRoute, type GatewayRouteOptions, JsonBody } from './connector/gateway/gateway-route';
export { MqttClient, type MqttClientProps } from './connector/gateway/mqtt-client';
export {
  OpenShiftExposure,
  type OpenShiftExposureProps,
  type OpenShiftRouteOptions,
  RouteTermination,
} from './connector/gateway/openshift-exposure';
export { InferenceBridge } from './connector/inference-bridge';
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
  ReplyBytes,
  ReplyMapping,
  type ReplyOutputOptions,
  type ReplyPathOptions,
} from './connector/payload/reply-mapping';
export { RequestMapping } from './connector/payload/request-mapping';
export {
  type JsonRequestOptions,
  type RequestMappingOptions,
  RequestRows,
  type V1BytesOptions,
  type V1RequestOptions,
  type V2BytesOptions,
  type V2RequestOptions,
} from './connector/payload/request-mapping-options';
export { type BytesTensorOptions, TensorDatatype, type TensorOptions } from './connector/payload/tensor';
export { ProviderDeployment } from './connector/provider/provider-deployment';
export type { ProviderDeploymentProps } from './connector/provider/provider-props';
export { ProviderRoute } from './connector/provider/provider-route';
export type { ProviderHeaders, ProviderRouteOptions, ReplyExchange } from './connector/provider/provider-route-options';
export { QueueScaler, type QueueScalerProps } from './connector/provider/queue-scaler';
export {
  type BridgeRouteOptions,
  MqttQos,
  RetainedRequests,
  type RouteBatchOptions,
  type RouteBreakerOptions,
  type RouteOptions,
  type RouteRetryOptions,
} from './connector/route-options';
export { RouteOrdering } from './connector/route-ordering';
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
