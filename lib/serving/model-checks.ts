import type { Duration } from 'cdk8s';
import { hostDerivationProblem, hostLengthProblem, type ModelComponent, modelNameProblem } from '../naming/model-hosts';
import { DeploymentMode } from './deployment-mode';
import { InferenceProtocol } from './inference-protocol';
import { hasVirtualHost, type KServeTarget } from './kserve-target';
import type { ModelAddresses } from './model-addresses';
import { ModelVisibility, type ServingOptions } from './model-options';
import { refuse } from './refuse';

/** Set from props of their own. */
const OWN_LABELS = ['networking.knative.dev/visibility', 'networking.kserve.io/visibility'];
const OWN_ANNOTATIONS = ['serving.kserve.io/deploymentMode'];

/**
 * @throws EdgeError EDGE_ERR_NAME for a name that KServe refuses; EDGE_ERR_MODEL_HOST for one that it gets wrong;
 * EDGE_ERR_DOMAIN for a host that is too long
 */
export function checkName(name: string, component: ModelComponent, kserve: KServeTarget): void {
  const checked = { at: 'the name of a model', value: name, fix: 'Rename the model' };
  refuse('EDGE_ERR_NAME', modelNameProblem(name, component), checked);
  if (hasVirtualHost(kserve)) refuse('EDGE_ERR_MODEL_HOST', hostDerivationProblem(name), checked);
}

/** @throws EdgeError EDGE_ERR_DOMAIN for a host that is too long, of the model or of one of its components */
export function checkHosts(component: ModelComponent, { external, taken }: ModelAddresses): void {
  const [tooLong] = taken.map(hostLengthProblem).filter((problem) => problem !== undefined);
  refuse('EDGE_ERR_DOMAIN', tooLong && `its ${component}'s has "-${component}" after the name: ${tooLong}`, {
    at: 'the host of a model',
    value: external,
    fix: 'Shorten one of its parts',
  });
}

/** @throws EdgeError EDGE_ERR_VALUE for a time that Knative refuses, or that is none */
export function checkTimeout(
  at: string,
  timeout: Duration,
  mode: DeploymentMode,
  maxTimeout: Duration | undefined,
): void {
  const seconds = timeout.toMilliseconds() / 1000;
  const most = maxTimeout?.toSeconds();
  const fits = Number.isInteger(seconds) && seconds >= 1 && (most === undefined || seconds <= most);
  const reader = mode === DeploymentMode.KNATIVE ? 'Knative' : 'KServe';
  const range = most === undefined ? 'from 1 on' : `from 1 to ${most}`;
  refuse('EDGE_ERR_VALUE', fits ? undefined : `${reader} takes whole seconds ${range}`, {
    at: `${at}.timeout`,
    value: `${seconds} s`,
    fix: 'Choose a time within that, or raise the maxTimeout of the platform',
  });
}

/**
 * @throws EdgeError EDGE_ERR_VALUE for a share that is none; EDGE_ERR_DEPLOYMENT_MODE in Standard mode, which has no
 * revisions
 */
export function checkCanary(at: string, percent: number | undefined, mode: DeploymentMode): void {
  if (percent === undefined) return;
  const checked = { at: `${at}.canaryTrafficPercent`, value: percent };
  const ignored = mode === DeploymentMode.STANDARD ? 'only Knative has revisions to share requests between' : undefined;
  refuse('EDGE_ERR_DEPLOYMENT_MODE', ignored, { ...checked, fix: 'Leave it out, or use Knative mode' });
  const fits = Number.isInteger(percent) && percent >= 0 && percent <= 100;
  refuse('EDGE_ERR_VALUE', fits ? undefined : 'it is a whole number from 0 to 100', { ...checked, fix: 'Correct it' });
}

/** @throws EdgeError EDGE_ERR_VALUE for a port that is none, or for what KServe does not bring together with gRPC */
export function checkGrpc(at: string, { grpcPort, protocol, transformer }: ServingOptions): void {
  if (grpcPort === undefined) return;
  const checked = { at: `${at}.grpcPort`, value: grpcPort };
  const isPort = Number.isInteger(grpcPort) && grpcPort >= 1 && grpcPort <= 65_535;
  const fix = 'Give the port it listens on';
  refuse('EDGE_ERR_VALUE', isPort ? undefined : 'ports are whole numbers from 1 to 65535', { ...checked, fix });
  const v1 = protocol === InferenceProtocol.V2 ? undefined : 'only the Open Inference Protocol, V2, has a form in gRPC';
  refuse('EDGE_ERR_VALUE', v1, { ...checked, fix: 'Use InferenceProtocol.V2, or leave it out' });
  const before = transformer && 'requests come to the transformer first, of which this port is not';
  refuse('EDGE_ERR_VALUE', before, { ...checked, fix: 'Leave one of them out' });
}

/** @throws EdgeError EDGE_ERR_VALUE for labels and annotations that follow from a prop */
export function checkMetadata(at: string, labels: Record<string, string>, annotations: Record<string, string>): void {
  const [own] = [...OWN_LABELS.filter((key) => key in labels), ...OWN_ANNOTATIONS.filter((key) => key in annotations)];
  refuse('EDGE_ERR_VALUE', own && 'it follows from visibility, or from the deployment mode of the platform', {
    at: `a label or annotation of ${at}`,
    value: own,
    fix: 'Use that prop',
  });
}

/** @throws EdgeError EDGE_ERR_VALUE for a name that no path of a URL can have */
export function checkModelName(at: string, modelName: string): void {
  refuse('EDGE_ERR_VALUE', /^[\w.~-]+$/.test(modelName) ? undefined : 'it is a part of the path of a URL', {
    at: `${at}.modelName`,
    value: modelName,
    fix: 'Use letters, digits and the signs -._~ only',
  });
}

/** @throws EdgeError EDGE_ERR_VALUE for a visibility that would be passed over, and leave the model public */
export function checkVisibility(at: string, visibility: ModelVisibility): void {
  const known = Object.values(ModelVisibility);
  refuse('EDGE_ERR_VALUE', known.includes(visibility) ? undefined : `it is one of ${known.join(', ')}`, {
    at: `${at}.visibility`,
    value: visibility,
    fix: 'Use ModelVisibility.CLUSTER_LOCAL for a model that nobody outside may reach',
  });
}
