import { EdgeError } from '../errors';
import { DeploymentMode } from './deployment-mode';

const VERSION = /^0\.(\d{1,3})(\.\d+)?$/;
const OLDEST = 11;
/** From here on the modes have the names that this library uses. */
const RENAMED = 16;
const OLD_NAMES: Record<DeploymentMode, string> = {
  [DeploymentMode.KNATIVE]: 'Serverless',
  [DeploymentMode.STANDARD]: 'RawDeployment',
};

const BRAND = Symbol.for('cdk8s-edge-inference.KServeVersion');

/**
 * The KServe that is installed. It decides what can be asked for, and what things are called.
 *
 * @see https://github.com/kserve/kserve/releases
 */
export class KServeVersion {
  /** Whether `value` is a version, also one of another installed copy of the library. */
  static isKServeVersion(value: unknown): value is KServeVersion {
    return typeof value === 'object' && value !== null && BRAND in value;
  }

  static readonly V0_11 = new KServeVersion(11);
  static readonly V0_12 = new KServeVersion(12);
  static readonly V0_13 = new KServeVersion(13);
  static readonly V0_14 = new KServeVersion(14);
  static readonly V0_15 = new KServeVersion(15);
  static readonly V0_16 = new KServeVersion(16);
  static readonly V0_17 = new KServeVersion(17);
  static readonly V0_18 = new KServeVersion(18);
  static readonly V0_19 = new KServeVersion(19);
  static readonly V0_20 = new KServeVersion(20);

  /**
   * A version that has no name here: one that is newer than this library is treated like the newest it knows.
   *
   * @param version `0.21` or `0.21.1`; the last number makes no difference
   * @throws EdgeError EDGE_ERR_KSERVE_VERSION before 0.11, whose hosts are made in another way
   */
  static of(version: string): KServeVersion {
    const minor = Number(VERSION.exec(version)?.[1] ?? Number.NaN);
    if (minor >= OLDEST) return new KServeVersion(minor);
    throw new EdgeError('EDGE_ERR_KSERVE_VERSION', {
      at: 'KServeVersion.of(version)',
      value: version,
      rule: `it is a version of KServe from 0.${OLDEST} on`,
      fix: 'Give the version that is installed, 0.20 for instance',
    });
  }

  readonly minor: number;

  private constructor(minor: number) {
    Object.defineProperty(this, BRAND, { value: true });
    this.minor = minor;
  }

  toString(): string {
    return `0.${this.minor}`;
  }

  /** @internal */
  _isAtLeast(minor: number): boolean {
    return this.minor >= minor;
  }

  /**
   * What this version calls a mode in `serving.kserve.io/deploymentMode`.
   *
   * @internal
   */
  _nameOf(mode: DeploymentMode): string {
    return this._isAtLeast(RENAMED) ? mode : OLD_NAMES[mode];
  }

  /**
   * Why the webhook of this version refuses every model that names its mode, or nothing when it does not.
   *
   * Before its first status KServe 0.19 takes any model for one in Standard mode, and refuses to let it change.
   *
   * @see https://github.com/kserve/kserve/issues/5793
   * @internal
   */
  _modeProblem(mode: DeploymentMode): string | undefined {
    if (this.minor !== 19 || mode !== DeploymentMode.KNATIVE) return undefined;
    return 'KServe 0.19 refuses the first update of every model with that annotation';
  }

  /**
   * What to know before models that were made by an older version are updated, or nothing.
   *
   * KServe 0.16 to 0.18 compare the annotation with the old name in the status, and refuse the update and, as it removes
   * a finalizer, the deletion.
   *
   * @see https://github.com/kserve/kserve/issues/4798
   * @internal
   */
  _modeWarning(mode: DeploymentMode): string | undefined {
    if (!this._isAtLeast(RENAMED) || this._isAtLeast(19)) return undefined;
    return `KServe ${this} refuses to update or delete a model that 0.15 or an older one has made, as it was "${OLD_NAMES[mode]}" then and is annotated "${mode}" now: make such models anew, or take KServe 0.20`;
  }
}
