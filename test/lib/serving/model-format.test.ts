import { describe, expect, it } from 'vitest';
import { ModelFormat } from '../../../lib';
import { expectRefusal } from '../support/refusals';

describe('ModelFormat', () => {
  it("has the names of KServe's own runtimes, for any version", () => {
    const formats = Object.values(ModelFormat).filter((value) => value instanceof ModelFormat);

    expect(formats.map(({ name, version }) => [name, version])).toStrictEqual(
      [
        'sklearn',
        'xgboost',
        'lightgbm',
        'tensorflow',
        'pytorch',
        'onnx',
        'pmml',
        'paddle',
        'mlflow',
        'triton',
        'huggingface',
        'tensorrt',
        'autogluon',
        'vLLM',
      ].map((name) => [name, undefined]),
    );
  });

  it('takes the name of any other format, and a version', () => {
    expect({ ...ModelFormat.of('my-format', '2') }).toStrictEqual({ name: 'my-format', version: '2' });
    expect({ ...ModelFormat.of('my-format') }).toStrictEqual({ name: 'my-format', version: undefined });
  });

  it.each(['', ' ', 'a b', 'a\n'])('refuses the name %j', (name) => {
    expectRefusal(() => ModelFormat.of(name), {
      code: 'EDGE_ERR_VALUE',
      value: `"${name}"`,
      rule: 'names in ServingRuntimes, which have no blanks',
    });
  });
});
