import { describe, expect, it } from 'vitest';
import { TopicTree } from '../../../bridge/config/topic-tree';

function treeOf(...filters: string[]): TopicTree<string> {
  const tree = new TopicTree<string>();
  for (const filter of filters) tree.add(filter, filter);
  return tree;
}

describe('TopicTree.overlapping', () => {
  it.each([
    ['a/b', ['a/b'], 'the same topic'],
    ['a/+', ['a/b'], 'a topic that a filter matches'],
    ['a/b', ['a/+', 'a/#', '#', '+/b'], 'filters that match a topic'],
    ['a/+/c', ['a/b/+', 'a/#', '+/+/+'], 'filters with a topic in common'],
    ['a', ['a/#'], 'the level above a #'],
    ['a/#', ['a', 'a/b', 'a/b/c'], 'everything under a #'],
    ['', [''], 'the empty level'],
  ])('of "%s" finds %j: %s', (filter, found) => {
    expect(
      treeOf(...found)
        .overlapping(filter)
        .sort(),
    ).toStrictEqual([...found].sort());
  });

  it.each([
    ['a/b', ['a', 'a/b/c', 'a/c', 'b/a', 'a/+/+', 'a/b/+']],
    ['a/+', ['a', 'a/b/c', 'b/+']],
    ['a/#', ['b', 'b/#']],
  ])('of "%s" finds none of %j', (filter, others) => {
    expect(treeOf(...others).overlapping(filter)).toStrictEqual([]);
  });

  it('finds every value of one topic', () => {
    const tree = new TopicTree<number>();
    tree.add('a', 1);
    tree.add('a', 2);

    expect(tree.overlapping('a')).toStrictEqual([1, 2]);
  });
});
