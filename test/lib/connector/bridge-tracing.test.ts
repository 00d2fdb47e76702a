import { Chart } from 'cdk8s';
import { Secret } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseBridgeConfig } from '../../../bridge/config';
import type { BridgeTracingOptions, EdgeApp } from '../../../lib';
import { manifestOf } from '../support/manifests';
import { expectRefusal } from '../support/refusals';
import { irisStack, stackWithoutRoute } from '../support/stacks';

const ENDPOINT = 'http://collector.observability.svc:4318';
const ALL: Required<BridgeTracingOptions> = {
  endpoint: 'https://traces.example.com/otlp/v1/traces',
  sampleRatio: 0.01,
  serviceName: 'hall-3',
  headersSecret: 'collector-login',
  headersKey: 'otlp-headers',
};

const traced = (tracing: BridgeTracingOptions) => irisStack({}, { tracing }).app;

function configOf(app: EdgeApp) {
  const config = parse(manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);
  parseBridgeConfig(config);
  return config.tracing;
}

const podOf = (app: EdgeApp) => manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;
const egressOf = (app: EdgeApp) => manifestOf(app, 'NetworkPolicy', 'bridge').spec.egress;

describe('a bridge without tracing', () => {
  it('says nothing of it', () => {
    const { app } = irisStack();

    expect(configOf(app)).toBeUndefined();
    expect(JSON.stringify(podOf(app))).not.toContain('tracing');
  });
});

describe('tracing', () => {
  it('needs to know the collector, and nothing else', () => {
    expect(configOf(traced({ endpoint: ENDPOINT }))).toStrictEqual({ endpoint: ENDPOINT });
  });

  it('may reach the namespace of a collector in the cluster', () => {
    const rule = {
      to: [
        {
          namespaceSelector: {
            matchExpressions: [{ key: 'kubernetes.io/metadata.name', operator: 'In', values: ['observability'] }],
          },
        },
      ],
    };

    const before = egressOf(irisStack().app);

    expect(egressOf(traced({ endpoint: ENDPOINT }))).toStrictEqual([...before, rule]);
  });

  it('may reach the port of a collector outside, as policies know no host names', () => {
    expect(egressOf(traced(ALL)).at(-1)).toStrictEqual({ ports: [{ port: 443, protocol: 'TCP' }] });
  });

  it('takes all options, with headers from a Secret that no manifest has', () => {
    const app = traced(ALL);

    expect(configOf(app)).toStrictEqual({
      endpoint: 'https://traces.example.com/otlp/v1/traces',
      headersFile: '/var/run/tracing/headers',
      sampleRatio: 0.01,
      serviceName: 'hall-3',
    });
    const { volumes, containers } = podOf(app);
    expect(volumes).toContainEqual({
      name: 'tracing',
      projected: {
        defaultMode: 0o440,
        sources: [{ secret: { name: 'collector-login', items: [{ key: 'otlp-headers', path: 'headers' }] } }],
      },
    });
    expect(containers[0].volumeMounts).toContainEqual({
      name: 'tracing',
      mountPath: '/var/run/tracing',
      readOnly: true,
    });
  });

  it('takes the Secret itself too, and its usual key', () => {
    const { app } = stackWithoutRoute();
    const headersSecret = Secret.fromSecretName(new Chart(app, 'chart'), 'secret', 'collector-login');

    const { volumes } = podOf(traced({ endpoint: ENDPOINT, headersSecret }));

    const { projected } = volumes.find(({ name }: { name: string }) => name === 'tracing');
    expect(projected.sources).toStrictEqual([
      { secret: { name: 'collector-login', items: [{ key: 'headers', path: 'headers' }] } },
    ]);
  });

  it.each([
    ['collector:4318', '"collector:4318"'],
    ['grpc://collector:4317', '"grpc://collector:4317"'],
    ['http://user:hunter2@collector', '"http://…@collector"'],
  ])('does not go to %s', (endpoint, value) => {
    expectRefusal(() => traced({ endpoint }), {
      code: 'EDGE_ERR_VALUE',
      value,
      rule: 'it is a URL that begins with http:// or https://',
    });
  });

  it.each([0, 0.5, 1])('may record a share of %d', (sampleRatio) => {
    expect(configOf(traced({ endpoint: ENDPOINT, sampleRatio })).sampleRatio).toBe(sampleRatio);
  });

  it.each([-0.01, 1.01, Number.NaN])('may not record a share of %d', (sampleRatio) => {
    expectRefusal(() => traced({ endpoint: ENDPOINT, sampleRatio }), {
      code: 'EDGE_ERR_VALUE',
      value: String(sampleRatio),
      rule: 'it is a share, from 0 to 1',
    });
  });

  it('refuses names that no Secret and no key can have', () => {
    for (const [options, value] of [
      [{ headersSecret: 'A B' }, '"A B"'],
      [{ headersSecret: 'a', headersKey: 'a b' }, '"a b"'],
    ] as const) {
      expectRefusal(() => traced({ endpoint: ENDPOINT, ...options }), { code: 'EDGE_ERR_NAME', value, rule: '' });
    }
  });
});
