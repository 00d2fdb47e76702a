/** What the values of a tensor are, in the Open Inference Protocol. */
export enum TensorDatatype {
  BOOL = 'BOOL',
  UINT8 = 'UINT8',
  UINT16 = 'UINT16',
  UINT32 = 'UINT32',
  UINT64 = 'UINT64',
  INT8 = 'INT8',
  INT16 = 'INT16',
  INT32 = 'INT32',
  INT64 = 'INT64',
  /** In binary only: neither KServe nor Triton takes it in JSON. */
  FP16 = 'FP16',
  FP32 = 'FP32',
  FP64 = 'FP64',
  BYTES = 'BYTES',
}

/** An input of a model that a payload of bytes becomes. */
export interface BytesTensorOptions {
  /** As the model calls its input. */
  readonly name: string;
  readonly datatype: TensorDatatype;
  /** Lengths of the dimensions; one of them may be -1, which is what is left. @default - all values in one dimension */
  readonly shape?: number[];
  /**
   * Whether the values go as bytes, behind the JSON, in place of being written in it.
   *
   * @default false
   */
  readonly binary?: boolean;
}

/** An input of a model that a part of a JSON payload becomes. */
export interface TensorOptions extends BytesTensorOptions {
  /** JSONPath from the part that counts: `$.ids` for instance. @default - all of it */
  readonly path?: string;
}
