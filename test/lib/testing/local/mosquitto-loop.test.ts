import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { BridgeCode, CertificateAuthority, Credentials, EdgeApp, MosquittoTls } from '../../../../lib';
import { findManifest, type LocalLoop, startLocalLoop, synthesize } from '../../../../lib/testing';
import { freePort } from '../../../../lib/testing/local/free-port';
import { startBridgePod } from '../../../../lib/testing/local/local-bridge';
import { mosquittoInstalled, startMosquitto } from '../../../../lib/testing/local/mosquitto-broker';
import { TestAuthority } from '../../support/certificates';
import { type SuiteFolder, suiteFolder, temporaryFolder } from '../../support/folders';
import { answerTo, type HttpModel, startHttpModel } from '../../support/http-model';
import { describeLoop } from '../../support/loop-rules';
import { connect, Inbox, refusalOf } from '../../support/mqtt';
import { brokerIn, irisStack, stackWithoutRoute } from '../../support/stacks';

const INPUT = 'staging/iris/input';
const OUTPUT = 'staging/iris/output';
const NOT_AUTHORIZED = 135;
const SENSOR_PASSWORD = 'hunter2 "hunter2" $hunter2';

const installed = mosquittoInstalled();
const note = installed ? '' : ' (skipped: Mosquitto is not installed)';

/** A bridge for two devices: "camera" with a password in a Secret, "sensor" with one from the environment. */
function twoDevices(app = new EdgeApp()): EdgeApp {
  vi.stubEnv('SENSOR_PASSWORD', SENSOR_PASSWORD);
  const stack = stackWithoutRoute({ code: BridgeCode.bundled() }, app);
  const sensor = stack.broker.addUser('sensor', Credentials.fromEnv('SENSOR_PASSWORD'));
  vi.unstubAllEnvs();
  stack.bridge.addRoute({ model: stack.iris, clients: [stack.camera, sensor] });
  return app;
}

describe.skipIf(!installed)(`apps/edge-inference on Mosquitto${note}`, () => describeLoop('mosquitto'));

describe.skipIf(!installed)(`two devices on Mosquitto${note}`, () => {
  let manifests: SuiteFolder;
  let model: HttpModel;
  let loop: LocalLoop;

  beforeAll(async () => {
    model = await startHttpModel();
    manifests = suiteFolder();
    twoDevices(new EdgeApp({ outdir: manifests.folder })).synth();
    const startModel = async () => model.origin;
    loop = await startLocalLoop({ manifests: manifests.folder, broker: 'mosquitto', startModel });
  });

  afterAll(async () => {
    await loop?.stop();
    await model?.close();
    manifests?.remove();
  });

  const tcp = () => `mqtt://127.0.0.1:${loop.mqttPort}`;
  const websockets = () => `ws://127.0.0.1:${loop.websocketPort}`;
  const sensor = { username: 'sensor', password: SENSOR_PASSWORD };
  const camera = () => ({ username: 'camera', password: loop.password('camera-mqtt') });

  it('log in with a password that was hashed by synth, and with one that was hashed by the pod', async () => {
    for (const login of [sensor, camera()]) {
      expect((await connect(tcp(), { ...login, protocolVersion: 5 })).connected).toBe(true);
    }
  });

  it("do not log in with each other's password", async () => {
    const { password } = camera();

    expect(await refusalOf(tcp(), { ...sensor, password, protocolVersion: 5 })).toBe(NOT_AUTHORIZED);
  });

  it.each([
    ['TCP', 5, tcp],
    ['TCP', 4, tcp],
    ['websockets', 5, websockets],
    ['websockets', 4, websockets],
  ] as const)('get answers on the output topic over %s by MQTT %i', async (_, protocolVersion, url) => {
    const client = await connect(url(), { ...camera(), protocolVersion });
    const inbox = new Inbox(client);
    await client.subscribeAsync(OUTPUT, { qos: 1 });

    await client.publishAsync(INPUT, 'asked', { qos: 1 });

    const { topic, text } = await inbox.next();
    expect([topic, text]).toStrictEqual([OUTPUT, answerTo('asked')]);
  });

  it('get the answer on their own topic, with the data to tell it by, and nobody else gets it', async () => {
    const asking = await connect(tcp(), { ...camera(), protocolVersion: 5 });
    const other = await connect(tcp(), { ...sensor, protocolVersion: 5 });
    const [own, others] = [new Inbox(asking), new Inbox(other)];
    await asking.subscribeAsync(`${OUTPUT}/camera`, { qos: 1 });
    await other.subscribeAsync(['#', `${OUTPUT}/camera`], { qos: 1 });
    const ask = (client: typeof asking, user: string, id: string) =>
      client.publishAsync(INPUT, id, {
        qos: 1,
        properties: { responseTopic: `${OUTPUT}/${user}`, correlationData: Buffer.from(id) },
      });

    await ask(asking, 'camera', 'of the camera');
    const { topic, text, packet } = await own.next();
    await ask(other, 'sensor', 'of the sensor');
    await others.next();

    expect([topic, text]).toStrictEqual([`${OUTPUT}/camera`, answerTo('of the camera')]);
    expect(packet.properties?.correlationData?.toString()).toBe('of the camera');
    expect(others.all).toStrictEqual([`${OUTPUT}/sensor ${answerTo('of the sensor')}`]);
  });

  it.each([OUTPUT, `${OUTPUT}/camera`, `${OUTPUT}/sensor`, 'staging/iris/dead-letter', 'elsewhere', '$SYS/broker/x'])(
    'are told that they may not publish to %s',
    async (topic) => {
      const client = await connect(tcp(), { ...camera(), protocolVersion: 5 });

      await expect(client.publishAsync(topic, 'forged', { qos: 1 })).rejects.toMatchObject({ code: NOT_AUTHORIZED });
    },
  );
});

describe.skipIf(!installed)(`a broker that speaks TLS only, on Mosquitto${note}`, () => {
  const tls = MosquittoTls.fromSecret('broker-tls', { authority: CertificateAuthority.fromSecret('broker-ca') });

  function folderOf(): string {
    const folder = temporaryFolder();
    const app = new EdgeApp({ outdir: folder });
    irisStack({}, { broker: brokerIn(app, { tls, plainListeners: false }), code: BridgeCode.bundled() }, app);
    app.synth();
    return folder;
  }

  it('A-3 answers a device over TLS, and its bridge is one that knows it by its host in the cluster', async () => {
    const authority = await TestAuthority.create();
    const { key, cert } = await authority.sign('mosquitto.mosquitto.svc.cluster.local');
    const model = await startHttpModel();
    onTestFinished(() => model.close());
    const loop = await startLocalLoop({
      manifests: folderOf(),
      broker: 'mosquitto',
      startModel: async () => model.origin,
      secrets: { 'broker-tls/tls.crt': cert, 'broker-tls/tls.key': key, 'broker-ca/ca.crt': authority.certificate },
    });
    onTestFinished(() => loop.stop());
    const client = await connect(`mqtts://127.0.0.1:${loop.mqttPort}`, {
      username: 'camera',
      password: loop.password('camera-mqtt'),
      ca: authority.certificate,
      servername: 'mosquitto.mosquitto.svc.cluster.local',
    });
    const inbox = new Inbox(client);
    await client.subscribeAsync(OUTPUT, { qos: 1 });

    await client.publishAsync(INPUT, 'asked', { qos: 1 });

    expect((await inbox.next()).text).toBe(answerTo('asked'));
  });

  it('is not run with a certificate drawn at random', async () => {
    const starting = startLocalLoop({ manifests: folderOf(), broker: 'mosquitto', startModel: async () => '' });

    await expect(starting).rejects.toThrow('give "broker-tls/tls.crt" in options.secrets');
  });
});

describe.skipIf(!installed)(`a broker and a bridge of their own on Mosquitto${note}`, () => {
  const password = () => 'drawn-for-this-test';
  const ports = async () => ({ mqttPort: await freePort(), websocketPort: await freePort() });

  it('answer after its start what was asked while the bridge was stopped', async () => {
    const manifests = synthesize(twoDevices());
    const folder = temporaryFolder();
    const model = await startHttpModel();
    onTestFinished(() => model.close());
    const pod = (name: string) => findManifest(manifests, 'StatefulSet', name);
    const broker = await startMosquitto(pod('mosquitto'), manifests, path.join(folder, 'b'), password, await ports());
    onTestFinished(() => broker.stop());
    const operationsPort = await freePort();
    const startBridge = () =>
      startBridgePod(pod('bridge'), manifests, path.join(folder, 'bridge'), password, {
        broker,
        operationsPort,
        modelOrigin: () => model.origin,
        onLine: () => undefined,
      });
    const login = { username: 'camera', password: password(), protocolVersion: 5 } as const;
    const client = await connect(`mqtt://127.0.0.1:${broker.mqttPort}`, login);
    const inbox = new Inbox(client);
    await client.subscribeAsync(OUTPUT, { qos: 1 });
    const first = await startBridge();
    await first.stop();

    await client.publishAsync(INPUT, 'asked meanwhile', { qos: 1 });
    const askedBefore = [...model.asked];
    const second = await startBridge();
    onTestFinished(() => second.stop());

    expect(askedBefore).toStrictEqual([]);
    expect((await inbox.next()).text).toBe(answerTo('asked meanwhile'));
    expect(model.asked).toStrictEqual(['/v1/models/iris:predict asked meanwhile']);
  });

  it('do not start with an empty password', async () => {
    const manifests = synthesize(twoDevices());
    const pod = findManifest(manifests, 'StatefulSet', 'mosquitto');

    await expect(startMosquitto(pod, manifests, temporaryFolder(), () => '', await ports())).rejects.toThrow(
      'prepare.sh',
    );
  });
});
