import { AlbAuth, type AlbExposure, type AlbIngress, EdgeApp } from '../../../lib';
import { findManifest, type Manifest, synthesize } from '../../../lib/testing';
import { platformIn } from './stacks';

export const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f-1';

/** Tokens as `openssl rand -hex 16` draws them. */
export const TOKENS = [
  '4be1c0fa2d7e93865a1f0b7c6d2e8f31',
  '8f31d0f5a6b7c2e94d3a1b0c7e6f2d85',
  'c7019be25f4a83d6e0b1297f3c58ad64',
  '19d4a7f60c3be8521f7a09d3b6e4c285',
  'e3805c9a1d7f264bb92e4f0c63d8a715',
  '5a2f90e6d1c84b37f06e3b9d7a15c482',
  'b86d13f7a09c52e4703fd1c8e94b6a25',
] as const;

export const HEADER = AlbAuth.header('x-api-key', [TOKENS[0]]);
export const JWT = AlbAuth.jwt({ issuer: 'https://issuer.example.com' });
export const COGNITO = AlbAuth.cognito({
  userPoolArn: 'arn:aws:cognito-idp:eu-west-1:123456789012:userpool/eu-west-1_Ab12Cd34E',
  userPoolClientId: '4h5j6k7l8m9n',
  userPoolDomain: 'example',
});

/** The platform of the other tests, exposed. */
export function exposed(exposure: Partial<AlbExposure> = {}, namespaces?: string[]): AlbIngress {
  const platform = platformIn(new EdgeApp(), namespaces);
  return platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: HEADER, ...exposure });
}

/** The objects of the app that an exposure is in. */
export function manifestsOf({ node }: AlbIngress): Manifest[] {
  return synthesize(node.root as EdgeApp);
}

/** A rule as Elastic Load Balancing gets it from the controller. */
export interface ElbRule {
  readonly hosts: string[];
  readonly paths: string[];
  readonly header?: { readonly httpHeaderName: string; readonly values: string[] };
  readonly action: { readonly type: string };
}

/**
 * What the controller makes of an Ingress: the conditions of a backend are added to the host and the path of each rule
 * that leads to it.
 */
export function elbRules({ metadata, spec }: Manifest): ElbRule[] {
  const annotation = (name: string) => JSON.parse(metadata.annotations?.[`alb.ingress.kubernetes.io/${name}`] ?? '[]');
  // biome-ignore lint/suspicious/noExplicitAny: rules and conditions are plain JSON
  return spec.rules.flatMap(({ host, http }: any) =>
    // biome-ignore lint/suspicious/noExplicitAny: as above
    http.paths.map(({ path, backend }: any) => {
      const { name, port } = backend.service;
      // biome-ignore lint/suspicious/noExplicitAny: as above
      const conditions: any[] = annotation(`conditions.${name}`);
      const header = conditions.find(({ field }) => field === 'http-header')?.httpHeaderConfig;
      const values = (field: string, config: string) =>
        conditions.filter((condition) => condition.field === field).flatMap((condition) => condition[config].values);
      return {
        hosts: [...(host ? [host] : []), ...values('host-header', 'hostHeaderConfig')],
        paths: [path, ...values('path-pattern', 'pathPatternConfig')],
        ...(header && { header }),
        action: port.name === 'use-annotation' ? annotation(`actions.${name}`) : { type: 'forward' },
      };
    }),
  );
}

/** The rules of one Ingress of an exposure. */
export function rulesOf(alb: AlbIngress, name = 'inference'): ElbRule[] {
  return elbRules(findManifest(manifestsOf(alb), 'Ingress', name));
}

/** The annotations of an Ingress, without the controller's prefix. */
export function annotationsOf(alb: AlbIngress, name = 'inference'): Record<string, string> {
  const { annotations = {} } = findManifest(manifestsOf(alb), 'Ingress', name).metadata;
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [key.replace('alb.ingress.kubernetes.io/', ''), value]),
  );
}
