import { Credentials, EdgeApp, InferenceBridge, InferencePlatform, ModelFormat, Mosquitto } from '../../lib';

const app = new EdgeApp();

const platform = new InferencePlatform(app, 'platform', {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
});
const iris = platform.addModel('sklearn-iris', {
  namespace: 'staging',
  format: ModelFormat.SKLEARN,
  storageUri: 'gs://kfserving-examples/models/sklearn/1.0/model',
});

const broker = new Mosquitto(app, 'broker');
broker.exposeThroughTraefik({ mqtt: 5883, websockets: 5884 });
const camera = broker.addUser('camera-7', Credentials.fromSecret('camera-7-mqtt'));

const bridge = new InferenceBridge(app, 'bridge', { broker });
bridge.addRoute({ model: iris, clients: [camera] });

app.synth();
