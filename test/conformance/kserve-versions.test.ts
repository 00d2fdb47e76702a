import { existsSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it } from 'vitest';
import { DeploymentMode, EdgeApp, InferencePlatform, KServeIngress, KServeVersion } from '../../lib';
import { type Manifest, synthesize } from '../../lib/testing';
import { ROOT } from '../lib/support/folders';
import {
  MAXIMAL_CUSTOM_MODEL,
  MAXIMAL_MODEL,
  MAXIMAL_PLATFORM,
  MAXIMAL_RUNTIME,
  MAXIMAL_TRANSFORMER,
} from '../lib/support/maximal-serving';

const VALIDATOR = path.join(ROOT, '..', 'shared', 'validate');

/** The versions whose CRDs there are to validate against. */
const VERSIONS: [folder: string, version: KServeVersion][] = [
  ['kserve-v0.11.2', KServeVersion.V0_11],
  ['kserve-v0.13.1', KServeVersion.V0_13],
  ['kserve-v0.15.2', KServeVersion.V0_15],
  ['kserve-v0.20.0', KServeVersion.V0_20],
];
const MODES = [DeploymentMode.KNATIVE, DeploymentMode.STANDARD];

interface Verdict {
  readonly key: string;
  readonly status: 'ok' | 'invalid' | 'unknown';
  readonly errors: object[];
}

type Validate = (object: unknown) => Verdict;

interface Validation {
  createValidator(options: { only: string[] }): Validate;
}

const missing = [VALIDATOR, path.join(VALIDATOR, 'node_modules')].find((folder) => !existsSync(folder));
const note = missing ? ` (skipped: there is no ${path.relative(ROOT, missing)})` : '';

/** Models and a runtime with every prop that the mode has. */
function everythingServed(version: KServeVersion, deploymentMode: DeploymentMode): Manifest[] {
  const app = new EdgeApp();
  const { knative, selectedDomains, ...platform } = MAXIMAL_PLATFORM;
  const kserve = { version, deploymentMode, ingress: KServeIngress.configured() };
  const edge = new InferencePlatform(app, 'platform', { ...platform, kserve });
  edge.addRuntime('shapes-server', MAXIMAL_RUNTIME);
  if (deploymentMode === DeploymentMode.KNATIVE) {
    edge.addModel('shapes', MAXIMAL_MODEL);
    edge.addCustomModel('words', MAXIMAL_CUSTOM_MODEL);
  } else {
    const without = { minReplicas: 1, scaleMetric: undefined, scaleTarget: 80, containerConcurrency: undefined };
    const transformer = { ...MAXIMAL_TRANSFORMER, ...without };
    edge.addModel('shapes', { ...MAXIMAL_MODEL, ...without, transformer, canaryTrafficPercent: undefined });
    edge.addCustomModel('words', { ...MAXIMAL_CUSTOM_MODEL, ...without, transformer, canaryTrafficPercent: undefined });
  }
  return synthesize(app).filter(({ apiVersion }) => apiVersion.startsWith('serving.kserve.io/'));
}

describe.skipIf(missing)(`what KServe is given is valid${note}`, () => {
  const validators = new Map<string, Validate>();

  async function validator(folder: string): Promise<Validate> {
    const { createValidator }: Validation = await import(pathToFileURL(path.join(VALIDATOR, 'validate.mjs')).href);
    const validate = validators.get(folder) ?? createValidator({ only: [folder] });
    validators.set(folder, validate);
    return validate;
  }

  async function verdicts(folder: string, manifests: readonly Manifest[]) {
    const validate = await validator(folder);
    return manifests.map((manifest) => {
      const { key, status, errors } = validate(manifest);
      return { key, name: manifest.metadata.name, status, errors };
    });
  }

  it.each(VERSIONS.flatMap(([folder, version]) => MODES.map((mode) => [folder, mode, version] as const)))(
    'to %s in %s mode',
    async (folder, mode, version) => {
      const found = await verdicts(folder, everythingServed(version, mode));

      expect(found).toStrictEqual([
        { key: 'serving.kserve.io/v1alpha1/ServingRuntime', name: 'shapes-server', status: 'ok', errors: [] },
        { key: 'serving.kserve.io/v1beta1/InferenceService', name: 'shapes', status: 'ok', errors: [] },
        { key: 'serving.kserve.io/v1beta1/InferenceService', name: 'words', status: 'ok', errors: [] },
      ]);
    },
  );

  it.each(VERSIONS)('and a field that %s does not have would be found', async (folder) => {
    const predictor = { minReplica: 1, model: { modelFormat: { name: 'sklearn' } } };
    const wrong = { apiVersion: 'serving.kserve.io/v1beta1', kind: 'InferenceService', metadata: { name: 'a' } };

    const [verdict] = await verdicts(folder, [{ ...wrong, spec: { predictor } }]);

    expect(verdict?.status).toBe('invalid');
  });
});
