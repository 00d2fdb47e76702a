import {
  CamelConnector,
  CamelPlatform,
  Credentials,
  type EdgeApp,
  InferencePlatform,
  ModelFormat,
  Mosquitto,
  RegistryLogin,
} from '../../lib';

/** A model that devices reach over MQTT, with Camel K between broker and model. */
export function camelConnector(app: EdgeApp): void {
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

  const camelK = new CamelPlatform(app, 'camel-k', {
    registry: { address: 'registry.example.com', organization: 'edge', login: RegistryLogin.fromSecret('registry') },
  });
  camelK.addSmokeTest();

  const connector = new CamelConnector(app, 'camel', { broker });
  connector.addRoute({ model: iris, clients: [camera] });
}
