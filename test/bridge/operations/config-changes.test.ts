import { describe, expect, it } from 'vitest';
import { type BridgeConfigInput, parseBridgeConfig } from '../../../bridge';
import { configChanges } from '../../../bridge/operations/config-changes';
import { configInput, routeInput } from '../support/config';

const NOTHING = { added: [], changed: [], removed: [], needRestart: [] };
const digits = routeInput({
  name: 'digits',
  requestTopic: 'digits/input',
  reply: { topic: 'digits/output' },
  deadLetter: { topic: 'digits/dead' },
});

function changes(before: Partial<BridgeConfigInput>, after: Partial<BridgeConfigInput>) {
  return configChanges(parseBridgeConfig(configInput(before)), parseBridgeConfig(configInput(after)));
}

const broker = (more: object) => ({ broker: { url: 'mqtt://broker.example', clientId: 'bridge-0', ...more } });

describe('configChanges', () => {
  it('finds none between a configuration and the same one, with a default written out', () => {
    expect(changes({}, { log: { level: 'info' } })).toEqual(NOTHING);
  });

  it('knows routes by their names: which are new, which are others, and which are gone', () => {
    const slow = routeInput({ model: { timeoutSeconds: 300 } });
    const fish = routeInput({
      name: 'fish',
      requestTopic: 'fish/input',
      reply: { topic: 'fish/output' },
      deadLetter: { topic: 'fish/dead' },
    });

    expect(changes({ routes: [routeInput(), digits] }, { routes: [fish, slow] })).toEqual({
      ...NOTHING,
      added: ['fish'],
      changed: ['iris'],
      removed: ['digits'],
    });
  });

  it('takes no notice of the order of routes', () => {
    expect(changes({ routes: [routeInput(), digits] }, { routes: [digits, routeInput()] })).toEqual(NOTHING);
  });

  it.each<[string, Partial<BridgeConfigInput>]>([
    ['log.level', { log: { level: 'debug' } }],
    ['delivery.drainTimeoutSeconds', { delivery: { drainTimeoutSeconds: 7 } }],
    ['delivery.onStop', { routes: [routeInput({ share: 'group' })], delivery: { onStop: 'retire' } }],
  ])('lets %s change at work', (_setting, after) => {
    expect(changes({}, after).needRestart).toEqual([]);
  });

  it.each<[string, Partial<BridgeConfigInput>]>([
    ['broker.url', broker({ url: 'mqtt://other.example' })],
    ['broker.clientId', broker({ clientId: 'bridge-1' })],
    ['broker.passwordFile', broker({ username: 'bridge', passwordFile: 'password' })],
    ['broker.watchdogSeconds', broker({ watchdogSeconds: 7 })],
    ['broker.reconnect.minMs', broker({ reconnect: { minMs: 77 } })],
    ['broker.tls', broker({ tls: { caFile: 'ca' } })],
    ['delivery.window', { delivery: { window: 7 } }],
    ['delivery.windowBytes', { delivery: { windowBytes: 7 } }],
    ['http.port', { http: { port: 7 } }],
    ['tracing', { tracing: {} }],
  ])('says of %s that it needs a restart', (setting, after) => {
    expect(changes({}, after).needRestart).toContain(setting);
  });

  it('says everything that needs a restart, at once', () => {
    const after = { ...broker({ url: 'mqtt://other.example', keepaliveSeconds: 7 }), delivery: { window: 7 } };

    expect(changes({}, after).needRestart).toEqual(['broker.url', 'broker.keepaliveSeconds', 'delivery.window']);
  });
});
