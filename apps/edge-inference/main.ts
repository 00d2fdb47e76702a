import {
  AlbAuth,
  AlbClaimFormat,
  Credentials,
  EdgeApp,
  InferenceBridge,
  InferencePlatform,
  ModelFormat,
  Mosquitto,
} from '../../lib';

const app = new EdgeApp();

const platform = new InferencePlatform(app, 'platform', {
  domain: 'platform.example.com',
  namespaces: ['staging', 'prod'],
  externalScheme: 'https',
});
for (const namespace of platform.namespaceObjects) namespace.metadata.addLabel('istio-injection', 'enabled');
const iris = platform.addModel('sklearn-iris', {
  namespace: 'staging',
  format: ModelFormat.SKLEARN,
  storageUri: 'gs://kfserving-examples/models/sklearn/1.0/model',
});
platform.exposeThroughAlb({
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f-0000-1111-2222-333344445555',
  auth: AlbAuth.jwt({
    issuer: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_Ab12Cd34E',
    claims: [{ name: 'scope', format: AlbClaimFormat.SPACE_SEPARATED, values: ['models/predict'] }],
  }),
});

const broker = new Mosquitto(app, 'broker');
broker.exposeThroughTraefik({ mqtt: 5883, websockets: 5884 });
const camera = broker.addUser('camera-7', Credentials.fromSecret('camera-7-mqtt'));

const bridge = new InferenceBridge(app, 'bridge', { broker });
bridge.addRoute({ model: iris, clients: [camera] });

app.synth();
