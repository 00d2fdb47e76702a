import { Duration } from 'cdk8s';
import {
  AlbAuth,
  AlbBackendProtocol,
  AlbClaimFormat,
  type AlbExposure,
  type AlbLoginOptions,
  AlbScheme,
  AlbUnauthenticated,
  type EdgeApp,
  InferencePlatform,
} from '../../../lib';
import { CERTIFICATE, TOKENS } from './alb';

const LOGIN: Required<AlbLoginOptions> = {
  onUnauthenticated: AlbUnauthenticated.DENY,
  scopes: ['openid', 'email'],
  sessionCookie: 'ModelsSession',
  sessionTimeout: Duration.hours(1),
  extraParameters: { lang: 'de' },
};

/** Load balancers with every prop set, and with every kind of auth. */
export function maximalAlb(app: EdgeApp): InferencePlatform {
  const platform = new InferencePlatform(app, 'platform', {
    domain: 'models.example.com',
    namespaces: ['vision', 'audio'],
    externalScheme: 'https',
  });
  const shared: Required<Omit<AlbExposure, 'auth' | 'name' | 'namespaces' | 'hosts' | 'groupOrder' | 'inboundCidrs'>> =
    {
      certificateArn: CERTIFICATE,
      extraCertificateArns: [`${CERTIFICATE}2`],
      paths: ['/v1/models*', '/v2/models/*/infer'],
      groupName: 'shared.edge',
      scheme: AlbScheme.INTERNET_FACING,
      loadBalancerName: 'models',
      sslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06',
      idleTimeout: Duration.seconds(123),
      accessLogs: { bucket: 'our-logs', prefix: 'models' },
      deletionProtection: true,
      webAclArn: 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/models/0a1b-2c',
      securityGroups: ['sg-0123456789abcdef0'],
      tags: { team: 'vision' },
      gateway: {
        namespace: 'gateways',
        service: 'edge-gateway',
        protocol: AlbBackendProtocol.HTTPS,
        port: 8443,
        labels: { app: 'edge-gateway' },
        healthCheckPort: 15022,
        healthCheckPath: '/ready',
      },
      removedHeaders: ['x-user', 'x-amzn-oidc-*'],
    };
  platform.exposeThroughAlb({
    ...shared,
    name: 'machines',
    groupOrder: -20,
    auth: AlbAuth.headerPerNamespace('x-api-key', { vision: TOKENS.slice(0, 5), audio: TOKENS.slice(5) }),
  });
  platform.exposeThroughAlb({
    ...shared,
    name: 'browsers',
    hosts: ['kubeflow.models.example.com'],
    auth: AlbAuth.cognito({
      ...LOGIN,
      userPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Ab12',
      userPoolClientId: '4h5j6k7l8m9n',
      userPoolDomain: 'login.example.com',
    }),
  });
  platform.exposeThroughAlb({
    certificateArn: CERTIFICATE,
    name: 'signed',
    groupName: 'signed',
    namespaces: ['audio'],
    inboundCidrs: ['10.0.0.0/8', '2001:db8::/32'],
    auth: AlbAuth.jwt({
      issuer: 'https://issuer.example.com',
      jwksEndpoint: 'https://issuer.example.com/keys',
      claims: [{ name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: ['models/predict'] }],
    }),
  });
  platform.exposeThroughAlb({
    certificateArn: CERTIFICATE,
    name: 'certified',
    groupName: 'certified',
    auth: AlbAuth.mutualTls('arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/devices/0a1b2c3d'),
  });
  platform.exposeThroughAlb({
    certificateArn: CERTIFICATE,
    name: 'staff',
    groupName: 'staff',
    auth: AlbAuth.oidc({
      ...LOGIN,
      issuer: 'https://login.example.com',
      authorizationEndpoint: 'https://login.example.com/authorize',
      tokenEndpoint: 'https://login.example.com/token',
      userInfoEndpoint: 'https://login.example.com/userinfo',
      secretName: 'alb-oidc',
    }),
  });
  platform.exposeThroughAlb({ certificateArn: CERTIFICATE, name: 'all', groupName: 'all', auth: AlbAuth.open() });
  return platform;
}
