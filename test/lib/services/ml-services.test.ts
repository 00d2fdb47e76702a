import { Size } from 'cdk8s';
import { Cpu } from 'cdk8s-plus-27';
import { describe, expect, it } from 'vitest';
import { BasicAuth, EdgeApp, HttpEntry, HttpTls, type MlServicesProps } from '../../../lib';
import { type Manifest, synthesize, unseenProps } from '../../../lib/testing';
import { API_HOST, IMAGE, INFO_HOST, mlServices } from '../support/http-stacks';
import { manifestOf, namesOf, ofKind } from '../support/manifests';
import { probedPorts } from '../support/pods';
import { expectRefusal } from '../support/refusals';

const TLS = HttpTls.fromSecret('ml-certificate');
const AUTH = BasicAuth.fromSecret('ml-trainers');

function manifestsOf(props: Partial<MlServicesProps> = {}): Manifest[] {
  const app = new EdgeApp();
  mlServices(props, app);
  return synthesize(app);
}

describe('MlServices with hosts and an image', () => {
  it('consist of these objects, and these are their names', () => {
    const ofService = (name: string) =>
      ['Deployment', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'ServiceAccount'].map(
        (kind) => `${kind} ml/${name}`,
      );
    const api = ['info', 'serve', 'train'].flatMap((name) => [
      `IngressRoute ml/ml-api-${name}`,
      `IngressRoute ml/ml-${name}`,
      `Middleware ml/ml-${name}-rewrite`,
    ]);

    expect(namesOf(manifestsOf({ trainAuth: undefined })).sort()).toStrictEqual(
      [
        ...['info', 'serve', 'train', 'not-found'].flatMap(ofService),
        ...api,
        'IngressRoute ml/ml-info-hosts',
        'Middleware ml/ml-info-hosts-rewrite',
        `IngressRoute ml/ml-not-found.${API_HOST}`,
        'IngressRoute ml/ml-unknown-hosts',
        'Middleware ml/ml-api-train-body',
        'Middleware ml/ml-train-body',
        'Namespace -/ml',
        'PersistentVolumeClaim ml/models',
      ].sort(),
    );
  });

  it('E-2, E-7: are four services at the ports that were stated, train among them', () => {
    const ports = ofKind(manifestsOf(), 'Service').map(({ metadata, spec }) => [metadata.name, spec.ports[0].port]);

    expect(ports).toStrictEqual([
      ['info', 8000],
      ['serve', 8001],
      ['train', 8002],
      ['not-found', 8003],
    ]);
  });

  it('E-2: tell each process the port that its pod declares, and which service it is', () => {
    for (const { metadata, spec } of ofKind(manifestsOf(), 'Deployment')) {
      const [container] = spec.template.spec.containers;
      const [{ containerPort }] = container.ports;
      expect(container.args).toStrictEqual([metadata.name]);
      expect(container.env).toContainEqual({ name: 'PORT', value: String(containerPort) });
    }
  });

  it('E-1: are Deployments of two pods each, with a budget, and no bare pods', () => {
    const manifests = manifestsOf();

    expect(ofKind(manifests, 'Pod')).toStrictEqual([]);
    expect(ofKind(manifests, 'Deployment').map(({ spec }) => spec.replicas)).toStrictEqual([2, 2, 2, 2]);
    expect(ofKind(manifests, 'PodDisruptionBudget')).toHaveLength(4);
  });

  it('E-T2: probe a port that the pod declares', () => {
    for (const deployment of ofKind(manifestsOf(), 'Deployment')) {
      expect(probedPorts(deployment).map(([, port]) => port)).toStrictEqual(['http', 'http', 'http']);
    }
  });

  it('E-7, E-8: hand models from train, which writes, to serve, which reads', () => {
    const app = new EdgeApp();
    mlServices({}, app);
    const mounts = (name: string) =>
      manifestOf(app, 'Deployment', name).spec.template.spec.containers[0].volumeMounts.slice(1);

    expect(manifestOf(app, 'PersistentVolumeClaim', 'models').spec).toStrictEqual({
      accessModes: ['ReadWriteMany'],
      resources: { requests: { storage: '1Gi' } },
    });
    expect(mounts('train')).toStrictEqual([{ name: 'shared-0', mountPath: '/models' }]);
    expect(mounts('serve')).toStrictEqual([{ name: 'shared-0', mountPath: '/models', readOnly: true }]);
    expect(mounts('info')).toStrictEqual([]);
  });

  it('warn of training that is open to everybody', () => {
    const app = new EdgeApp();
    mlServices({}, app);

    expect(app.warnings).toStrictEqual([
      '[ml] everybody who reaches the hosts may upload data and train: set trainAuth',
    ]);
  });
});

describe('E-5: MlServices with everything', () => {
  it('ask for a password at both paths of train, and at no other', () => {
    const manifests = manifestsOf({ tls: TLS, trainAuth: AUTH });

    const guarded = ofKind(manifests, 'Middleware').filter(({ spec }) => spec.basicAuth);
    expect(guarded.map(({ metadata }) => metadata.name)).toStrictEqual(['ml-api-train-auth', 'ml-train-auth']);
  });

  it('limit what is uploaded, at the controller and in the service', () => {
    const app = new EdgeApp();
    mlServices({ maxUpload: Size.mebibytes(2) }, app);

    expect(manifestOf(app, 'Middleware', 'ml-train-body').spec.buffering.maxRequestBodyBytes).toBe(2 * 1024 * 1024);
    expect(manifestOf(app, 'Deployment', 'train').spec.template.spec.containers[0].env).toContainEqual({
      name: 'MAX_UPLOAD_BYTES',
      value: String(2 * 1024 * 1024),
    });
  });

  it('leave the limit to the service where the controller has none', () => {
    const app = new EdgeApp();
    mlServices({ entry: HttpEntry.gatewayApi({ className: 'istio' }), maxUpload: Size.mebibytes(2) }, app);

    expect(manifestOf(app, 'Deployment', 'train').spec.template.spec.containers[0].env).toContainEqual({
      name: 'MAX_UPLOAD_BYTES',
      value: String(2 * 1024 * 1024),
    });
  });

  it('have no password at a Gateway, and say so rather than leave it out', () => {
    const entry = HttpEntry.gatewayApi({ className: 'istio' });

    expectRefusal(() => mlServices({ entry, tls: TLS, trainAuth: AUTH }), {
      code: 'EDGE_ERR_HTTP_CONTROLLER',
      value: '"one with auth"',
      rule: 'the Gateway API has no way to ask for a password',
    });
  });

  it('have each prop in the manifests', () => {
    const app = new EdgeApp();
    const all: Required<MlServicesProps> = {
      namespace: 'learning',
      createNamespace: false,
      image: IMAGE,
      entry: HttpEntry.traefik(),
      hosts: [API_HOST],
      infoHosts: [INFO_HOST],
      tls: TLS,
      trainAuth: AUTH,
      maxUpload: Size.kibibytes(77),
      notFoundText: 'Nothing to see here.',
      catchUnknownHosts: false,
      modelStorage: Size.gibibytes(3),
      modelStorageClassName: 'shared-files',
      replicas: 3,
      resources: { cpu: { request: Cpu.millis(123) } },
    };
    mlServices(all, app);

    const { createNamespace: _, entry: __, catchUnknownHosts: ___, ...rest } = all;
    const { maxUpload, modelStorage, resources: ____, tls, ...plain } = rest;
    const telling = { ...plain, tls: tls.secretName, maxUpload: maxUpload.toKibibytes() * 1024 };
    const manifests = synthesize(app);
    expect(unseenProps({ ...telling, modelStorage: `${modelStorage.toGibibytes()}Gi` }, manifests)).toStrictEqual([]);
    expect(JSON.stringify(manifests)).toContain('"cpu":"123m"');
    expect(namesOf(manifests)).not.toContain('Namespace -/learning');
    expect(namesOf(manifests).filter((name) => name.includes('unknown-hosts'))).toStrictEqual([]);
    expect(app.warnings).toStrictEqual([]);
  });

  it.each(['', 'two\nlines', 'a'.repeat(1_025)])('refuse to say %j to whoever is lost', (notFoundText) => {
    expectRefusal(() => mlServices({ notFoundText }), {
      code: 'EDGE_ERR_VALUE',
      value: `"${notFoundText}"`,
      rule: 'it is one line of 1 to 1024 characters',
    });
  });
});

describe('E-T1: every backend of MlServices', () => {
  it.each([
    ['ingress-nginx', HttpEntry.ingressNginx(), 'Ingress'],
    ['Traefik', HttpEntry.traefik(), 'IngressRoute'],
    ['a Gateway', HttpEntry.gatewayApi({ className: 'istio' }), 'HTTPRoute'],
  ])('told to %s is a Service of the app and one of its ports, which its pods declare', (_, entry, kind) => {
    const manifests = manifestsOf({ entry });

    const backends = ofKind(manifests, kind).flatMap(backendsOf);
    expect(backends.length).toBeGreaterThan(0);
    for (const { name, port } of backends) {
      const service = ofKind(manifests, 'Service').find(({ metadata }) => metadata.name === name);
      const target = service?.spec.ports.find((own: Port) => own.name === port || own.port === port)?.targetPort;
      const pods = ofKind(manifests, 'Deployment').filter(({ spec }) =>
        Object.entries(service?.spec.selector ?? {}).every(
          ([key, value]) => spec.template.metadata.labels[key] === value,
        ),
      );
      expect(pods.map(({ spec }) => spec.template.spec.containers[0].ports[0].name)).toStrictEqual([target]);
    }
  });
});

interface Port {
  readonly name: string;
  readonly port: number;
}

function backendsOf({ kind, spec }: Manifest): { name: string; port: string | number }[] {
  const own = kind === 'Ingress' ? spec.rules : kind === 'IngressRoute' ? spec.routes : spec.rules;
  return own.flatMap((rule: Manifest) => {
    if (rule.http) {
      return rule.http.paths.map(({ backend: { service } }: Manifest) => ({
        name: service.name,
        port: service.port.name,
      }));
    }
    return (rule.services ?? rule.backendRefs).map(({ name, port }: Manifest) => ({ name, port }));
  });
}
