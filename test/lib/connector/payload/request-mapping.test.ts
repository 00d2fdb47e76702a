import { describe, expect, it } from 'vitest';
import { requestMapping } from '../../../../bridge/payload/config';
import { DATATYPE_NAMES } from '../../../../bridge/payload/datatypes';
import {
  type BytesTensorOptions,
  type JsonRequestOptions,
  RequestMapping,
  type RequestMappingOptions,
  RequestRows,
  TensorDatatype,
  type TensorOptions,
  type V1BytesOptions,
  type V1RequestOptions,
  type V2BytesOptions,
  type V2RequestOptions,
} from '../../../../lib';

const anything: Required<RequestMappingOptions> = { maxPayloadBytes: 12_345 };
const json: Required<JsonRequestOptions> = { ...anything, schema: { type: 'object' }, path: '$.data' };
const v1: Required<V1RequestOptions> = { ...json, rows: RequestRows.MANY, fields: { signature_name: 'raw' } };
const v1Bytes: Required<V1BytesOptions> = {
  ...anything,
  bytesKeys: ['image', 'b64'],
  fields: { signature_name: 'raw' },
};
const v2: Required<V2RequestOptions> = { ...json, fields: { id: 'a' } };
const v2Bytes: Required<V2BytesOptions> = { ...anything, fields: { id: 'a' } };
const tensor: Required<TensorOptions> = {
  name: 'ids',
  datatype: TensorDatatype.INT64,
  path: '$.ids',
  shape: [1, -1],
  binary: true,
};
const bytes: Required<BytesTensorOptions> = {
  name: 'samples',
  datatype: TensorDatatype.FP32,
  shape: [-1],
  binary: true,
};

describe('a mapping of requests, with all its options', () => {
  it.each([
    ['JSON as it is', RequestMapping.raw(json), { as: 'raw', ...json }],
    ['bytes as they are', RequestMapping.rawBytes(anything), { from: 'bytes', as: 'raw', ...anything }],
    ['JSON to V1', RequestMapping.v1(v1), { as: 'v1', ...v1 }],
    ['bytes to V1', RequestMapping.v1FromBytes(v1Bytes), { from: 'bytes', as: 'v1', ...v1Bytes }],
    ['JSON to V2', RequestMapping.v2([tensor], v2), { as: 'v2', tensors: [tensor], ...v2 }],
    [
      'bytes to V2',
      RequestMapping.v2FromBytes(bytes, v2Bytes),
      { from: 'bytes', as: 'v2', tensors: [bytes], ...v2Bytes },
    ],
  ])('says so to the bridge, which takes it: %s', (_, mapping, config) => {
    expect(mapping._config()).toStrictEqual(config);
    expect(() => requestMapping.parse(mapping._config())).not.toThrow();
  });

  it.each([
    ['JSON as it is', RequestMapping.raw(), { as: 'raw' }],
    ['bytes as they are', RequestMapping.rawBytes(), { from: 'bytes', as: 'raw' }],
    ['JSON to V1', RequestMapping.v1(), { as: 'v1' }],
    ['bytes to V1', RequestMapping.v1FromBytes(), { from: 'bytes', as: 'v1' }],
  ])('may have none of them: %s', (_, mapping, config) => {
    expect(mapping._config()).toStrictEqual(config);
  });

  it('is that of the call: a list that grows later changes nothing', () => {
    const tensors = [tensor];
    const mapping = RequestMapping.v2(tensors);

    tensors.push({ ...tensor, name: 'late' });

    expect(mapping._config().tensors).toHaveLength(1);
  });
});

describe('the datatypes of tensors', () => {
  it('are those that the bridge knows', () => {
    expect(Object.values(TensorDatatype).sort()).toStrictEqual([...DATATYPE_NAMES].sort());
  });
});
