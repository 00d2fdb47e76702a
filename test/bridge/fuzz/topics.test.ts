import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TopicTree } from '../../../bridge/config/topic-tree';
import { filterMatches, filtersOverlap, topicFilterProblem, topicNameProblem } from '../../../bridge/config/topics';

/** Few levels of few names, so that topics and filters meet often. */
const name = fc.constantFrom('', 'a', 'b', '$s');
const topic = fc.array(name, { minLength: 1, maxLength: 4 }).map((levels) => levels.join('/'));
const filter = fc
  .tuple(fc.array(fc.oneof(name, fc.constant('+')), { minLength: 0, maxLength: 4 }), fc.constantFrom('', '#'))
  .map(([levels, rest]) => (rest === '' ? levels : [...levels, rest]).join('/'))
  .filter((text) => topicFilterProblem(text) === undefined);

/** Every topic of up to five levels of these names; a filter of up to four says nothing new about longer ones. */
const TOPICS = topicsOf(5);

describe('filterMatches', () => {
  it('is what a regular expression made of the filter says', () => {
    fc.assert(
      fc.property(filter, topic, (filter, topic) => {
        expect(filterMatches(filter, topic)).toBe(regexOf(filter).test(topic));
      }),
    );
  });

  it('takes any two texts', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (filter, topic) => {
        expect(filterMatches(filter, topic)).toBeTypeOf('boolean');
      }),
    );
  });
});

describe('filtersOverlap', () => {
  it('is whether there is a topic that both match', () => {
    fc.assert(
      fc.property(filter, filter, (one, other) => {
        const shared = TOPICS.some((topic) => regexOf(one).test(topic) && regexOf(other).test(topic));

        expect(filtersOverlap(one, other)).toBe(shared);
        expect(filtersOverlap(other, one)).toBe(shared);
      }),
      { numRuns: 300 },
    );
  });

  it('is, of a topic and a filter, whether the one matches the other', () => {
    fc.assert(
      fc.property(filter, topic, (filter, topic) => {
        expect(filtersOverlap(filter, topic)).toBe(filterMatches(filter, topic));
      }),
    );
  });
});

describe('TopicTree', () => {
  it('finds what looking at each would find', () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 12 }), filter, (filters, wanted) => {
        const tree = new TopicTree<number>();
        for (const [i, filter] of filters.entries()) tree.add(filter, i);

        const found = tree.overlapping(wanted);

        // Topics of the broker are more than the tree is asked to know: its callers look again.
        const confirmed = found.filter((i) => filtersOverlap(filters[i] ?? '', wanted)).sort((a, b) => a - b);
        expect(confirmed).toStrictEqual(filters.flatMap((filter, i) => (filtersOverlap(filter, wanted) ? [i] : [])));
        expect(new Set(found).size).toBe(found.length);
      }),
    );
  });

  it('finds nothing else where no topic belongs to the broker', () => {
    const plain = filter.filter((text) => !text.startsWith('$'));
    fc.assert(
      fc.property(fc.array(plain, { maxLength: 12 }), plain, (filters, wanted) => {
        const tree = new TopicTree<string>();
        for (const filter of filters) tree.add(filter, filter);

        expect(tree.overlapping(wanted).sort()).toStrictEqual(
          filters.filter((filter) => filtersOverlap(filter, wanted)).sort(),
        );
      }),
    );
  });
});

describe('topicNameProblem and topicFilterProblem', () => {
  it('have something to say, or nothing, about any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 70_000, size: 'max' }), (text) => {
        for (const problem of [topicNameProblem(text), topicFilterProblem(text)]) {
          expect(problem === undefined || problem.length > 0).toBe(true);
        }
      }),
      { numRuns: 50 },
    );
  });

  it('take every topic for the filter that matches it alone', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        if (topicNameProblem(text) !== undefined) return;

        expect(topicFilterProblem(text)).toBeUndefined();
        expect(filterMatches(text, text)).toBe(true);
      }),
    );
  });
});

/** The rules of MQTT, said in another way. */
function regexOf(filter: string): RegExp {
  const levels = filter.split('/').map((level) => (level === '+' ? '[^/]*' : escaped(level)));
  const rest = levels.at(-1) === '#' ? levels.slice(0, -1) : undefined;
  const body = rest === undefined ? levels.join('/') : rest.length === 0 ? '.*' : `${rest.join('/')}(/.*)?`;
  return new RegExp(`^${/^[+#]/.test(filter) ? '(?!\\$)' : ''}${body}$`, 's');
}

function escaped(level: string): string {
  return level.replace(/\$/g, '\\$');
}

function topicsOf(depth: number): string[] {
  const names = ['', 'a', 'b', '$s'];
  const all: string[] = [];
  let longest = names;
  for (let i = 1; i <= depth; i += 1) {
    all.push(...longest);
    longest = longest.flatMap((topic) => names.map((name) => `${topic}/${name}`));
  }
  return all;
}
