import { describe, expect, it } from 'vitest';
import { failure } from '../../../bridge/errors';
import { BridgeHealth } from '../../../bridge/operations/health';
import { Observer } from '../../../bridge/operations/observer';
import { routeConfig } from '../support/config';
import { message } from '../support/fake-client';
import { CapturedLog } from '../support/log';

const STEPS = { modelTimeoutMs: 1_000, connectTimeoutMs: 1_000, reconnectMs: 1_000, watchdogMs: 1_000 };

function observerOf(broker: { username?: string } = {}) {
  const log = new CapturedLog();
  const url = 'mqtt://broker.example';
  const health = new BridgeHealth(url, () => 0, STEPS);
  const observer = new Observer(log.logger, { url, ...broker }, { window: 8, size: () => 3 }, health);
  const metric = async (line: string) =>
    (await observer.registry.metrics()).split('\n').filter((l) => l.startsWith(line));
  return { observer, log, health, metric };
}

describe('Observer', () => {
  describe('counters that alerts look at', () => {
    it('are there with 0 for each outcome of a route before anything has come, as Prometheus sees a growth only of what was there', async () => {
      const { observer, metric } = observerOf();

      observer.routeOpened('iris');

      const outcomes = ['reply', 'error', 'expired', 'dead', 'duplicate', 'retained'];
      expect(await metric('bridge_messages_settled_total{route="iris"')).toStrictEqual(
        outcomes.map((outcome) => `bridge_messages_settled_total{route="iris",outcome="${outcome}"} 0`),
      );
      for (const name of ['bridge_redelivered_total', 'bridge_adopted_total', 'bridge_retries_total']) {
        expect(await metric(name)).toStrictEqual([`${name}{route="iris"} 0`]);
      }
    });

    it('keep what they have counted when a new version of the route is opened', async () => {
      const { observer, metric } = observerOf();
      observer.routeOpened('iris');
      observer.received(message(1), 'iris')('dead');

      observer.routeOpened('iris');

      expect(await metric('bridge_messages_settled_total{route="iris",outcome="dead"}')).toStrictEqual([
        'bridge_messages_settled_total{route="iris",outcome="dead"} 1',
      ]);
    });

    it("are there with 0 for what is no route's: leftovers, connections and traces", async () => {
      const { metric } = observerOf();

      expect(await metric('bridge_messages_settled_total')).toStrictEqual([
        'bridge_messages_settled_total{route="none",outcome="unrouted"} 0',
      ]);
      expect(await metric('bridge_reconnects_total')).toHaveLength(2 * 9);
      expect(await metric('bridge_reconnects_total{connection="requests",reason="silent"}')).toHaveLength(1);
      expect(await metric('bridge_trace_spans_total')).toStrictEqual([
        'bridge_trace_spans_total{result="exported"} 0',
        'bridge_trace_spans_total{result="lost"} 0',
      ]);
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

  it('counts redeliveries, and those of them that found their request still at work', async () => {
    const { observer, metric } = observerOf();

    observer.received(message(1), 'iris')('reply');
    observer.received(message(2, { dup: true }), 'iris')('reply');
    observer.received(message(3, { dup: true }), 'iris')('duplicate');

    expect(await metric('bridge_redelivered_total{')).toEqual(['bridge_redelivered_total{route="iris"} 2']);
    expect(await metric('bridge_adopted_total{')).toEqual(['bridge_adopted_total{route="iris"} 1']);
  });

  it('counts connections that were lost by a few reasons', async () => {
    const { observer, metric } = observerOf();

    observer.lost('requests', Object.assign(new Error('Not authorized'), { code: 135 }), 250);
    observer.lost('requests', Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 250);

    const counted = (await metric('bridge_reconnects_total{')).filter((line) => !line.endsWith(' 0'));
    expect(counted).toEqual([
      'bridge_reconnects_total{connection="requests",reason="login"} 1',
      'bridge_reconnects_total{connection="requests",reason="network"} 1',
    ]);
  });

  it('tells the state of breakers as they are, and nothing of models that are gone', async () => {
    const { observer, metric } = observerOf();
    const breaker = { isOpen: true };
    const forget = observer.modelEvents('iris').watch('http://iris.example', breaker);
    const line = 'bridge_breaker_state{route="iris",model="http://iris.example"}';

    expect(await metric('bridge_breaker_state{')).toEqual([`${line} 1`]);
    breaker.isOpen = false;
    expect(await metric('bridge_breaker_state{')).toEqual([`${line} 0`]);

    forget();
    expect(await metric('bridge_breaker_state{')).toEqual([]);
  });

  it('logs a failure with its code and status, and without what a model or a requester said', () => {
    const { observer, log } = observerOf();

    observer.failed(routeConfig(), 'r-1', failure('BRIDGE_ERR_MODEL_REJECTED', 'the model answered 400: "Ada"', 400));

    expect(log.lines).toMatchObject([
      { level: 'warn', route: 'iris', requestId: 'r-1', code: 'BRIDGE_ERR_MODEL_REJECTED', status: 400 },
    ]);
    expect(JSON.stringify(log.lines)).not.toContain('Ada');
  });

  it('says once that the collector takes no traces, and once that it does again', async () => {
    const { observer, log, metric } = observerOf();

    for (let i = 0; i < 3; i += 1) observer.spansExported(10, new Error('connect ECONNREFUSED'));
    for (let i = 0; i < 2; i += 1) observer.spansExported(10, undefined);

    expect(log.lines.map(({ msg }) => msg)).toEqual([
      'the collector does not take traces: connect ECONNREFUSED',
      'the collector takes traces again',
    ]);
    expect(await metric('bridge_trace_spans_total{')).toEqual([
      'bridge_trace_spans_total{result="exported"} 20',
      'bridge_trace_spans_total{result="lost"} 30',
    ]);
  });

  it('tells whether the configuration that was read last is in force', async () => {
    const { observer, metric } = observerOf();
    expect(await metric('bridge_config_last')).toEqual(['bridge_config_last_reload_successful 1']);

    observer.reloadRefused(new Error('broker.url is missing'));
    expect(await metric('bridge_config_last')).toEqual(['bridge_config_last_reload_successful 0']);

    observer.reloaded({ added: ['digits'], changed: [], removed: [], needRestart: [] });
    expect(await metric('bridge_config')).toEqual([
      'bridge_config_reloads_total{result="applied"} 1',
      'bridge_config_reloads_total{result="refused"} 1',
      'bridge_config_last_reload_successful 1',
    ]);
  });
});
