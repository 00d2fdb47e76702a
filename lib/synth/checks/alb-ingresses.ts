import { ALB_PREFIX } from '../../naming/alb-rules';
import type { Manifest, ManifestJson } from '../manifest';

/** The port name that makes the controller look for an action of the backend's name. */
export const USE_ANNOTATION = 'use-annotation';

/** An Ingress as the AWS Load Balancer Controller reads it, whoever wrote it. */
export interface AlbIngressJson {
  readonly path: string;
  /** `<namespace>/<name>`, which is what the controller calls it. */
  readonly key: string;
  /** Ingresses without a group have a load balancer of their own. */
  readonly group: string;
  readonly explicitGroup: string | undefined;
  readonly hasDefaultBackend: boolean;
  readonly backends: readonly AlbBackendJson[];
  /** By what follows the controller's prefix. */
  readonly annotations: Readonly<Record<string, string>>;
  readonly listeners: readonly AlbListener[];
}

/** Where one rule leads to. */
export interface AlbBackendJson {
  readonly name: string;
  /** Whether it is the name of an action, and not of a Service. */
  readonly byAnnotation: boolean;
  /** How many values the rule asks for by itself. */
  readonly hosts: readonly string[];
  readonly paths: readonly string[];
}

interface AlbListener {
  readonly protocol: string;
  readonly port: number;
}

interface BackendJson {
  readonly service?: { readonly name: string; readonly port?: { readonly name?: string } };
}

interface PathJson {
  readonly path?: string;
  readonly pathType?: string;
  readonly backend: BackendJson;
}

interface SpecJson {
  readonly ingressClassName?: string;
  readonly defaultBackend?: BackendJson;
  readonly rules?: { readonly host?: string; readonly http?: { readonly paths?: PathJson[] } }[];
}

/** The Ingresses that the controller takes for its own, or that have annotations for it. */
export function albIngresses(manifests: readonly Manifest[]): AlbIngressJson[] {
  return manifests.filter(({ json }) => isAlbIngress(json)).map(({ path, json }) => read(path, json));
}

function isAlbIngress({ apiVersion, kind, metadata, spec }: ManifestJson): boolean {
  if (kind !== 'Ingress' || !apiVersion.startsWith('networking.k8s.io/')) return false;
  const annotations = metadata.annotations ?? {};
  return (
    (spec as SpecJson | undefined)?.ingressClassName === 'alb' ||
    annotations['kubernetes.io/ingress.class'] === 'alb' ||
    Object.keys(annotations).some((name) => name.startsWith(ALB_PREFIX))
  );
}

function read(path: string, { metadata, spec }: ManifestJson): AlbIngressJson {
  const { defaultBackend, rules = [] } = (spec ?? {}) as SpecJson;
  const annotations = Object.fromEntries(
    Object.entries(metadata.annotations ?? {})
      .filter(([name]) => name.startsWith(ALB_PREFIX))
      .map(([name, value]) => [name.slice(ALB_PREFIX.length), String(value)]),
  );
  const key = `${metadata.namespace ?? 'default'}/${metadata.name}`;
  const explicitGroup = annotations['group.name'];
  return {
    path,
    key,
    group: explicitGroup ?? key,
    explicitGroup,
    hasDefaultBackend: defaultBackend !== undefined,
    backends: [
      ...(defaultBackend ? backendOf({ backend: defaultBackend }, undefined) : []),
      ...rules.flatMap(({ host, http }) => (http?.paths ?? []).flatMap((json) => backendOf(json, host))),
    ],
    annotations,
    listeners: listenersOf(annotations),
  };
}

function backendOf({ backend, path, pathType }: PathJson, host: string | undefined): AlbBackendJson[] {
  if (!backend.service) return [];
  const { name, port } = backend.service;
  return [
    {
      name,
      byAnnotation: port?.name === USE_ANNOTATION,
      hosts: host ? [host] : [],
      paths: pathPatterns(path, pathType),
    },
  ];
}

function pathPatterns(path: string | undefined, pathType: string | undefined): string[] {
  if (!path) return [];
  if (pathType !== 'Prefix') return [path];
  return path === '/' ? ['/*'] : [path.replace(/\/$/, ''), `${path.replace(/\/$/, '')}/*`];
}

/** What cannot be read is left to the controller, which refuses it. */
function listenersOf(annotations: Readonly<Record<string, string>>): AlbListener[] {
  const written = annotations['listen-ports'];
  if (written === undefined) {
    return annotations['certificate-arn'] ? [{ protocol: 'HTTPS', port: 443 }] : [{ protocol: 'HTTP', port: 80 }];
  }
  const entries = parseJson(written);
  if (!Array.isArray(entries)) return [];
  return entries.flatMap((entry) =>
    Object.entries(entry ?? {}).map(([protocol, port]) => ({ protocol, port: Number(port) })),
  );
}

/** Nothing for a text that is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
