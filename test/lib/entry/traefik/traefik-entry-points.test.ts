import { ApiObject, Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  EdgeApp,
  TraefikChart,
  type TraefikEntryPoint,
  TraefikEntryPoints,
  TraefikInstallation,
  TraefikTls,
  TraefikVersion,
} from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { filesIn, temporaryFolder } from '../../support/folders';
import { ofKind } from '../../support/manifests';
import { expectProblem, expectRefusal, problemsOf } from '../../support/refusals';
import { brokerIn } from '../../support/stacks';

const MQTT: TraefikEntryPoint = { name: 'mqtt', port: 5883 };

function entryPoints(points: TraefikEntryPoint[], installation?: TraefikInstallation, app = new EdgeApp()) {
  return new TraefikEntryPoints(new Chart(app, 'chart'), 'entry-points', { entryPoints: points, installation });
}

describe("the values for Traefik's Helm chart", () => {
  it('add the ports, and keep every router without entry points away from them', () => {
    const { helmValues } = entryPoints([MQTT, { name: 'wss', port: 5884 }]);

    expect(helmValues).toMatchInlineSnapshot(`
      "ports:
        web:
          asDefault: true
        websecure:
          asDefault: true
        mqtt:
          port: 5883
          exposedPort: 5883
          expose:
            default: true
          protocol: TCP
        wss:
          port: 5884
          exposedPort: 5884
          expose:
            default: true
          protocol: TCP
      "
    `);
  });

  it('say of web and websecure, and of no other port, that they are the default', () => {
    const { ports } = parse(String(entryPoints([MQTT]).helmValues));

    const defaults = Object.entries<{ asDefault?: boolean }>(ports).filter(([, { asDefault }]) => asDefault);
    expect(defaults.map(([name]) => name)).toStrictEqual(['web', 'websecure']);
  });
});

describe('an installation by Helm', () => {
  it('gets a values file beside the manifests, which kubectl does not take for one of them', () => {
    const outdir = temporaryFolder();
    const app = new EdgeApp({ outdir });
    const { helmValues } = entryPoints([MQTT], TraefikInstallation.helm(), app);

    app.synth();

    expect(filesIn(outdir)).toStrictEqual({ '01-chart.k8s.yaml': '', 'traefik.helm-values': helmValues });
  });

  it.each([
    ['traefik', TraefikInstallation.helm()],
    ['ingress', TraefikInstallation.helm({ namespace: 'ingress' })],
  ])('runs in namespace %s', (namespace, installation) => {
    expect(entryPoints([MQTT], installation).namespace).toBe(namespace);
  });

  it('is what there is unless told otherwise', () => {
    const { namespace, helmChartConfig } = entryPoints([MQTT]);

    expect([namespace, helmChartConfig]).toStrictEqual(['traefik', undefined]);
  });

  it('has one values file, with the entry points of everybody who asks for some', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    brokerIn(app, { name: 'north' }, 'north').exposeThroughTraefik();
    entryPoints([{ name: 'amqp', port: 5672 }], TraefikInstallation.helm(), app);

    app.synth();

    const { ports } = parse(String(filesIn(app.outdir)['traefik.helm-values']));
    expect(Object.keys(ports)).toStrictEqual(['web', 'websecure', 'mqtt', 'wss', 'amqp']);
  });

  it('may be one of two, when each has a values file of its own', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    const inside = TraefikInstallation.helm({ namespace: 'inside', valuesFile: 'inside.helm-values' });
    entryPoints([MQTT], TraefikInstallation.helm(), app);
    new TraefikEntryPoints(new Chart(app, 'other'), 'entry-points', {
      entryPoints: [{ name: 'amqp', port: 5672 }],
      installation: inside,
    });

    app.synth();

    const files = filesIn(app.outdir);
    const ports = ['traefik.helm-values', 'inside.helm-values'].map((file) =>
      Object.keys(parse(`${files[file]}`).ports),
    );
    expect(ports).toStrictEqual([
      ['web', 'websecure', 'mqtt'],
      ['web', 'websecure', 'amqp'],
    ]);
  });

  it('is described in one way: another namespace for the same file is refused', () => {
    const app = new EdgeApp();
    entryPoints([MQTT], TraefikInstallation.helm(), app);

    expectRefusal(
      () => {
        const installation = TraefikInstallation.helm({ namespace: 'inside' });
        new TraefikEntryPoints(new Chart(app, 'other'), 'entry-points', { entryPoints: [MQTT], installation });
      },
      {
        code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
        value: '"{"namespace":"inside","chart":"39 or later","version":"3"}"',
        rule: 'chart/entry-points describes file traefik.helm-values as {"namespace":"traefik",',
      },
    );
  });

  it('lets two brokers share its entry points, when they are told apart by host', () => {
    const app = new EdgeApp();
    for (const name of ['north', 'south']) {
      const tls = TraefikTls.fromResolver('letsencrypt');
      brokerIn(app, { name }, name).exposeThroughTraefik({ host: `${name}.example.com`, tls });
    }

    const routes = ofKind(synthesize(app), 'IngressRouteTCP');

    expect(routes.map(({ spec }) => [spec.entryPoints, spec.routes[0].match])).toStrictEqual([
      [['mqtt'], 'HostSNI(`north.example.com`)'],
      [['mqtt'], 'HostSNI(`south.example.com`)'],
    ]);
  });

  it('does not let two brokers share its entry points without a host, as Traefik would serve one of them only', () => {
    const app = new EdgeApp();

    const expose = () => {
      for (const name of ['north', 'south']) brokerIn(app, { name }, name).exposeThroughTraefik();
      synthesize(app);
    };

    expect(expose).toThrow(/EDGE_ERR_/);
  });
});

describe('the installation of k3s', () => {
  it('gets a HelmChartConfig in kube-system, and no file', () => {
    const outdir = temporaryFolder();
    const app = new EdgeApp({ outdir });
    const { helmValues } = entryPoints([MQTT], TraefikInstallation.k3s(), app);

    app.synth();

    expect(synthesize(app)).toStrictEqual([
      {
        apiVersion: 'helm.cattle.io/v1',
        kind: 'HelmChartConfig',
        metadata: { name: 'traefik', namespace: 'kube-system' },
        spec: { valuesContent: helmValues },
      },
    ]);
    expect(Object.keys(filesIn(outdir))).toStrictEqual(['01-chart.k8s.yaml', '01-traefik-on-k3s.k8s.yaml']);
  });

  it('runs in kube-system', () => {
    expect(entryPoints([MQTT], TraefikInstallation.k3s()).namespace).toBe('kube-system');
  });

  it('A-3, A-4: has one HelmChartConfig for two TLS brokers with hosts of their own', () => {
    const app = new EdgeApp();
    for (const name of ['north', 'south']) {
      brokerIn(app, { name, namespace: name }, name).exposeThroughTraefik({
        installation: TraefikInstallation.k3s(),
        host: `${name}.example.com`,
        tls: TraefikTls.fromSecret('certificate'),
      });
    }

    const manifests = synthesize(app);

    const [config, ...others] = ofKind(manifests, 'HelmChartConfig');
    expect(others).toStrictEqual([]);
    expect(Object.keys(parse(config?.spec.valuesContent).ports)).toStrictEqual(['web', 'websecure', 'mqtt', 'wss']);
    expect(ofKind(manifests, 'IngressRouteTCP').map(({ spec }) => spec.routes[0].match)).toStrictEqual([
      'HostSNI(`north.example.com`)',
      'HostSNI(`south.example.com`)',
    ]);
  });

  it('hands out one HelmChartConfig, whoever asks', () => {
    const app = new EdgeApp();
    const [north, south] = ['north', 'south'].map((name, i) =>
      brokerIn(app, { name }, name).exposeThroughTraefik({
        installation: TraefikInstallation.k3s(),
        mqttEntryPoint: `mqtt-${name}`,
        mqtt: 6883 + i,
        websocketEntryPoint: `wss-${name}`,
        websockets: 7883 + i,
      }),
    );

    expect(north?.entryPoints.helmChartConfig).toBe(south?.entryPoints.helmChartConfig);
  });
});

describe('two constructs', () => {
  function asking(one: TraefikEntryPoint, other: TraefikEntryPoint): EdgeApp {
    const app = new EdgeApp();
    for (const [id, entryPoint] of Object.entries({ one, other })) {
      new TraefikEntryPoints(new Chart(app, id), 'entry-points', { entryPoints: [entryPoint] });
    }
    return app;
  }

  it('may share an entry point', () => {
    expect(synthesize(asking(MQTT, MQTT))).toStrictEqual([]);
  });

  it('may not have different ports for one name', () => {
    expectProblem(problemsOf(asking(MQTT, { name: 'mqtt', port: 6883 })), 'other/entry-points', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '6883',
      rule: 'entry point "mqtt" has port 5883 there, and the later would replace the earlier ([one/entry-points])',
    });
  });

  it('may not have different names for one port', () => {
    expectProblem(problemsOf(asking(MQTT, { name: 'other', port: 5883 })), 'other/entry-points', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '5883',
      rule: 'entry point "mqtt" listens on it there ([one/entry-points])',
    });
  });
});

describe('a route of Traefik that somebody wrote by hand, without entry points', () => {
  function appWith(kind: string, installation: TraefikInstallation): EdgeApp {
    const app = new EdgeApp();
    const spec = { routes: [{ match: 'HostSNI(`*`)', services: [{ name: 'a', port: 1 }] }] };
    const metadata = { name: 'raw', namespace: 'default' };
    new ApiObject(new Chart(app, 'raw'), 'route', { apiVersion: 'traefik.io/v1alpha1', kind, metadata, spec });
    for (const id of ['one', 'other']) {
      new TraefikEntryPoints(new Chart(app, id), 'entry-points', { entryPoints: [MQTT], installation });
    }
    return app;
  }
  const v2 = () => TraefikInstallation.helm({ chart: TraefikChart.BEFORE_27, version: TraefikVersion.V2_10 });

  it('A-T8: is refused where it is TCP, as it would take all of HTTPS', () => {
    expectProblem(problemsOf(appWith('IngressRouteTCP', TraefikInstallation.helm())), 'one/entry-points', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: 'undefined',
      rule: 'Traefik would serve it at web and websecure, before all HTTP routes',
    });
  });

  it('is reported once, however many entry points there are', () => {
    expect(problemsOf(appWith('IngressRouteTCP', TraefikInstallation.helm()))).toHaveLength(1);
  });

  it('is taken where it is HTTP: it stays at web and websecure', () => {
    expect(() => synthesize(appWith('IngressRoute', TraefikInstallation.helm()))).not.toThrow();
  });

  it.each(['IngressRoute', 'IngressRouteTCP'])('is refused for Traefik 2, which has no defaults: %s', (kind) => {
    expectProblem(problemsOf(appWith(kind, v2())), 'one/entry-points', {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: 'undefined',
      rule: 'Traefik would serve it at every entry point',
    });
  });
});

describe('an entry point', () => {
  it.each(['a', 'mqtt', '1a', 'a-b', 'a'.repeat(15)])('may be named %j', (name) => {
    expect(parse(String(entryPoints([{ name, port: 5883 }]).helmValues)).ports).toHaveProperty(name);
  });

  it.each(['', 'a'.repeat(16), 'MQTT', 'a_b', '-a', 'a-', 'a.b', '15883', 'a--b'])('may not be named %j', (name) => {
    expectRefusal(() => entryPoints([{ name, port: 5883 }]), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: `"${name}"`,
      rule: 'at most 15 of a-z, 0-9 and -, a letter among them and no two - in a row',
    });
  });

  it.each(['web', 'websecure', 'traefik', 'metrics'])("may not be named %s, which is one of Traefik's own", (name) => {
    expectRefusal(() => entryPoints([{ name, port: 5883 }]), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: `"${name}"`,
      rule: 'this Traefik has an entry point of this name already, whose settings it would change',
    });
  });

  it.each([1024, 65_535])('may have port %i', (port) => {
    expect(parse(String(entryPoints([{ name: 'mqtt', port }]).helmValues)).ports.mqtt.port).toBe(port);
  });

  it.each([1023, 65_536, 0, -1, 5883.5, Number.NaN])('may not have port %d', (port) => {
    expectRefusal(() => entryPoints([{ name: 'mqtt', port }]), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: String(port),
      rule: 'listens on ports from 1024 to 65535',
    });
  });

  it('may not share its port with another', () => {
    expectRefusal(() => entryPoints([MQTT, { name: 'other', port: 5883 }]), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '5883',
      rule: 'entry point "mqtt" listens on it already',
    });
  });

  it('may not share its name with another', () => {
    expectRefusal(() => entryPoints([MQTT, { name: 'mqtt', port: 6883 }]), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '"mqtt"',
      rule: 'another one has it, and the later would replace the earlier',
    });
  });

  it.each([8000, 8443, 8080, 9000, 9100])("may not listen on %i, as one of the chart's own does", (port) => {
    expect(() => entryPoints([{ name: 'mqtt', port }])).toThrow(
      /^EDGE_ERR_ENTRY_POINT: the port of entry point "mqtt" is /,
    );
  });
});
