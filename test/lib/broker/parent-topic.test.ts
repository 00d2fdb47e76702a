import { describe, expect, it } from 'vitest';
import { ParentTopic } from '../../../lib';
import { filtersOverlap, findCircle } from '../../../lib/broker/parent-topic';
import { expectRefusal } from '../support/refusals';

describe('ParentTopic', () => {
  it('keeps names and QoS 1 unless told otherwise', () => {
    const { filter, direction, qos, localFilter, remoteFilter } = ParentTopic.outgoing('a/#');

    expect({ filter, direction, qos, localFilter, remoteFilter }).toStrictEqual({
      filter: 'a/#',
      direction: 'out',
      qos: 1,
      localFilter: 'a/#',
      remoteFilter: 'a/#',
    });
  });

  it.each([
    [ParentTopic.outgoing('a/#'), 'topic a/# out 1 "" ""'],
    [ParentTopic.incoming('+/b', { qos: 2, remotePrefix: 'site/' }), 'topic +/b in 2 "" site/'],
    [ParentTopic.both('c', { qos: 0, localPrefix: 'x/', remotePrefix: 'y/' }), 'topic c both 0 x/ y/'],
  ])('is one line of the connection', (topic, line) => {
    expect(topic._line()).toBe(line);
  });

  it.each([
    ['', {}, '""', 'at least one character'],
    ['a/#/b', {}, '"a/#/b"', 'a # stands alone'],
    ['a b', {}, '"a b"', 'separates words by blanks'],
    ['a"b', {}, '"a"b"', 'separates words by blanks'],
    ['a', { localPrefix: 'x+' }, '"x+a"', 'a + stands for a whole topic level'],
    ['a', { remotePrefix: '#/' }, '"#/a"', 'a # stands alone'],
    ['a', { remotePrefix: 'x\ny' }, '"x\ny' + 'a"', 'no control characters'],
  ])('is not %j with %o', (filter, options, value, rule) => {
    for (const create of [ParentTopic.outgoing, ParentTopic.incoming, ParentTopic.both]) {
      expectRefusal(() => create(filter, options), { code: 'EDGE_ERR_ROUTE_TOPIC', value, rule });
    }
  });

  it.each([-1, 3, 1.5, Number.NaN])('has no QoS %d', (qos) => {
    expectRefusal(() => ParentTopic.outgoing('a', { qos }), {
      code: 'EDGE_ERR_VALUE',
      value: String(qos),
      rule: 'the qualities of service 0, 1 and 2',
    });
  });
});

describe('filters', () => {
  it.each([
    ['a/b', 'a/b', true],
    ['a/b', 'a/c', false],
    ['a/+', 'a/b', true],
    ['+/b', 'a/+', true],
    ['a/#', 'a', true],
    ['#', 'a/b/c', true],
    ['a/+', 'a/b/c', false],
    ['a/b', 'a', false],
    ['a/#', 'b/#', false],
  ])('%s and %s: %s', (one, other, overlap) => {
    expect([filtersOverlap(one, other), filtersOverlap(other, one)]).toStrictEqual([overlap, overlap]);
  });
});

describe('messages', () => {
  it.each([
    ['go round both ways under one name', [ParentTopic.both('a')]],
    ['go round with one prefix at both ends', [ParentTopic.both('a', { localPrefix: 'x/', remotePrefix: 'x/' })]],
    ['go round when what goes out comes in', [ParentTopic.outgoing('a/#'), ParentTopic.incoming('a/b')]],
    ['go round through overlapping ways', [ParentTopic.outgoing('+/b'), ParentTopic.incoming('a/+')]],
  ])('%s', (_, topics) => {
    expect(findCircle(topics)).toBeDefined();
  });

  it.each([
    ['one way only', [ParentTopic.outgoing('a/#'), ParentTopic.incoming('b/#')]],
    ['both ways under other names', [ParentTopic.both('a', { remotePrefix: 'site/' })]],
    ['back under another name', [ParentTopic.outgoing('a'), ParentTopic.incoming('a', { remotePrefix: 'site/' })]],
    ['nowhere', []],
  ])('do not go round %s', (_, topics) => {
    expect(findCircle(topics)).toBeUndefined();
  });
});
