import { describe, expect, it } from 'vitest';
import { EdgeApp, InferenceAccess, InferencePlatform, JwtLogin, LoginPlace } from '../../../../lib';
import { authorizationPolicies } from '../../../../lib/synth/checks/authorization-policies';
import type { ManifestProblem } from '../../../../lib/synth/manifest';
import { synthesize } from '../../../../lib/testing';

const GATEWAYS = [{ source: { principals: ['cluster.local/ns/istio-system/sa/gateway'] } }];
const PATHS = [{ operation: { paths: ['/v1/models/*'] } }];
const SELECTOR = { matchLabels: { component: 'predictor' } };

interface Found {
  readonly code: string;
  readonly at: string;
  readonly value: unknown;
}

/** What is found in a policy with this spec: where, and what. */
function foundIn(spec: object | undefined, namespace = 'staging'): Found[] {
  const json = {
    apiVersion: 'security.istio.io/v1beta1',
    kind: 'AuthorizationPolicy',
    metadata: { name: 'p', namespace },
    ...(spec && { spec }),
  };
  return authorizationPolicies([{ path: 'a/b', json, accepted: [] }]).map(summary);
}

function summary({ code, problem: { at, value } }: ManifestProblem): Found {
  return { code, at, value };
}

const OPEN: Found = {
  code: 'EDGE_ERR_POLICY_OPEN',
  at: 'the from of a rule of AuthorizationPolicy p',
  value: 'anybody',
};

function rule(at: string, value: unknown): Found {
  return { code: 'EDGE_ERR_POLICY_RULE', at, value };
}

describe('an ALLOW policy in the root namespace of the mesh', () => {
  it.each([
    ['a selector', { selector: SELECTOR, rules: [{ to: PATHS }] }],
    ['no selector', { rules: [{ to: PATHS }] }],
    ['its action written out', { action: 'ALLOW', selector: SELECTOR, rules: [{ to: PATHS }] }],
    ['one rule with callers and one without', { rules: [{ from: GATEWAYS }, { to: PATHS }] }],
    ['a rule without anything', { selector: SELECTOR, rules: [{}] }],
    [
      'a condition on anything but the caller',
      { rules: [{ to: PATHS, when: [{ key: 'request.headers[x-key]', values: ['a'] }] }] },
    ],
  ])('with %s, and no callers, opens the whole mesh (C-T7, C-8)', (_, spec) => {
    expect(foundIn(spec, 'istio-system')).toStrictEqual([OPEN]);
  });

  it.each([
    ['with callers', { selector: SELECTOR, rules: [{ from: GATEWAYS, to: PATHS }] }],
    [
      'with a condition on the caller',
      { rules: [{ to: PATHS, when: [{ key: 'request.auth.claims[aud]', values: ['a'] }] }] },
    ],
    ['for one gateway by reference', { targetRef: { kind: 'Gateway', name: 'g' }, rules: [{ to: PATHS }] }],
    ['for gateways by reference', { targetRefs: [{ kind: 'Gateway', name: 'g' }], rules: [{ to: PATHS }] }],
    ['that refuses', { action: 'DENY', rules: [{ to: PATHS }] }],
  ])('%s does not', (_, spec) => {
    expect(foundIn(spec, 'istio-system')).toStrictEqual([]);
  });

  it('is a matter of that namespace: in a tenant’s the same policy opens its own workloads only', () => {
    expect(foundIn({ selector: SELECTOR, rules: [{ to: PATHS }] })).toStrictEqual([]);
  });
});

describe('rules that mean another thing than they seem to', () => {
  it.each([
    ['no spec', undefined],
    ['an empty spec', {}],
    ['an empty list', { rules: [] }],
    ['an empty list, and refuse', { action: 'DENY', rules: [] }],
  ])('are none: %s', (_, spec) => {
    expect(foundIn(spec)).toStrictEqual([rule('the list of rules of AuthorizationPolicy p', 'empty')]);
  });

  it.each(['ALLOW', 'DENY'])('are without conditions, in a policy that says %s', (action) => {
    expect(foundIn({ action, rules: [{ to: PATHS }, {}] })).toStrictEqual([
      rule('rules[1] of AuthorizationPolicy p', '{}'),
    ]);
  });

  it('is what Kubeflow’s own predictors are opened with (D-10)', () => {
    expect(foundIn({ selector: SELECTOR, rules: [{}] })).toHaveLength(1);
  });

  it.each([
    ['from', { from: [], to: PATHS }, 'from', '[]'],
    ['to', { from: GATEWAYS, to: [] }, 'to', '[]'],
    ['when', { from: GATEWAYS, when: [] }, 'when', '[]'],
    ['a source', { from: [{ source: {} }] }, 'from[0].source', '{}'],
    ['a source that is left out', { from: [{}] }, 'from[0].source', '{}'],
    ['an operation', { to: [...PATHS, { operation: {} }] }, 'to[1].operation', '{}'],
    ['a list of callers', { from: [{ source: { principals: [] } }] }, 'from[0].source.principals', '[]'],
    ['a list of paths', { to: [{ operation: { notPaths: [] } }] }, 'to[0].operation.notPaths', '[]'],
    ['a condition', { when: [{ key: 'source.ip' }] }, 'when[0]', '{}'],
    ['the values of a condition', { when: [{ key: 'source.ip', values: [] }] }, 'when[0].values', '[]'],
  ])('have an empty part, which Istio refuses: %s', (_, wrong, part, value) => {
    expect(foundIn({ rules: [wrong] })).toStrictEqual([rule(`${part} of rules[0] of AuthorizationPolicy p`, value)]);
  });

  it.each([
    ['paths', '/v1/models/*:predict'],
    ['paths', '*/models/*'],
    ['notPaths', '/a/*/b'],
    ['hosts', 'a.*.example.com'],
    ['paths', '**'],
    ['paths', '/a/**'],
  ])('have a star where it stands for itself: %s %s', (name, pattern) => {
    expect(foundIn({ rules: [{ to: [{ operation: { [name]: ['/fine', pattern] } }] }] })).toStrictEqual([
      rule(`to[0].operation.${name} of rules[0] of AuthorizationPolicy p`, pattern),
    ]);
  });

  it('have a star in the middle of a caller, who never comes', () => {
    const principals = ['cluster.local/ns/*/sa/default'];

    expect(foundIn({ rules: [{ from: [{ source: { principals } }] }] })).toStrictEqual([
      rule('from[0].source.principals of rules[0] of AuthorizationPolicy p', principals[0]),
    ]);
  });

  it.each(['*', '/v1/*', '*/ready', '/v1', '', '/v1/{*}/a', '/v1/{**}', '{*}', '{**}/a'])(
    'are not those with the path %j',
    (path) => {
      expect(foundIn({ rules: [{ to: [{ operation: { paths: [path] } }] }] })).toStrictEqual([]);
    },
  );
});

describe('the check of AuthorizationPolicies', () => {
  it('does not look at other kinds, nor at other groups', () => {
    const metadata = { name: 'p', namespace: 'istio-system' };
    const others = [
      { apiVersion: 'security.istio.io/v1', kind: 'PeerAuthentication', metadata, spec: {} },
      { apiVersion: 'policy.linkerd.io/v1alpha1', kind: 'AuthorizationPolicy', metadata, spec: {} },
    ];

    expect(authorizationPolicies(others.map((json) => ({ path: 'a', json, accepted: [] })))).toStrictEqual([]);
  });

  it('says at which construct it is', () => {
    const json = {
      apiVersion: 'security.istio.io/v1',
      kind: 'AuthorizationPolicy',
      metadata: { name: 'p', namespace: 'a' },
      spec: {},
    };

    expect(authorizationPolicies([{ path: 'a/b', json, accepted: [] }]).map(({ path }) => path)).toStrictEqual(['a/b']);
  });

  it('finds nothing in what the library itself makes', () => {
    const app = appWith(InferenceAccess.perTenant());
    new JwtLogin(app, 'outside', { place: LoginPlace.ingressGateway(), issuer: 'https://dex.example.com' });
    new JwtLogin(app, 'inside', { place: LoginPlace.models('staging'), issuer: 'https://dex.example.com' });

    expect(codesIn(app)).toStrictEqual([]);
  });

  it('finds the pair that opens the mesh, and synth lets it pass, as it was asked for by its name', () => {
    const app = appWith(InferenceAccess.openToEverybody());

    expect(codesIn(app)).toStrictEqual(['EDGE_ERR_POLICY_OPEN', 'EDGE_ERR_POLICY_OPEN']);
    expect(() => app.synthYaml()).not.toThrow();
  });
});

function appWith(access: InferenceAccess): EdgeApp {
  const app = new EdgeApp();
  new InferencePlatform(app, 'platform', { domain: 'platform.example.com', namespaces: ['staging'], access });
  return app;
}

function codesIn(app: EdgeApp): string[] {
  const manifests = synthesize(app).map((json) => ({ path: 'a', json, accepted: [] }));
  return authorizationPolicies(manifests).map(({ code }) => code);
}
