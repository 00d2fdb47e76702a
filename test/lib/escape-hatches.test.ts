import { ApiObject, JsonPatch } from 'cdk8s';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { EdgeApp, TraefikInstallation } from '../../lib';
import { findManifest, synthesize } from '../../lib/testing';
import { maximalStack } from './support/maximal-stack';

type Stack = ReturnType<typeof maximalStack>;

/** Every object that a stack with everything in it has: how to get hold of it, and where to add what nobody knows. */
const OBJECTS: [object: string, get: (stack: Stack) => ApiObject | undefined, field: string][] = [
  ['Mosquitto.configMap', ({ hub }) => hub.configMap, '/data/unknownField'],
  ['Mosquitto.usersSecret', ({ hub }) => hub.usersSecret, '/stringData/unknownField'],
  ['Mosquitto.serviceAccount', ({ hub }) => hub.serviceAccount, '/unknownField'],
  ['Mosquitto.volumeClaim', ({ hub }) => hub.volumeClaim, '/spec/unknownField'],
  ['Mosquitto.service', ({ hub }) => hub.service, '/spec/unknownField'],
  ['Mosquitto.statefulSet', ({ hub }) => hub.statefulSet, '/spec/template/spec/unknownField'],
  ['Mosquitto.networkPolicy', ({ hub }) => hub.networkPolicy, '/spec/ingress/0/unknownField'],
  ['TraefikBrokerRoutes.mqttRoute', ({ traefik }) => traefik.mqttRoute, '/spec/unknownField'],
  ['TraefikBrokerRoutes.websocketRoute', ({ traefik }) => traefik.websocketRoute, '/spec/unknownField'],
  ['TraefikEntryPoints.helmChartConfig', ({ traefik }) => traefik.entryPoints.helmChartConfig, '/spec/unknownField'],
  ['InferencePlatform.knativeDomain', ({ platform }) => platform.knativeDomain.configMap, '/data/unknownField'],
  ['InferenceModel.inferenceService', ({ detector }) => detector.inferenceService, '/spec/predictor/unknownField'],
  ['InferenceModel.inferenceService (2)', ({ plain }) => plain.inferenceService, '/spec/predictor/model/unknownField'],
  ['InferenceBridge.configMap', ({ bridge }) => bridge.configMap, '/data/unknownField'],
  ['InferenceBridge.codeConfigMaps[0]', ({ bridge }) => bridge.codeConfigMaps[0], '/data/unknownField'],
  ['InferenceBridge.codeConfigMaps[1]', ({ bridge }) => bridge.codeConfigMaps[1], '/binaryData/unknownField'],
  ['InferenceBridge.credentialsSecret', ({ bridge }) => bridge.credentialsSecret, '/stringData/unknownField'],
  ['InferenceBridge.serviceAccount', ({ bridge }) => bridge.serviceAccount, '/unknownField'],
  ['InferenceBridge.service', ({ bridge }) => bridge.service, '/spec/unknownField'],
  ['InferenceBridge.statefulSet', ({ bridge }) => bridge.statefulSet, '/spec/template/spec/containers/0/unknownField'],
  ['InferenceBridge.networkPolicy', ({ bridge }) => bridge.networkPolicy, '/spec/unknownField'],
  ['the namespace of models', ({ app }) => namespace(app, 'vision'), '/unknownField'],
  ['the other namespace of models', ({ app }) => namespace(app, 'audio'), '/unknownField'],
  ['the namespace of the broker', ({ app }) => namespace(app, 'messaging'), '/unknownField'],
  ['the namespace of the bridge', ({ app }) => namespace(app, 'bridges'), '/unknownField'],
];
const UNKNOWN = { 'nvidia.com/gpu': 1, list: ['a'] };

function namespace(app: EdgeApp, name: string): ApiObject {
  return app.node.findChild('00-namespaces').node.findChild(name) as ApiObject;
}

/** The whole stack as k3s has it: the one installation that adds an object. */
function stack(): Stack {
  return maximalStack(new EdgeApp(), { installation: TraefikInstallation.k3s() });
}

function manifestOf({ app }: Stack, { kind, metadata }: ApiObject) {
  return findManifest(synthesize(app), kind, String(metadata.name), metadata.namespace);
}

function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.slice(1).split('/');
  return steps.reduce<unknown>((inner, step) => (inner as Record<string, unknown>)[step], value);
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe.each(OBJECTS)('%s', (_, get, field) => {
  it(`keeps a patch that adds ${field}`, () => {
    const whole = stack();
    const object = get(whole) as ApiObject;

    object.addJsonPatch(JsonPatch.add(field, UNKNOWN));

    expect(valueAt(manifestOf(whole, object), field)).toStrictEqual(UNKNOWN);
  });

  it('takes a label and an annotation, and gives them to no other object', () => {
    const whole = stack();
    const before = synthesize(whole.app);
    const object = get(whole) as ApiObject;

    object.metadata.addLabel('example.com/label', 'a');
    object.metadata.addAnnotation('example.com/annotation', 'b');

    const after = synthesize(whole.app);
    const changed = after.filter((manifest, i) => JSON.stringify(manifest) !== JSON.stringify(before[i]));
    const { labels, annotations } = manifestOf(whole, object).metadata;
    expect(changed).toStrictEqual([manifestOf(whole, object)]);
    expect([labels?.['example.com/label'], annotations]).toStrictEqual(['a', { 'example.com/annotation': 'b' }]);
  });
});

describe('the table of objects', () => {
  it('has every object of a stack with everything in it', () => {
    const whole = stack();

    const all = whole.app.node.findAll().filter((construct) => ApiObject.isApiObject(construct));

    const listed = OBJECTS.map(([, get]) => get(whole)?.node.path);
    expect(listed.sort()).toStrictEqual(all.map(({ node }) => node.path).sort());
  });
});
