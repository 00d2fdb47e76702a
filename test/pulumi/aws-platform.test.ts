import { beforeAll, describe, expect, it } from 'vitest';
import {
  ACCOUNT,
  engineOn,
  failure,
  findResource,
  INGRESS_HOSTNAME,
  REGION,
  type Run,
  type RunOptions,
  SDKS,
  UNKNOWN,
} from './engine';
import { BALANCER_ZONE, listOf, lookUps } from './support/aws';

const PROGRAM = 'test/pulumi/fixtures/aws-platform.ts';
const OPTIONS: RunOptions = { config: { namespaces: ['staging', 'prod'] }, invoke: lookUps };
const ANNOTATION = 'alb.ingress.kubernetes.io';
const ARN = `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/platform-1`;

const cloudOf = ({ resources }: Run) =>
  listOf(resources.filter(({ type }) => type.startsWith('aws:') || type.startsWith('edge-inference:')));

describe.each(SDKS)('a platform on AWS, on the %s SDK', (sdk) => {
  const { preview, update } = engineOn(sdk);
  let planned: Run;
  let done: Run;

  beforeAll(async () => {
    [planned, done] = await Promise.all([preview(PROGRAM, OPTIONS), update(PROGRAM, OPTIONS)]);
  });

  const record = (run: Run, name: string) => findResource(run, 'aws:route53/record:Record', name);
  const annotations = (run: Run, name: string) => {
    const { inputs } = findResource(run, 'kubernetes:networking.k8s.io/v1:Ingress', `cluster:istio-system/${name}`);
    return (inputs.metadata as { annotations: Record<string, unknown> }).annotations;
  };

  it('is the same in a preview and in an update', () => {
    expect(planned.resources.map(({ urn }) => urn)).toStrictEqual(done.resources.map(({ urn }) => urn));
    expect(cloudOf(done)).toStrictEqual([
      'Certificate platform-1',
      'Certificate platform-1',
      'CertificateValidation platform-1',
      'CertificateValidation platform-1',
      'ClusterObjects cluster',
      'CognitoLogin platform',
      'InferenceDns platform',
      'PlatformCertificate platform',
      'Record platform:*.platform.example.com:A',
      'Record platform:*.prod.platform.example.com:A',
      'Record platform:*.staging.platform.example.com:A',
      'Record platform:auth.platform.example.com',
      'Record platform:auth.platform.example.com:A',
      'Record platform:platform.example.com',
      'Record platform:platform.example.com',
      'Record platform:platform.example.com:A',
      'Record platform:prod.platform.example.com',
      'Record platform:staging.platform.example.com',
      'ResourceServer platform',
      'SubdomainZone platform',
      'UserPool platform',
      'UserPoolClient platform',
      'UserPoolClient platform-bridge',
      'UserPoolDomain platform',
      'Zone platform',
    ]);
  });

  it('has the validated certificate at the load balancer', () => {
    expect(annotations(done, 'inference')[`${ANNOTATION}/certificate-arn`]).toBe(ARN);
    expect(annotations(planned, 'inference')[`${ANNOTATION}/certificate-arn`]).toBe(UNKNOWN);
    expect(done.outputs.certificateArn).toBe(ARN);
  });

  it('has the user pool and its client at the load balancer', () => {
    const pool = findResource(done, 'aws:cognito/userPool:UserPool', 'platform').urn;
    const browsers = annotations(done, 'browsers');

    expect(JSON.parse(String(browsers[`${ANNOTATION}/auth-idp-cognito`]))).toStrictEqual({
      userPoolARN: expect.stringMatching(`^arn:aws:cognito-idp:${REGION}:${ACCOUNT}:userpool/`),
      userPoolClientID: expect.stringMatching(/^[0-9a-f]{26}$/),
      userPoolDomain: 'auth.platform.example.com',
    });
    expect(
      findResource(done, 'kubernetes:networking.k8s.io/v1:Ingress', 'cluster:istio-system/browsers').dependencies,
    ).toContain(pool);
  });

  it('verifies tokens of programs by the keys of the pool', () => {
    const { inputs } = findResource(done, 'kubernetes:networking.k8s.io/v1:Ingress', 'cluster:istio-system/inference');

    expect(JSON.stringify(inputs)).toContain(`https://cognito-idp.${REGION}.amazonaws.com/${REGION}_`);
    expect(JSON.stringify(inputs)).toContain('inference/invoke');
  });

  it('leads to the load balancer that the Ingress was given', () => {
    expect(record(done, 'platform:*.staging.platform.example.com:A').inputs.aliases).toStrictEqual([
      { name: INGRESS_HOSTNAME, zoneId: BALANCER_ZONE, evaluateTargetHealth: false },
    ]);
    expect(record(planned, 'platform:*.staging.platform.example.com:A').inputs).toMatchObject({
      name: '*.staging.platform.example.com',
      aliases: [{ name: UNKNOWN, zoneId: UNKNOWN, evaluateTargetHealth: false }],
    });
  });

  it('shows no secret', () => {
    expect(done.secretOutputPaths).toStrictEqual(['clientSecret']);
  });
});

describe('a platform on AWS that cannot be', () => {
  const { preview, update } = engineOn('current');

  it('is refused before anything of its certificate is registered', async () => {
    const config = { ...OPTIONS.config, hosts: ['mqtt.example.org'] };
    const run = await failure(preview(PROGRAM, { ...OPTIONS, config }));

    expect(run.log.map(({ message }) => message).join('\n')).toContain(
      'EDGE_ERR_ZONE: a name for the certificates of PlatformCertificate is "mqtt.example.org", but',
    );
    expect(cloudOf(run).filter((name) => name.startsWith('Certificate'))).toStrictEqual([]);
  });

  it('fails when the load balancer turns out to be none', async () => {
    const config = { ...OPTIONS.config, target: 'gateway.example.net' };
    const run = await failure(update(PROGRAM, { ...OPTIONS, config }));

    expect(run.log.map(({ message }) => message).join('\n')).toContain(
      'EDGE_ERR_VALUE: InferenceDns.target is "gateway.example.net", but Route 53 makes aliases',
    );
    expect(cloudOf(run).filter((name) => name.includes('*.'))).toStrictEqual([]);
  });
});
