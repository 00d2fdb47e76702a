import { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { EdgeApp, type TraefikEntryPoint, TraefikEntryPoints, TraefikInstallation, TraefikTls } from '../../../lib';
import { synthesize } from '../../../lib/testing';
import { filesIn, temporaryFolder } from '../support/folders';
import { ofKind } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { brokerIn } from '../support/stacks';

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
    const { ports } = parse(entryPoints([MQTT]).helmValues);

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

    expect(filesIn(outdir)).toStrictEqual({ 'chart.k8s.yaml': '', 'traefik.helm-values': helmValues });
  });

  it.each([
    ['traefik', TraefikInstallation.helm()],
    ['ingress', TraefikInstallation.helm('ingress')],
  ])('runs in namespace %s', (namespace, installation) => {
    expect(entryPoints([MQTT], installation).namespace).toBe(namespace);
    expect(installation.byHelmController).toBe(false);
  });

  it('is what there is unless told otherwise', () => {
    const { namespace, helmChartConfig } = entryPoints([MQTT]);

    expect([namespace, helmChartConfig]).toStrictEqual(['traefik', undefined]);
  });

  it('has one values file: a second one with other entry points is refused', () => {
    const app = new EdgeApp();
    brokerIn(app, { name: 'north' }, 'north').exposeThroughTraefik({ mqtt: 5883, websockets: 5884 });
    const south = brokerIn(app, { name: 'south' }, 'south');

    expectRefusal(() => south.exposeThroughTraefik({ mqtt: 6883, websockets: 6884 }), {
      code: 'EDGE_ERR_FILE_DUPLICATE',
      value: '"traefik.helm-values"',
      rule: 'another construct has asked for one of this name with other content',
    });
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
    expect(Object.keys(filesIn(outdir))).toStrictEqual(['chart.k8s.yaml']);
  });

  it('runs in kube-system', () => {
    expect(entryPoints([MQTT], TraefikInstallation.k3s()).namespace).toBe('kube-system');
  });

  it('has one HelmChartConfig: a second set of entry points is refused', () => {
    const app = new EdgeApp();
    const installation = TraefikInstallation.k3s();
    brokerIn(app, { name: 'north' }, 'north').exposeThroughTraefik({ installation });
    brokerIn(app, { name: 'south' }, 'south').exposeThroughTraefik({ installation, mqtt: 6883, websockets: 6884 });

    expect(() => synthesize(app)).toThrow(
      'EDGE_ERR_OBJECT_DUPLICATE: an object is "helm.cattle.io/HelmChartConfig kube-system/traefik"',
    );
  });
});

describe('an entry point', () => {
  it.each(['a', 'mqtt', '1a', 'a-b', 'a'.repeat(15)])('may be named %j', (name) => {
    expect(parse(entryPoints([{ name, port: 5883 }]).helmValues).ports).toHaveProperty(name);
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
      rule: 'the chart has an entry point of this name, whose settings it would change',
    });
  });

  it.each([1024, 65_535])('may have port %i', (port) => {
    expect(parse(entryPoints([{ name: 'mqtt', port }]).helmValues).ports.mqtt.port).toBe(port);
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
