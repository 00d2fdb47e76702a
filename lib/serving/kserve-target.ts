import { knownValue } from '../known-values';
import { DeploymentMode } from './deployment-mode';
import { KServeIngress } from './kserve-ingress';
import type { KServeOptions } from './kserve-options';
import { KServeVersion } from './kserve-version';
import { refuse } from './refuse';

/** What a model has to know of the KServe that serves it. */
export interface KServeTarget {
  readonly version: KServeVersion;
  readonly mode: DeploymentMode;
  /** On every model. */
  readonly annotations: Record<string, string>;
  readonly ingress: KServeIngress;
}

/**
 * @throws EdgeError EDGE_ERR_KSERVE_VERSION for a mode that the version cannot be asked for; EDGE_ERR_VALUE for what is no
 * mode or no version
 */
export function resolveKServe(options: KServeOptions = {}): KServeTarget {
  const version = options.version ?? KServeVersion.V0_20;
  checkVersion(version);
  const mode = knownValue(
    'InferencePlatform.kserve.deploymentMode',
    options.deploymentMode ?? DeploymentMode.KNATIVE,
    DeploymentMode,
  );
  const standard = mode === DeploymentMode.STANDARD;
  const ingress = options.ingress ?? (standard ? KServeIngress.configured() : KServeIngress.unmanaged());
  if (options.deploymentMode === undefined) return { version, mode, ingress, annotations: {} };
  refuse('EDGE_ERR_KSERVE_VERSION', version._modeProblem(mode), {
    at: 'deploymentMode of KServe 0.19',
    value: mode,
    fix: 'Leave deploymentMode out, as Knative is the default of an installation, or take KServe 0.20',
  });
  return { version, mode, ingress, annotations: { 'serving.kserve.io/deploymentMode': version._nameOf(mode) } };
}

/** Whoever writes JavaScript may give the version as a text. */
function checkVersion(version: unknown): void {
  refuse('EDGE_ERR_VALUE', KServeVersion.isKServeVersion(version) ? undefined : 'it is a KServeVersion', {
    at: 'InferencePlatform.kserve.version',
    value: version,
    fix: 'Use KServeVersion.V0_20 for instance, or KServeVersion.of(..)',
  });
}

/** Whether KServe makes an Istio VirtualService for the model as a whole. */
export function hasVirtualHost({ mode, ingress }: KServeTarget): boolean {
  return mode === DeploymentMode.KNATIVE && ingress.istioVirtualHosts;
}
