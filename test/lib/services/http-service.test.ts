import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { EdgeApp, type HttpServiceProps, SharedVolume } from '../../../lib';
import { synthesize, unseenProps } from '../../../lib/testing';
import { claimIn, serviceIn } from '../support/http-stacks';
import { manifestOf, namesOf } from '../support/manifests';
import { portNames, probedPorts, restrictedProblems } from '../support/pods';
import { expectRefusal } from '../support/refusals';

const LABELS = { 'app.kubernetes.io/name': 'http-service', 'app.kubernetes.io/instance': 'info' };

function created(props: Partial<HttpServiceProps> = {}): EdgeApp {
  const app = new EdgeApp();
  serviceIn(app, props);
  return app;
}

describe('an HttpService with nothing but an image', () => {
  it('consists of these objects, and these are their names', () => {
    expect(namesOf(synthesize(created())).sort()).toStrictEqual([
      'Deployment ml/info',
      'Namespace -/ml',
      'NetworkPolicy ml/info',
      'PodDisruptionBudget ml/info',
      'Service ml/info',
      'ServiceAccount ml/info',
    ]);
  });

  it('tells where it is found inside the cluster', () => {
    const { name, namespace, url } = serviceIn(new EdgeApp(), { port: 8000 });

    expect({ name, namespace, url }).toStrictEqual({
      name: 'info',
      namespace: 'ml',
      url: 'http://info.ml.svc.cluster.local:8000',
    });
  });

  it('E-1: is two pods on different nodes, replaced one by one, of which one may be away', () => {
    const manifests = created();

    const { replicas, strategy, template } = manifestOf(manifests, 'Deployment', 'info').spec;
    expect(replicas).toBe(2);
    expect(strategy).toStrictEqual({ type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
    expect(template.spec.topologySpreadConstraints).toStrictEqual([
      {
        maxSkew: 1,
        topologyKey: 'kubernetes.io/hostname',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: LABELS },
      },
    ]);
    expect(manifestOf(manifests, 'PodDisruptionBudget', 'info').spec).toStrictEqual({
      maxUnavailable: 1,
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
      selector: { matchLabels: LABELS },
    });
  });

  it('E-1: runs as nobody special, with limits', () => {
    const deployment = manifestOf(created(), 'Deployment', 'info');

    const { securityContext, containers, automountServiceAccountToken } = deployment.spec.template.spec;
    expect(restrictedProblems(deployment)).toStrictEqual([]);
    expect(securityContext.runAsUser).toBe(1000);
    expect(containers[0].securityContext.readOnlyRootFilesystem).toBe(true);
    expect(containers[0].resources).toStrictEqual({
      requests: { cpu: '100m', memory: '128Mi' },
      limits: { memory: '512Mi' },
    });
    expect(automountServiceAccountToken).toBe(false);
  });

  it('E-T1: has one port, which pod, Service and policy call by one name', () => {
    const app = created({ port: 8001 });

    expect(portNames(manifestOf(app, 'Deployment', 'info'))).toStrictEqual(['http']);
    expect(manifestOf(app, 'Service', 'info').spec).toStrictEqual({
      type: 'ClusterIP',
      selector: LABELS,
      ports: [{ name: 'http', port: 8001, targetPort: 'http', protocol: 'TCP', appProtocol: 'http' }],
    });
  });

  it('E-T2: probes that port, at the paths that E-3 names', () => {
    const deployment = manifestOf(created(), 'Deployment', 'info');

    const [container] = deployment.spec.template.spec.containers;
    expect(probedPorts(deployment)).toStrictEqual([
      ['service.startupProbe', 'http'],
      ['service.livenessProbe', 'http'],
      ['service.readinessProbe', 'http'],
    ]);
    expect(container.startupProbe.httpGet.path).toBe('/healthz/live');
    expect(container.livenessProbe.httpGet.path).toBe('/healthz/live');
    expect(container.readinessProbe.httpGet.path).toBe('/healthz/ready');
  });

  it('is called by nobody, and calls nobody', () => {
    expect(manifestOf(created(), 'NetworkPolicy', 'info').spec).toStrictEqual({
      podSelector: { matchLabels: LABELS },
      policyTypes: ['Ingress', 'Egress'],
      ingress: [],
      egress: [],
    });
  });
});

describe('the props of HttpService', () => {
  it('are all in the manifests', () => {
    const app = new EdgeApp();
    const all: Required<HttpServiceProps> = {
      namespace: 'teams',
      createNamespace: false,
      name: 'classifier',
      image: 'registry.example.com/classifier@sha256:abcdef',
      args: ['--verbose', 'serve'],
      env: { LEVEL: 'debug-level' },
      secretEnv: { DATABASE_URL: { secretName: 'database', key: 'url-of-it' } },
      port: 9123,
      livePath: '/alive',
      readyPath: '/may-come',
      replicas: 3,
      autoscaling: { maxReplicas: 11, targetCpuPercent: 63 },
      volumes: [],
      uid: 4711,
      resources: {
        cpu: { request: Cpu.millis(150), limit: Cpu.units(2) },
        memory: { request: Size.mebibytes(300), limit: Size.gibibytes(3) },
      },
    };
    serviceIn(app, all);

    const { createNamespace: _, resources: __, ...plain } = all;
    const manifests = synthesize(app);
    expect(unseenProps(plain, manifests)).toStrictEqual([]);
    const [container] = manifestOf(app, 'Deployment', 'classifier').spec.template.spec.containers;
    expect(container.resources).toStrictEqual({
      requests: { cpu: '150m', memory: '300Mi' },
      limits: { cpu: '2', memory: '3Gi' },
    });
    expect(namesOf(manifests)).not.toContain('Namespace -/teams');
  });

  it('have secrets as references, never as values', () => {
    const app = created({ env: { LEVEL: 'info' }, secretEnv: { API_KEY: { secretName: 'keys', key: 'api' } } });

    expect(manifestOf(app, 'Deployment', 'info').spec.template.spec.containers[0].env).toStrictEqual([
      { name: 'LEVEL', value: 'info' },
      { name: 'API_KEY', valueFrom: { secretKeyRef: { name: 'keys', key: 'api' } } },
    ]);
  });

  it('E-1: make an autoscaler, and leave the number of pods to it', () => {
    const app = created({ replicas: 3, autoscaling: { maxReplicas: 9 } });

    expect(manifestOf(app, 'Deployment', 'info').spec).not.toHaveProperty('replicas');
    expect(manifestOf(app, 'HorizontalPodAutoscaler', 'info').spec).toStrictEqual({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'info' },
      minReplicas: 3,
      maxReplicas: 9,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    });
  });

  it('E-8: mount what pods share', () => {
    const app = new EdgeApp();
    const claim = claimIn(app);
    serviceIn(app, { volumes: [SharedVolume.readWrite(claim, '/models'), SharedVolume.readOnly(claim, '/old')] });

    const { containers, volumes } = manifestOf(app, 'Deployment', 'info').spec.template.spec;
    expect(containers[0].volumeMounts).toStrictEqual([
      { name: 'tmp', mountPath: '/tmp' },
      { name: 'shared-0', mountPath: '/models' },
      { name: 'shared-1', mountPath: '/old', readOnly: true },
    ]);
    expect(volumes).toStrictEqual([
      { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
      { name: 'shared-0', persistentVolumeClaim: { claimName: 'models' } },
      { name: 'shared-1', persistentVolumeClaim: { claimName: 'models' } },
    ]);
  });

  it.each<[string, Partial<HttpServiceProps>]>([
    ['the first ordinary port', { port: 1_024 }],
    ['the last port', { port: 65_535 }],
    ['two pods', { replicas: 2 }],
    ['as many pods at most as at least', { replicas: 4, autoscaling: { maxReplicas: 4 } }],
    ['a name of 52 characters', { name: 'a'.repeat(52) }],
    ['user 1', { uid: 1 }],
    ['all of the processors', { autoscaling: { maxReplicas: 2, targetCpuPercent: 100 } }],
  ])('may be %s', (_, props) => {
    expect(() => created(props)).not.toThrow();
  });

  it.each<[string, Partial<HttpServiceProps>, string, string, string]>([
    ['a port that ordinary users cannot have', { port: 1_023 }, 'EDGE_ERR_VALUE', '1023', 'at least 1024 and at most'],
    ['a port that there is not', { port: 65_536 }, 'EDGE_ERR_VALUE', '65536', 'at most 65535'],
    ['E-1: one pod', { replicas: 1 }, 'EDGE_ERR_VALUE', '1', 'at least 2'],
    ['half a pod', { replicas: 2.5 }, 'EDGE_ERR_VALUE', '2.5', 'a whole number'],
    ['root', { uid: 0 }, 'EDGE_ERR_VALUE', '0', 'at least 1'],
    [
      'fewer at most than at least',
      { replicas: 4, autoscaling: { maxReplicas: 3 } },
      'EDGE_ERR_VALUE',
      '3',
      'at least 4',
    ],
    [
      'no processor to aim at',
      { autoscaling: { maxReplicas: 3, targetCpuPercent: 0 } },
      'EDGE_ERR_VALUE',
      '0',
      'at least 1 and at most 100',
    ],
    [
      'more than all of the processors',
      { autoscaling: { maxReplicas: 3, targetCpuPercent: 101 } },
      'EDGE_ERR_VALUE',
      '101',
      'at most 100',
    ],
    [
      'an autoscaler without a measure',
      { autoscaling: { maxReplicas: 3 }, resources: { memory: { limit: Size.mebibytes(64) } } },
      'EDGE_ERR_VALUE',
      'undefined',
      'the autoscaler measures load in parts of it',
    ],
    ['a probe that is a URL', { readyPath: 'http://a/ready' }, 'EDGE_ERR_VALUE', '"http://a/ready"', 'begins with /'],
    ['a probe of nothing', { livePath: '' }, 'EDGE_ERR_VALUE', '""', 'begins with /'],
    ['a name of 53 characters', { name: 'a'.repeat(53) }, 'EDGE_ERR_NAME', `"${'a'.repeat(53)}"`, 'at most 52'],
    ['a namespace that is none', { namespace: 'a.b' }, 'EDGE_ERR_NAME', '"a.b"', 'only a-z, 0-9 and -'],
    ['a variable with a dash', { env: { 'A-B': '1' } }, 'EDGE_ERR_NAME', '"A-B"', 'letters, digits and _'],
    [
      'a secret variable that begins with a digit',
      { secretEnv: { '1A': { secretName: 'a', key: 'b' } } },
      'EDGE_ERR_NAME',
      '"1A"',
      'no digit first',
    ],
    [
      'one variable twice',
      { env: { A: '1' }, secretEnv: { A: { secretName: 'a', key: 'b' } } },
      'EDGE_ERR_DUPLICATE',
      '"A"',
      'it is among env and among secretEnv',
    ],
    ['an image with a blank', { image: 'a b' }, 'EDGE_ERR_VALUE', '"a b"', 'no blanks'],
  ])('may not be %s', (_, props, code, value, rule) => {
    expectRefusal(() => created(props), { code: code as 'EDGE_ERR_VALUE', value, rule });
  });

  it('may not be a volume of another namespace', () => {
    const app = new EdgeApp();
    const claim = claimIn(app, ['ReadWriteMany'], 'other');

    expectRefusal(() => serviceIn(app, { volumes: [SharedVolume.readWrite(claim, '/models')] }), {
      code: 'EDGE_ERR_SHARED_VOLUME',
      value: '"models in namespace other"',
      rule: 'pods in namespace ml can have claims of that namespace only',
    });
  });
});

describe("the service's NetworkPolicy", () => {
  const podsOf = (namespace: string) => ({
    namespaceSelector: {
      matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace] }],
    },
  });

  it('E-9: lets in a namespace that was allowed, once: a Prometheus for its metrics', () => {
    const app = new EdgeApp();
    const service = serviceIn(app);
    service.allowConnectionsFrom('monitoring');
    service.allowConnectionsFrom('monitoring');

    expect(manifestOf(app, 'NetworkPolicy', 'info').spec.ingress).toStrictEqual([
      { from: [podsOf('monitoring')], ports: [{ port: 'http', protocol: 'TCP' }] },
    ]);
  });

  it('lets the service call a namespace that was allowed, and look up its name', () => {
    const app = new EdgeApp();
    serviceIn(app).allowCallsTo('databases');

    expect(manifestOf(app, 'NetworkPolicy', 'info').spec.egress).toStrictEqual([
      {
        ports: [
          { port: 53, protocol: 'UDP' },
          { port: 53, protocol: 'TCP' },
        ],
      },
      { to: [podsOf('databases')] },
    ]);
  });

  it.each(['allowConnectionsFrom', 'allowCallsTo'] as const)('%s refuses a namespace that is none', (method) => {
    const service = serviceIn(new EdgeApp());

    expectRefusal(() => service[method]('Bad'), { code: 'EDGE_ERR_NAME', value: '"Bad"', rule: 'only a-z' });
  });
});
