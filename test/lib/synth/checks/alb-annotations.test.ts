import { describe, expect, it } from 'vitest';
import { AlbScheme, EdgeApp } from '../../../../lib';
import { describe as describeProblem } from '../../../../lib/errors';
import { albAnnotations } from '../../../../lib/synth/checks/alb-annotations';
import type { Manifest } from '../../../../lib/synth/manifest';
import { CERTIFICATE, COGNITO, exposed, HEADER, manifestsOf, TOKENS } from '../../support/alb';
import { expectProblem, problemsOf } from '../../support/refusals';
import { platformIn } from '../../support/stacks';

const PREFIX = 'alb.ingress.kubernetes.io/';
const CERTIFICATE_OF = (i: number) => `arn:aws:acm:eu-west-1:123456789012:certificate/${i}`;

interface RawIngress {
  readonly name?: string;
  readonly annotations?: Record<string, string>;
  readonly spec?: object;
}

/** A rule of an Ingress, for a Service or an action. */
function rule(
  backend: string,
  { host = 'a.example.com', path = '/v1/*', port = 80 as number | 'use-annotation' } = {},
) {
  const service = { name: backend, port: typeof port === 'number' ? { number: port } : { name: port } };
  return { host, http: { paths: [{ path, pathType: 'ImplementationSpecific', backend: { service } }] } };
}

/** An Ingress as somebody writes it by hand: HTTPS, and one rule for the Service `gateway`. */
function ingress({ name = 'raw', annotations = {}, spec = {} }: RawIngress = {}): Manifest {
  const all = { 'listen-ports': '[{"HTTPS":443}]', ...annotations };
  return {
    path: `app/${name}`,
    accepted: [],
    json: {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'Ingress',
      metadata: {
        name,
        namespace: 'ml',
        annotations: Object.fromEntries(Object.entries(all).map(([key, value]) => [`${PREFIX}${key}`, value])),
      },
      spec: { ingressClassName: 'alb', rules: [rule('gateway')], ...spec },
    },
  };
}

function problems(...manifests: Manifest[]): string[] {
  return albAnnotations(manifests).map(({ path, code, problem }) => `[${path}] ${describeProblem(code, problem)}`);
}

function header(values: readonly string[] = [TOKENS[0]], httpHeaderName = 'x-api-key') {
  return { field: 'http-header', httpHeaderConfig: { httpHeaderName, values } };
}

function conditions(...list: object[]): Record<string, string> {
  return { 'conditions.gateway': JSON.stringify(list) };
}

describe('albAnnotations', () => {
  it.each([
    ['without conditions', {}],
    ['with a header', conditions(header())],
    [
      'in another spelling of keys',
      {
        'conditions.gateway': `[{"Field":"http-header","HttpHeaderConfig":{"HttpHeaderName":"x-api-key","Values":["${TOKENS[0]}"]}}]`,
      },
    ],
    ['with addresses', conditions({ field: 'source-ip', sourceIpConfig: { values: ['10.0.0.0/8', '10.1.0.0/16'] } })],
  ])('has nothing against an Ingress %s', (_, annotations) => {
    expect(problems(ingress({ annotations }))).toStrictEqual([]);
  });

  it('has nothing against what AlbIngress makes', () => {
    const found = [exposed(), exposed({ auth: COGNITO })].map((alb) =>
      problems(...manifestsOf(alb).map((json) => ({ path: json.metadata.name, accepted: [], json }))),
    );

    expect(found).toStrictEqual([[], []]);
  });

  it('finds two exposures that want different things of their load balancer, in any app', () => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    const exposure = { certificateArn: CERTIFICATE, auth: HEADER };
    platform.exposeThroughAlb({ ...exposure, scheme: AlbScheme.INTERNET_FACING });
    platform.exposeThroughAlb({ ...exposure, name: 'second', auth: COGNITO, scheme: AlbScheme.INTERNAL });

    const path = problemsOf(app)[0]?.slice(1).split(']')[0] ?? '';

    expectProblem(problemsOf(app), path, {
      code: 'EDGE_ERR_ALB_GROUP',
      value: '"internal"',
      rule: 'Ingress istio-system/inference of the same group says "internet-facing"',
    });
  });

  it.each([
    [
      'of another class',
      { ...ingress(), json: { ...ingress().json, metadata: { name: 'raw' }, spec: { ingressClassName: 'nginx' } } },
    ],
    [
      'of another kind',
      { ...ingress({ annotations: { 'conditions.nobody': '[]' } }), json: { ...ingress().json, kind: 'Service' } },
    ],
  ])('leaves objects %s alone', (_, manifest) => {
    expect(problems(manifest as Manifest)).toStrictEqual([]);
  });
});

describe('a condition', () => {
  it('for no backend is left out by the controller (C-T3)', () => {
    expectProblem(problems(ingress({ annotations: { 'conditions.gatewy': JSON.stringify([header()]) } })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"gatewy"',
      rule: 'no backend is called so (there is gateway), and the controller leaves out what it asks for',
    });
  });

  it.each(['http_header', 'header', ''])('on the field %j is left out by the controller (C-T3)', (field) => {
    expectProblem(problems(ingress({ annotations: conditions({ ...header(), field }) })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: `"${field}"`,
      rule: 'the controller knows http-header, http-request-method, host-header, path-pattern, query-string, source-ip',
    });
  });

  it('without the name of its header asks for none', () => {
    expectProblem(problems(ingress({ annotations: conditions(header(undefined, '')) })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"a condition without httpHeaderName"',
      rule: 'no request would be held against it',
    });
  });

  it.each(['{}', 'x-api-key', ''])('that is %j cannot be read', (text) => {
    expectProblem(problems(ingress({ annotations: { 'conditions.gateway': text } })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"no list of conditions"',
      rule: 'reads JSON there',
    });
  });

  it('beside a default backend does not count for what goes there (C-T5)', () => {
    const spec = { defaultBackend: { service: { name: 'gateway', port: { number: 80 } } } };

    expectProblem(problems(ingress({ annotations: conditions(header()), spec })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"beside conditions.gateway"',
      rule: 'requests that meet no condition go there',
    });
  });

  it.each([
    ['a name that is dropped', conditions(header(undefined, 'x_api_key')), '"x_api_key"', 'only letters, digits and -'],
    ['a value with a wildcard', conditions(header(['abc*'])), '"a value"', 'stand for any other characters'],
    ['values that are one', conditions(header(['abc', 'ABC'])), '"a value"', 'another one is the same'],
  ])('with %s is refused, and the value is not said (X-1)', (_, annotations, value, rule) => {
    const found = problems(ingress({ annotations }));

    expectProblem(found, 'app/raw', { code: 'EDGE_ERR_ALB_LIMIT', value, rule });
    expect(found.join()).not.toMatch(/abc/i);
  });

  it.each([
    ['4 values', [header(TOKENS.slice(0, 4))], 'one condition has at most 3 values, and one here has 4'],
    [
      '6 values with host and path',
      [header(TOKENS.slice(0, 3)), { field: 'path-pattern', pathPatternConfig: { values: ['/v2/*'] } }],
      '1 host(s) + 2 path(s) + 3 other value(s) are 6',
    ],
    [
      '6 values with addresses',
      [{ field: 'source-ip', sourceIpConfig: { values: ['10.0.0.0/8', '11.0.0.0/8', '12.0.0.0/8', '13.0.0.0/8'] } }],
      '1 host(s) + 1 path(s) + 4 other value(s) are 6',
    ],
  ])('with %s is refused (C-T4)', (_, list, rule) => {
    expectProblem(problems(ingress({ annotations: conditions(...list) })), 'app/raw', {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: `"a rule for ${list.length === 2 ? 'a.example.com /v1/* /v2/*' : 'a.example.com /v1/*'}"`,
      rule,
    });
  });

  it('of a prefix counts its two patterns', () => {
    const [{ http }] = [rule('gateway')];
    const prefix = { host: 'a.example.com', http: { paths: [{ ...http.paths[0], path: '/v1/', pathType: 'Prefix' }] } };

    expectProblem(
      problems(ingress({ annotations: conditions(header(TOKENS.slice(0, 3))), spec: { rules: [prefix] } })),
      'app/raw',
      { code: 'EDGE_ERR_ALB_LIMIT', value: '"a rule for a.example.com /v1 /v1/*"', rule: '1 host(s) + 2 path(s) + 3' },
    );
  });

  it('is keyed by a name of at most 52 characters', () => {
    const named = (length: number) =>
      ingress({
        annotations: { [`conditions.${'a'.repeat(length)}`]: JSON.stringify([header()]) },
        spec: { rules: [rule('a'.repeat(length))] },
      });

    expect(problems(named(52))).toStrictEqual([]);
    expectProblem(problems(named(53)), 'app/raw', {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: `"${'a'.repeat(53)}"`,
      rule: 'leaves 52 characters for it, and this has 53',
    });
  });
});

describe('an action', () => {
  it('of a Service with a port is left out by the controller (C-5)', () => {
    expectProblem(problems(ingress({ annotations: { 'actions.gateway': '{"type":"forward"}' } })), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"gateway"',
      rule: 'no backend of this name has the port name use-annotation',
    });
  });

  it('is needed where the port is use-annotation', () => {
    expectProblem(problems(ingress({ spec: { rules: [rule('deny', { port: 'use-annotation' })] } })), 'app/raw', {
      code: 'EDGE_ERR_BACKEND',
      value: '"deny"',
      rule: 'there is no annotation actions.deny',
    });
  });
});

describe('auth on a listener without TLS (C-T8)', () => {
  const AUTH: [string, Record<string, string>][] = [
    ['auth-type', { 'auth-type': 'cognito' }],
    ['jwt-validation', { 'jwt-validation': '{}' }],
    ['mutual-authentication', { 'mutual-authentication': '[]' }],
    ['a header condition', conditions(header())],
  ];
  const listeners = '[{"HTTP":80},{"HTTPS":443}]';

  it.each(AUTH)('%s is refused beside HTTP', (what, annotations) => {
    const found = problems(ingress({ annotations: { ...annotations, 'listen-ports': listeners } }));

    expectProblem(found, 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"beside an HTTP listener"',
      rule: 'an HTTP listener without ssl-redirect leaves it out',
    });
    expect(found.join()).toContain(`${what} of Ingress ml/raw`);
  });

  it('is refused for the default listener, which is HTTP without a certificate', () => {
    const { json, ...rest } = ingress();
    const annotations: Record<string, string> = { [`${PREFIX}auth-type`]: 'oidc' };
    const plain = { ...rest, json: { ...json, metadata: { ...json.metadata, annotations } } };

    expectProblem(problems(plain), 'app/raw', {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"beside an HTTP listener"',
      rule: 'leaves it out',
    });
    annotations[`${PREFIX}certificate-arn`] = CERTIFICATE_OF(1);
    expect(problems(plain)).toStrictEqual([]);
  });

  it.each(AUTH)('%s may be there with ssl-redirect, also that of another Ingress in the group', (_, annotations) => {
    const group = { 'group.name': 'shared', 'listen-ports': listeners };

    expect(
      problems(
        ingress({ annotations: { ...annotations, ...group } }),
        ingress({ name: 'other', annotations: { ...group, 'ssl-redirect': '443' } }),
      ),
    ).toStrictEqual([]);
  });

  it('none is needed for auth-type none', () => {
    expect(problems(ingress({ annotations: { 'auth-type': 'none', 'listen-ports': listeners } }))).toStrictEqual([]);
  });
});

describe('a group', () => {
  function pair(first: Record<string, string>, second: Record<string, string>): Manifest[] {
    return [
      ingress({ name: 'first', annotations: { 'group.name': 'shared', ...first } }),
      ingress({ name: 'second', annotations: { 'group.name': 'shared', ...second } }),
    ];
  }

  it.each([
    ['scheme', 'internal', 'internet-facing'],
    ['ip-address-type', 'ipv4', 'dualstack'],
    ['load-balancer-name', 'a', 'b'],
    ['ssl-policy', 'ELBSecurityPolicy-2016-08', 'ELBSecurityPolicy-TLS13-1-2-2021-06'],
    ['ssl-redirect', '443', '8443'],
    ['wafv2-acl-arn', 'a', 'b'],
    ['mutual-authentication', '[{"port":443,"mode":"off"}]', '[{"port":443,"mode":"passthrough"}]'],
    ['inbound-cidrs', '10.0.0.0/8', '11.0.0.0/8'],
    ['security-groups', 'a,b', 'a,c'],
    ['subnets', 'a', 'b'],
  ])('may not contradict itself in %s', (annotation, first, second) => {
    expectProblem(problems(...pair({ [annotation]: first }, { [annotation]: second })), 'app/second', {
      code: 'EDGE_ERR_ALB_GROUP',
      value: `"${second}"`,
      rule: `Ingress ml/first of the same group says "${first}", and the controller would stop reconciling the group`,
    });
    expect(problems(...pair({ [annotation]: first }, { [annotation]: first }))).toStrictEqual([]);
    expect(problems(...pair({ [annotation]: first }, {}))).toStrictEqual([]);
  });

  it('may not contradict itself in one attribute or tag, and may say different ones', () => {
    const attributes = (text: string) => ({ 'load-balancer-attributes': text });

    expectProblem(
      problems(
        ...pair(attributes('idle_timeout.timeout_seconds=60,a=b'), attributes('c=d, idle_timeout.timeout_seconds=61')),
      ),
      'app/second',
      { code: 'EDGE_ERR_ALB_GROUP', value: '"61"', rule: 'says "60"' },
    );
    expect(problems(...pair(attributes('a=b'), attributes('c=d')))).toStrictEqual([]);
    expectProblem(problems(...pair({ tags: 'note=a\\,b' }, { tags: 'note=a\\,c' })), 'app/second', {
      code: 'EDGE_ERR_ALB_GROUP',
      value: '"a\\,c"',
      rule: 'says "a\\,b"',
    });
  });

  it('has lists in any order', () => {
    expect(problems(...pair({ 'security-groups': 'a, b' }, { 'security-groups': 'b,a' }))).toStrictEqual([]);
  });

  it('has one protocol at a port', () => {
    expectProblem(problems(...pair({}, { 'listen-ports': '[{"HTTP":443}]' })), 'app/second', {
      code: 'EDGE_ERR_ALB_GROUP',
      value: '"HTTP"',
      rule: 'Ingress ml/first of the same group has HTTPS there',
    });
  });

  it('is none without a name: each Ingress has its own load balancer', () => {
    expect(
      problems(
        ingress({ annotations: { scheme: 'internal' } }),
        ingress({ name: 'b', annotations: { scheme: 'internet-facing' } }),
      ),
    ).toStrictEqual([]);
  });

  it.each([
    ['group.name', 'Shared', 'a group is named with a-z'],
    ['group.order', '1001', 'from -1000 to 1000'],
    ['group.order', 'first', 'from -1000 to 1000'],
  ])('has a valid %s, and not %s', (annotation, value, rule) => {
    expectProblem(problems(ingress({ annotations: { [annotation]: value } })), 'app/raw', {
      code: 'EDGE_ERR_ALB_GROUP',
      value: `"${value}"`,
      rule,
    });
  });

  it('has at most 100 rules', () => {
    const rules = (count: number) => ({ rules: Array.from({ length: count }, () => rule('gateway')) });
    const group = (second: number) => [
      ingress({ name: 'first', annotations: { 'group.name': 'shared' }, spec: rules(60) }),
      ingress({ name: 'second', annotations: { 'group.name': 'shared' }, spec: rules(second) }),
    ];

    expect(problems(...group(40))).toStrictEqual([]);
    expectProblem(problems(...group(41)), 'app/second', {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: '"101 rules"',
      rule: 'at most 100, and there are 60 of ml/first + 41 of ml/second',
    });
  });

  it('has at most 25 certificates beside the default one', () => {
    const arns = (count: number) => Array.from({ length: count }, (_, i) => CERTIFICATE_OF(i)).join(',');

    expect(problems(...pair({ 'certificate-arn': arns(26) }, { 'certificate-arn': CERTIFICATE_OF(0) }))).toStrictEqual(
      [],
    );
    expectProblem(
      problems(...pair({ 'certificate-arn': arns(26) }, { 'certificate-arn': CERTIFICATE_OF(26) })),
      'app/second',
      {
        code: 'EDGE_ERR_ALB_LIMIT',
        value: '"27 certificates"',
        rule: 'at most 26, the default one included',
      },
    );
  });
});
