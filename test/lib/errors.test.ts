import { ApiObject, Chart, Duration, Names } from 'cdk8s';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  AlbAuth,
  AlbScheme,
  BasicAuth,
  BridgeCode,
  Credentials,
  EDGE_ERRORS,
  EdgeApp,
  EdgeError,
  type EdgeErrorCode,
  EdgeValidationError,
  GatewayDestination,
  GatewayListener,
  GatewayReference,
  HttpEntry,
  JwtLogin,
  KServeVersion,
  LoginPlace,
  ModelFormat,
  ModelVisibility,
  RouteOrdering,
  ScaleMetric,
  SharedVolume,
  TraefikInstallation,
  TraefikTls,
} from '../../lib';
import { describe as describeProblem } from '../../lib/errors';
import { arnInRegion } from '../../lib/pulumi/arn-region';
import { validationOption } from '../../lib/pulumi/certificate/validation-options';
import { findObject } from '../../lib/pulumi/find-object';
import { refuseStatus } from '../../lib/pulumi/ingress-hostname';
import { refuseUntagged } from '../../lib/pulumi/load-balancer-controller/subnet-tags';
import { CERTIFICATE, JWT } from './support/alb';
import { claimIn, siteStack } from './support/http-stacks';
import { providerStack, systemB } from './support/provider';
import { certificatesIn, ISSUER, PUBLISHED, publishedWith, recordsIn, serve } from './support/published';
import { rabbitIn, userOf } from './support/rabbitmq';
import { appOf, deployment, NAMESPACE, type RawObject, service } from './support/raw-objects';
import { problemsOf, thrownBy } from './support/refusals';
import { brokerIn, IRIS, irisStack, platformIn, stackWithoutRoute } from './support/stacks';

const bundle = vi.hoisted(() => ({ missing: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const isBundle = (file: unknown) => String(file).endsWith('bridge.cjs.br');
  return { ...fs, existsSync: (file: string) => fs.existsSync(file) && !(bundle.missing && isBundle(file)) };
});

afterEach(() => {
  bundle.missing = false;
  vi.unstubAllEnvs();
});

function appWith(...data: object[]): EdgeApp {
  const app = new EdgeApp();
  const chart = new Chart(app, 'chart');
  for (const [i, fields] of data.entries()) {
    new ApiObject(chart, `object-${i}`, { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'same' }, ...fields });
  }
  return app;
}

/** Thrown at once: what to do for it. */
const THROWN: Partial<Record<EdgeErrorCode, () => unknown>> = {
  EDGE_ERR_NAME: () => brokerIn(new EdgeApp(), { name: 'Hub' }),
  EDGE_ERR_DOMAIN: () => brokerIn(new EdgeApp()).exposeThroughTraefik({ host: 'https://example.com' }),
  EDGE_ERR_MODEL_HOST: () => platformIn(new EdgeApp(), ['team-default']),
  EDGE_ERR_DEPLOYMENT_MODE: () => platformIn(new EdgeApp()).addModel('iris', { ...IRIS, scaleMetric: ScaleMetric.CPU }),
  EDGE_ERR_KSERVE_VERSION: () => KServeVersion.of('0.10'),
  EDGE_ERR_CLUSTER_LOCAL: () =>
    platformIn(new EdgeApp())
      .addModel('iris', { ...IRIS, visibility: ModelVisibility.CLUSTER_LOCAL })
      .addDomain('iris.example.org'),
  EDGE_ERR_NAMESPACE: () => platformIn(new EdgeApp()).addModel('iris', { ...IRIS, namespace: 'dev' }),
  EDGE_ERR_DUPLICATE: () => platformIn(new EdgeApp(), ['a', 'a']),
  EDGE_ERR_VALUE: () => ModelFormat.of(''),
  EDGE_ERR_CREDENTIALS: () => {
    vi.stubEnv('TEST_MQTT_PASSWORD', 'too-short');
    return Credentials.fromEnv('TEST_MQTT_PASSWORD');
  },
  EDGE_ERR_BROKER_TLS: () => brokerIn(new EdgeApp(), { plainListeners: false }),
  EDGE_ERR_BROKER_FEATURE: () => userOf(rabbitIn(new EdgeApp()), 'camera').allowPublish('a.b'),
  EDGE_ERR_GATEWAY_ACCESS: () => systemB().gateway.backend,
  EDGE_ERR_GATEWAY_DESTINATION: () => GatewayDestination.provider(providerStack().fib, 'metrics.now'),
  EDGE_ERR_ROUTE_MODEL: () => irisStack({ model: undefined }),
  EDGE_ERR_ROUTE_CLIENT: () => irisStack({ clients: [] }),
  EDGE_ERR_ROUTE_OPTIONS: () => irisStack({ ordering: RouteOrdering.perTopic(), concurrency: 2 }),
  EDGE_ERR_BRIDGE_CONFIG: () => irisStack({ maxReplyBytes: 0 }),
  EDGE_ERR_TIMEOUT: () => irisStack({ timeout: Duration.seconds(59) }),
  EDGE_ERR_ROUTE_TOPIC: () => irisStack({ requestTopic: 'a/#' }),
  EDGE_ERR_ROUTE_CONFLICT: () => irisStack({ requestTopic: 'a', replyTopic: 'a' }),
  EDGE_ERR_ENTRY_POINT: () => brokerIn(new EdgeApp()).exposeThroughTraefik({ mqtt: 883 }),
  EDGE_ERR_TRAEFIK_TLS: () => brokerIn(new EdgeApp()).exposeThroughTraefik({ tls: TraefikTls.fromSecret('tls') }),
  EDGE_ERR_TRAEFIK_INSTALLATION: () => TraefikInstallation.k3s({ values: { ports: { web: { asDefault: false } } } }),
  EDGE_ERR_PASSTHROUGH: () =>
    brokerIn(new EdgeApp()).exposeThroughTraefik({ host: 'a.example.com', tls: TraefikTls.passthrough() }),
  EDGE_ERR_GATEWAY_LISTENER: () => GatewayListener.tcp('mqtt', 0),
  EDGE_ERR_GATEWAY_ROUTE: () =>
    brokerIn(new EdgeApp()).exposeThroughGateway({
      gateway: GatewayReference.existing({ name: 'public', namespace: 'gateways' }),
    }),
  EDGE_ERR_COMMON_NAME: () => certificatesIn(new EdgeApp(), { ...PUBLISHED, hosts: [], domain: `a.${'b'.repeat(61)}` }),
  EDGE_ERR_CERTIFICATE_QUOTA: () => certificatesIn(new EdgeApp(), publishedWith(300)),
  EDGE_ERR_ZONE: () => platformIn(new EdgeApp()).certificatePlan({ zones: ['example.org'] }),
  EDGE_ERR_ZONE_APEX: () => platformIn(new EdgeApp()).dnsPlan({ zones: ['example.com'], hosts: ['example.com'] }),
  EDGE_ERR_REGION: () => arnInRegion('certificateArn', CERTIFICATE, 'us-east-1'),
  EDGE_ERR_VALIDATION_RECORD: () => validationOption([], 'example.com'),
  EDGE_ERR_ALB_LIMIT: () => AlbAuth.header('x'.repeat(41), []),
  EDGE_ERR_ALB_AUTH: () => AlbAuth.header('x-api-key', ['token1']),
  EDGE_ERR_SUBNET_TAGS: () =>
    refuseUntagged([], [AlbScheme.INTERNAL], { vpcId: 'vpc-0c1d', region: 'eu-west-1', clusterName: 'ml' }),
  EDGE_ERR_HTTP_CONTROLLER: () => {
    const { info, routes } = siteStack({ entry: HttpEntry.gatewayApi({ className: 'istio' }) });
    return routes.addRoute('info', { path: '/info', backend: info.backend, affinityCookie: 'pod' });
  },
  EDGE_ERR_HTTP_AUTH: () => {
    const { info, routes } = siteStack();
    return routes.addRoute('info', { path: '/info', backend: info.backend, auth: BasicAuth.fromSecret('users') });
  },
  EDGE_ERR_SHARED_VOLUME: () => SharedVolume.readWrite(claimIn(new EdgeApp(), ['ReadWriteOnce']), '/models'),
  EDGE_ERR_NOT_REGISTERED: () => findObject(new Chart(new EdgeApp(), 'chart'), new Map()),
  EDGE_ERR_INGRESS_ADDRESS: () => refuseStatus('Ingress inference', {}),
  EDGE_ERR_BUNDLE: () => {
    bundle.missing = true;
    return BridgeCode.bundled();
  },
};

function policy(namespace: string, rule: object): RawObject {
  const metadata = { name: 'open', namespace };
  return { apiVersion: 'security.istio.io/v1', kind: 'AuthorizationPolicy', metadata, spec: { rules: [rule] } };
}

/** Reported by synth: an app that has the problem, and no other. */
const REPORTED: Partial<Record<EdgeErrorCode, () => EdgeApp>> = {
  EDGE_ERR_LOGIN: () => {
    const app = new EdgeApp();
    const place = LoginPlace.ingressGateway();
    for (const name of ['a', 'b'])
      new JwtLogin(app, name, { place, issuer: 'https://a.example.com', subjects: [name] });
    return app;
  },
  EDGE_ERR_NO_ROUTES: () => stackWithoutRoute().app,
  EDGE_ERR_ALERT: () => {
    const app = new EdgeApp();
    brokerIn(app).addAlerts();
    return app;
  },
  EDGE_ERR_RUNTIME: () => {
    const app = new EdgeApp();
    const platform = platformIn(app);
    platform.addModel('iris', { ...IRIS, runtime: 'shapes' });
    platform.addRuntime('shapes', { container: { image: 'shapes:1' }, formats: [{ format: ModelFormat.ONNX }] });
    return app;
  },
  EDGE_ERR_OBJECT_DUPLICATE: () => appWith({}, {}),
  EDGE_ERR_OBJECT_SIZE: () => appWith({ data: { big: 'a'.repeat(1024 * 1024) } }),
  EDGE_ERR_TOKEN: () => appWith({ data: { late: `$\{pulumi:0}` } }),
  EDGE_ERR_API_VERSION: () =>
    appOf({ apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', metadata: { name: 'old' } }),
  EDGE_ERR_PLAIN_SECRET: () => appWith({ data: { password: 'hunter2-hunter2' } }),
  EDGE_ERR_POLICY_OPEN: () => appOf(policy('istio-system', { to: [{ operation: { paths: ['/v1/*'] } }] })),
  EDGE_ERR_POLICY_RULE: () => appOf(policy('ml', {})),
  EDGE_ERR_BACKEND: () =>
    appOf(NAMESPACE, {
      apiVersion: 'traefik.io/v1alpha1',
      kind: 'IngressRouteTCP',
      metadata: { name: 'mqtt', namespace: 'ml' },
      spec: { routes: [{ match: 'HostSNI(`*`)', services: [{ name: 'nobody', port: 1 }] }] },
    }),
  EDGE_ERR_ALB_GROUP: () => {
    const platform = platformIn(new EdgeApp());
    platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: JWT });
    const { node } = platform.exposeThroughAlb({ certificateArn: CERTIFICATE, auth: JWT, name: 'second' });
    return node.root as EdgeApp;
  },
  EDGE_ERR_TARGET_PORT: () => appOf(NAMESPACE, service()),
  EDGE_ERR_PROBE: () => appOf(deployment({ livenessProbe: { tcpSocket: { port: 1 } } })),
  EDGE_ERR_ISSUER: () => {
    const app = appOf({
      apiVersion: 'cert-manager.io/v1',
      kind: 'ClusterIssuer',
      metadata: { name: ISSUER.name },
      spec: { acme: { solvers: [{ http01: {} }] } },
    });
    certificatesIn(app);
    return app;
  },
  EDGE_ERR_HOST_CERTIFICATE: () => {
    const app = new EdgeApp();
    certificatesIn(app);
    serve(app, true, 'mqtt.example.com');
    return app;
  },
  EDGE_ERR_HOST_RECORD: () => {
    const app = new EdgeApp();
    recordsIn(app);
    serve(app, false, 'mqtt.example.com');
    return app;
  },
  EDGE_ERR_ORDER: () => {
    const app = new EdgeApp();
    const charts = [new Chart(app, 'one'), new Chart(app, 'two')] as const;
    charts[0].addDependency(charts[1]);
    charts[1].addDependency(charts[0]);
    return app;
  },
  EDGE_ERR_FILE_DUPLICATE: () => {
    const app = new EdgeApp();
    const nested = new Chart(new Chart(app, 'a'), 'b');
    new Chart(app, Names.toDnsLabel(nested));
    return app;
  },
};

const MESSAGE = /^(?<code>EDGE_ERR_[A-Z_]+): (?<at>.+?) is (?<value>.+?), but (?<rule>.+)\. (?<fix>[A-Z].+)\.$/s;

describe('EDGE_ERRORS', () => {
  it('has no code that nothing in this file brings about', () => {
    expect([...Object.keys(THROWN), ...Object.keys(REPORTED)].sort()).toStrictEqual(Object.keys(EDGE_ERRORS).sort());
  });

  it.each(Object.entries(THROWN))('%s is thrown at once, and says where, what, why, and what to do', (code, action) => {
    const error = thrownBy(action) as EdgeError;

    expect(error).toBeInstanceOf(EdgeError);
    expect(error).toBeInstanceOf(Error);
    expect([error.name, error.code]).toStrictEqual(['EdgeError', code]);
    expect(MESSAGE.exec(error.message)?.groups?.code).toBe(code);
  });

  it.each(Object.entries(REPORTED))(
    '%s is reported by synth, and says where, what, why, and what to do',
    (code, build) => {
      const [problem = '', ...others] = problemsOf(build());

      const [, path, message = ''] = /^\[(.+?)\] (.*)$/s.exec(problem) ?? [];
      expect(others).toStrictEqual([]);
      expect(path).not.toBe('');
      expect(MESSAGE.exec(message)?.groups?.code).toBe(code);
    },
  );

  it.each(Object.entries(EDGE_ERRORS))(
    '%s says in sentences what it means, why it is there, and what to do',
    (_, text) => {
      for (const part of [text.means, text.why, text.fix]) expect(part).toMatch(/^[A-Z].*[.]$/);
    },
  );
});

describe('describe', () => {
  const problem = { at: 'Thing.prop', rule: 'it is another', fix: 'Change it' };

  it.each([
    ['text', '"text"'],
    ['', '""'],
    [7, '7'],
    [undefined, 'undefined'],
    [Number.NaN, 'NaN'],
  ])('shows the value %j as %s', (value, shown) => {
    expect(describeProblem('EDGE_ERR_VALUE', { ...problem, value })).toBe(
      `EDGE_ERR_VALUE: Thing.prop is ${shown}, but it is another. Change it.`,
    );
  });
});

describe('EdgeError', () => {
  it('is recognised when it comes from another installed copy of the library', async () => {
    vi.resetModules();
    const copy = await import('../../lib/index.js');

    const error = thrownBy(() => copy.ModelFormat.of(''));

    expect(copy.EdgeError).not.toBe(EdgeError);
    expect(error).toBeInstanceOf(EdgeError);
    expect((error as EdgeError).code).toBe('EDGE_ERR_VALUE');
  });

  it.each([new Error('EDGE_ERR_VALUE'), { code: 'EDGE_ERR_VALUE' }, null, undefined, 'EDGE_ERR_VALUE'])(
    'is not %o',
    (value) => {
      expect(value instanceof EdgeError).toBe(false);
    },
  );
});

describe('EdgeValidationError', () => {
  it('sorts its problems, and leaves the list it was given alone', () => {
    const given = ['[b] second', '[a] first'];

    const { problems, message, name } = new EdgeValidationError(given);

    expect({ problems, message, name }).toStrictEqual({
      problems: ['[a] first', '[b] second'],
      message: '2 problem(s) in this topology:\n  [a] first\n  [b] second',
      name: 'EdgeValidationError',
    });
    expect(given).toStrictEqual(['[b] second', '[a] first']);
  });
});
