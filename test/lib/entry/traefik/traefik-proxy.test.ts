import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { EdgeApp, TraefikProxy, type TraefikProxyProps } from '../../../../lib';
import { findManifest, type Manifest, synthesize, unseenProps } from '../../../../lib/testing';
import { namesOf } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';
import { brokerIn } from '../../support/stacks';

function manifestsOf(props?: TraefikProxyProps): Manifest[] {
  const app = new EdgeApp();
  new TraefikProxy(app, 'traefik', props);
  return synthesize(app);
}

/** The same with a broker behind it. */
function withBroker(props?: TraefikProxyProps): Manifest[] {
  const app = new EdgeApp();
  const { installation } = new TraefikProxy(app, 'traefik', props);
  brokerIn(app).exposeThroughTraefik({ installation });
  return synthesize(app);
}

const containerOf = (manifests: Manifest[]) =>
  findManifest(manifests, 'Deployment', 'traefik').spec.template.spec.containers[0];

describe('a TraefikProxy without props', () => {
  it('is these objects; the resource definitions of traefik.io are not among them', () => {
    expect(namesOf(manifestsOf())).toStrictEqual([
      'Namespace -/traefik',
      'ServiceAccount traefik/traefik',
      'ClusterRole -/traefik-traefik',
      'ClusterRoleBinding -/traefik-traefik',
      'IngressClass -/traefik',
      'Service traefik/traefik',
      'Deployment traefik/traefik',
      'NetworkPolicy traefik/traefik',
    ]);
  });

  it('runs Traefik 3 with web and websecure as the defaults, and reads one class of routes only', () => {
    const { image, args } = containerOf(manifestsOf());

    expect(image).toBe('docker.io/library/traefik:v3.7.11');
    expect(args).toStrictEqual([
      '--global.checkNewVersion=false',
      '--global.sendAnonymousUsage=false',
      '--log.level=INFO',
      '--log.format=json',
      '--ping=true',
      '--metrics.prometheus=true',
      '--metrics.prometheus.entryPoint=traefik',
      '--entryPoints.traefik.address=:8080/tcp',
      '--entryPoints.web.address=:8000/tcp',
      '--entryPoints.websecure.address=:8443/tcp',
      '--entryPoints.web.asDefault=true',
      '--entryPoints.websecure.asDefault=true',
      '--entryPoints.websecure.http.tls=true',
      '--providers.kubernetesCRD=true',
      '--providers.kubernetesCRD.ingressClass=traefik',
      '--providers.kubernetesIngress=true',
      '--providers.kubernetesIngress.ingressClass=traefik',
      '--providers.kubernetesIngress.ingressEndpoint.publishedService=traefik/traefik',
    ]);
  });

  it('meets the restricted standard, which its namespace enforces', () => {
    const manifests = manifestsOf();

    const { spec } = findManifest(manifests, 'Deployment', 'traefik').spec.template;
    expect(findManifest(manifests, 'Namespace', 'traefik').metadata.labels).toStrictEqual({
      'pod-security.kubernetes.io/enforce': 'restricted',
    });
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    });
    expect(spec.containers[0].securityContext).toStrictEqual({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
      readOnlyRootFilesystem: true,
    });
  });

  it('is asked for its health by ping', () => {
    const { readinessProbe, livenessProbe } = containerOf(manifestsOf());

    const httpGet = { path: '/ping', port: 'traefik' };
    expect([readinessProbe.httpGet, livenessProbe.httpGet]).toStrictEqual([httpGet, httpGet]);
  });

  it('may write nothing but the status of Ingresses', () => {
    const { rules } = findManifest(manifestsOf(), 'ClusterRole', 'traefik-traefik') as Manifest & {
      rules: { resources: string[]; verbs: string[] }[];
    };

    const writing = rules.filter(({ verbs }) => verbs.some((verb) => !['get', 'list', 'watch'].includes(verb)));
    expect(writing).toStrictEqual([
      { apiGroups: ['networking.k8s.io'], resources: ['ingresses/status'], verbs: ['update'] },
    ]);
  });

  it('sees the addresses of clients', () => {
    expect(findManifest(manifestsOf(), 'Service', 'traefik').spec).toMatchObject({
      type: 'LoadBalancer',
      externalTrafficPolicy: 'Local',
    });
  });

  it('has one pod, and no budget that would keep it from being moved', () => {
    const { podDisruptionBudget } = new TraefikProxy(new EdgeApp(), 'traefik');

    expect(podDisruptionBudget).toBeUndefined();
    expect(findManifest(manifestsOf(), 'Deployment', 'traefik').spec.replicas).toBe(1);
  });
});

describe('the entry points of a broker behind it', () => {
  it('are among its arguments, and none of the defaults', () => {
    const { args } = containerOf(withBroker());

    const entryPoints = args.filter((arg: string) => /mqtt|wss/.test(arg));
    expect(entryPoints).toStrictEqual(['--entryPoints.mqtt.address=:5883/tcp', '--entryPoints.wss.address=:5884/tcp']);
  });

  it('are ports of its pods, its Service, and its NetworkPolicy', () => {
    const manifests = withBroker();

    const { ports } = containerOf(manifests);
    const service = findManifest(manifests, 'Service', 'traefik').spec.ports;
    const { ingress } = findManifest(manifests, 'NetworkPolicy', 'traefik').spec;
    expect(
      ports.map(({ name, containerPort }: { name: string; containerPort: number }) => [name, containerPort]),
    ).toStrictEqual([
      ['traefik', 8080],
      ['web', 8000],
      ['websecure', 8443],
      ['mqtt', 5883],
      ['wss', 5884],
    ]);
    expect(service).toStrictEqual([
      { name: 'web', port: 80, targetPort: 'web', protocol: 'TCP' },
      { name: 'websecure', port: 443, targetPort: 'websecure', protocol: 'TCP' },
      { name: 'mqtt', port: 5883, targetPort: 'mqtt', protocol: 'TCP' },
      { name: 'wss', port: 5884, targetPort: 'wss', protocol: 'TCP' },
    ]);
    expect(ingress).toStrictEqual([
      { ports: [8000, 8443, 5883, 5884].map((port) => ({ port, protocol: 'TCP' })) },
      { from: [{ namespaceSelector: {} }], ports: [{ port: 8080, protocol: 'TCP' }] },
    ]);
  });

  it('are served for routes that have its class', () => {
    const routes = withBroker({ name: 'edge' }).filter(({ kind }) => kind.startsWith('IngressRoute'));

    expect(routes.map(({ metadata }) => metadata.annotations)).toStrictEqual([
      { 'kubernetes.io/ingress.class': 'edge' },
      { 'kubernetes.io/ingress.class': 'edge' },
    ]);
  });

  it('lead to a broker that lets its pods connect', () => {
    const { ingress } = findManifest(withBroker({ namespace: 'edge' }), 'NetworkPolicy', 'mosquitto').spec;

    expect(JSON.stringify(ingress)).toContain('"values":["edge"]');
  });

  it.each([8000, 8443, 8080])('may not have port %i, as one of its own has', (port) => {
    const app = new EdgeApp();
    const { installation } = new TraefikProxy(app, 'traefik');

    expectRefusal(() => brokerIn(app).exposeThroughTraefik({ installation, mqtt: port }), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: String(port),
      rule: 'which this Traefik has already',
    });
  });

  it('may not have the port of an additional argument', () => {
    const app = new EdgeApp();
    const { installation } = new TraefikProxy(app, 'traefik', {
      additionalArguments: ['--entryPoints.a.address=:5883'],
    });

    expectRefusal(() => brokerIn(app).exposeThroughTraefik({ installation }), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '5883',
      rule: 'entry point "a", which this Traefik has already, listens on it',
    });
  });

  it('need no warning about the addresses of clients, unless it does not see them', () => {
    const warningsWith = (keepClientAddresses: boolean) => {
      const app = new EdgeApp();
      const { installation } = new TraefikProxy(app, 'traefik', { keepClientAddresses });
      brokerIn(app).exposeThroughTraefik({ installation, maxConnectionsPerClient: 3 });
      return app.warnings.filter((text) => text.startsWith('[broker/traefik] '));
    };

    expect([warningsWith(true).length, warningsWith(false).length]).toStrictEqual([0, 1]);
  });
});

describe('the props of a TraefikProxy', () => {
  const all: Required<TraefikProxyProps> = {
    namespace: 'edge',
    createNamespace: true,
    name: 'proxy',
    image: 'registry.example.com/traefik:v3.6.1',
    replicas: 3,
    resources: { cpu: { request: Cpu.millis(77) }, memory: { limit: Size.mebibytes(333) } },
    ingressClass: 'inner',
    keepClientAddresses: false,
    serviceAnnotations: { 'example.com/load-balancer': 'internal' },
    additionalArguments: ['--certificatesResolvers.le.acme.tlsChallenge=true'],
  };

  it('are all found in the manifests', () => {
    const { resources, keepClientAddresses, createNamespace, ...plain } = all;
    const manifests = manifestsOf(all);

    expect(unseenProps(plain, manifests)).toStrictEqual([]);
    expect(findManifest(manifests, 'Deployment', 'proxy').spec.template.spec.containers[0].resources).toStrictEqual({
      requests: { cpu: '77m' },
      limits: { memory: '333Mi' },
    });
    expect(findManifest(manifests, 'Service', 'proxy').spec.externalTrafficPolicy).toBe('Cluster');
  });

  it('createNamespace: false leaves the namespace to others', () => {
    expect(namesOf(manifestsOf({ createNamespace: false }))).not.toContain('Namespace -/traefik');
  });

  it('replicas: with more than one pod, a budget keeps all but one, and they spread', () => {
    const manifests = manifestsOf({ replicas: 2 });

    expect(findManifest(manifests, 'PodDisruptionBudget', 'traefik').spec.maxUnavailable).toBe(1);
    expect(findManifest(manifests, 'Deployment', 'traefik').spec.template.spec.topologySpreadConstraints).toHaveLength(
      1,
    );
  });

  it.each([0, -1, 1.5, 1_001, Number.NaN])('replicas: %d is refused', (replicas) => {
    expectRefusal(() => manifestsOf({ replicas }), {
      code: 'EDGE_ERR_VALUE',
      value: String(replicas),
      rule: 'a whole number from 1 to 1000',
    });
  });

  it.each(['namespace', 'name', 'ingressClass'])('%s: what cannot be a name is refused', (prop) => {
    expect(() => manifestsOf({ [prop]: 'Bad Name' })).toThrow(`EDGE_ERR_NAME: TraefikProxy.${prop} is "Bad Name"`);
  });

  it.each([
    '--entryPoints.web.asDefault=false',
    '--entrypoints.websecure.address=:443',
    '--ping=false',
    '--providers.kubernetescrd.ingressClass=other',
    '--providers.kubernetesIngress=false',
  ])('additionalArguments: %s is refused, as other things rely on it', (argument) => {
    expectRefusal(() => manifestsOf({ additionalArguments: [argument] }), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: `"${argument}"`,
      rule: 'probes, Service and routes rely on what TraefikProxy sets there',
    });
  });

  it.each(['--configFile=/etc/traefik.yaml', 'log.level=DEBUG', '-log'])(
    'additionalArguments: %s is refused, as Traefik would not read it or anything else',
    (argument) => {
      expectRefusal(() => manifestsOf({ additionalArguments: [argument] }), {
        code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
        value: `"${argument}"`,
        rule: '',
      });
    },
  );

  it('additionalArguments: more about an entry point, or about a provider, is taken', () => {
    const additionalArguments = [
      '--entryPoints.web.http.redirections.entryPoint.to=websecure',
      '--providers.kubernetesCRD.allowCrossNamespace=true',
      '--certificatesResolvers.le.acme.domains[0].main=example.com',
    ];

    expect(containerOf(manifestsOf({ additionalArguments })).args.slice(-3)).toStrictEqual(additionalArguments);
  });
});
