import { Duration } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  AlbAuth,
  AlbBackendProtocol,
  type AlbExposure,
  AlbIngress,
  AlbScheme,
  EdgeApp,
  HostLayout,
  InferencePlatform,
} from '../../../../lib';
import { servedHosts } from '../../../../lib/synth/served-hosts';
import { findManifest, synthesize, unseenProps } from '../../../../lib/testing';
import {
  annotationsOf,
  CERTIFICATE,
  COGNITO,
  elbRules,
  exposed,
  HEADER,
  JWT,
  manifestsOf,
  rulesOf,
  TOKENS,
} from '../../support/alb';
import { namesOf, ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { IRIS, platformIn } from '../../support/stacks';

const PATHS = ['/v1/models*', '/v2/models*', '/v2/health/*', '/v2'];
const FORWARD = {
  type: 'forward',
  forwardConfig: { targetGroups: [{ serviceName: 'istio-ingressgateway', servicePort: 80 }] },
};

/** A platform with flat hosts, exposed. */
function flat(namespaces: string[], exposure: Partial<AlbExposure> = {}): AlbIngress {
  const platform = new InferencePlatform(new EdgeApp(), 'platform', {
    domain: 'platform.example.com',
    namespaces,
    hostLayout: HostLayout.FLAT,
  });
  return platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: HEADER, ...exposure });
}

describe('exposeThroughAlb() with nothing but a certificate and auth', () => {
  it('adds an Ingress, one that refuses, and a filter for identity headers, beside the gateway', () => {
    const own = manifestsOf(exposed()).filter(({ kind }) => kind === 'Ingress' || kind === 'EnvoyFilter');

    expect(namesOf(own)).toStrictEqual([
      'EnvoyFilter istio-system/inference-identity-headers',
      'Ingress istio-system/inference-refusal',
      'Ingress istio-system/inference',
    ]);
  });

  it('says to the controller what is to be said', () => {
    const all = Object.entries(annotationsOf(exposed()));
    const plain = all.filter(([name]) => !/^(actions|conditions)\./.test(name));

    expect(Object.fromEntries(plain)).toStrictEqual({
      'group.name': 'inference',
      'group.order': '-10',
      scheme: 'internal',
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
      'ssl-redirect': '443',
      'ssl-policy': 'ELBSecurityPolicy-TLS13-1-2-2021-06',
      'certificate-arn': CERTIFICATE,
      'load-balancer-attributes':
        'routing.http.drop_invalid_header_fields.enabled=true,idle_timeout.timeout_seconds=60',
      'target-type': 'ip',
      'backend-protocol': 'HTTP',
      'healthcheck-protocol': 'HTTP',
      'healthcheck-port': '15021',
      'healthcheck-path': '/healthz/ready',
    });
  });

  it('is of the class alb, in networking.k8s.io/v1, without an old annotation (C-4)', () => {
    const { apiVersion, spec, metadata } = findManifest(manifestsOf(exposed()), 'Ingress', 'inference');

    expect([apiVersion, spec.ingressClassName]).toStrictEqual(['networking.k8s.io/v1', 'alb']);
    expect(Object.keys(metadata.annotations ?? {}).filter((name) => !name.startsWith('alb.ingress'))).toStrictEqual([]);
  });

  it("lets a token in to the tenants' hosts and to the paths of inference, and to nothing else (C-2)", () => {
    const header = { httpHeaderName: 'x-api-key', values: [TOKENS[0]] };
    const rules = (namespace: string) => {
      const hosts = [`*.${namespace}.platform.example.com`];
      return [
        { hosts, paths: PATHS.slice(0, 3), header, action: FORWARD },
        { hosts, paths: PATHS.slice(3), header, action: FORWARD },
      ];
    };

    expect(rulesOf(exposed())).toStrictEqual([...rules('staging'), ...rules('prod')]);
  });

  it('answers 403 to whatever nobody else of the group lets in (C-5, C-T9)', () => {
    const alb = exposed();

    expect(rulesOf(alb, 'inference-refusal')).toStrictEqual([
      {
        hosts: ['*.staging.platform.example.com', '*.prod.platform.example.com'],
        paths: ['/*'],
        action: {
          type: 'fixed-response',
          fixedResponseConfig: { contentType: 'text/plain', statusCode: '403', messageBody: 'Forbidden' },
        },
      },
    ]);
    expect(annotationsOf(alb, 'inference-refusal')).toMatchObject({
      'group.name': 'inference',
      'group.order': '1000',
      'listen-ports': '[{"HTTP":80},{"HTTPS":443}]',
    });
  });

  it('has neither a default backend nor a listener that serves in clear (C-T5)', () => {
    const ingresses = ofKind(manifestsOf(exposed()), 'Ingress');

    for (const { spec, metadata } of ingresses) {
      expect(spec.defaultBackend).toBeUndefined();
      expect(metadata.annotations?.['alb.ingress.kubernetes.io/ssl-redirect']).toBe('443');
    }
  });

  it('declares its hosts, whose certificate is none of the plan', () => {
    const { node } = exposed();

    expect(servedHosts(node.root).filter(({ path }) => path === node.path)).toStrictEqual([
      { host: '*.staging.platform.example.com', tls: false, path: 'platform/alb' },
      { host: '*.prod.platform.example.com', tls: false, path: 'platform/alb' },
    ]);
  });

  it('hands out its objects', () => {
    const { ingress, refusal, identityHeaders, hosts, groupName, groupOrder } = exposed();

    expect([ingress.name, refusal?.name, identityHeaders?.envoyFilter.name]).toStrictEqual([
      'inference',
      'inference-refusal',
      'inference-identity-headers',
    ]);
    expect({ hosts, groupName, groupOrder }).toStrictEqual({
      hosts: ['*.staging.platform.example.com', '*.prod.platform.example.com'],
      groupName: 'inference',
      groupOrder: -10,
    });
  });

  it('warns that tokens are in annotations, and says what is better (C-1)', () => {
    const { node } = exposed();

    const warnings = (node.root as EdgeApp).warnings.filter((warning) => warning.startsWith('[platform/alb] '));
    expect(warnings).toStrictEqual([
      '[platform/alb] the values of x-api-key are in annotations of Ingress istio-system/inference, and in the rules of the load balancer: everybody who may read either can call the models. AlbAuth.jwt(..) needs no secret there',
    ]);
  });
});

describe('the rules of an exposure', () => {
  it.each([
    [
      1,
      [
        ['models-ns-1', 3, 1],
        ['models-ns-2', 1, 1],
      ],
    ],
    [
      2,
      [
        ['models-ns-1', 2, 2],
        ['models-ns-2', 2, 2],
      ],
    ],
    [
      5,
      [
        ['models-ns-1', 2, 2],
        ['models-ns-2', 2, 2],
        ['models-ns-3', 2, 1],
        ['models-ns-4', 2, 2],
        ['models-ns-5', 2, 2],
        ['models-ns-6', 2, 1],
      ],
    ],
  ])('spread %i token(s) over as few as can be (C-T4)', (count, shape) => {
    const alb = exposed({ auth: AlbAuth.header('x-api-key', TOKENS.slice(0, count)) }, ['ns']);
    const { spec } = findManifest(manifestsOf(alb), 'Ingress', 'inference');
    const names = spec.rules.map(({ http }: { http: { paths: { backend: { service: { name: string } } }[] } }) =>
      http.paths.map(({ backend }) => backend.service.name).join(),
    );

    const found = rulesOf(alb).map(({ paths, header }, i) => [names[i], paths.length, header?.values.length]);

    expect(found).toStrictEqual(shape);
  });

  it.each([1, 2, 3, 4, 5, 6, 7])('let each of %i token(s) in to each path, within the limits (X-1)', (count) => {
    const tokens = TOKENS.slice(0, count);
    const rules = rulesOf(exposed({ auth: AlbAuth.header('x-api-key', [...tokens]) }, ['ns']));

    const opened = rules.flatMap(({ paths, header }) =>
      paths.flatMap((path) => header?.values.map((one) => `${one} ${path}`)),
    );
    expect(opened.sort()).toStrictEqual(tokens.flatMap((token) => PATHS.map((path) => `${token} ${path}`)).sort());
    for (const { hosts, paths, header } of rules) {
      expect(hosts.length + paths.length + (header?.values.length ?? 0)).toBeLessThanOrEqual(5);
      expect(Math.max(paths.length, header?.values.length ?? 0)).toBeLessThanOrEqual(3);
    }
  });

  it('take three tokens at a time where there is one path', () => {
    const alb = exposed({ auth: AlbAuth.header('x-api-key', TOKENS.slice(0, 4)), paths: ['/*'] }, ['ns']);

    expect(rulesOf(alb).map(({ header }) => header?.values.length)).toStrictEqual([3, 1]);
  });

  it('have conditions and actions under the name of a backend, always (C-T3)', () => {
    const alb = exposed({ auth: AlbAuth.header('x-api-key', TOKENS.slice(0, 5)) });

    for (const { spec, metadata } of ofKind(manifestsOf(alb), 'Ingress')) {
      const backends = JSON.stringify(spec.rules);
      const keys = Object.keys(metadata.annotations ?? {}).flatMap(
        (key) => /(?:conditions|actions)\.(.*)$/.exec(key)?.[1] ?? [],
      );
      expect(keys.length).toBeGreaterThan(0);
      for (const key of keys)
        expect(backends).toContain(`"service":{"name":"${key}","port":{"name":"use-annotation"}}`);
    }
  });

  it.each(['a'.repeat(63), `9${'b'.repeat(62)}`])('are named within 52 characters for namespace %s', (namespace) => {
    const alb = exposed({}, [namespace, namespace.replace(/.$/, 'z')]);

    const { spec } = findManifest(manifestsOf(alb), 'Ingress', 'inference');
    const names: string[] = JSON.stringify(spec.rules).match(/(?<="service":\{"name":")[^"]+/g) ?? [];
    expect(new Set(names).size).toBe(4);
    for (const name of names) expect(name).toMatch(/^[a-z][a-z0-9-]{0,50}[a-z0-9]$/);
  });

  it('may not be more than 100', () => {
    const namespaces = (count: number) => Array.from({ length: count }, (_, i) => `team-${i}`);

    expect(rulesOf(exposed({}, namespaces(42)))).toHaveLength(84);
    expect(() => rulesOf(exposed({}, namespaces(43)))).toThrow('15 of istio-system/inference-refusal + 86');
    expectRefusal(() => exposed({}, namespaces(51)), {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: '"102 rules"',
      rule: 'at most 100, and 51 host(s) with 4 path(s) and up to 1 token(s) take that many at 5 values a rule',
    });
  });

  it('may not have more than 5 wildcards', () => {
    expect(rulesOf(exposed({ paths: ['/*/*/*/*'] }))).toHaveLength(2);
    expectRefusal(() => exposed({ paths: ['/*/*/*/*/*'] }), {
      code: 'EDGE_ERR_ALB_LIMIT',
      value: '"{"hosts":["*.staging.platform.example.com"],"paths":["/*/*/*/*/*"]}"',
      rule: 'at most 5 wildcards, and this has 6',
    });
  });
});

describe('tokens per namespace (C-9)', () => {
  const auth = AlbAuth.headerPerNamespace('x-api-key', { staging: [TOKENS[0]], prod: [TOKENS[1], TOKENS[2]] });

  it('open the hosts of their namespace only', () => {
    const opened = rulesOf(exposed({ auth })).map(({ hosts, header }) => [hosts, header?.values]);

    expect(opened).toStrictEqual([
      [['*.staging.platform.example.com'], [TOKENS[0]]],
      [['*.staging.platform.example.com'], [TOKENS[0]]],
      [['*.prod.platform.example.com'], [TOKENS[1], TOKENS[2]]],
      [['*.prod.platform.example.com'], [TOKENS[1], TOKENS[2]]],
    ]);
  });

  it('leave a namespace without any closed, with an answer', () => {
    const alb = exposed({ auth: AlbAuth.headerPerNamespace('x-api-key', { staging: [TOKENS[0]], prod: [] }) });

    expect(rulesOf(alb).flatMap(({ hosts }) => hosts)).not.toContain('*.prod.platform.example.com');
    expect(rulesOf(alb, 'inference-refusal').flatMap(({ hosts }) => hosts)).toContain('*.prod.platform.example.com');
  });

  it('must be said for each namespace that is served', () => {
    const one = AlbAuth.headerPerNamespace('x-api-key', { staging: [TOKENS[0]] });

    expectRefusal(() => exposed({ auth: one }), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"staging"',
      rule: 'namespace prod is served too',
    });
    expect(rulesOf(exposed({ auth: one, namespaces: ['staging'] }))).toHaveLength(2);
  });

  it("must be for the platform's namespaces", () => {
    expectRefusal(() => exposed({ auth, namespaces: ['prod'] }), {
      code: 'EDGE_ERR_NAMESPACE',
      value: '"staging"',
      rule: 'the namespaces are prod',
    });
  });

  it('must be some', () => {
    expectRefusal(() => exposed({ auth: AlbAuth.headerPerNamespace('x-api-key', { staging: [], prod: [] }) }), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"without a host to serve"',
      rule: 'let nobody in anywhere',
    });
  });

  it('are for no hosts of other kinds', () => {
    expectRefusal(() => exposed({ auth, hosts: ['kubeflow.example.com'] }), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"kubeflow.example.com"',
      rule: "these are no namespace's, but the tokens are",
    });
  });
});

describe('flat hosts', () => {
  it('are asked for by conditions, as an Ingress cannot have them', () => {
    const alb = flat(['staging']);

    expect(rulesOf(alb).map(({ hosts }) => hosts)).toStrictEqual([
      ['*-staging.platform.example.com'],
      ['*-staging.platform.example.com'],
    ]);
    for (const { spec } of ofKind(manifestsOf(alb), 'Ingress')) expect(JSON.stringify(spec)).not.toContain('host');
  });

  it('are covered by one wildcard', () => {
    const { node } = flat(['staging', 'prod']);

    const own = servedHosts(node.root).filter(({ path }) => path === node.path);
    expect(own.map(({ host }) => host)).toStrictEqual(['*.platform.example.com']);
  });

  it('may not be among those of another tenant that has other tokens', () => {
    const auth = AlbAuth.headerPerNamespace('x-api-key', { prod: [TOKENS[0]], 'pre-prod': [TOKENS[1]] });

    const refusal = {
      code: 'EDGE_ERR_ALB_AUTH',
      value: '"*-prod.platform.example.com"',
      rule: 'they have those of pre-prod among them',
    } as const;
    expectRefusal(() => flat(['prod', 'pre-prod'], { auth }), refusal);
    expectRefusal(() => flat(['prod', 'pre-prod'], { namespaces: ['prod'] }), refusal);
    expect(rulesOf(flat(['prod', 'pre-prod']))).toHaveLength(4);
    expect(rulesOf(exposed({ auth }, ['prod', 'pre-prod']))).toHaveLength(4);
  });
});

describe('auth that is no token', () => {
  it.each([
    ['JWT', JWT, ['jwt-validation'], '0'],
    ['open', AlbAuth.open(), [], '0'],
  ])('%s: no header is asked for, and nothing is left to refuse', (_, auth, annotations, order) => {
    const alb = exposed({ auth });

    expect(alb.refusal).toBeUndefined();
    expect(rulesOf(alb).every((rule) => rule.header === undefined)).toBe(true);
    expect(annotationsOf(alb)['group.order']).toBe(order);
    expect(Object.keys(annotationsOf(alb)).filter((name) => /auth|jwt/.test(name))).toStrictEqual(annotations);
    expect((alb.node.root as EdgeApp).warnings.filter((warning) => warning.startsWith('[platform/alb]'))).toStrictEqual(
      [],
    );
  });

  it('a login also has the path that it comes back to', () => {
    expect(rulesOf(exposed({ auth: COGNITO }, ['ns'])).flatMap(({ paths }) => paths)).toStrictEqual([
      ...PATHS,
      '/oauth2/idpresponse',
    ]);
    expect(rulesOf(exposed({ auth: COGNITO, paths: ['/*'] }, ['ns'])).flatMap(({ paths }) => paths)).toStrictEqual([
      '/*',
    ]);
  });

  it('is not left out', () => {
    expectRefusal(() => exposed({ auth: undefined as unknown as AlbAuth }), {
      code: 'EDGE_ERR_ALB_AUTH',
      value: 'undefined',
      rule: 'it is an AlbAuth',
    });
  });
});

describe('identity headers (C-T6, X-10)', () => {
  const script = (alb: AlbIngress) => JSON.stringify(ofKind(manifestsOf(alb), 'EnvoyFilter'));

  it('are removed from what comes in for the hosts, before the Ingress is there', () => {
    const text = script(exposed());

    for (const word of ['kubeflow-userid', 'kubeflow-groups', 'x-amzn-oidc-', '.staging.platform.example.com'])
      expect(text).toContain(word);
  });

  it('of the load balancer are left in behind a login; those of Kubeflow never are', () => {
    const text = script(exposed({ auth: COGNITO }));

    expect(text).toContain('kubeflow-userid');
    expect(text).not.toContain('x-amzn-oidc-');
  });

  it('are those that are named', () => {
    const text = script(exposed({ removedHeaders: ['x-user'] }));

    expect(text).toContain('x-user');
    expect(text).not.toContain('kubeflow-userid');
  });

  it('are all left in if none is named', () => {
    const alb = exposed({ removedHeaders: [] });

    expect(alb.identityHeaders).toBeUndefined();
    expect(ofKind(manifestsOf(alb), 'EnvoyFilter')).toStrictEqual([]);
  });
});

describe('two exposures of one group', () => {
  const dashboard: AlbExposure = {
    name: 'dashboard',
    certificateArn: CERTIFICATE,
    auth: COGNITO,
    hosts: ['kubeflow.platform.example.com'],
    paths: ['/*'],
  };

  function both(first: Partial<AlbExposure> = {}, second: Partial<AlbExposure> = {}) {
    const platform = platformIn(new EdgeApp());
    platform.addModel('iris', { ...IRIS, timeout: Duration.seconds(300) });
    platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: HEADER, ...first });
    return platform.exposeThroughAlb({ ...dashboard, ...second });
  }

  it('are ordered: tokens, then logins, then refusals', () => {
    const orders = ofKind(manifestsOf(both()), 'Ingress').map(({ metadata }) => [
      metadata.name,
      metadata.annotations?.['alb.ingress.kubernetes.io/group.order'],
    ]);

    expect(Object.fromEntries(orders)).toStrictEqual({
      inference: '-10',
      dashboard: '0',
      'inference-refusal': '1000',
    });
  });

  it('agree on the load balancer, whichever of them says something about it', () => {
    const alb = both({}, { scheme: AlbScheme.INTERNET_FACING, sslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06' });
    const shared = (name: string) => {
      const { scheme, 'ssl-policy': policy, 'load-balancer-attributes': attributes } = annotationsOf(alb, name);
      return { scheme, policy, attributes };
    };

    expect(shared('inference')).toStrictEqual({
      scheme: 'internet-facing',
      policy: 'ELBSecurityPolicy-TLS13-1-3-2021-06',
      attributes: 'routing.http.drop_invalid_header_fields.enabled=true,idle_timeout.timeout_seconds=305',
    });
    expect(shared('dashboard')).toStrictEqual(shared('inference'));
  });

  it('refuse each host once', () => {
    const alb = both({}, { name: 'more', hosts: undefined, auth: AlbAuth.header('x-more', [TOKENS[1]]) });

    expect(alb.refusal).toBeUndefined();
  });

  it('are refused when one takes all that the other is for', () => {
    const alb = both({ auth: JWT }, { hosts: undefined, paths: undefined, name: 'second' });

    expectProblem(problemsOf(alb.node.root as EdgeApp), 'platform/alb.second', {
      code: 'EDGE_ERR_ALB_GROUP',
      value: '"*.staging.platform.example.com /v1/models*, /v2/models*, /v2/health/*"',
      rule: 'Ingress istio-system/inference of the same group comes first (0 before 0), and takes every such request',
    });
  });

  it.each([
    ['for some of the paths, before', { groupOrder: -1, paths: ['/v2/models/iris/*'] }],
    ['in another group', { groupName: 'browsers' }],
    ['for other paths', { paths: ['/explain/*'] }],
  ])('may be for the same hosts %s', (_, second) => {
    const alb = both({ auth: JWT }, { hosts: undefined, paths: undefined, name: 'second', ...second });

    expect(() => manifestsOf(alb)).not.toThrow();
  });

  it('have different names', () => {
    expectRefusal(() => both({ name: 'dashboard' }), {
      code: 'EDGE_ERR_DUPLICATE',
      value: '"dashboard"',
      rule: 'exposed by this name already',
    });
  });

  it('come to the same manifests when they are made again', () => {
    expect(manifestsOf(both())).toStrictEqual(manifestsOf(both()));
  });
});

describe('the idle timeout', () => {
  function withTimeout(seconds: number, exposure: Partial<AlbExposure> = {}) {
    const platform = platformIn(new EdgeApp());
    const alb = platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: HEADER, ...exposure });
    platform.addModel('iris', { ...IRIS, timeout: Duration.seconds(seconds) });
    return alb;
  }

  it.each([
    [30, 60],
    [55, 60],
    [300, 305],
  ])('with a model that may take %i s is %i s', (model, idle) => {
    expect(annotationsOf(withTimeout(model))['load-balancer-attributes']).toContain(`timeout_seconds=${idle}`);
  });

  it('of others is not that of models which are not served', () => {
    expect(annotationsOf(withTimeout(300, { namespaces: ['prod'] }))['load-balancer-attributes']).toContain(
      'seconds=60',
    );
  });

  it('must be longer than a model may take (X-6)', () => {
    expectProblem(
      problemsOf(withTimeout(90, { idleTimeout: Duration.seconds(90) }).node.root as EdgeApp),
      'platform/alb',
      {
        code: 'EDGE_ERR_VALUE',
        value: '"90 s"',
        rule: 'may take 90 s, and the load balancer would answer 504 before it does',
      },
    );
    expect(() => manifestsOf(withTimeout(90, { idleTimeout: Duration.seconds(91) }))).not.toThrow();
  });
});

describe('the props of an exposure', () => {
  const webAclArn = 'arn:aws:wafv2:eu-west-1:123456789012:regional/webacl/models/0a1b-2c';
  const all: Omit<Required<AlbExposure>, 'auth' | 'namespaces' | 'inboundCidrs'> = {
    certificateArn: CERTIFICATE,
    extraCertificateArns: [CERTIFICATE.replace('0c1d', '4e5f')],
    name: 'front',
    hosts: ['models.example.com'],
    paths: ['/v1/models/*:predict'],
    groupName: 'shared.edge',
    groupOrder: -77,
    scheme: AlbScheme.INTERNET_FACING,
    loadBalancerName: 'models-front',
    sslPolicy: 'ELBSecurityPolicy-TLS13-1-3-2021-06',
    idleTimeout: Duration.seconds(123),
    accessLogs: { bucket: 'our-logs', prefix: 'models/front' },
    deletionProtection: true,
    webAclArn,
    securityGroups: ['sg-0123456789abcdef0', 'front door'],
    tags: { team: 'vision', note: 'a,b' },
    gateway: {
      namespace: 'gateways',
      service: 'edge-gateway',
      protocol: AlbBackendProtocol.HTTPS,
      port: 8443,
      labels: { app: 'edge-gateway' },
      healthCheckPort: 15022,
      healthCheckPath: '/ready',
    },
    removedHeaders: ['x-user'],
  };

  it('are all found in the manifests', () => {
    const { idleTimeout, tags, ...plain } = all;

    expect(unseenProps(plain, manifestsOf(exposed(all)))).toStrictEqual([]);
  });

  it('are said in the words of the controller', () => {
    expect(annotationsOf(exposed(all), 'front')).toMatchObject({
      'certificate-arn': `${CERTIFICATE},${CERTIFICATE.replace('0c1d', '4e5f')}`,
      'load-balancer-attributes':
        'routing.http.drop_invalid_header_fields.enabled=true,idle_timeout.timeout_seconds=123,deletion_protection.enabled=true,access_logs.s3.enabled=true,access_logs.s3.bucket=our-logs,access_logs.s3.prefix=models/front',
      'security-groups': 'sg-0123456789abcdef0,front door',
      'manage-backend-security-group-rules': 'true',
      'backend-protocol': 'HTTPS',
      tags: 'team=vision,note=a\\,b',
      'wafv2-acl-arn': webAclArn,
    });
  });

  it('inboundCidrs are a list', () => {
    expect(annotationsOf(exposed({ inboundCidrs: ['10.0.0.0/8', '2001:db8::/32'] }))['inbound-cidrs']).toBe(
      '10.0.0.0/8,2001:db8::/32',
    );
  });

  it('a gateway with HTTPS has port 443 (C-6)', () => {
    const [rule] = rulesOf(exposed({ gateway: { protocol: AlbBackendProtocol.HTTPS } }));

    expect(JSON.stringify(rule?.action)).toContain('"servicePort":443');
  });

  it('placeholders pass where AWS knows the value only later', () => {
    const later = '$' + '{pulumi:0}';
    const { ingress } = exposed({ certificateArn: later, webAclArn: later, accessLogs: { bucket: later } });

    expect(ingress.toJson().metadata.annotations['alb.ingress.kubernetes.io/certificate-arn']).toBe(later);
  });

  const wrong: [Partial<AlbExposure>, value: string, rule: string][] = [
    [{ certificateArn: 'platform.example.com' }, '"platform.example.com"', 'it is an ARN like arn:aws:acm:'],
    [{ extraCertificateArns: ['a'] }, '"a"', 'it is an ARN like arn:aws:acm:'],
    [{ webAclArn: 'arn:aws:waf::1:a' }, '"arn:aws:waf::1:a"', 'it is an ARN like arn:aws:wafv2:'],
    [{ groupOrder: -1001 }, '-1001', 'from -1000 to 999'],
    [{ groupOrder: 1000 }, '1000', 'from -1000 to 999'],
    [{ groupOrder: 1.5 }, '1.5', 'a whole number'],
    [{ paths: [] }, '"[]"', 'nothing could be asked for'],
    [{ paths: ['v1'] }, '"v1"', 'begins with /'],
    [{ paths: ['/v1', '/v1'] }, '"/v1"', 'in the list already'],
    [{ sslPolicy: 'TLS 1.2' }, '"TLS 1.2"', 'one of the policies'],
    [{ idleTimeout: Duration.seconds(4001) }, '"4001 s"', 'from 1 to 4000'],
    [{ idleTimeout: Duration.millis(500) }, '"0.5 s"', 'whole seconds'],
    [{ accessLogs: { bucket: 'arn:aws:s3:::logs' } }, '"arn:aws:s3:::logs"', 'buckets are named'],
    [{ accessLogs: { bucket: 'logs', prefix: '/models' } }, '"/models"', 'neither begins nor ends with /'],
    [{ accessLogs: { bucket: 'logs', prefix: 'AWSLogs' } }, '"AWSLogs"', 'AWSLogs is what follows it'],
    [{ loadBalancerName: 'internal-models' }, '"internal-models"', 'does not begin with internal-'],
    [{ loadBalancerName: 'models_1' }, '"models_1"', 'letters, digits and -'],
    [{ inboundCidrs: ['10.0.0.1'] }, '"10.0.0.1"', 'a range of addresses'],
    [{ inboundCidrs: ['10.0.0.0/33'] }, '"10.0.0.0/33"', 'a range of addresses'],
    [
      { inboundCidrs: ['10.0.0.0/8'], securityGroups: ['sg-1'] },
      '"10.0.0.0/8"',
      'only when it makes the security group',
    ],
    [{ securityGroups: ['a,b'] }, '"a,b"', 'without commas'],
    [{ tags: { 'aws:a': 'b' } }, '"aws:a=b"', 'do not begin with aws:'],
    [{ tags: { a: 'b'.repeat(257) } }, `"a=${'b'.repeat(257)}"`, 'values at most 256'],
    [{ namespaces: ['staging'], hosts: ['a.example.com'] }, '"staging"', 'hosts are given as well'],
    [{ gateway: { port: 0 } }, '0', 'from 1 to 65535'],
    [{ gateway: { healthCheckPort: 65_536 } }, '65536', 'from 1 to 65535'],
    [{ gateway: { healthCheckPath: 'ready' } }, '"ready"', 'begins with /'],
  ];

  it.each(wrong)('%j is refused', (exposure, value, rule) => {
    expectRefusal(() => exposed(exposure), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it.each<[Partial<AlbExposure>, string, string]>([
    [{ name: 'Front' }, '"Front"', 'only a-z'],
    [{ name: 'a'.repeat(53) }, `"${'a'.repeat(53)}"`, 'at most 52'],
    [{ groupName: 'a'.repeat(64) }, `"${'a'.repeat(64)}"`, 'at most 63'],
    [{ groupName: 'Team' }, '"Team"', 'a group is named'],
    [{ gateway: { namespace: 'a.b' } }, '"a.b"', 'only a-z'],
    [{ gateway: { service: '' } }, '""', 'only a-z'],
    [{ removedHeaders: ['X-User'] }, '"X-User"', 'in lower case'],
  ])('%j is no name', (exposure, value, rule) => {
    expectRefusal(() => exposed(exposure), { code: 'EDGE_ERR_NAME', value, rule });
  });

  it.each<[Partial<AlbExposure>, string, string]>([
    [{ loadBalancerName: 'a'.repeat(33) }, `"${'a'.repeat(33)}"`, 'at most 32 characters, and this one has 33'],
    [{ extraCertificateArns: Array(26).fill(CERTIFICATE) }, '"26 certificates"', 'at most 25 beside the default one'],
    [
      { hosts: [`${'a'.repeat(60)}.${'b'.repeat(61)}.example`] },
      `"${'a'.repeat(60)}.${'b'.repeat(61)}.example"`,
      'at most 128 characters, and this one has 130',
    ],
  ])('%j is more than there can be', (exposure, value, rule) => {
    expectRefusal(() => exposed(exposure), { code: 'EDGE_ERR_ALB_LIMIT', value, rule });
  });

  it('may be at their limits', () => {
    const most = exposed({
      loadBalancerName: 'a'.repeat(32),
      extraCertificateArns: Array(25).fill(CERTIFICATE),
      name: 'a'.repeat(52),
      groupName: 'a'.repeat(63),
      groupOrder: 999,
      idleTimeout: Duration.seconds(4000),
    });

    expect(most.ingress.name).toHaveLength(52);
  });

  it.each<[Partial<AlbExposure>, string, string, 'EDGE_ERR_DOMAIN' | 'EDGE_ERR_DUPLICATE' | 'EDGE_ERR_NAMESPACE']>([
    [{ hosts: ['https://a.example.com'] }, '"https://a.example.com"', 'only a-z', 'EDGE_ERR_DOMAIN'],
    [{ hosts: ['*'] }, '"*"', 'only a-z', 'EDGE_ERR_DOMAIN'],
    [{ hosts: ['a.example.com', 'a.example.com'] }, '"a.example.com"', 'in the list already', 'EDGE_ERR_DUPLICATE'],
    [{ namespaces: ['prod', 'prod'] }, '"prod"', 'in the list already', 'EDGE_ERR_DUPLICATE'],
    [{ namespaces: ['dev'] }, '"dev"', 'the namespaces are staging, prod', 'EDGE_ERR_NAMESPACE'],
  ])('%j is refused as a host or namespace', (exposure, value, rule, code) => {
    expectRefusal(() => exposed(exposure), { code, value, rule });
  });
});

describe('AlbIngress by itself', () => {
  it('needs a domain and tenants', () => {
    const app = new EdgeApp();
    const { ingress } = new AlbIngress(platformIn(app), 'front', {
      domain: 'example.org',
      tenants: ['a'],
      certificateArn: CERTIFICATE,
      auth: JWT,
    });

    const rules = elbRules(findManifest(synthesize(app), 'Ingress', ingress.name));
    expect(rules.flatMap(({ hosts }) => hosts)).toStrictEqual(['*.a.example.org', '*.a.example.org']);
  });
});
