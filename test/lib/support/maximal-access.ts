import { Duration } from 'cdk8s';
import {
  BridgeCode,
  type EdgeApp,
  type GatewayLoginOptions,
  InferenceAccess,
  InferenceBridge,
  InferencePlatform,
  JwtLogin,
  type JwtLoginProps,
  LoginPlace,
  MeshCaller,
  ModelLogin,
  type ServiceAccountTokenOptions,
  ServiceMesh,
  type ServiceMeshOptions,
  type TenantAccessOptions,
} from '../../../lib';
import { BRIDGE_IMAGE, brokerIn, deviceOf, IRIS } from './stacks';

/** A stack in which every prop of what decides about access is set, and every place of a login is used. */
export function maximalAccess(app: EdgeApp): void {
  const mesh: Required<ServiceMeshOptions> = {
    trustDomain: 'mesh.example.com',
    gateways: [MeshCaller.serviceAccount('ingress', 'outer'), MeshCaller.serviceAccount('ingress', 'inner')],
    activator: MeshCaller.serviceAccount('knative', 'controller'),
  };
  const access: Required<TenantAccessOptions> = {
    mesh: ServiceMesh.istio(mesh),
    allowFrom: [MeshCaller.serviceAccount('mosquitto', 'bridge'), MeshCaller.podsIn('batch')],
    paths: ['/openai/v1/*'],
  };
  const token: Required<ServiceAccountTokenOptions> = { audience: 'models', expiration: Duration.minutes(20) };
  const outside: Required<GatewayLoginOptions> = {
    namespace: 'ingress',
    labels: { app: 'outer' },
    hosts: ['iris.staging.platform.example.com'],
    exceptHosts: ['kubeflow.example.com'],
    exceptPaths: ['/dex/*'],
  };
  const login: Required<JwtLoginProps> = {
    place: LoginPlace.ingressGateway(outside),
    issuer: 'https://dex.example.com',
    jwksUri: 'https://dex.example.com/keys',
    audiences: ['models'],
    subjects: ['device-*'],
    identityHeaders: { 'x-caller': 'email' },
    name: 'devices',
  };

  const platform = new InferencePlatform(app, 'platform', {
    domain: 'platform.example.com',
    namespaces: ['staging'],
    access: InferenceAccess.perTenant(access),
  });
  const broker = brokerIn(app);
  const bridge = new InferenceBridge(app, 'bridge', {
    broker,
    code: BridgeCode.fromImage(BRIDGE_IMAGE),
    modelLogin: ModelLogin.serviceAccountToken(token),
  });
  bridge.addRoute({ model: platform.addModel('iris', IRIS), clients: [deviceOf(broker, 'camera')] });
  new JwtLogin(app, 'outside', login);
  new JwtLogin(app, 'inside', { place: LoginPlace.localGateway(), issuer: 'https://kubernetes.default.svc' });
  new JwtLogin(app, 'models', { place: LoginPlace.models('staging'), issuer: 'https://kubernetes.default.svc' });
}

/** The pair of policies that opens the mesh, as Kubeflow on AWS has it. */
export function openAccess(app: EdgeApp): void {
  new InferencePlatform(app, 'platform', {
    domain: 'platform.example.com',
    namespaces: ['staging'],
    access: InferenceAccess.openToEverybody(),
  }).addModel('iris', IRIS);
}
