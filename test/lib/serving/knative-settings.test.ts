import { Chart, JsonPatch } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import {
  EdgeApp,
  HostLayout,
  KnativeDomain,
  KnativeInstallation,
  KnativeSettings,
  type KnativeSettingsProps,
} from '../../../lib';
import { synthesize } from '../../../lib/testing';
import { filesIn, temporaryFolder } from '../support/folders';
import { namesOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';

const ALL: Omit<Required<KnativeSettingsProps>, 'installation'> = {
  domain: 'platform.example.com',
  selectedDomains: [{ domain: 'lab.example.com', selector: { stage: 'lab', color: 'blue' } }],
  hostLayout: HostLayout.FLAT,
  externalScheme: 'https',
};
const DOMAINS = {
  'platform.example.com': '',
  'lab.example.com': 'selector:\n  stage: lab\n  color: blue\n',
};
const NETWORK = { 'domain-template': '{{.Name}}-{{.Namespace}}.{{.Domain}}', 'default-external-scheme': 'https' };

function settings(props: KnativeSettingsProps, app = new EdgeApp()): KnativeSettings {
  return new KnativeSettings(new Chart(app, 'chart'), 'knative', props);
}

function synthesized(props: KnativeSettingsProps) {
  const app = new EdgeApp();
  settings(props, app);
  return synthesize(app);
}

describe('an installation by manifests', () => {
  const installation = KnativeInstallation.manifests();

  it('is told the domain, and nothing that was not said', () => {
    expect(namesOf(synthesized({ installation, domain: 'a.b' }))).toStrictEqual([
      'ConfigMap knative-serving/config-domain',
    ]);
  });

  it('reads domains, templates and scheme in its ConfigMaps, with the labels that its webhook watches', () => {
    const name = 'knative-serving';

    expect(synthesized({ ...ALL, installation })).toStrictEqual([
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'config-domain',
          namespace: name,
          labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'controller' },
        },
        data: DOMAINS,
      },
      {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: {
          name: 'config-network',
          namespace: name,
          labels: { 'app.kubernetes.io/name': name, 'app.kubernetes.io/component': 'networking' },
        },
        data: NETWORK,
      },
    ]);
  });

  it('has neither the example nor its checksum, which the webhook would compare', () => {
    expect(JSON.stringify(synthesized({ ...ALL, installation }))).not.toMatch(/_example|checksum/);
  });

  it('keeps its ConfigMaps: the settings are patches', () => {
    const app = new EdgeApp({ outdir: temporaryFolder() });
    settings({ ...ALL, installation }, app);

    app.synth();

    expect(Object.keys(filesIn(app.outdir)).filter((name) => name.startsWith('patches/'))).toStrictEqual([
      'patches/configmap.knative-serving.config-domain.yaml',
      'patches/configmap.knative-serving.config-network.yaml',
    ]);
  });
});

describe('an installation by the operator', () => {
  it('reads all of it in the KnativeServing object: the operator would revert the ConfigMaps', () => {
    expect(synthesized({ ...ALL, installation: KnativeInstallation.operator() })).toStrictEqual([
      {
        apiVersion: 'operator.knative.dev/v1beta1',
        kind: 'KnativeServing',
        metadata: { name: 'knative-serving', namespace: 'knative-serving' },
        spec: { config: { domain: DOMAINS, network: NETWORK } },
      },
    ]);
  });

  it('is told the domain only, when nothing else was said', () => {
    const [{ metadata, spec } = { metadata: undefined, spec: undefined }] = synthesized({
      domain: 'a.b',
      installation: KnativeInstallation.operator('serving', 'knative'),
    });

    expect({ metadata, spec }).toStrictEqual({
      metadata: { name: 'serving', namespace: 'knative' },
      spec: { config: { domain: { 'a.b': '' } } },
    });
  });

  it('keeps a field that a patch adds', () => {
    const app = new EdgeApp();
    const { operatorObject } = settings({ ...ALL, installation: KnativeInstallation.operator() }, app);

    operatorObject?.addJsonPatch(JsonPatch.add('/spec/unknownField', { list: ['a'] }));

    expect(synthesize(app)[0]?.spec.unknownField).toStrictEqual({ list: ['a'] });
  });

  it.each([
    [() => KnativeInstallation.operator('Serving'), '"Serving"'],
    [() => KnativeInstallation.operator('serving', 'a.b'), '"a.b"'],
  ])('refuses names that no object has', (create, value) => {
    expectRefusal(create, { code: 'EDGE_ERR_NAME', value, rule: 'a name' });
  });
});

describe('KnativeDomain by itself', () => {
  it('belongs to no namespace of the chart it is in', () => {
    const chart = new Chart(new EdgeApp(), 'chart', { namespace: 'elsewhere' });

    expect(new KnativeDomain(chart, 'domain', { domain: 'a.b' }).configMap.metadata.namespace).toBe('knative-serving');
  });
});
