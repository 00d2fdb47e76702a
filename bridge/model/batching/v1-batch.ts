import { childrenOf, memberOf, wholeOf } from '../../payload/json-scan';
import type { JsonText } from '../../payload/json-text';
import { Mismatch } from '../../payload/mismatch';
import { commonMembers, hasExactly, insideOf, isRecord, joined, shares, spanOf } from './json-parts';
import type { BatchProtocol, Part } from './part';

/** What `{"instances": [...]}`, and nothing else, contributes to a batch. */
export function readV1({ bytes, value }: JsonText): Part | undefined {
  if (!isRecord(value) || !hasExactly(value, ['instances'])) return undefined;
  const { instances } = value;
  const slice = memberOf(bytes, wholeOf(bytes), 'instances');
  if (!slice || !Array.isArray(instances) || instances.length === 0) return undefined;
  return { kind: 'v1', rows: instances.length, columns: [insideOf(bytes, slice)], protocol: V1 };
}

const V1: BatchProtocol = {
  merge: (parts) => Buffer.concat([HEAD, ...joined(parts.flatMap(({ columns }) => columns)), TAIL]),
  split: ({ bytes, value }, rows) => {
    const whole = wholeOf(bytes);
    const list = isRecord(value) && Array.isArray(value.predictions) && memberOf(bytes, whole, 'predictions');
    if (!isRecord(value) || !list) throw new Mismatch('has no array "predictions"');
    const predictions = childrenOf(bytes, list);
    const asked = rows.reduce((sum, count) => sum + count, 0);
    if (predictions.length !== asked) {
      throw new Mismatch(`has ${predictions.length} predictions, but was asked about ${asked} instances`);
    }
    const common = commonMembers(bytes, whole, value, ['predictions']);
    const tail = Buffer.from(['', ...common].join(','));
    return shares(predictions, rows).map((share) =>
      Buffer.concat([ANSWER_HEAD, spanOf(bytes, share), CLOSE_LIST, tail, CLOSE]),
    );
  },
};

const HEAD = Buffer.from('{"instances":[');
const TAIL = Buffer.from(']}');
const ANSWER_HEAD = Buffer.from('{"predictions":[');
const CLOSE_LIST = Buffer.from(']');
const CLOSE = Buffer.from('}');
