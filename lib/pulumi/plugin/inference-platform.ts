import * as pulumi from '@pulumi/pulumi';
import { AlbScheme } from '../../entry/alb/alb-exposure';
import type { AlbIngress } from '../../entry/alb/alb-ingress';
import { ModelFormat } from '../../serving/model-format';
import { EdgeApp } from '../../topology/edge-app';
import { InferencePlatform as Platform } from '../../topology/inference-platform';
import { ClusterObjects } from '../cluster-objects';
import { token } from '../token';
import { authOf } from './platform-auth';
import { hostLayout } from './published';

/** A model of a platform. */
export interface PlatformModel {
  readonly name: string;
  /** One of the platform's namespaces. */
  readonly namespace: string;
  /** What the model was saved by, as KServe calls it: sklearn, xgboost, onnx. */
  readonly format: string;
  /** Where the model is, gs://example/models/1 for instance. */
  readonly storageUri: string;
  /** Pods that are there in any case. By default as many as KServe decides. */
  readonly minReplicas?: number;
  /** Pods that there are at most. By default as many as KServe decides. */
  readonly maxReplicas?: number;
}

export interface InferencePlatformArgs {
  /** Models are published as <model>.<namespace>.<domain>. */
  readonly domain: string;
  /** The namespaces with models. */
  readonly namespaces: string[];
  /** Whether the namespaces are made. By default they are. */
  readonly createNamespaces?: boolean;
  /** Labels of the namespaces that are made. With istio-injection=enabled pods get the sidecar that access rules need. */
  readonly namespaceLabels?: Record<string, string>;
  /** Whether models are published as <model>-<namespace>.<domain> instead. By default they are not. */
  readonly flatHosts?: boolean;
  /** What is served, at least one. */
  readonly models: PlatformModel[];
  /** The load balancer's certificates, the default one first. */
  readonly certificateArns: pulumi.Input<string>[];
  /** Whether the load balancer is reached from the internet. By default from the VPC alone. */
  readonly internetFacing?: boolean;
  /** Requests pass with one of the apiKeys in this header. Either this or a jwtIssuer. */
  readonly apiKeyHeader?: string;
  /** Values drawn at random. Give each as a secret, and not the whole list as one. */
  readonly apiKeys?: pulumi.Input<string>[];
  /** Requests pass with a token of this issuer. Needs no secret; prefer it to apiKeys. */
  readonly jwtIssuer?: pulumi.Input<string>;
  /** The public keys of the issuer. By default at /.well-known/jwks.json below it. */
  readonly jwksEndpoint?: pulumi.Input<string>;
  /** Of which a token must have one. By default every token of the issuer passes. */
  readonly jwtScopes?: string[];
}

/** Models on a cluster with KServe, published by an Application Load Balancer. */
export class InferencePlatform extends pulumi.ComponentResource {
  /** The host name of the load balancer. */
  readonly albHostname: pulumi.Output<string>;
  /** Where models are asked by protocol V1, by <namespace>/<name>. */
  readonly predictUrls: pulumi.Output<Record<string, string>>;

  constructor(name: string, args: InferencePlatformArgs, opts?: pulumi.ComponentResourceOptions) {
    const app = new EdgeApp();
    const platform = platformIn(app, args);
    const ingress = expose(platform, args);
    super('edge-inference:index:InferencePlatform', name, {}, opts);
    const objects = new ClusterObjects(name, { app }, { parent: this });
    this.albHostname = objects.ingressHostname(ingress);
    this.predictUrls = pulumi.output(
      Object.fromEntries(
        platform.models.map(({ namespace, name, externalUrls }) => [`${namespace}/${name}`, externalUrls.v1Predict]),
      ),
    );
    this.registerOutputs({ albHostname: this.albHostname, predictUrls: this.predictUrls });
  }
}

function platformIn(app: EdgeApp, args: InferencePlatformArgs): Platform {
  const { domain, namespaces, createNamespaces, namespaceLabels = {}, flatHosts, models } = args;
  const hosts = { domain, namespaces, hostLayout: hostLayout(flatHosts), externalScheme: 'https' as const };
  const platform = new Platform(app, 'platform', { ...hosts, createNamespaces });
  for (const { metadata } of platform.namespaceObjects) {
    for (const [label, value] of Object.entries(namespaceLabels)) metadata.addLabel(label, value);
  }
  for (const { name, format, ...options } of models) {
    platform.addModel(name, { ...options, format: ModelFormat.of(format) });
  }
  return platform;
}

function expose(platform: Platform, args: InferencePlatformArgs): AlbIngress {
  const [certificateArn = '', ...extraCertificateArns] = args.certificateArns.map(token);
  return platform.exposeThroughAlb({
    certificateArn,
    extraCertificateArns,
    auth: authOf(args),
    scheme: args.internetFacing ? AlbScheme.INTERNET_FACING : AlbScheme.INTERNAL,
  });
}
