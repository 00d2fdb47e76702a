import { describe, expect, it, vi } from 'vitest';
import { type BridgeConfigInput, parseBridgeConfig } from '../../../bridge';
import { Reloads } from '../../../bridge/operations/reloads';
import { configInput, routeInput } from '../support/config';

const config = (changes: Partial<BridgeConfigInput> = {}) => parseBridgeConfig(configInput(changes));
const SLOW = config({ routes: [routeInput({ model: { timeoutSeconds: 300 } })] });

function reloads() {
  const steps: string[] = [];
  const parts = {
    serve: vi.fn(() => {
      steps.push('serve');
      return () => steps.push('take back');
    }),
    subscribe: vi.fn(async () => {
      steps.push('subscribe');
    }),
    applied: vi.fn(() => steps.push('applied')),
    refused: vi.fn(() => steps.push('refused')),
  };
  return { reloads: new Reloads(config(), parts), parts, steps };
}

describe('Reloads', () => {
  it('serves new routes before it subscribes to them: requests may come before the answer', async () => {
    const { reloads: all, steps, parts } = reloads();

    await expect(all.apply(() => SLOW)).resolves.toMatchObject({ changed: ['iris'] });

    expect(steps).toEqual(['serve', 'subscribe', 'applied']);
    expect(parts.serve).toHaveBeenCalledWith(SLOW.routes);
    expect(parts.applied).toHaveBeenCalledWith(SLOW, expect.objectContaining({ changed: ['iris'] }));
  });

  it('compares with the configuration that was applied last', async () => {
    const { reloads: all } = reloads();
    await all.apply(() => SLOW);

    await expect(all.apply(() => SLOW)).resolves.toMatchObject({ changed: [] });
  });

  it('refuses what cannot be read, and changes nothing', async () => {
    const { reloads: all, steps, parts } = reloads();
    const problem = new Error('routes is missing');

    const applied = all.apply(() => {
      throw problem;
    });

    await expect(applied).rejects.toBe(problem);
    expect(steps).toEqual(['refused']);
    expect(parts.refused).toHaveBeenCalledWith(problem);
  });

  it('refuses what needs a restart, by name, and the rest with it', async () => {
    const { reloads: all, steps } = reloads();
    const other = { url: 'mqtt://other.example', clientId: 'bridge-1' };

    const applied = all.apply(() => config({ broker: other, routes: SLOW.routes }));

    await expect(applied).rejects.toMatchObject({ code: 'BRIDGE_ERR_CONFIG' });
    await expect(applied).rejects.toThrow(
      /others now: broker\.url, broker\.clientId\. Restart it, or change them back/,
    );
    expect(steps).toEqual(['refused']);
  });

  it('takes the routes back when the broker refuses a subscription', async () => {
    const { reloads: all, steps, parts } = reloads();
    parts.subscribe.mockRejectedValueOnce(new Error('no subscription to iris/moved: Not authorized'));

    const applied = all.apply(() => SLOW);

    await expect(applied).rejects.toThrow('no subscription to iris/moved: Not authorized');
    expect(steps).toEqual(['serve', 'take back', 'refused']);
    await expect(all.apply(() => SLOW)).resolves.toMatchObject({ changed: ['iris'] });
  });

  it('does one after the other, and reads the next only when the one before is done with', async () => {
    const { reloads: all, parts } = reloads();
    const subscribed = Promise.withResolvers<void>();
    parts.subscribe.mockReturnValueOnce(subscribed.promise);
    const first = all.apply(() => SLOW);
    const read = vi.fn(() => config());

    const second = all.apply(read);
    await new Promise((resolve) => setImmediate(resolve));
    expect(read).not.toHaveBeenCalled();

    subscribed.resolve();
    await first;
    await expect(second).resolves.toMatchObject({ changed: ['iris'] });
  });
});
