import { describe, expect, it } from 'vitest';
import { GatewayHealth } from '../../../../bridge/gateway/operations/health';
import { GatewayObserver } from '../../../../bridge/gateway/operations/observer';
import { LinkError } from '../../../../bridge/operations/link-error';
import { CapturedLog } from '../../support/log';

const URL = 'amqps://rabbitmq.example:5671';

function observed(accessLog = true) {
  const log = new CapturedLog();
  const gauges = { inFlight: () => 3, waiting: () => [['amqp', 2] as const], results: () => ({ pending: 1, done: 4 }) };
  const observer = new GatewayObserver(log.logger, accessLog, gauges);
  return { log, observer, metrics: () => observer.registry.metrics() };
}

describe('what is told of a connection', () => {
  it('is in the log and in the metrics', async () => {
    const { log, observer, metrics } = observed();
    const events = observer.connection('amqp', URL);
    expect(await metrics()).toContain('gateway_broker_connected{connection="amqp"} 0');

    events.opened();
    events.stray();
    const text = await metrics();
    expect(text).toContain('gateway_broker_connected{connection="amqp"} 1');
    expect(text).toContain('gateway_stray_answers_total{connection="amqp"} 1');
    events.closed();
    events.failed(new LinkError('network', 'ECONNREFUSED'), 250);

    expect(await metrics()).toContain('gateway_reconnects_total{connection="amqp",reason="network"} 1');
    expect(log.lines).toMatchObject([
      { level: 'info', msg: 'connected', connection: 'amqp', broker: URL },
      { level: 'warn', code: 'BRIDGE_ERR_BROKER_CONNECTION', msg: 'ECONNREFUSED', retryInMs: 250 },
    ]);
  });

  it('is an error when it is about who the gateway is', () => {
    const { log, observer } = observed();

    observer.connection('amqp', URL).failed(new LinkError('login', 'refused'), 250);

    expect(log.lines).toMatchObject([{ level: 'error', code: 'BRIDGE_ERR_BROKER_LOGIN' }]);
  });

  it('names every address that did not answer', () => {
    const { log, observer } = observed();

    observer.connection('mqtt', URL).failed(new AggregateError([new Error('one'), new Error('two')]), 250);

    expect(log.lines).toMatchObject([{ msg: 'one, two' }]);
  });
});

describe('what is told of models and certificates', () => {
  it('is in the log and in the metrics', async () => {
    const { log, observer, metrics } = observed();
    const events = observer.model('iris');
    const forget = events.watch('http://iris.example/', { isOpen: true });
    const breaker = 'gateway_model_breaker_state{route="iris",model="http://iris.example/"} 1';

    expect(await metrics()).toContain(breaker);
    forget();
    expect(await metrics()).not.toContain(breaker);
    events.spared('http://iris.example/', true);
    events.spared('http://iris.example/', false);
    observer.certificatesRenewed(undefined);
    observer.certificatesRenewed(new Error('they do not fit'));

    expect(log.lines.map(({ level, msg }) => [level, msg])).toStrictEqual([
      ['warn', 'the model keeps failing: it is asked only now and then until it answers again'],
      ['info', 'the model answers again'],
      ['info', 'certificates were read again, and are in use for new connections'],
      ['warn', 'they do not fit. Those before stay in use'],
    ]);
  });

  it('is asked at every scrape', async () => {
    const { metrics } = observed();

    const text = await metrics();

    for (const line of [
      'gateway_inflight 3',
      'gateway_waiting{connection="amqp"} 2',
      'gateway_results{state="done"} 4',
    ]) {
      expect(text).toContain(line);
    }
  });
});

describe('GatewayHealth', () => {
  it('is ready when nothing is missing, and has started once it was', () => {
    let missing = ['no connection'];
    const health = new GatewayHealth(() => missing);

    expect([health.notReady(), health.notStarted(), health.ready]).toStrictEqual([
      ['no connection'],
      ['no connection'],
      false,
    ]);
    missing = [];
    expect([health.notReady(), health.notStarted(), health.ready]).toStrictEqual([[], [], true]);
    missing = ['no connection'];
    expect([health.notReady(), health.notStarted(), health.notAlive()]).toStrictEqual([['no connection'], [], []]);
  });

  it('is not ready when it stops', () => {
    const health = new GatewayHealth(() => []);

    health.stopping();

    expect(health.notReady()).toStrictEqual(['the gateway is stopping']);
  });
});
