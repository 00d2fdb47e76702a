import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../../bridge/config';
import { resolveClientId } from '../../../../bridge/config/client-id';
import { subscriptionOf } from '../../../../bridge/mqtt/subscription';
import { BridgeScaling } from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { mosquittoInstalled } from '../../../../lib/testing/local/mosquitto-broker';
import { manifestOf } from '../../support/manifests';
import { connect, Inbox } from '../../support/mqtt';
import { CAMERA, NOTE, PASSWORD, RealBroker } from '../../support/real-broker';
import { irisStack } from '../../support/stacks';

const REQUESTS = 10;

describe.skipIf(!mosquittoInstalled())(`a group at a rendered broker, on a real Mosquitto${NOTE}`, () => {
  it('has each request delivered to one of its members, by the access list of a single bridge', async () => {
    const { app } = irisStack({}, { scaling: BridgeScaling.fixed(2) });
    const secrets = { 'camera-mqtt/password': PASSWORD, 'bridge-mqtt/password': PASSWORD };
    const url = (await RealBroker.start(synthesize(app), { secrets })).url('mqtt');
    const config = parseBridgeConfig(parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']));
    const members = await Promise.all(
      ['bridge-0', 'bridge-1'].map(async (hostname) => {
        const clientId = resolveClientId(config.broker.clientId, hostname);
        const client = await connect(url, { ...CAMERA, username: 'bridge', clientId });
        await client.subscribeAsync(config.routes.map(subscriptionOf), { qos: 1 });
        return { clientId, inbox: new Inbox(client) };
      }),
    );

    const camera = await connect(url, CAMERA);
    for (let i = 0; i < REQUESTS; i += 1) await camera.publishAsync('staging/iris/input', `${i}`, { qos: 1 });
    await Promise.all(members.map(async ({ inbox }) => inbox.next()));

    await expect
      .poll(() => members.flatMap(({ inbox }) => inbox.all).sort())
      .toStrictEqual(Array.from({ length: REQUESTS }, (_, i) => `staging/iris/input ${i}`));
    expect(members.map(({ clientId }) => clientId)).toStrictEqual(['mosquitto/bridge/0', 'mosquitto/bridge/1']);
  });
});
