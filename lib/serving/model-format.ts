import { EdgeError } from '../errors';

/**
 * The format a model was saved in. KServe picks a serving runtime that supports it.
 *
 * @see https://kserve.github.io/website/docs/model-serving/predictive-inference/frameworks/overview
 */
export class ModelFormat {
  static readonly SKLEARN = new ModelFormat('sklearn', undefined);
  static readonly XGBOOST = new ModelFormat('xgboost', undefined);
  static readonly LIGHTGBM = new ModelFormat('lightgbm', undefined);
  static readonly TENSORFLOW = new ModelFormat('tensorflow', undefined);
  static readonly PYTORCH = new ModelFormat('pytorch', undefined);
  static readonly ONNX = new ModelFormat('onnx', undefined);
  static readonly PMML = new ModelFormat('pmml', undefined);
  static readonly PADDLE = new ModelFormat('paddle', undefined);
  static readonly MLFLOW = new ModelFormat('mlflow', undefined);
  static readonly TRITON = new ModelFormat('triton', undefined);
  static readonly HUGGINGFACE = new ModelFormat('huggingface', undefined);
  static readonly TENSORRT = new ModelFormat('tensorrt', undefined);
  static readonly AUTOGLUON = new ModelFormat('autogluon', undefined);
  static readonly VLLM = new ModelFormat('vLLM', undefined);

  /**
   * A format that a runtime in the cluster supports, named as that runtime names it.
   *
   * @param version @default - any the runtime supports
   * @throws EdgeError EDGE_ERR_VALUE for an empty name
   */
  static of(name: string, version?: string): ModelFormat {
    if (/^\S+$/.test(name)) return new ModelFormat(name, version);
    throw new EdgeError('EDGE_ERR_VALUE', {
      at: 'ModelFormat.of(name)',
      value: name,
      rule: 'KServe matches it against the names in ServingRuntimes, which have no blanks',
      fix: 'Use the name under supportedModelFormats of the runtime',
    });
  }

  readonly name: string;
  readonly version: string | undefined;

  private constructor(name: string, version: string | undefined) {
    this.name = name;
    this.version = version;
  }
}
