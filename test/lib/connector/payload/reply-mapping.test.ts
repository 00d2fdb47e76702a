import { describe, expect, it } from 'vitest';
import { replyBody } from '../../../../bridge/payload/config';
import { ReplyBytes, ReplyMapping, type ReplyOutputOptions, type ReplyPathOptions } from '../../../../lib';

const path: Required<ReplyPathOptions> = { bytesAs: ReplyBytes.BASE64 };
const output: Required<ReplyOutputOptions> = { ...path, path: '$[0]' };

describe('a mapping of replies', () => {
  it.each([
    ['an output', ReplyMapping.output('scores', output), { output: 'scores', path: '$[0]', bytesAs: 'base64' }],
    ['an output, all of it', ReplyMapping.output('scores'), { output: 'scores' }],
    ['a part', ReplyMapping.path('$.predictions[0]', path), { path: '$.predictions[0]', bytesAs: 'base64' }],
    ['everything', ReplyMapping.path('$'), { path: '$' }],
  ])('says so to the bridge, which takes it: %s', (_, mapping, config) => {
    expect(mapping._config()).toStrictEqual(config);
    expect(() => replyBody.parse(mapping._config())).not.toThrow();
  });
});
