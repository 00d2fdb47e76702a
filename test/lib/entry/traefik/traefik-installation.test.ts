import { Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  EdgeApp,
  type ExistingTraefikOptions,
  TraefikChart,
  TraefikEntryPoints,
  type TraefikHelmOptions,
  TraefikInstallation,
  type TraefikK3sOptions,
  TraefikVersion,
} from '../../../../lib';
import { filesIn, temporaryFolder } from '../../support/folders';
import { expectRefusal } from '../../support/refusals';

const MQTT = { name: 'mqtt', port: 5883 };

function entryPointsOf(installation: TraefikInstallation, app = new EdgeApp()): TraefikEntryPoints {
  return new TraefikEntryPoints(new Chart(app, 'chart'), 'entry-points', { entryPoints: [MQTT], installation });
}

function valuesOf(installation: TraefikInstallation) {
  return parse(String(entryPointsOf(installation).helmValues));
}

describe.each([
  ['Helm', (options: TraefikHelmOptions) => TraefikInstallation.helm(options)],
  ['k3s', (options: TraefikHelmOptions) => TraefikInstallation.k3s(options as TraefikK3sOptions)],
])('the values for a Traefik of %s', (_, install) => {
  const defaults = { web: { asDefault: true }, websecure: { asDefault: true } };
  const mapped = { port: 5883, exposedPort: 5883, expose: { default: true }, protocol: 'TCP' };

  it.each([
    [TraefikChart.FROM_27_TO_38, TraefikVersion.V3],
    [TraefikChart.FROM_39, TraefikVersion.V3],
  ])('of chart %s expose a port in a map, and keep other routes away from it', (chart, version) => {
    expect(valuesOf(install({ chart, version }))).toStrictEqual({ ports: { ...defaults, mqtt: mapped } });
  });

  it('of the newest chart are the default', () => {
    expect(valuesOf(install({}))).toStrictEqual(valuesOf(install({ chart: TraefikChart.FROM_39 })));
  });

  it.each([TraefikVersion.V2, TraefikVersion.V2_10])(
    'of a chart before 27 expose it with a boolean, and have no defaults, which Traefik %s would not know',
    (version) => {
      expect(valuesOf(install({ chart: TraefikChart.BEFORE_27, version }))).toStrictEqual({
        ports: { mqtt: { ...mapped, expose: true } },
      });
    },
  );

  it('of chart 27 with its Traefik 2 have a map and no defaults', () => {
    const values = valuesOf(install({ chart: TraefikChart.FROM_27_TO_38, version: TraefikVersion.V2_10 }));

    expect(values).toStrictEqual({ ports: { mqtt: mapped } });
  });

  it.each([
    [TraefikChart.BEFORE_27, TraefikVersion.V3, 'charts before 27 install Traefik 2'],
    [TraefikChart.FROM_39, TraefikVersion.V2_10, 'refuse every image but those of Traefik 3'],
  ])('are refused for chart %s with Traefik %s', (chart, version, rule) => {
    expectRefusal(() => install({ chart, version }), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: `"${chart}"`,
      rule,
    });
  });

  it('are refused for a Traefik 2 of an unknown chart, as two generations install it', () => {
    expectRefusal(() => install({ version: TraefikVersion.V2 }), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: 'undefined',
      rule: 'charts of two generations install Traefik 2',
    });
  });
});

describe('TraefikInstallation.helm()', () => {
  it.each([
    ['namespace', 'Bad NS'],
    ['ingressClass', 'Bad class'],
    ['valuesFile', 'values.yaml'],
    ['valuesFile', 'values.YML'],
    ['valuesFile', 'values.json'],
    ['valuesFile', '../values'],
    ['valuesFile', '.values'],
    ['valuesFile', ''],
  ])('refuses as %s %j', (prop, value) => {
    expect(() => TraefikInstallation.helm({ [prop]: value })).toThrow(
      `EDGE_ERR_NAME: TraefikInstallation.helm(..).${prop} is "${value}"`,
    );
  });
});

describe('the values of a user, for k3s', () => {
  const values = { service: { spec: { externalTrafficPolicy: 'Local' } }, ports: { web: { nodePort: 30080 } } };

  it('are merged with the entry points: k3s reads one HelmChartConfig, and the last one wins', () => {
    expect(valuesOf(TraefikInstallation.k3s({ values }))).toStrictEqual({
      service: { spec: { externalTrafficPolicy: 'Local' } },
      ports: {
        web: { nodePort: 30080, asDefault: true },
        websecure: { asDefault: true },
        mqtt: { port: 5883, exposedPort: 5883, expose: { default: true }, protocol: 'TCP' },
      },
    });
  });

  it('may say more about an entry point of the app', () => {
    const { ports } = valuesOf(TraefikInstallation.k3s({ values: { ports: { mqtt: { nodePort: 30883 } } } }));

    expect(ports.mqtt).toMatchObject({ nodePort: 30883, port: 5883 });
  });

  it('may take web away: then websecure alone is a default', () => {
    const { ports } = valuesOf(TraefikInstallation.k3s({ values: { ports: { web: null } } }));

    expect([ports.web, ports.websecure]).toStrictEqual([null, { asDefault: true }]);
  });

  it('are the ones given, whatever becomes of the object', () => {
    const given = structuredClone(values);
    const installation = TraefikInstallation.k3s({ values: given });

    given.ports.web.nodePort = 1;

    expect(valuesOf(installation).ports.web.nodePort).toBe(30080);
  });

  it.each([
    [{ ports: { web: { asDefault: false } } }, '.values.ports.web.asDefault', 'false'],
    [{ ports: { websecure: { asDefault: false } } }, '.values.ports.websecure.asDefault', 'false'],
    [{ ports: { web: null, websecure: null } }, '.values.ports.web and .websecure', 'null'],
    [
      { additionalArguments: ['--ping', '--entryPoints.web.asDefault=false'] },
      '.values.additionalArguments',
      '"--entryPoints.web.asDefault=false"',
    ],
  ])('may not make every entry point a default one: %j', (wrong, at, value) => {
    const action = () => TraefikInstallation.k3s({ values: wrong });

    expectRefusal(action, {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value,
      rule: 'without a default every entry point is one',
    });
    expect(action).toThrow(`TraefikInstallation.k3s(..)${at}`);
  });

  it('may take both away where another entry point is the default', () => {
    const ports = { web: null, websecure: null, inner: { port: 8001, asDefault: true } };

    expect(() => TraefikInstallation.k3s({ values: { ports } })).not.toThrow();
  });

  it('may not name defaults for Traefik 2, whose chart refuses them', () => {
    const install = () =>
      TraefikInstallation.k3s({
        chart: TraefikChart.BEFORE_27,
        version: TraefikVersion.V2_10,
        values: { ports: { web: { asDefault: true } } },
      });

    expectRefusal(install, {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: 'true',
      rule: 'Traefik 2 does not know it',
    });
  });

  it.each(['middlewares', 'redirections', 'tls'])('may not have %s where the chart does not look for it', (setting) => {
    const [flat, nested] = [{ [setting]: {} }, { http: { [setting]: {} } }];
    const install = (chart: TraefikChart, websecure: object) => () =>
      TraefikInstallation.k3s({ chart, values: { ports: { websecure } } });

    expectRefusal(install(TraefikChart.FROM_39, flat), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: `"${setting}"`,
      rule: 'charts from 39 on refuse it there',
    });
    expectRefusal(install(TraefikChart.FROM_27_TO_38, nested), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value: `"http.${setting}"`,
      rule: 'charts before 39 ignore it there, without a word',
    });
    expect(install(TraefikChart.FROM_39, nested)).not.toThrow();
    expect(install(TraefikChart.FROM_27_TO_38, flat)).not.toThrow();
  });

  it.each([{ port: 5883 }, { port: 6883, exposedPort: 5883 }])(
    'may not have another entry point where one of the app is: %j',
    (settings) => {
      const installation = TraefikInstallation.k3s({ values: { ports: { theirs: settings } } });

      expectRefusal(() => entryPointsOf(installation), {
        code: 'EDGE_ERR_ENTRY_POINT',
        value: '5883',
        rule: 'entry point "theirs", which this Traefik has already, listens on it',
      });
    },
  );

  it('free the port of an entry point of the chart that they move', () => {
    const installation = TraefikInstallation.k3s({ values: { ports: { metrics: { port: 9101 } } } });
    const entryPoints = (port: number) => () =>
      new TraefikEntryPoints(new Chart(new EdgeApp(), 'chart'), 'entry-points', {
        entryPoints: [{ name: 'mqtt', port }],
        installation,
      });

    expect(entryPoints(9100)).not.toThrow();
    expect(entryPoints(9101)).toThrow('entry point "metrics"');
  });
});

describe('a Traefik that others deployed', () => {
  const options: Required<ExistingTraefikOptions> = {
    namespace: 'kube-system',
    deployment: 'edge-proxy',
    service: 'edge-proxy-tcp',
    args: [
      '--providers.kubernetescrd',
      '--entryPoints.http.address=:8080',
      '--entryPoints.https.address=:8443',
      '--entryPoints.traefik.address=:9080',
    ],
    container: 'proxy',
    version: TraefikVersion.V3,
  };

  function patches(changes: Partial<ExistingTraefikOptions> = {}) {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    entryPointsOf(TraefikInstallation.existing({ ...options, ...changes }), app);
    app.synth();
    return Object.fromEntries(
      Object.entries(filesIn(app.outdir))
        .filter(([name]) => name.endsWith('-patch'))
        .map(([name, text]) => [name, parse(text)]),
    );
  }

  it('gets patches that name container and ports, so that they can be applied again', () => {
    expect(patches()).toStrictEqual({
      'kube-system.edge-proxy.deployment-patch': {
        spec: {
          template: {
            spec: {
              containers: [
                {
                  name: 'proxy',
                  args: [
                    ...options.args,
                    '--entryPoints.http.asDefault=true',
                    '--entryPoints.https.asDefault=true',
                    '--entryPoints.mqtt.address=:5883/tcp',
                  ],
                  ports: [{ name: 'mqtt', containerPort: 5883, protocol: 'TCP' }],
                },
              ],
            },
          },
        },
      },
      'kube-system.edge-proxy-tcp.service-patch': {
        spec: { ports: [{ name: 'mqtt', port: 5883, targetPort: 5883, protocol: 'TCP' }] },
      },
    });
  });

  it('is called traefik in its pod, unless told otherwise', () => {
    const patch = patches({ container: undefined })['kube-system.edge-proxy.deployment-patch'];

    expect(patch.spec.template.spec.containers[0].name).toBe('traefik');
  });

  it('of version 2 gets no defaults, with which it would not start', () => {
    const patch = patches({ version: TraefikVersion.V2 })['kube-system.edge-proxy.deployment-patch'];

    expect(patch.spec.template.spec.containers[0].args).toStrictEqual([
      ...options.args,
      '--entryPoints.mqtt.address=:5883/tcp',
    ]);
  });

  it('has no chart, and so no values', () => {
    expect(entryPointsOf(TraefikInstallation.existing(options)).helmValues).toBeUndefined();
  });

  it('says in its arguments which class routes must have', () => {
    const args = [...options.args, '--providers.kubernetescrd.ingressclass=inner'];

    expect(TraefikInstallation.existing({ ...options, args }).ingressClass).toBe('inner');
  });

  it('keeps its own ports and names', () => {
    const busy = (address: string) =>
      TraefikInstallation.existing({ ...options, args: [...options.args, `--entryPoints.${address}`] });

    expectRefusal(() => entryPointsOf(busy('other.address=:5883')), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '5883',
      rule: 'entry point "other", which this Traefik has already, listens on it',
    });
    expectRefusal(() => entryPointsOf(busy('MQTT.address=:6883')), {
      code: 'EDGE_ERR_ENTRY_POINT',
      value: '"mqtt"',
      rule: 'this Traefik has an entry point of this name already',
    });
  });

  it.each([
    [
      ['--configfile=/etc/traefik.yaml', ...options.args],
      '"--configfile=/etc/traefik.yaml"',
      'with a file Traefik reads',
    ],
    [['--ping', '--providers.docker'], '"--ping --providers.docker"', 'without --providers.kubernetescrd'],
    [[], '""', 'without --providers.kubernetescrd'],
  ])('is refused with arguments that keep entry points or routes from being read: %j', (args, value, rule) => {
    expectRefusal(() => TraefikInstallation.existing({ ...options, args }), {
      code: 'EDGE_ERR_TRAEFIK_INSTALLATION',
      value,
      rule,
    });
  });

  it.each(['namespace', 'deployment', 'service', 'container'])('is refused with a %s that cannot be', (prop) => {
    expect(() => TraefikInstallation.existing({ ...options, [prop]: 'Bad Name' })).toThrow(
      `EDGE_ERR_NAME: TraefikInstallation.existing(..).${prop} is "Bad Name"`,
    );
  });
});

describe('Traefik 2', () => {
  it('is warned about once: it has no default entry points, and gets no security fixes', () => {
    const app = new EdgeApp();
    const installation = TraefikInstallation.helm({ chart: TraefikChart.BEFORE_27, version: TraefikVersion.V2 });
    for (const id of ['one', 'other']) {
      new TraefikEntryPoints(new Chart(app, id), 'entry-points', { entryPoints: [MQTT], installation });
    }

    expect(app.warnings).toStrictEqual([
      expect.stringMatching(/^\[one\/entry-points] Traefik 2 serves routes without entryPoints at every entry point/),
    ]);
  });

  it('is nothing that Traefik 3 is warned about for', () => {
    const app = new EdgeApp();
    entryPointsOf(TraefikInstallation.helm(), app);

    expect(app.warnings).toStrictEqual([]);
  });
});
