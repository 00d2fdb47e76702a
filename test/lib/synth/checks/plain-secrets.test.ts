import { describe, expect, it } from 'vitest';
import { EdgeApp } from '../../../../lib';
import { appOf, deployment, type RawObject } from '../../support/raw-objects';
import { expectProblem, problemsOf } from '../../support/refusals';

function configMap(data: Record<string, string>): RawObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, data };
}

const REFUSAL = { code: 'EDGE_ERR_PLAIN_SECRET', value: '"a secret in clear"', rule: 'can read it' } as const;

describe('a ConfigMap (X-8)', () => {
  it.each([
    ['a password', { BROKER_PASSWORD: 'hunter2-hunter2' }],
    ['a token that every tutorial has', { 'api-token': 'token1' }],
    ['a password that every tutorial has (C-11)', { password: '12341234' }],
    ['the hash of a password (A-1)', { 'password.txt': 'admin:$6$c2FsdA==$aGFzaA==' }],
    ['a password in a properties file', { 'app.properties': 'user=admin\nmqtt.password=hunter2-hunter2\n' }],
    ['a token in a YAML file', { 'app.yaml': 'login:\n  token: "abcdef"\n' }],
    ['a private key', { 'tls.key': '-----BEGIN EC PRIVATE KEY-----\nMHc=' }],
  ])('is refused with %s', (_, data) => {
    expectProblem(problemsOf(appOf(configMap(data))), 'raw/ConfigMap', REFUSAL);
  });

  it.each([
    ['where a password is', { passwordFile: '/var/run/secrets/password' }],
    ['where tokens come from', { token: 'https://idp.example.com/token' }],
    ['the name of a variable', { password: '$(BROKER_PASSWORD)' }],
    ['whether there is one', { 'use-token': 'true' }],
    ['anything else', { 'mosquitto.conf': 'listener 1883\n' }],
    ['nothing', { password: '' }],
    ['a script that reads one', { 'start.sh': 'password=$(cat "$file")\n' }],
    ['the name of a file with one', { 'bridge.yaml': 'broker:\n  passwordFile: /run/password\n' }],
  ])('may say %s', (_, data) => {
    expect(() => appOf(configMap(data)).synthYaml()).not.toThrow();
  });
});

describe('a container (X-8)', () => {
  it.each([
    ['an environment variable (A-7)', { env: [{ name: 'BROKER_PASSWORD', value: 'hunter2-hunter2' }] }],
    ['an argument (D-4)', { args: ['--password=hunter2-hunter2'] }],
    ['its command', { command: ['serve', '-api-key=0123456789abcdef'] }],
  ])('is refused with a secret in %s', (_, container) => {
    expectProblem(problemsOf(appOf(deployment(container))), 'raw/Deployment', REFUSAL);
  });

  it.each([
    [
      'from a Secret',
      { env: [{ name: 'PASSWORD', valueFrom: { secretKeyRef: { name: 'broker', key: 'password' } } }] },
    ],
    ['from a file', { args: ['--password-file=/etc/secret/password', '--token=/var/run/token'] }],
  ])('may take one %s', (_, container) => {
    expect(() => appOf(deployment(container)).synthYaml()).not.toThrow();
  });
});

describe('a container of a model (A-7)', () => {
  it.each([
    ['InferenceService', { predictor: { containers: [{ name: 'kserve-container', env: [] }] } }],
    ['ServingRuntime', { containers: [{ name: 'kserve-container', env: [] }] }],
  ])('is looked at in an %s too', (kind, spec) => {
    const leaking = JSON.parse(
      JSON.stringify(spec).replace('"env":[]', '"env":[{"name":"BROKER_PASSWORD","value":"hunter2-hunter2"}]'),
    );
    const object = { apiVersion: 'serving.kserve.io/v1beta1', kind, metadata: { name: 'iris' }, spec: leaking };

    expectProblem(problemsOf(appOf(object)), `raw/${kind}`, REFUSAL);
  });
});

describe('what only looks like a secret', () => {
  it('passes when the stack accepts it, with a reason', () => {
    const app = appOf(configMap({ 'next-token': 'abcdef' }));

    EdgeApp.accept(app.node.findChild('raw'), 'EDGE_ERR_PLAIN_SECRET', 'a token of a tokenizer');

    expect(() => app.synthYaml()).not.toThrow();
  });

  it('does not pass because another object is accepted, or another problem', () => {
    const app = appOf(configMap({ 'next-token': 'abcdef' }), deployment({ args: ['--token=abcdef'] }));

    EdgeApp.accept(app.node.findChild('raw').node.findChild('Deployment'), 'EDGE_ERR_PLAIN_SECRET', 'a tokenizer');
    EdgeApp.accept(app.node.findChild('raw').node.findChild('ConfigMap'), 'EDGE_ERR_PROBE', 'a tokenizer');

    expect(problemsOf(app)).toHaveLength(1);
    expectProblem(problemsOf(app), 'raw/ConfigMap', REFUSAL);
  });
});
