import { ApiObject, Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { describe, expect, it } from 'vitest';
import { EdgeApp, OrderAnnotation } from '../../../lib';
import { declareNamespace, PodSecurity } from '../../../lib/kubernetes/namespaces';
import { PartialObject } from '../../../lib/kubernetes/partial-object';
import { applyAfter } from '../../../lib/synth/apply-order';
import { synthesize } from '../../../lib/testing';

const WAVE = 'argocd.argoproj.io/sync-wave';
const DEPENDS_ON = 'config.kubernetes.io/depends-on';

function object(scope: Construct, name: string, kind = 'ConfigMap', apiVersion = 'v1', namespace?: string): ApiObject {
  return new ApiObject(scope, name, { apiVersion, kind, metadata: { name, namespace } });
}

/** The annotations of each object, by its name. */
function annotationsIn(app: EdgeApp): Record<string, unknown> {
  return Object.fromEntries(synthesize(app).map(({ metadata }) => [metadata.name, metadata.annotations]));
}

describe('an app that asks for no annotations', () => {
  it('has none', () => {
    const app = new EdgeApp();
    const chart = new Chart(app, 'chart');
    applyAfter(object(chart, 'late'), object(chart, 'early'));

    expect(annotationsIn(app)).toStrictEqual({ early: undefined, late: undefined });
  });
});

describe('OrderAnnotation.SYNC_WAVE', () => {
  it('puts namespaces before the wave of what depends on nothing, and each other object after what it depends on', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.SYNC_WAVE] });
    const chart = new Chart(app, 'chart');
    declareNamespace(chart, 'staging', PodSecurity.UNENFORCED);
    const first = object(chart, 'first');
    const second = object(chart, 'second');
    applyAfter(second, first);
    applyAfter(object(chart, 'third'), first, second);

    expect(annotationsIn(app)).toStrictEqual({
      staging: { [WAVE]: '-1' },
      first: undefined,
      second: { [WAVE]: '1' },
      third: { [WAVE]: '2' },
    });
  });

  it('keeps annotations that an object has', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.SYNC_WAVE] });
    const chart = new Chart(app, 'chart');
    const late = object(chart, 'late');
    late.metadata.addAnnotation('example.com/own', 'a');
    applyAfter(late, object(chart, 'early'));

    expect(annotationsIn(app).late).toStrictEqual({ 'example.com/own': 'a', [WAVE]: '1' });
  });
});

describe('OrderAnnotation.DEPENDS_ON', () => {
  it('names the namespace of an object and what was declared, in the notation of cli-utils', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.DEPENDS_ON] });
    const chart = new Chart(app, 'chart');
    declareNamespace(chart, 'staging', PodSecurity.UNENFORCED);
    const group = new Construct(chart, 'group');
    object(group, 'policy', 'PeerAuthentication', 'security.istio.io/v1', 'staging');
    object(group, 'class', 'IngressClass', 'networking.k8s.io/v1');
    applyAfter(object(chart, 'settings', 'ConfigMap', 'v1', 'staging'), group);

    expect(annotationsIn(app)).toStrictEqual({
      staging: undefined,
      policy: { [DEPENDS_ON]: '/Namespace/staging' },
      class: undefined,
      settings: {
        [DEPENDS_ON]:
          '/Namespace/staging,security.istio.io/namespaces/staging/PeerAuthentication/policy,networking.k8s.io/IngressClass/class',
      },
    });
  });

  it('takes what was declared for the group that an object is in', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.DEPENDS_ON] });
    const chart = new Chart(app, 'chart');
    const group = new Construct(chart, 'group');
    object(group, 'inner');
    applyAfter(group, object(chart, 'early'));

    expect(annotationsIn(app).inner).toStrictEqual({ [DEPENDS_ON]: '/ConfigMap/early' });
  });

  it('does not name what belongs to others', () => {
    const app = new EdgeApp({ orderAnnotations: [OrderAnnotation.DEPENDS_ON] });
    const chart = new Chart(app, 'chart');
    const settings = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' } };
    applyAfter(object(chart, 'late'), new PartialObject(chart, 'theirs', settings));

    expect(annotationsIn(app).late).toBeUndefined();
  });
});
