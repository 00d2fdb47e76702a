import { beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  engineOn,
  failure,
  findResource,
  INGRESS_HOSTNAME,
  REGION,
  type RegisteredResource,
  type Run,
  SDKS,
  UNKNOWN,
} from './engine';

const PROGRAM = 'test/pulumi/fixtures/cluster-objects.ts';
const API_TOKEN = '0d9f3c5e7a1b28466f8e9a0b1c2d3e4f';
const CERTIFICATE = 'urn:pulumi:stack::project::aws:acm/certificate:Certificate::platform';
const ANNOTATION = 'alb.ingress.kubernetes.io';

const objectsOf = ({ resources }: Run) => resources.filter(({ name }) => name.startsWith('cluster:'));
const named = (resource: RegisteredResource) => resource.urn.replace(/^.*\$kubernetes:/, '');

describe.each(SDKS)('ClusterObjects on the %s SDK', (sdk) => {
  const { preview, update } = engineOn(sdk);
  const options = { secrets: { apiToken: API_TOKEN } };
  let planned: Run;
  let done: Run;

  beforeAll(async () => {
    [planned, done] = await Promise.all([preview(PROGRAM, options), update(PROGRAM, options)]);
  });

  const ingress = (run: Run) =>
    findResource(run, 'kubernetes:networking.k8s.io/v1:Ingress', 'cluster:istio-system/inference');
  const secret = (run: Run) => findResource(run, 'kubernetes:core/v1:Secret', 'cluster:staging/own');

  it('registers in a preview what it registers in an update', () => {
    expect(objectsOf(planned).map(({ urn }) => urn)).toStrictEqual(objectsOf(done).map(({ urn }) => urn));
  });

  it('registers each object once, under its kind and its name', () => {
    // The program of the bridge takes as many ConfigMaps as it needs.
    expect([
      ...new Set(
        objectsOf(done)
          .map(named)
          .map((name) => name.replace(/-code-\d+$/, '-code-N')),
      ),
    ]).toStrictEqual([
      'apps/v1:StatefulSet::cluster:mosquitto/bridge',
      'apps/v1:StatefulSet::cluster:mosquitto/mosquitto',
      'core/v1:ConfigMap::cluster:mosquitto/bridge-code-N',
      'core/v1:ConfigMap::cluster:mosquitto/bridge-config',
      'core/v1:ConfigMap::cluster:mosquitto/mosquitto-config',
      'core/v1:ConfigMapPatch::cluster:knative-serving/config-domain',
      'core/v1:ConfigMapPatch::cluster:knative-serving/config-network',
      'core/v1:Namespace::cluster:mosquitto',
      'core/v1:Namespace::cluster:prod',
      'core/v1:Namespace::cluster:staging',
      'core/v1:PersistentVolumeClaim::cluster:mosquitto/mosquitto-data',
      'core/v1:Secret::cluster:mosquitto/mosquitto-users',
      'core/v1:Secret::cluster:staging/own',
      'core/v1:Service::cluster:mosquitto/bridge',
      'core/v1:Service::cluster:mosquitto/mosquitto',
      'core/v1:ServiceAccount::cluster:mosquitto/bridge',
      'core/v1:ServiceAccount::cluster:mosquitto/mosquitto',
      'networking.istio.io/v1alpha3:EnvoyFilter::cluster:istio-system/inference-identity-headers',
      'networking.k8s.io/v1:Ingress::cluster:istio-system/inference',
      'networking.k8s.io/v1:Ingress::cluster:istio-system/inference-refusal',
      'networking.k8s.io/v1:NetworkPolicy::cluster:mosquitto/bridge',
      'networking.k8s.io/v1:NetworkPolicy::cluster:mosquitto/mosquitto',
      'security.istio.io/v1beta1:AuthorizationPolicy::cluster:prod/predictor-access',
      'security.istio.io/v1beta1:AuthorizationPolicy::cluster:prod/transformer-access',
      'security.istio.io/v1beta1:AuthorizationPolicy::cluster:staging/predictor-access',
      'security.istio.io/v1beta1:AuthorizationPolicy::cluster:staging/transformer-access',
      'security.istio.io/v1beta1:PeerAuthentication::cluster:prod/predictor-access',
      'security.istio.io/v1beta1:PeerAuthentication::cluster:prod/transformer-access',
      'security.istio.io/v1beta1:PeerAuthentication::cluster:staging/predictor-access',
      'security.istio.io/v1beta1:PeerAuthentication::cluster:staging/transformer-access',
      'serving.kserve.io/v1beta1:InferenceService::cluster:staging/sklearn-iris',
      'traefik.io/v1alpha1:IngressRoute::cluster:mosquitto/mosquitto-websockets',
      'traefik.io/v1alpha1:IngressRouteTCP::cluster:mosquitto/mosquitto-mqtt',
    ]);
  });

  it('puts all of them into the component, at the provider that it was given', () => {
    const component = findResource(done, 'edge-inference:index:ClusterObjects', 'cluster');
    const provider = findResource(done, 'pulumi:providers:kubernetes', 'eks');

    for (const object of objectsOf(done)) {
      expect([object.parent, object.provider?.split('::', 4).join('::')]).toStrictEqual([component.urn, provider.urn]);
    }
  });

  it('has values where the tokens were, and waits for where they come from', () => {
    const { inputs, dependencies, propertyDependencies } = ingress(done);
    const { annotations } = inputs.metadata as { annotations: Record<string, string> };

    expect(annotations[`${ANNOTATION}/certificate-arn`]).toMatch(
      new RegExp(`^arn:aws:acm:${REGION}:${ACCOUNT}:certificate/`),
    );
    expect(annotations[`${ANNOTATION}/conditions.models-staging-1`]).toContain(API_TOKEN);
    expect(dependencies).toContain(CERTIFICATE);
    expect(propertyDependencies.metadata).toContain(CERTIFICATE);
    expect(objectsOf(done).filter((object) => object.dependencies.includes(CERTIFICATE))).toHaveLength(3);
  });

  it('keeps secrets where they are', () => {
    expect(ingress(done).secretPaths.length).toBeGreaterThan(0);
    for (const path of ingress(done).secretPaths)
      expect(path).toMatch(/^metadata\.annotations\["alb[^"]*conditions\.models-/);
    expect(secret(done).secretPaths).toStrictEqual(['stringData.json', 'stringData.plain']);
    expect(secret(done).options.additionalSecretOutputs).toStrictEqual(['data', 'stringData']);
    expect(JSON.stringify(done.log)).not.toContain(API_TOKEN);
  });

  it('shows in a preview all but what is not known', () => {
    expect(ingress(planned).unknownPaths).toStrictEqual([`metadata.annotations["${ANNOTATION}/certificate-arn"]`]);
    expect(secret(planned).unknownPaths).toStrictEqual(['metadata.annotations.certificate', 'stringData.json']);
    const others = objectsOf(planned).filter(({ unknownPaths }) => unknownPaths.length > 0);
    expect(others.map(({ name }) => name)).toStrictEqual([
      secret(planned).name,
      ingress(planned).name,
      'cluster:istio-system/inference-refusal',
    ]);
  });

  it('gives the host name of the load balancer when there is one', () => {
    expect([planned.outputs.host, done.outputs.host]).toStrictEqual([UNKNOWN, INGRESS_HOSTNAME]);
  });

  it('passes on what the app warns of', () => {
    const warnings = done.log.filter(({ severity }) => severity === 'warning').map(({ message }) => message);

    expect(warnings).toStrictEqual([expect.stringContaining('the values of x-api-key are in annotations')]);
  });

  it('refuses a value that its construct would have refused, without showing a secret', async () => {
    const run = await failure(update(PROGRAM, { secrets: { apiToken: 'hush-hush-hush' } }));

    const message = run.log.map(({ message }) => message).join('\n');
    expect(message).toContain('EDGE_ERR_ALB_AUTH: AlbAuth.header(.., values)[0] is "a text of 14 characters"');
    expect(message).not.toContain('hush-hush-hush');
    expect(run.resources.map(({ name }) => name)).not.toContain('cluster:istio-system/inference');
  });
});
