/** What a model speaks. */
export enum InferenceProtocol {
  /** `{"instances": …}` at `/v1/models/<model>:predict`. */
  V1 = 'v1',
  /** The Open Inference Protocol: `{"inputs": …}` at `/v2/models/<model>/infer`. */
  V2 = 'v2',
}
