import { Chart } from 'cdk8s';
import { parse } from 'yaml';
import { parseProviderConfig } from '../../../bridge/config';
import { parseGatewayConfig } from '../../../bridge/config/gateway';
import {
  BridgeCode,
  CertificateAuthority,
  EdgeApp,
  GatewayAccess,
  GatewayCertificate,
  GatewayDeployment,
  type GatewayDeploymentProps,
  GatewayDestination,
  type GatewayRouteOptions,
  HttpService,
  ModelEndpoint,
  ProviderDeployment,
  type ProviderDeploymentProps,
  type ProviderRoute,
  type ProviderRouteOptions,
  type RabbitMq,
} from '../../../lib';
import type { Manifest } from '../../../lib/testing';
import { findManifest } from '../../../lib/testing';
import { FIB, rabbitIn } from './rabbitmq';
import { BRIDGE_IMAGE } from './stacks';

export const CODE = BridgeCode.fromImage(BRIDGE_IMAGE);
export const MODEL_URL = 'http://model.models.svc.cluster.local:8080/predict';

/** For who shows a certificate of an authority of the company. */
export const MUTUAL_TLS = GatewayAccess.mutualTls(
  GatewayCertificate.fromSecret('gateway-tls'),
  CertificateAuthority.fromSecret('requesters-ca'),
);

export interface ProviderStack {
  readonly app: EdgeApp;
  readonly broker: RabbitMq;
  readonly provider: ProviderDeployment;
}

/** A broker, and a provider without a route. */
export function providerIn(app: EdgeApp, props: Partial<ProviderDeploymentProps> = {}): ProviderDeployment {
  return new ProviderDeployment(app, 'provider', { code: CODE, ...props, broker: props.broker ?? rabbitIn(app) });
}

export function fibRoute(provider: ProviderDeployment, options: Partial<ProviderRouteOptions> = {}): ProviderRoute {
  return provider.addRoute({ queue: FIB, model: ModelEndpoint.atUrl(MODEL_URL), ...options });
}

/** A provider with the route of system B. */
export function providerStack(
  route: Partial<ProviderRouteOptions> = {},
  props: Partial<ProviderDeploymentProps> = {},
): ProviderStack & { readonly fib: ProviderRoute } {
  const app = new EdgeApp();
  const broker = (props.broker as RabbitMq | undefined) ?? rabbitIn(app);
  const provider = providerIn(app, { ...props, broker });
  return { app, broker, provider, fib: fibRoute(provider, route) };
}

/** The same behind a gateway without a route. */
export function gatewayStack(props: Partial<GatewayDeploymentProps> = {}, route: Partial<ProviderRouteOptions> = {}) {
  const stack = providerStack(route);
  const gateway = new GatewayDeployment(stack.app, 'gateway', {
    ...{ access: MUTUAL_TLS, code: CODE, broker: stack.broker },
    ...props,
  });
  return { ...stack, gateway };
}

/** System B whole. */
export function systemB(props: Partial<GatewayDeploymentProps> = {}, route: Partial<GatewayRouteOptions> = {}) {
  const stack = gatewayStack(props);
  stack.gateway.addRoute({ destination: GatewayDestination.provider(stack.fib), ...route });
  return stack;
}

export function modelService(app: EdgeApp): HttpService {
  return new HttpService(new Chart(app, 'models'), 'model', {
    namespace: 'models',
    image: 'registry.example.com/model:1',
  });
}

/** A configuration as it was rendered. */
// biome-ignore lint/suspicious/noExplicitAny: what is in a manifest is looked at, not typed
export function renderedConfig(manifests: readonly Manifest[], name: string): any {
  return parse(findManifest(manifests, 'ConfigMap', `${name}-config`).data['bridge.yaml']);
}

/** The same as the program reads it, with its defaults. */
export function providerConfig(manifests: readonly Manifest[], name = 'provider') {
  return parseProviderConfig(renderedConfig(manifests, name));
}

export function gatewayConfig(manifests: readonly Manifest[], name = 'gateway') {
  return parseGatewayConfig(renderedConfig(manifests, name));
}
