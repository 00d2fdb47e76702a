import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { assertAcknowledgementHook, createReplyClient, createRequestClient } from '../../../bridge/mqtt/client';
import { eventOf, startBroker } from '../support/broker';
import { brokerConfig } from '../support/config';

describe('createRequestClient', () => {
  it('keeps its session at the broker, under the configured id, and bounds what is under way', () => {
    const { options } = createRequestClient(brokerConfig({ sessionExpirySeconds: 3_600 }), 20);

    expect(options).toMatchObject({
      clientId: 'bridge-0',
      clean: false,
      protocolVersion: 5,
      properties: { sessionExpiryInterval: 3_600, receiveMaximum: 20 },
    });
  });

  it('sends no MQTT 5 properties over MQTT 3.1.1', () => {
    const { options } = createRequestClient(brokerConfig({ protocolVersion: 4 }), 20);

    expect(options.protocolVersion).toBe(4);
    expect(options.properties).toBeUndefined();
  });
});

describe('createReplyClient', () => {
  it('has an id of its own and keeps no session', () => {
    expect(createReplyClient(brokerConfig()).options).toMatchObject({ clientId: 'bridge-0/replies', clean: true });
  });
});

describe.each([
  ['createRequestClient', (broker: ReturnType<typeof brokerConfig>) => createRequestClient(broker, 20)],
  ['createReplyClient', createReplyClient],
])('%s', (_name, create) => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'bridge-client-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('neither connects nor comes back on its own: that is up to the link', () => {
    const client = create(brokerConfig());

    expect(client.stream).toBeUndefined();
    expect(client.options).toMatchObject({ manualConnect: true, reconnectPeriod: 0, resubscribe: false });
  });

  it.each([
    ['mqtt://broker.example', { protocol: 'mqtt', host: 'broker.example', port: 1883 }],
    ['mqtts://broker.example', { protocol: 'mqtts', host: 'broker.example', port: 8883 }],
    ['ws://broker.example/mqtt?a=1', { protocol: 'ws', host: 'broker.example', port: 80, path: '/mqtt?a=1' }],
    ['wss://broker.example', { protocol: 'wss', host: 'broker.example', port: 443 }],
    ['mqtt://broker.example:1884', { protocol: 'mqtt', host: 'broker.example', port: 1884 }],
    ['mqtt://[::1]:1884', { protocol: 'mqtt', host: '::1', port: 1884 }],
  ])('goes where %s says', (url, address) => {
    expect(create(brokerConfig({ url })).options).toMatchObject(address);
  });

  it('goes to the broker and not to a local socket when the URL ends with a slash', async () => {
    const broker = await startBroker();
    const client = create(brokerConfig({ url: `${broker.url}/`, protocolVersion: 4 }));

    const connected = eventOf(client, 'connect');
    client.connect();

    try {
      await expect(connected).resolves.toMatchObject([{ cmd: 'connack' }]);
    } finally {
      client.end(true);
      await broker.close();
    }
  });

  it('logs in with the user name and the content of the password file, without its line end', () => {
    const passwordFile = join(folder, 'password');
    writeFileSync(passwordFile, ' secret \n');

    const { options } = create(brokerConfig({ username: 'bridge', passwordFile }));

    expect(options).toMatchObject({ username: 'bridge', password: ' secret ' });
  });

  it('reads the password anew each time, because secrets are rotated', () => {
    const passwordFile = join(folder, 'password');
    const broker = brokerConfig({ username: 'bridge', passwordFile });
    writeFileSync(passwordFile, 'old');
    create(broker);

    writeFileSync(passwordFile, 'new');

    expect(create(broker).options.password).toBe('new');
  });

  it('fails when the password file is missing, and names it', () => {
    const broker = brokerConfig({ username: 'bridge', passwordFile: join(folder, 'none') });

    expect(() => create(broker)).toThrow(join(folder, 'none'));
  });

  it('reads its certificates', () => {
    const file = (name: string) => {
      writeFileSync(join(folder, name), name);
      return join(folder, name);
    };
    const tls = { caFile: file('ca'), certFile: file('cert'), keyFile: file('key'), serverName: 'mosquitto' };

    const { options } = create(brokerConfig({ url: 'mqtts://broker.example', tls }));

    expect([options.ca, options.cert, options.key].map(String)).toEqual(['ca', 'cert', 'key']);
    expect(options).toMatchObject({ servername: 'mosquitto' });
    expect(options.rejectUnauthorized).not.toBe(false);
  });
});

describe('assertAcknowledgementHook', () => {
  it('refuses an MQTT client without the hook, and says what to install', () => {
    const check = () => assertAcknowledgementHook({} as MqttClient);

    expect(check).toThrow(expect.objectContaining({ code: 'BRIDGE_ERR_MQTT_CLIENT' }));
    expect(check).toThrow(/no _sendPacket.*Install mqtt 5\.16 or a later 5\.x/);
  });
});
