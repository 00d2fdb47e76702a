import { describe, expect, it } from 'vitest';
import { Observer } from '../../../bridge/operations/observer';
import { CapturedLog } from '../support/log';

function observerOf(broker: { username?: string } = {}) {
  const log = new CapturedLog();
  const observer = new Observer(log.logger, { url: 'mqtt://broker.example', ...broker }, { window: 8, size: () => 3 });
  return { observer, log };
}

describe('Observer', () => {
  describe('readiness', () => {
    it('names each connection that is not open', () => {
      const { observer } = observerOf();

      expect(observer.notReady()).toEqual([
        'no connection for requests to mqtt://broker.example',
        'no connection for replies to mqtt://broker.example',
      ]);
    });

    it('follows connections as they open and close', () => {
      const { observer } = observerOf();

      observer.opened('requests', true);
      expect(observer.notReady()).toEqual(['no connection for replies to mqtt://broker.example']);

      observer.opened('replies', false);
      expect(observer.notReady()).toEqual([]);

      observer.closed('requests');
      expect(observer.notReady()).toEqual(['no connection for requests to mqtt://broker.example']);
    });
  });

  describe('a failed connection', () => {
    it.each([4, 5, 134, 135])('with reason code %i is a refused login: says whose, and what to check', (code) => {
      const { observer, log } = observerOf({ username: 'bridge' });

      observer.lost('requests', Object.assign(new Error('Connection refused: Not authorized'), { code }), 250);

      expect(log.lines).toMatchObject([
        { level: 'error', code: 'BRIDGE_ERR_BROKER_LOGIN', connection: 'requests', retryInMs: 250 },
      ]);
      expect(log.lines[0]?.msg).toBe(
        'mqtt://broker.example refuses user "bridge": Connection refused: Not authorized. Check broker.username and the file broker.passwordFile, and that the broker knows the user',
      );
    });

    it('of a bridge without a user name says that anonymous clients are refused', () => {
      const { observer, log } = observerOf();

      observer.lost('requests', Object.assign(new Error('Connection refused: Not authorized'), { code: 5 }), 250);

      expect(log.lines[0]?.msg).toContain('refuses anonymous clients');
    });

    it.each([
      ['a text', 'ECONNREFUSED'],
      ['another number', 136],
      ['none', undefined],
    ])('whose code is %s is a connection that failed', (_what, code) => {
      const { observer, log } = observerOf();

      observer.lost('replies', Object.assign(new Error('connect ECONNREFUSED'), { code }), 250);

      expect(log.lines).toMatchObject([
        {
          level: 'warn',
          code: 'BRIDGE_ERR_BROKER_CONNECTION',
          connection: 'replies',
          broker: 'mqtt://broker.example',
          msg: 'connect ECONNREFUSED',
        },
      ]);
    });

    it('says why, also where every address of the host was tried in vain and the error has no message', () => {
      const { observer, log } = observerOf();
      const refused = ['::1', '127.0.0.1'].map((address) => new Error(`connect ECONNREFUSED ${address}:1883`));

      observer.lost('requests', Object.assign(new AggregateError(refused), { code: 'ECONNREFUSED' }), 250);

      expect(log.lines[0]?.msg).toContain('ECONNREFUSED');
    });
  });

  describe('a broker that counts what it drops', () => {
    const counted = async (...totals: number[]) => {
      const { observer, log } = observerOf();
      for (const total of totals) observer.droppedByBroker(total);
      const [, value] =
        /^bridge_broker_messages_dropped_total\{.*\} (\d+)$/m.exec(await observer.registry.metrics()) ?? [];
      return { value, warnings: log.lines.map(({ dropped }) => dropped) };
    };

    it('is followed by the metric, also when it begins anew after a restart', async () => {
      expect(await counted(5, 7)).toEqual({ value: '7', warnings: [2] });
      expect(await counted(5, 7, 0, 3)).toEqual({ value: '3', warnings: [2, 3] });
    });

    it('is no reason for a warning with what it dropped before anybody listened, nor when nothing is added', async () => {
      expect(await counted(5, 5)).toEqual({ value: '5', warnings: [] });
    });

    it('is said to lose messages when the count grows', () => {
      const { observer, log } = observerOf();

      observer.droppedByBroker(0);
      observer.droppedByBroker(4);

      expect(log.lines).toMatchObject([{ level: 'warn', broker: 'mqtt://broker.example', dropped: 4 }]);
      expect(log.lines[0]?.msg).toContain('the broker drops messages');
    });

    it('has no metric as long as it says nothing', async () => {
      expect(await counted()).toEqual({ value: undefined, warnings: [] });
    });
  });

  it('gives the window and how much of it is used', async () => {
    const { observer } = observerOf();

    const text = await observer.registry.metrics();

    expect(text).toContain('bridge_window_limit 8');
    expect(text).toContain('bridge_unacked 3');
  });
});
