import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureProblem } from '../../../bridge/config/model-url';
import {
  fill,
  filterOf,
  placeholdersIn,
  TopicPattern,
  topicPatternProblem,
} from '../../../bridge/config/topic-pattern';
import { filterMatches, topicFilterProblem, topicNameProblem } from '../../../bridge/config/topics';
import { routeConfig } from '../support/config';

/** Levels of a topic as somebody would write them who wants to be led elsewhere. */
const level = fc.oneof(
  fc.constantFrom('iris', 'a-b', '0', 'x'.repeat(63), 'x'.repeat(64), 'x'.repeat(5_000)),
  fc.constantFrom(
    '..',
    '.',
    '..%2f',
    '%2e%2e',
    '%00',
    '%0d%0a',
    '%',
    'a%40evil.example',
    'a.evil.example',
    '\\',
    'a\\b',
  ),
  fc.constantFrom('evil.example:80', 'user@evil', '@', ':', '?', '?a=b', '[::1]', '127.0.0.1', '0x7f000001', '1e3'),
  fc.constantFrom(
    'ı',
    'ⅰris',
    'ﬁ',
    '。',
    'xn--e1afmkfd',
    '\u200d',
    '\u00ad',
    '\ufeff',
    '\ud800',
    '👾',
    'İRIS',
    'IRIS',
    'irıs',
  ),
  fc.constantFrom('$SYS', '$share', '$', '', ' ', '-', '-a', 'a-', '{model}', '{}', '$&', '$1', "$'", '__proto__'),
  fc.string({ unit: 'binary', maxLength: 20 }).map((text) => text.replaceAll('/', '')),
);
const topic = fc.array(level, { minLength: 2, maxLength: 2 }).map((levels) => `${levels.join('/')}/input`);
const PATTERN = new TopicPattern('{namespace}/{model}/input');

/** What a route makes of a request: the URL it is posted to, or nothing when it is refused. */
function urlFor(template: string, topic: string, pattern = PATTERN): string | undefined {
  const captures = pattern.captures(topic);
  return captureProblem(captures, placeholdersIn(template)) === undefined ? fill(template, captures) : undefined;
}

describe('a URL made from a topic', () => {
  const NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/;

  it('is one that the template names, whatever the topic is', () => {
    const template = 'https://{model}.{namespace}.svc.cluster.local:8443/v1/models/{model}:predict?trace=1';
    fc.assert(
      fc.property(topic, (topic) => {
        const text = urlFor(template, topic);
        if (text === undefined) return;
        const [namespace = '', model = ''] = topic.split('/');

        const url = new URL(text);

        expect(url.href).toBe(
          `https://${model}.${namespace}.svc.cluster.local:8443/v1/models/${model}:predict?trace=1`,
        );
        expect([namespace, model].every((name) => NAME.test(name))).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('leads to a host that ends as the template says, whatever the template is', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '{model}',
        '{namespace}',
        '.',
        '/',
        ':',
        '@',
        '?',
        '#',
        '\\',
        '[',
        ']',
        '%',
        ' ',
        '\t',
        '\n',
        '\r',
      ),
      fc.constantFrom('svc', 'local', '80', '8443', 'evil', '..', '//', '%2e', '{', '}', '。', '\u00ad', 'http://'),
    );
    const template = fc
      .tuple(fc.constantFrom('http://', 'https://', 'http:/', 'http:\\\\'), fc.array(piece, { maxLength: 8 }))
      .map(([scheme, pieces]) => scheme + pieces.join(''))
      .filter((template) => placeholdersIn(template).every((name) => ['model', 'namespace'].includes(name)));
    fc.assert(
      fc.property(template, (template) => {
        if (!isAccepted(template)) return;
        const good = new URL(fill(template, { model: 'good', namespace: 'good' }));
        const evil = new URL(fill(template, { model: 'evil', namespace: 'evil' }));
        const last = ({ hostname }: URL) => hostname.replace(/\.$/, '').split('.').at(-1);

        expect(last(evil)).toBe(last(good));
        expect(evil.port).toBe(good.port);
        expect(evil.search + evil.hash).toBe(good.search + good.hash);
        expect(evil.username + evil.password).toBe('');
        expect(evil.pathname.split('/')).toHaveLength(good.pathname.split('/').length);
      }),
      { numRuns: 5_000 },
    );
  });

  it('is not made from names that cannot be a part of a URL', () => {
    const nobody = fc.string({ unit: 'binary', maxLength: 70 }).filter((text) => !NAME.test(text));
    fc.assert(
      fc.property(nobody, (model) => {
        expect(captureProblem({ model }, ['model'])).toContain('{model} is');
      }),
    );
  });
});

describe('a topic pattern', () => {
  const pattern = fc
    .array(fc.constantFrom('a', 'b', '', '$x', '+', '{one}', '{two}', '{', '}', '{}', '{1}', 'a{one}', '#'), {
      minLength: 1,
      maxLength: 5,
    })
    .map((levels) => levels.join('/'));

  it('is refused, or a filter whose captures put the topic together again', () => {
    fc.assert(
      fc.property(pattern, topic, (text, topic) => {
        if (topicPatternProblem(text) !== undefined) return;
        const pattern = new TopicPattern(text);
        expect(topicFilterProblem(pattern.filter)).toBeUndefined();
        expect(filterOf(text)).toBe(pattern.filter);
        if (!filterMatches(pattern.filter, topic)) return;

        const captures = pattern.captures(topic);

        expect(Object.keys(captures)).toStrictEqual(pattern.names);
        expect(filterMatches(fill(text, captures), topic)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  it('is judged whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const problem = topicPatternProblem(text);
        expect(problem === undefined || problem.length > 0).toBe(true);
      }),
    );
  });

  it('becomes a topic that messages can be published to, when all is filled in that a topic can have', () => {
    fc.assert(
      fc.property(topic, (topic) => {
        if (topicNameProblem(topic) !== undefined) return;
        const filled = fill('replies/{model}/{namespace}', PATTERN.captures(topic));

        expect(topicNameProblem(filled)).toBeUndefined();
        expect(filled.split('/')).toHaveLength(3);
      }),
    );
  });
});

/** Whether a configuration may have this URL. */
function isAccepted(url: string): boolean {
  try {
    routeConfig({ requestTopic: '{namespace}/{model}/input', model: { url } });
    return true;
  } catch {
    return false;
  }
}
