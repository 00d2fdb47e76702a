import { describe, expect, it } from 'vitest';
import { findRouteConflicts, type RouteTopics } from '../../../bridge/config/route-conflicts';

function route(name: string, changes: Partial<RouteTopics> = {}): RouteTopics {
  return {
    name,
    requestTopic: `${name}/input`,
    replyTopic: `${name}/output`,
    deadLetterTopic: `${name}/dead`,
    allowedResponseTopics: [],
    ...changes,
  };
}

describe('findRouteConflicts', () => {
  it('finds nothing wrong with routes that share no topic', () => {
    expect(findRouteConflicts([route('iris'), route('digits')])).toEqual([]);
  });

  it('lets routes share a reply topic and a dead-letter topic', () => {
    const shared = { replyTopic: 'answers', deadLetterTopic: 'dead' };

    expect(findRouteConflicts([route('iris', shared), route('digits', shared)])).toEqual([]);
  });

  it('lets a route allow response topics that are nobody’s request topic', () => {
    expect(
      findRouteConflicts([route('iris', { allowedResponseTopics: ['clients/+/answers', 'iris/output/#'] })]),
    ).toEqual([]);
  });

  it('refuses two routes with one name', () => {
    const conflicts = findRouteConflicts([route('iris'), route('iris', { requestTopic: 'iris/other' })]);

    expect(conflicts).toStrictEqual([
      {
        kind: 'same name',
        message: 'two routes are named "iris", but metrics and logs tell routes apart by name. Rename one',
      },
    ]);
  });

  it('refuses two routes on one request topic, and names both', () => {
    const conflicts = findRouteConflicts([route('iris'), route('flowers', { requestTopic: 'iris/input' })]);

    expect(conflicts).toStrictEqual([
      {
        kind: 'same request topic',
        message:
          'routes "iris" and "flowers" both take requests from "iris/input", but one message has one answer. Give each route its own request topic',
      },
    ]);
  });

  it.each([
    ['replies', { replyTopic: 'iris/input' }, 'its replies to "iris/input"'],
    ['dead letters', { deadLetterTopic: 'iris/input' }, 'its dead letters to "iris/input"'],
    ['allowed response topics', { allowedResponseTopics: ['+/input'] }, 'its allowed response topics to "+/input"'],
  ])('refuses a route that takes its own %s for requests', (_what, changes, publishes) => {
    const conflicts = findRouteConflicts([route('iris', changes)]);

    expect(conflicts).toStrictEqual([
      {
        kind: 'loop',
        message: `route "iris" publishes ${publishes}, which route "iris" takes as requests ("iris/input"). Answers and requests need different topics`,
      },
    ]);
  });

  it('refuses a route that feeds another one, whichever comes first', () => {
    const feeder = route('iris', { replyTopic: 'digits/input' });
    const fed = route('digits');

    for (const routes of [
      [feeder, fed],
      [fed, feeder],
    ]) {
      const [conflict, ...others] = findRouteConflicts(routes);
      expect(others).toEqual([]);
      expect(conflict?.kind).toBe('loop');
      expect(conflict?.message).toContain('route "iris" publishes its replies to "digits/input"');
      expect(conflict?.message).toContain('route "digits" takes as requests');
    }
  });

  it('reports every conflict, not only the first', () => {
    const conflicts = findRouteConflicts([
      route('iris', { replyTopic: 'digits/input' }),
      route('digits', { deadLetterTopic: 'iris/input' }),
      route('digits'),
    ]);

    expect(conflicts.map(({ kind }) => kind)).toEqual(['same name', 'same request topic', 'loop', 'loop', 'loop']);
  });

  it('refuses dead letters among the replies: they hold requests of other clients', () => {
    const [conflict] = findRouteConflicts([route('iris', { deadLetterTopic: 'iris/output' })]);

    expect(conflict?.kind).toBe('same answer topic');
    expect(conflict?.message).toContain('publishes replies and dead letters to "iris/output"');
  });

  it("refuses a route that publishes where another one's clients have their own replies", () => {
    const [conflict] = findRouteConflicts([
      route('iris', { allowedResponseTopics: ['iris/output/+'] }),
      route('digits', { replyTopic: 'iris/output/camera' }),
    ]);

    expect(conflict?.kind).toBe('same answer topic');
    expect(conflict?.message).toContain('"iris/output/camera", which is among the response topics of route "iris"');
  });

  it('refuses dead letters among the replies of single clients, also of the same route', () => {
    const [conflict] = findRouteConflicts([
      route('iris', { allowedResponseTopics: ['iris/output/+'], deadLetterTopic: 'iris/output/dead' }),
    ]);

    expect(conflict?.kind).toBe('same answer topic');
  });

  it('lets a route allow its own reply topic as response topic', () => {
    expect(findRouteConflicts([route('iris', { allowedResponseTopics: ['iris/output'] })])).toEqual([]);
  });
});
