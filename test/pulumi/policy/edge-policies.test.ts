import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Manifest } from '../../../lib/testing';
import packageJson from '../../../package.json';
import {
  CERTIFICATE as CERTIFICATE_ARN,
  COGNITO,
  exposed,
  HEADER,
  JWT,
  manifestsOf,
  TOKENS,
} from '../../lib/support/alb';
import { type Judged, type Pack, startPack, UNKNOWN_TEXT, urnOf, type Verdict } from './pack';

const [TOKEN] = TOKENS;
const VERIFIED = { 'jwt-validation': '{"jwksEndpoint":"https://a.example.com/k","issuer":"https://a.example.com"}' };
const HTTPS = {
  'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
  'ssl-redirect': '443',
  'certificate-arn': CERTIFICATE_ARN,
};

let pack: Pack;

beforeAll(async () => {
  pack = await startPack('apps/aws/policy');
});

beforeEach(() => pack.configure({}));

afterAll(() => pack?.end());

function object(apiVersion: string, kind: string, fields: object, name = kind.toLowerCase()): Judged {
  const group = apiVersion.includes('/') ? apiVersion : `core/${apiVersion}`;
  return {
    type: `kubernetes:${group}:${kind}`,
    name: `objects:ml/${name}`,
    props: { apiVersion, kind, metadata: { name, namespace: 'ml' }, ...fields },
  };
}

/** An Ingress for a load balancer; annotations without their prefix. */
function ingress(
  annotations: Record<string, string>,
  { name = 'models', ...spec }: Record<string, unknown> = {},
): Judged {
  const prefixed = Object.entries(annotations).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]);
  const path = { path: '/v1', pathType: 'Prefix', backend: { service: { name: 'gateway', port: { number: 80 } } } };
  return object(
    'networking.k8s.io/v1',
    'Ingress',
    {
      metadata: { name: String(name), namespace: 'ml', annotations: Object.fromEntries(prefixed) },
      spec: { ingressClassName: 'alb', rules: [{ http: { paths: [path] } }], ...spec },
    },
    String(name),
  );
}

function backendOf(name: string, port: object) {
  return { rules: [{ http: { paths: [{ path: '/', pathType: 'Prefix', backend: { service: { name, port } } }] } }] };
}

/** The policies that have something against a resource. */
async function firing(resource: Judged): Promise<string[]> {
  return (await pack.judge(resource)).map(({ policy }) => policy);
}

async function firingOnStack(...resources: Judged[]): Promise<string[]> {
  return (await pack.judgeStack(...resources)).map(({ policy }) => policy);
}

function only(verdicts: Verdict[]): Verdict {
  expect(verdicts).toHaveLength(1);
  return verdicts[0] as Verdict;
}

/** An object as Pulumi is told of it. */
function registered(manifest: Manifest): Judged {
  return object(manifest.apiVersion, manifest.kind, manifest, manifest.metadata.name);
}

describe('the pack', () => {
  it('has these policies, all of them mandatory', async () => {
    const { name, version, policiesList } = await pack.info();

    expect([name, version]).toStrictEqual(['edge-inference', '0.2.0']);
    expect(policiesList.map((policy) => [policy.name, policy.enforcementlevel])).toStrictEqual(
      [
        'certificate-dns-validation',
        'unique-records',
        'no-placeholders',
        'no-plain-secrets',
        'no-open-mesh',
        'alb-auth',
        'alb-conditions',
        'alb-groups',
        'alb-https',
        'alb-region',
      ].map((policy) => [policy, 1]),
    );
  });

  it('is the version of the package', async () => {
    expect((await pack.info()).version).toBe(packageJson.version);
  });

  it.each([
    ['header', HEADER],
    ['jwt', JWT],
    ['cognito', COGNITO],
  ])('has nothing against what a platform with auth by %s makes', async (_, auth) => {
    const resources = manifestsOf(exposed({ auth })).map(registered);

    const verdicts = [
      ...(await Promise.all(resources.map(pack.judge))).flat(),
      ...(await pack.judgeStack(...resources)),
    ];

    expect(resources.length).toBeGreaterThan(3);
    expect(verdicts).toStrictEqual([]);
  });

  it('leaves what a preview does not know to the update, and says so', async () => {
    const resource = ingress({ ...HTTPS, 'certificate-arn': UNKNOWN_TEXT });

    const verdicts = await pack.judge(resource);

    expect(verdicts.map(({ policy, level }) => [policy, level])).toStrictEqual([
      ['alb-auth', 0],
      ['alb-conditions', 0],
    ]);
    expect(verdicts[0]?.message).toContain("can't be known during preview");
  });
});

describe('certificate-dns-validation', () => {
  const certificate = (props: Record<string, unknown>): Judged => ({
    type: 'aws:acm/certificate:Certificate',
    name: 'platform',
    props: { domainName: 'a.example.com', ...props },
  });

  it('refuses certificates that are validated by e-mail', async () => {
    const { policy, message } = only(await pack.judge(certificate({ validationMethod: 'EMAIL' })));

    expect(policy).toBe('certificate-dns-validation');
    expect(message).toContain('validationMethod of certificate platform is "EMAIL"');
  });

  it.each([
    ['validated by DNS', { validationMethod: 'DNS' }],
    ['imported', { privateKey: 'pem', certificateBody: 'pem' }],
    ['of a private authority', { certificateAuthorityArn: 'arn:aws:acm-pca:eu-west-1:1:certificate-authority/a' }],
  ])('lets those pass that are %s', async (_, props) => {
    expect(await pack.judge(certificate(props))).toStrictEqual([]);
  });
});

describe('unique-records', () => {
  const record = (name: string, props: Record<string, unknown>): Judged => ({
    type: 'aws:route53/record:Record',
    name,
    props: { zoneId: 'Z1', type: 'CNAME', name: '_a.example.com', ...props },
  });

  it('refuses a second record of one name, which is what a certificate for a name and its wildcard ends in', async () => {
    const [first, second] = [record('first', {}), record('second', { name: '_A.example.com.' })];

    const { policy, message, urn } = only(await pack.judgeStack(first, second));

    expect([policy, urn]).toStrictEqual(['unique-records', urnOf(second)]);
    expect(message).toContain('the record of second is "CNAME _a.example.com of zone Z1", but first is the same one');
  });

  it.each([
    ['of another name', { name: '_b.example.com' }],
    ['of another type', { type: 'TXT' }],
    ['in another zone', { zoneId: 'Z2' }],
    ['with an identifier of their own', { setIdentifier: 'blue' }],
    ['that a preview does not know', { name: UNKNOWN_TEXT }],
  ])('lets records pass %s', async (_, props) => {
    expect(await pack.judgeStack(record('first', {}), record('second', props))).toStrictEqual([]);
  });

  it('goes by the whole name where that is known', async () => {
    const relative = record('relative', { name: '_a', fqdn: '_a.example.com' });

    expect(await firingOnStack(record('whole', {}), relative)).toStrictEqual(['unique-records']);
  });
});

describe('no-placeholders', () => {
  it.each([`$\{pulumi:7}`, 'Calling [toString] on an [Output<T>] is not supported.'])(
    'refuses %s in an object, where the Output is lost',
    async (left) => {
      expect(await firing(object('v1', 'ConfigMap', { data: { host: left } }))).toStrictEqual(['no-placeholders']);
    },
  );

  it('lets values pass, and what is not known yet', async () => {
    const data = { host: 'a.example.com', later: UNKNOWN_TEXT };

    expect(await firing(object('v1', 'ConfigMap', { data }))).toStrictEqual([]);
  });
});

describe('no-plain-secrets', () => {
  it('refuses a password in a ConfigMap, without saying it', async () => {
    const { policy, message } = only(
      await pack.judge(object('v1', 'ConfigMap', { data: { password: 'hunter2-hunter2' } })),
    );

    expect(policy).toBe('no-plain-secrets');
    expect(message).not.toContain('hunter2');
  });

  it('refuses a token in the environment of a container', async () => {
    const container = { name: 'main', image: 'a:1', env: [{ name: 'API_TOKEN', value: 'hunter2-hunter2' }] };
    const spec = { template: { spec: { containers: [container] } } };

    expect(await firing(object('apps/v1', 'Deployment', { spec }))).toStrictEqual(['no-plain-secrets']);
  });

  it('lets a Secret have them', async () => {
    expect(await firing(object('v1', 'Secret', { stringData: { password: 'hunter2-hunter2' } }))).toStrictEqual([]);
  });
});

describe('no-open-mesh', () => {
  const policy = (namespace: string, rule: object) =>
    object('security.istio.io/v1', 'AuthorizationPolicy', {
      metadata: { name: 'allow', namespace },
      spec: { selector: { matchLabels: { component: 'predictor' } }, rules: [rule] },
    });
  const to = [{ operation: { paths: ['/v1/models/*'] } }];

  it("refuses a policy of Istio's root namespace without callers", async () => {
    expect(await firing(policy('istio-system', { to }))).toStrictEqual(['no-open-mesh']);
  });

  it.each([
    ['with callers', policy('istio-system', { to, from: [{ source: { principals: ['cluster.local/ns/a/sa/b'] } }] })],
    ['of a tenant', policy('staging', { to })],
  ])('lets one pass %s', async (_, resource) => {
    expect(await firing(resource)).toStrictEqual([]);
  });
});

describe('alb-auth', () => {
  it('refuses a backend behind nothing', async () => {
    const { policy, message } = only(await pack.judge(ingress(HTTPS)));

    expect(policy).toBe('alb-auth');
    expect(message).toContain('Ingress ml/models is "open to everybody (gateway)"');
  });

  it.each([
    ['no login', { 'auth-type': 'none' }],
    ['a login that may be left out', { 'auth-type': 'oidc', 'auth-on-unauthenticated-request': 'allow' }],
    ['certificates that are not verified', { 'mutual-authentication': '[{"port":443,"mode":"passthrough"}]' }],
    ['conditions without values', { 'conditions.gateway': '[{"field":"source-ip","sourceIpConfig":{"values":[]}}]' }],
    [
      'conditions that say what is asked for, and not by whom',
      { 'conditions.gateway': '[{"field":"path-pattern","pathPatternConfig":{"values":["/v1/*"]}}]' },
    ],
  ])('takes %s for nothing', async (_, annotations) => {
    expect(await firing(ingress({ ...HTTPS, ...annotations }))).toStrictEqual(['alb-auth']);
  });

  it.each([
    ['a login', { 'auth-type': 'cognito' }],
    ['a token', VERIFIED],
    ['a certificate', { 'mutual-authentication': '[{"port":443,"mode":"verify","trustStore":"store"}]' }],
    [
      'a header',
      {
        'conditions.gateway': `[{"Field":"http-header","HttpHeaderConfig":{"HttpHeaderName":"x-api-key","Values":["${TOKEN}"]}}]`,
      },
    ],
    ['an address', { 'conditions.gateway': '[{"field":"source-ip","sourceIpConfig":{"values":["10.0.0.0/8"]}}]' }],
  ])('lets %s pass', async (_, annotations) => {
    expect(await firing(ingress({ ...HTTPS, ...annotations }))).toStrictEqual([]);
  });

  it.each(['fixed-response', 'redirect'])('lets an action pass that is a %s', async (type) => {
    const annotations = { ...HTTPS, 'actions.refuse': JSON.stringify({ Type: type }) };

    expect(await firing(ingress(annotations, backendOf('refuse', { name: 'use-annotation' })))).toStrictEqual([]);
  });

  it('refuses a default backend, which no condition is asked for', async () => {
    const spec = { rules: [], defaultBackend: { service: { name: 'gateway', port: { number: 80 } } } };

    expect(await firing(ingress(HTTPS, spec))).toStrictEqual(['alb-auth']);
  });

  it('lets those pass that are open on purpose', async () => {
    await pack.configure({ 'alb-auth': { open: ['ml/models'] } });

    expect(await firing(ingress(HTTPS))).toStrictEqual([]);
    expect(await firing(ingress(HTTPS, { name: 'others' }))).toStrictEqual(['alb-auth']);
  });

  it('has nothing to say of other classes', async () => {
    expect(await firing(ingress({}, { ingressClassName: 'nginx' }))).toStrictEqual([]);
  });
});

describe('alb-conditions', () => {
  const headers = (...values: string[]) => ({
    'conditions.gateway': JSON.stringify([
      { field: 'http-header', httpHeaderConfig: { httpHeaderName: 'x-api-key', values } },
    ]),
  });

  it.each(['*', '4be1c0fa2d7e9386?'])('refuses the header value %s, which stands for others too', async (value) => {
    const { policy, message } = only(await pack.judge(ingress({ ...HTTPS, ...headers(value) })));

    expect(policy).toBe('alb-conditions');
    expect(message).toContain('* and ? stand for any other characters');
  });

  it('refuses a condition for no backend, without which the endpoint is open', async () => {
    const condition = headers(TOKEN)['conditions.gateway'];

    expect(await firing(ingress({ ...HTTPS, ...VERIFIED, 'conditions.gatewy': condition }))).toStrictEqual([
      'alb-conditions',
    ]);
  });

  it('never says the value', async () => {
    const [verdict] = await pack.judge(ingress({ ...HTTPS, ...headers(`${TOKEN}*`) }));

    expect(verdict?.message).not.toContain(TOKEN);
  });
});

describe('alb-groups', () => {
  it('refuses auth beside an HTTP listener of its own', async () => {
    const resource = ingress({
      ...VERIFIED,
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
      'certificate-arn': CERTIFICATE_ARN,
    });

    expect(await firingOnStack(resource)).toStrictEqual(['alb-groups', 'alb-https']);
  });

  it('refuses two that contradict each other, and says which', async () => {
    const [one, other] = ['internal', 'internet-facing'].map((scheme) =>
      ingress({ ...HTTPS, ...VERIFIED, scheme, 'group.name': 'models' }, { name: scheme }),
    ) as [Judged, Judged];

    const { policy, urn } = only(await pack.judgeStack(one, other));

    expect([policy, urn]).toStrictEqual(['alb-groups', urnOf(other)]);
  });
});

describe('alb-https', () => {
  it.each([
    ['without a certificate', {}],
    ['with HTTP beside HTTPS', { ...HTTPS, 'ssl-redirect': undefined }],
  ])('refuses an Ingress %s', async (_, annotations) => {
    const set = Object.entries(annotations).filter((entry): entry is [string, string] => entry[1] !== undefined);

    expect(await firingOnStack(ingress(Object.fromEntries(set)))).toStrictEqual(['alb-https']);
  });

  it.each([
    ['with HTTPS alone', { 'certificate-arn': CERTIFICATE_ARN }],
    ['that redirects', HTTPS],
  ])('lets one pass %s', async (_, annotations) => {
    expect(await firingOnStack(ingress(annotations))).toStrictEqual([]);
  });

  it('lets the redirect of one count for its group', async () => {
    const { 'ssl-redirect': redirect, ...listeners } = HTTPS;
    const group = { 'group.name': 'models' };
    const [one, other] = [
      ingress({ ...listeners, ...group, 'ssl-redirect': redirect }, { name: 'one' }),
      ingress({ ...listeners, ...group }, { name: 'other' }),
    ];

    expect(await firingOnStack(one, other)).toStrictEqual([]);
  });
});

describe('alb-region', () => {
  const controller: Judged = {
    type: 'kubernetes:helm.sh/v3:Release',
    name: 'controller',
    props: { chart: 'aws-load-balancer-controller', values: { region: 'eu-central-1', vpcId: UNKNOWN_TEXT } },
  };
  const status = (hostname: string) => ({ status: { loadBalancer: { ingress: [{ hostname }] } } });
  const reached = (hostname: string): Judged => {
    const resource = ingress(HTTPS);
    return { ...resource, props: { ...resource.props, ...status(hostname) } };
  };

  it("refuses a certificate that is not in the region of the stack's controller", async () => {
    const { policy, message } = only(await pack.judgeStack(controller, ingress(HTTPS)));

    expect(policy).toBe('alb-region');
    expect(message).toContain('it is in eu-west-1, and the load balancer is in eu-central-1');
  });

  it.each([
    ['wafv2-acl-arn', 'arn:aws:wafv2:us-east-1:123456789012:regional/webacl/a/b'],
    [
      'mutual-authentication',
      '[{"port":443,"mode":"verify","trustStore":"arn:aws:elasticloadbalancing:us-east-1:123456789012:truststore/a/b"}]',
    ],
    ['certificate-arn', `${CERTIFICATE_ARN}, arn:aws:acm:us-east-1:123456789012:certificate/a`],
  ])('refuses a %s of another region than the others, where no region is known', async (annotation, value) => {
    const { policy, message } = only(await pack.judgeStack(ingress({ ...HTTPS, [annotation]: value })));

    expect(policy).toBe('alb-region');
    expect(message).toContain('it is in us-east-1, and others of this load balancer are in eu-west-1');
  });

  it('knows the region from the host name of a load balancer', async () => {
    expect(await firingOnStack(reached('k8s-a-1.us-east-1.elb.amazonaws.com'))).toStrictEqual(['alb-region']);
    expect(await firingOnStack(reached('k8s-a-1.eu-west-1.elb.amazonaws.com'))).toStrictEqual([]);
  });

  it('can be told the region', async () => {
    await pack.configure({ 'alb-region': { region: 'us-east-1' } });

    expect(await firingOnStack(ingress(HTTPS))).toStrictEqual(['alb-region']);
  });

  it('has nothing against ARNs that a preview does not know', async () => {
    const { props, ...resource } = ingress({ ...HTTPS, 'certificate-arn': UNKNOWN_TEXT });
    const verdicts = await pack.judgeStack(controller, { ...resource, props: { ...props, status: UNKNOWN_TEXT } });

    expect(verdicts.filter(({ policy }) => policy === 'alb-region')).toStrictEqual([]);
  });
});
