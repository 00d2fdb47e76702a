import { readFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import type { AuthKind } from '../../../apps/aws/config';
import type { Manifest } from '../../../lib/testing';
import { findings, MISSING_VALIDATOR, SKIP_NOTE, validator } from '../../conformance/validator';
import { ROOT } from '../../lib/support/folders';
import {
  ACCOUNT,
  engineOn,
  findResource,
  INGRESS_HOSTNAME,
  REGION,
  type RegisteredResource,
  type Run,
  SDKS,
  UNKNOWN,
} from '../../pulumi/engine';
import { registered, synthesized } from '../../pulumi/support/renderings';
import { DOMAIN, KINDS, PROGRAM, secretsOf, stackWith } from './account';
import { hiddenFrom } from './differences';
import { createdBy } from './documented';
import { plainApp, valuesOf } from './plain-app';

const INGRESS = 'kubernetes:networking.k8s.io/v1:Ingress';
const ARN = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/platform-1`;
const URL = `https://sklearn-iris.staging.${DOMAIN}/v1/models/sklearn-iris:predict`;

/** What is there with any auth. */
const ALWAYS = [
  'aws:acm/certificate:Certificate platform-1',
  'aws:acm/certificateValidation:CertificateValidation platform-1',
  'aws:iam/role:Role controller',
  'aws:iam/rolePolicy:RolePolicy controller',
  'aws:route53/record:Record platform:*.platform.example.com:A',
  'aws:route53/record:Record platform:*.prod.platform.example.com:A',
  'aws:route53/record:Record platform:*.staging.platform.example.com:A',
  'aws:route53/record:Record platform:platform.example.com',
  'aws:route53/record:Record platform:prod.platform.example.com',
  'aws:route53/record:Record platform:staging.platform.example.com',
  'edge-inference:index:ClusterObjects cluster',
  'edge-inference:index:InferenceDns platform',
  'edge-inference:index:LoadBalancerController controller',
  'edge-inference:index:PlatformCertificate platform',
  'kubernetes:apps/v1:StatefulSet cluster:mosquitto/bridge',
  'kubernetes:apps/v1:StatefulSet cluster:mosquitto/mosquitto',
  'kubernetes:core/v1:ConfigMap cluster:mosquitto/bridge-code',
  'kubernetes:core/v1:ConfigMap cluster:mosquitto/bridge-config',
  'kubernetes:core/v1:ConfigMap cluster:mosquitto/mosquitto-config',
  'kubernetes:core/v1:ConfigMapPatch cluster:knative-serving/config-domain',
  'kubernetes:core/v1:ConfigMapPatch cluster:knative-serving/config-network',
  'kubernetes:core/v1:Namespace cluster:mosquitto',
  'kubernetes:core/v1:Namespace cluster:prod',
  'kubernetes:core/v1:Namespace cluster:staging',
  'kubernetes:core/v1:PersistentVolumeClaim cluster:mosquitto/mosquitto-data',
  'kubernetes:core/v1:Secret cluster:mosquitto/bridge-mqtt',
  'kubernetes:core/v1:Secret cluster:mosquitto/camera-7-mqtt',
  'kubernetes:core/v1:Secret cluster:mosquitto/mosquitto-users',
  'kubernetes:core/v1:Service cluster:mosquitto/bridge',
  'kubernetes:core/v1:Service cluster:mosquitto/mosquitto',
  'kubernetes:core/v1:Service traefik',
  'kubernetes:core/v1:ServiceAccount cluster:mosquitto/bridge',
  'kubernetes:core/v1:ServiceAccount cluster:mosquitto/mosquitto',
  'kubernetes:core/v1:ServiceAccount controller',
  'kubernetes:helm.sh/v3:Release controller',
  'kubernetes:networking.istio.io/v1alpha3:EnvoyFilter cluster:istio-system/inference-identity-headers',
  'kubernetes:networking.k8s.io/v1:Ingress cluster:istio-system/inference',
  'kubernetes:networking.k8s.io/v1:NetworkPolicy cluster:mosquitto/bridge',
  'kubernetes:networking.k8s.io/v1:NetworkPolicy cluster:mosquitto/mosquitto',
  'kubernetes:security.istio.io/v1beta1:AuthorizationPolicy cluster:prod/predictor-access',
  'kubernetes:security.istio.io/v1beta1:AuthorizationPolicy cluster:prod/transformer-access',
  'kubernetes:security.istio.io/v1beta1:AuthorizationPolicy cluster:staging/predictor-access',
  'kubernetes:security.istio.io/v1beta1:AuthorizationPolicy cluster:staging/transformer-access',
  'kubernetes:security.istio.io/v1beta1:PeerAuthentication cluster:prod/predictor-access',
  'kubernetes:security.istio.io/v1beta1:PeerAuthentication cluster:prod/transformer-access',
  'kubernetes:security.istio.io/v1beta1:PeerAuthentication cluster:staging/predictor-access',
  'kubernetes:security.istio.io/v1beta1:PeerAuthentication cluster:staging/transformer-access',
  'kubernetes:serving.kserve.io/v1beta1:InferenceService cluster:staging/sklearn-iris',
  'kubernetes:traefik.io/v1alpha1:IngressRoute cluster:mosquitto/mosquitto-websockets',
  'kubernetes:traefik.io/v1alpha1:IngressRouteTCP cluster:mosquitto/mosquitto-mqtt',
  'pulumi:providers:kubernetes cluster',
];
const POOL = [
  'aws:cognito/userPool:UserPool platform',
  'aws:cognito/userPoolDomain:UserPoolDomain platform',
  'edge-inference:index:CognitoLogin platform',
];
const TOKENS = ['kubernetes:networking.k8s.io/v1:Ingress cluster:istio-system/inference-refusal'];
const DASHBOARD = [
  'kubernetes:networking.istio.io/v1alpha3:EnvoyFilter cluster:istio-system/dashboard-identity-headers',
  'kubernetes:networking.k8s.io/v1:Ingress cluster:istio-system/dashboard',
];
/** And with one kind of it. */
const BESIDES: Record<AuthKind, string[]> = {
  header: TOKENS,
  jwt: [
    ...POOL,
    'aws:cognito/resourceServer:ResourceServer platform',
    'aws:cognito/userPoolClient:UserPoolClient platform-client',
  ],
  cognito: [...POOL, 'aws:cognito/userPoolClient:UserPoolClient platform', ...TOKENS, ...DASHBOARD],
  dex: DASHBOARD,
};

const HEADER_WARNING = 'the values of x-api-key are in annotations of Ingress istio-system/inference';
const WARNINGS: Record<AuthKind, string[]> = {
  header: [HEADER_WARNING],
  jwt: [],
  cognito: [HEADER_WARNING],
  dex: ['the load balancer asks nobody who they are'],
};

const PAGE = readFileSync(path.join(ROOT, 'docs', 'aws.md'), 'utf8');
/** The CLI leaves out the module within a package. */
const asPulumiShows = (line: string) => line.replace(/^(aws:\w+)\/\w+:/, '$1:');

/** The type and the name. The program of the bridge is in as many ConfigMaps as it needs. */
const listed = ({ type, name }: RegisteredResource) => `${type} ${name.replace(/(bridge-code)-\d+$/, '$1')}`;
const listOf = (resources: readonly RegisteredResource[]) => [...new Set(resources.map(listed))].sort();

afterEach(() => {
  vi.restoreAllMocks();
});

describe.each(SDKS)('on the %s SDK', (sdk) => {
  const { preview, update } = engineOn(sdk);

  describe.each(KINDS)('apps/aws with auth %s', (kind) => {
    const options = stackWith(kind);
    let planned: Run;
    let done: Run;

    beforeAll(async () => {
      [planned, done] = await Promise.all([preview(PROGRAM, options), update(PROGRAM, options)]);
    });

    const ingressOf = (run: Run) => findResource(run, INGRESS, 'cluster:istio-system/inference');
    const objectsOf = ({ resources }: Run) => resources.filter(({ name }) => name.startsWith('cluster:'));
    const parentOf = ({ parent }: RegisteredResource) => done.resources.find(({ urn }) => urn === parent);
    const dependenciesOf = ({ dependencies }: RegisteredResource) =>
      listOf(done.resources.filter(({ urn }) => dependencies.includes(urn)));

    it('registers these resources, and no others', () => {
      expect(listOf(done.resources)).toStrictEqual([...ALWAYS, ...BESIDES[kind]].sort());
    });

    it('registers the same in a preview', () => {
      expect(planned.resources.map(({ urn }) => urn)).toStrictEqual(done.resources.map(({ urn }) => urn));
    });

    it('shows all of them in a preview, but for values that are not known yet', () => {
      expect(hiddenFrom(planned.resources, done.resources)).toStrictEqual([]);
    });

    it('has components at the top, and everything else in one of them', () => {
      const top = done.resources.filter((resource) => parentOf(resource) === undefined);

      expect(listOf(top.filter(({ component }) => !component))).toStrictEqual([
        'kubernetes:core/v1:Service traefik',
        'pulumi:providers:kubernetes cluster',
      ]);
      expect(new Set(objectsOf(done).map((object) => parentOf(object)?.type))).toStrictEqual(
        new Set(['edge-inference:index:ClusterObjects']),
      );
    });

    it('reaches the cluster by the one provider', () => {
      const provider = findResource(done, 'pulumi:providers:kubernetes', 'cluster');
      const inCluster = done.resources.filter(({ type }) => type.startsWith('kubernetes:'));

      expect(new Set(inCluster.map(({ provider }) => provider))).toStrictEqual(new Set([provider.urn]));
    });

    it('makes no Ingress before the certificate is issued, and the controller runs', () => {
      const cluster = findResource(done, 'edge-inference:index:ClusterObjects', 'cluster');

      expect(dependenciesOf(ingressOf(done))).toContain(
        'aws:acm/certificateValidation:CertificateValidation platform-1',
      );
      expect(dependenciesOf(cluster)).toContain('kubernetes:helm.sh/v3:Release controller');
      expect(ingressOf(done).options.customTimeouts).toStrictEqual({ create: '900s', update: '900s' });
    });

    it('leads the hosts to the load balancer of the Ingress', () => {
      const record = findResource(done, 'aws:route53/record:Record', `platform:*.staging.${DOMAIN}:A`);

      expect(dependenciesOf(record)).toContain(`${INGRESS} cluster:istio-system/inference`);
      expect(record.inputs).toMatchObject({ name: `*.staging.${DOMAIN}`, aliases: [{ name: INGRESS_HOSTNAME }] });
    });

    it('registers the objects that cdk8s synth would write', async () => {
      vi.spyOn(console, 'warn').mockReturnValue();

      expect(registered(objectsOf(done))).toStrictEqual(synthesized(await plainApp(options, valuesOf(done))));
    });

    it('leaves behind what others may have come to need, when it is destroyed', () => {
      expect(listOf(done.resources.filter(({ options }) => options.retainOnDelete))).toStrictEqual([
        'aws:route53/record:Record platform:platform.example.com',
        'aws:route53/record:Record platform:prod.platform.example.com',
        'aws:route53/record:Record platform:staging.platform.example.com',
        'kubernetes:core/v1:ConfigMapPatch cluster:knative-serving/config-domain',
        'kubernetes:core/v1:ConfigMapPatch cluster:knative-serving/config-network',
      ]);
    });

    it('says everywhere in which region the certificate is', () => {
      expect(findResource(done, 'aws:acm/certificate:Certificate', 'platform-1').inputs.region).toBe(REGION);
    });

    it('keeps secrets secret wherever they go', () => {
      const inClear = done.resources.map(({ inputs, secretPaths }) => JSON.stringify(without(inputs, secretPaths)));

      for (const secret of secretsOf(options)) {
        expect(inClear.filter((text) => text.includes(secret))).toStrictEqual([]);
        expect(JSON.stringify([done.outputs, done.log, planned.log])).not.toContain(secret);
      }
      expect(done.secretOutputPaths).toStrictEqual(kind === 'jwt' ? ['clientSecret'] : []);
    });

    it('warns of what lets in more than it seems', () => {
      const warnings = done.log.filter(({ severity }) => severity === 'warning').map(({ message }) => message);

      expect(warnings).toStrictEqual(WARNINGS[kind].map((warning) => expect.stringContaining(warning)));
    });

    it('tells where everything is', () => {
      const known = {
        inferenceUrls: { 'staging/sklearn-iris': URL },
        mqttEndpoint: `mqtt://traefik.elb.${REGION}.amazonaws.com:5883`,
        requestCommand: expect.stringMatching(`curl --header ".*" --json '.*' ${URL}$`),
        mqttCommand: expect.stringContaining('--topic staging/sklearn-iris/input'),
        traefikValues: expect.stringContaining('exposedPort: 5883'),
        ...(kind === 'jwt' && { scope: 'inference/invoke' }),
      };
      const late = {
        albHost: INGRESS_HOSTNAME,
        certificateArn: ARN,
        ...(kind === 'jwt' && {
          clientId: expect.any(String),
          clientSecret: expect.any(String),
          tokenEndpoint: `https://example-ml.auth.${REGION}.amazoncognito.com/oauth2/token`,
        }),
      };

      expect(done.outputs).toStrictEqual({ ...known, ...late });
      expect(planned.outputs).toStrictEqual({
        ...known,
        ...Object.fromEntries(Object.keys(late).map((output) => [output, UNKNOWN])),
      });
    });

    it('makes what docs/aws.md says', () => {
      const others = /^(edge-inference|pulumi):|^kubernetes:core\/v1:Service traefik$/;
      const made = listOf(done.resources).filter((line) => !others.test(line));

      expect(createdBy(PAGE, kind)).toStrictEqual(made.map(asPulumiShows).sort());
    });

    it.skipIf(MISSING_VALIDATOR)(`makes valid objects${SKIP_NOTE}`, async () => {
      const manifests = objectsOf(done).map(({ inputs }) => inputs as unknown as Manifest);

      expect(findings(manifests, await validator('v1.36'))).toStrictEqual([]);
    });
  });
});

it('docs/aws.md shows the commands that a stack with tokens tells', async () => {
  const { outputs } = await engineOn('current').preview(PROGRAM, stackWith('header'));

  for (const output of ['requestCommand', 'mqttCommand'] as const) expect(PAGE).toContain(`\n${outputs[output]}\n`);
  expect(PAGE).toContain(JSON.stringify(outputs.inferenceUrls));
});

/** What is left of the inputs when what is secret is taken away. */
function without(inputs: object, secretPaths: readonly string[]): unknown {
  const left = (value: unknown, path: string): unknown => {
    if (secretPaths.includes(path)) return undefined;
    if (Array.isArray(value)) return value.map((item, i) => left(item, `${path}[${i}]`));
    if (typeof value !== 'object' || value === null) return typeof value === 'symbol' ? undefined : value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, left(item, joined(path, key))]));
  };
  return left(inputs, '');
}

function joined(path: string, key: string): string {
  if (!/^[\w$]+$/.test(key)) return `${path}["${key}"]`;
  return path === '' ? key : `${path}.${key}`;
}
