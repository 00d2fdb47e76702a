import {
  BridgeCode,
  type ClientCredentialsOptions,
  type DexFormOptions,
  type EdgeApp,
  InferenceBridge,
  InferencePlatform,
  ModelLogin,
} from '../../../lib';
import { BRIDGE_IMAGE, brokerIn, deviceOf, IRIS } from './stacks';

/** A stack with a bridge for each way to log in to models, every option set. */
export function maximalLogins(app: EdgeApp): void {
  const fromUrl: Required<Omit<ClientCredentialsOptions, 'issuer'>> = {
    tokenUrl: 'https://login.example.com/token',
    clientId: 'bridge',
    secret: 'issuer',
    secretKey: 'of-the-client',
    scope: 'models:call',
    audience: 'https://models',
    secretInForm: true,
  };
  const form: Required<DexFormOptions> = {
    gateway: 'http://istio-ingressgateway.istio-system.svc.cluster.local',
    secret: 'kubeflow-user',
    usernameKey: 'mail',
    passwordKey: 'passphrase',
    connector: 'ldap',
    allowedHosts: ['dex.example.com'],
  };
  const logins = {
    header: ModelLogin.header('x-api-key', 'gateway', 'of-the-bridge'),
    issued: ModelLogin.clientCredentials(fromUrl),
    discovered: ModelLogin.clientCredentials({
      issuer: 'http://keycloak.auth.svc.cluster.local:8080/realms/models',
      clientId: 'bridge',
      secret: 'issuer',
    }),
    form: ModelLogin.dexForm(form),
  };

  const platform = new InferencePlatform(app, 'platform', {
    domain: 'platform.example.com',
    namespaces: ['staging'],
  });
  const broker = brokerIn(app);
  const camera = deviceOf(broker, 'camera');
  for (const [name, modelLogin] of Object.entries(logins)) {
    const bridge = new InferenceBridge(app, name, { broker, modelLogin, code: BridgeCode.fromImage(BRIDGE_IMAGE) });
    bridge.addRoute({ model: platform.addModel(`iris-${name}`, IRIS), clients: [camera] });
  }
}
