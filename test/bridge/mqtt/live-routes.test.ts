import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteConfig } from '../../../bridge/config';
import { LiveRoutes } from '../../../bridge/mqtt/live-routes';
import { routeConfig } from '../support/config';

const MINUTE = 60_000;

interface Target {
  readonly name: string;
  readonly predecessor: Target | undefined;
  closed: number;
  close(): Promise<void>;
}

const iris = routeConfig();
const slowIris = routeConfig({ model: { timeoutSeconds: 300 } });
const movedIris = routeConfig({ requestTopic: 'iris/moved' });
const digits = routeConfig({ name: 'digits', requestTopic: 'digits/input' });
const anyModel = routeConfig({ name: 'any', requestTopic: '{model}/input' });

function routesOf(routes: RouteConfig[]) {
  const opened: Target[] = [];
  const broker = { unsettled: false };
  const open = vi.fn((config: RouteConfig, predecessor: Target | undefined): Target => {
    const target: Target = {
      name: config.name,
      predecessor,
      closed: 0,
      close: async () => {
        target.closed += 1;
      },
    };
    opened.push(target);
    return target;
  });
  const live = new LiveRoutes<Target>(routes, { open, unsettled: () => broker.unsettled });
  return { live, opened, open, broker, at: (topic: string) => live.find(topic)?.target };
}

describe('LiveRoutes', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('finds the route of a topic', () => {
    const { live } = routesOf([iris, digits]);

    expect(live.find('digits/input')?.config).toBe(digits);
    expect(live.find('other/input')).toBeUndefined();
  });

  it('serves a route that is added', () => {
    const { live, at } = routesOf([iris]);

    live.change([iris, digits]);

    expect(at('digits/input')?.name).toBe('digits');
  });

  it('leaves a route that has not changed alone, and what it has learnt of its model', () => {
    const { live, at, open } = routesOf([iris]);
    const before = at('iris/input');

    live.change([routeConfig(), digits]);

    expect(at('iris/input')).toBe(before);
    expect(open).toHaveBeenCalledTimes(2);
  });

  it('gives the next request to the new version of a route, which is told of the one before', () => {
    const { live, at } = routesOf([iris]);
    const before = at('iris/input');

    live.change([slowIris]);

    expect(at('iris/input')).not.toBe(before);
    expect(at('iris/input')?.predecessor).toBe(before);
  });

  it('prefers a route to one that is gone, also where only the one that is gone has the very topic', () => {
    const { live, at } = routesOf([iris]);

    live.change([anyModel]);

    expect(at('iris/input')?.name).toBe('any');
  });

  it('changes nothing when one of the routes cannot be served, and closes those that could', () => {
    const { live, at, open, opened } = routesOf([iris]);
    const before = at('iris/input');
    open.mockImplementationOnce(open.getMockImplementation() as never).mockImplementationOnce(() => {
      throw new Error('model.login of route "digits" is none');
    });

    expect(() => live.change([slowIris, digits])).toThrow('model.login of route "digits" is none');

    expect(at('iris/input')).toBe(before);
    expect(opened.map(({ closed }) => closed)).toEqual([0, 1]);
  });

  it('takes a change back', () => {
    const { live, at } = routesOf([iris]);
    const before = at('iris/input');

    const takeBack = live.change([slowIris, digits]);
    takeBack();
    vi.advanceTimersByTime(10 * MINUTE);

    expect(at('iris/input')).toBe(before);
    expect(before?.closed).toBe(0);
    expect(at('digits/input')).toBeUndefined();
  });

  describe('a route that is gone', () => {
    it('still answers what the broker had in the session for it', () => {
      const { live, at } = routesOf([iris, digits]);

      live.change([digits]);

      expect(at('iris/input')?.name).toBe('iris');
    });

    it('is closed when nothing has come for it for a minute', () => {
      const { live, at, opened } = routesOf([iris, digits]);
      live.change([digits]);

      vi.advanceTimersByTime(MINUTE - 1);
      expect(opened[0]?.closed).toBe(0);

      vi.advanceTimersByTime(1_001);
      expect(opened[0]?.closed).toBe(1);
      expect(at('iris/input')).toBeUndefined();
    });

    it('is not closed while it works, however long that takes', () => {
      const { live, opened } = routesOf([iris, digits]);
      const route = live.find('iris/input');
      route?.begin();
      live.change([digits]);

      vi.advanceTimersByTime(60 * MINUTE);
      expect(opened[0]?.closed).toBe(0);

      route?.end();
      vi.advanceTimersByTime(MINUTE + 1_000);
      expect(opened[0]?.closed).toBe(1);
    });

    it('is not closed before the broker has ended its subscription, and can have delivered the rest', () => {
      const { live, opened, broker } = routesOf([iris, digits]);
      broker.unsettled = true;
      live.change([digits]);

      vi.advanceTimersByTime(60 * MINUTE);
      expect(opened[0]?.closed).toBe(0);

      broker.unsettled = false;
      vi.advanceTimersByTime(MINUTE + 2_000);
      expect(opened[0]?.closed).toBe(1);
    });

    it('may have another topic under the same name: both are served for a while', () => {
      const { live, at } = routesOf([iris]);
      const before = at('iris/input');

      live.change([movedIris]);

      expect(at('iris/input')).toBe(before);
      expect(at('iris/moved')?.predecessor).toBe(before);
    });
  });

  it('closes everything at the end, and leaves no timer behind', async () => {
    const { live, opened } = routesOf([iris, digits]);
    live.change([slowIris]);

    await live.close();

    expect(opened.map(({ closed }) => closed)).toEqual([1, 1, 1]);
    expect(vi.getTimerCount()).toBe(0);
  });
});
