import { describe, expect, it } from 'vitest';
import { filterMatches } from '../../../bridge/config/topics';
import { defaultTopics, ownReplyTopic, ownReplyTopics } from '../../../lib/naming/route-topics';

describe('defaultTopics', () => {
  it('begin with the namespace and the model', () => {
    expect(defaultTopics('staging', 'sklearn-iris')).toStrictEqual({
      request: 'staging/sklearn-iris/input',
      reply: 'staging/sklearn-iris/output',
      deadLetter: 'staging/sklearn-iris/dead-letter',
    });
  });
});

describe('ownReplyTopics', () => {
  it("matches every client's own reply topic", () => {
    expect(ownReplyTopic('staging/iris/output', 'camera-7')).toBe('staging/iris/output/camera-7');
    expect(filterMatches(ownReplyTopics('staging/iris/output'), 'staging/iris/output/camera-7')).toBe(true);
  });

  it.each([
    'staging/iris/output',
    'staging/iris/output/camera-7/more',
    'staging/iris/input',
    'staging/other/output/camera-7',
  ])('does not match %s', (topic) => {
    expect(filterMatches(ownReplyTopics('staging/iris/output'), topic)).toBe(false);
  });
});
