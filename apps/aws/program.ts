import * as pulumi from '@pulumi/pulumi';
import { Duration } from 'cdk8s';
import { EdgeApp, type InferencePlatform } from '../../lib';
import {
  type AlbCertificates,
  ClusterObjects,
  CognitoDomain,
  CognitoLogin,
  type HostedZones,
  InferenceDns,
  PlatformCertificate,
  token,
} from '../../lib/pulumi';
import { modelsForDevices } from '../edge-inference/topology';
import { clusterAccess } from './cluster-access';
import type { AwsConfig, LoginPool } from './config';
import { dashboardHost, exposeModels, type LateValues } from './exposure';
import { mqttEndpoint } from './mqtt-endpoint';
import { addPasswords } from './passwords';
import { rehearse } from './rehearsal';
import { httpsCommand, mqttCommand } from './request-command';

/** The name of everything that is there once. */
const NAME = 'platform';
/** The program that gets tokens, where programs have any. */
const MACHINE = 'client';
/** Load balancers take 3 to 5 minutes, and now and then longer. */
const INGRESS_TIMEOUT = Duration.minutes(15);
const DEX_WARNING =
  "With auth dex the load balancer asks nobody who they are. Kubeflow's login at Istio's gateway must, and nothing here makes it: try the request without a cookie.";

/** What a stack tells; what its auth does not have is missing. */
export interface AwsOutputs {
  /** Where models are asked, by namespace and name. */
  readonly inferenceUrls: Record<string, string>;
  readonly certificateArn: pulumi.Output<string>;
  /** The load balancer's own name. */
  readonly albHost: pulumi.Output<string>;
  readonly mqttEndpoint: pulumi.Output<string | undefined>;
  /** Asks the model over HTTPS. */
  readonly requestCommand: string;
  /** Asks it over MQTT. */
  readonly mqttCommand: string;
  /** What Traefik's Helm chart is to be told, so that it listens for devices. */
  readonly traefikValues: pulumi.Output<string> | undefined;
  readonly tokenEndpoint?: pulumi.Output<string>;
  readonly clientId?: pulumi.Output<string>;
  readonly clientSecret?: pulumi.Output<string>;
  readonly scope?: string;
}

/**
 * Registers all there is: certificate, login, records, and the objects in the cluster.
 *
 * @throws RunError before anything is registered, when the configuration makes no topology
 */
export function deploy(config: AwsConfig): AwsOutputs {
  rehearse(config);
  if (config.auth.kind === 'dex') void pulumi.log.warn(DEX_WARNING);
  const { name, id } = config.zone;
  const zones = id === undefined ? [name] : { [name]: id };

  const app = new EdgeApp();
  const { platform, iris, broker, entry, route } = modelsForDevices(app, config);
  const certificate = certificateOf(platform, config, zones);
  const values: LateValues<CognitoLogin> = {
    certificates: certificate.forAlb,
    textOf: ({ output }) => token(output),
    loginAt: (pool) => loginAt(pool, config),
  };
  const { ingress, login } = exposeModels(platform, config, values);
  addPasswords(app, broker, config, values);

  const { provider, controller } = clusterAccess(config);
  const waiting = { Ingress: { timeout: INGRESS_TIMEOUT } };
  const cluster = new ClusterObjects('cluster', { app, waiting }, { provider, dependsOn: controller && [controller] });
  const albHost = cluster.ingressHostname(ingress);
  new InferenceDns(NAME, { platform, target: albHost, zones });

  const models = platform.models.map(({ namespace, name, externalUrls }) => [
    `${namespace}/${name}`,
    externalUrls.v1Predict,
  ]);
  return {
    inferenceUrls: Object.fromEntries(models),
    certificateArn: certificate.arn,
    albHost,
    mqttEndpoint: mqttEndpoint(entry, provider),
    requestCommand: httpsCommand(config.auth, iris.externalUrls.v1Predict, config.domain),
    mqttCommand: mqttCommand(route.requestTopic),
    traefikValues: cluster.files['traefik.helm-values'],
    ...(config.auth.kind === 'jwt' && login && { tokenEndpoint: login.tokenEndpoint, ...login.machine(MACHINE) }),
  };
}

interface Certificate {
  readonly arn: pulumi.Output<string>;
  readonly forAlb: AlbCertificates;
}

function certificateOf(
  platform: InferencePlatform,
  { certificateArn, region }: AwsConfig,
  zones: HostedZones,
): Certificate {
  if (certificateArn !== undefined) {
    return { arn: pulumi.output(certificateArn), forAlb: { certificateArn, extraCertificateArns: [] } };
  }
  const made = new PlatformCertificate(NAME, { platform, zones, region });
  return { arn: made.certificateArn, forAlb: made.albCertificates() };
}

function loginAt({ prefix, isKept }: LoginPool, { auth, domain, region }: AwsConfig): CognitoLogin {
  const users =
    auth.kind === 'jwt' ? { machines: { clients: [{ name: MACHINE }] } } : { hosts: [dashboardHost(domain)] };
  return new CognitoLogin(NAME, {
    ...users,
    domain: CognitoDomain.prefix(prefix),
    region,
    deletionProtection: isKept,
  });
}
