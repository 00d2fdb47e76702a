import { describe, expect, it } from 'vitest';
import { DeploymentMode, KServeVersion } from '../../../lib';
import { expectRefusal } from '../support/refusals';

describe('KServeVersion', () => {
  it('knows 0.11 to 0.20', () => {
    const known = Object.values(KServeVersion).filter((value) => value instanceof KServeVersion);

    expect(known.map(String)).toStrictEqual(
      ['11', '12', '13', '14', '15', '16', '17', '18', '19', '20'].map((minor) => `0.${minor}`),
    );
  });

  it.each([
    ['0.11', 11],
    ['0.15.2', 15],
    ['0.21', 21],
  ])('takes %s for one with minor version %i', (version, minor) => {
    expect(KServeVersion.of(version).minor).toBe(minor);
  });

  it.each(['0.10.2', '1.0', 'v0.20', '0.20-rc1', ''])('refuses %j', (version) => {
    expectRefusal(() => KServeVersion.of(version), {
      code: 'EDGE_ERR_KSERVE_VERSION',
      value: `"${version}"`,
      rule: 'it is a version of KServe from 0.11 on',
    });
  });

  it.each([
    [KServeVersion.V0_15, DeploymentMode.KNATIVE, 'Serverless'],
    [KServeVersion.V0_15, DeploymentMode.STANDARD, 'RawDeployment'],
    [KServeVersion.V0_16, DeploymentMode.KNATIVE, 'Knative'],
    [KServeVersion.V0_16, DeploymentMode.STANDARD, 'Standard'],
  ])('%s calls mode %s %s', (version, mode, name) => {
    expect(version._nameOf(mode)).toBe(name);
  });

  it('has a problem with 0.19 and Knative only', () => {
    const versions = [KServeVersion.V0_18, KServeVersion.V0_19, KServeVersion.V0_20];

    const problems = versions.flatMap((version) =>
      [DeploymentMode.KNATIVE, DeploymentMode.STANDARD].filter((mode) => version._modeProblem(mode)),
    );

    expect(problems).toStrictEqual([DeploymentMode.KNATIVE]);
  });

  it.each([
    [KServeVersion.V0_15, false],
    [KServeVersion.V0_16, true],
    [KServeVersion.V0_18, true],
    [KServeVersion.V0_19, false],
  ])('%s warns of models that were made under the old name of their mode: %s', (version, warns) => {
    expect(version._modeWarning(DeploymentMode.STANDARD) !== undefined).toBe(warns);
  });
});
