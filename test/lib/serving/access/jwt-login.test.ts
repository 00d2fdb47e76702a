import { describe, expect, it } from 'vitest';
import { EdgeApp, type GatewayLoginOptions, JwtLogin, type JwtLoginProps, LoginPlace } from '../../../../lib';
import { synthesize, unseenProps } from '../../../../lib/testing';
import { letsThrough, type MeshRequest } from '../../support/istio';
import { manifestOf, namesOf } from '../../support/manifests';
import { expectRefusal } from '../../support/refusals';

const ISSUER = 'https://dex.example.com';
const CLUSTER = 'https://kubernetes.default.svc.cluster.local';
const SOMEBODY = `${ISSUER}/somebody`;
const HOST = 'iris.staging.platform.example.com';

function appWith(props: Partial<JwtLoginProps> = {}): EdgeApp {
  const app = new EdgeApp();
  new JwtLogin(app, 'login', { place: LoginPlace.ingressGateway(), issuer: ISSUER, ...props });
  return app;
}

function atGateway(options: GatewayLoginOptions): EdgeApp {
  return appWith({ place: LoginPlace.ingressGateway(options) });
}

/** Whether a request gets past the gateway. */
function passes(app: EdgeApp, request: Partial<MeshRequest>): boolean {
  const gateway = { namespace: 'istio-system', labels: { istio: 'ingressgateway' } };
  return letsThrough(synthesize(app), { ...gateway, host: HOST, path: '/v1/models/iris:predict', ...request });
}

function jwtRuleOf(app: EdgeApp) {
  return manifestOf(app, 'RequestAuthentication', 'login').spec.jwtRules[0];
}

describe('a JwtLogin at the ingress gateway', () => {
  it('is what looks at tokens, and beside it what refuses requests without one', () => {
    expect(synthesize(appWith())).toStrictEqual([
      {
        apiVersion: 'security.istio.io/v1beta1',
        kind: 'RequestAuthentication',
        metadata: { name: 'login', namespace: 'istio-system' },
        spec: {
          selector: { matchLabels: { istio: 'ingressgateway' } },
          jwtRules: [
            {
              issuer: ISSUER,
              forwardOriginalToken: true,
              fromHeaders: [{ name: 'Authorization', prefix: 'Bearer ' }],
              outputClaimToHeaders: [
                { header: 'kubeflow-userid', claim: 'sub' },
                { header: 'kubeflow-groups', claim: 'groups' },
              ],
            },
          ],
        },
      },
      {
        apiVersion: 'security.istio.io/v1beta1',
        kind: 'AuthorizationPolicy',
        metadata: { name: 'login', namespace: 'istio-system' },
        spec: {
          selector: { matchLabels: { istio: 'ingressgateway' } },
          action: 'DENY',
          rules: [{ from: [{ source: { notRequestPrincipals: ['*'] } }] }],
        },
      },
    ]);
  });

  it('refuses a request without a token, and lets one with a token through (D-T5)', () => {
    expect(passes(appWith(), {})).toBe(false);
    expect(passes(appWith(), { requestPrincipal: SOMEBODY })).toBe(true);
  });

  it('overwrites both headers that Kubeflow knows a caller by, also for tokens without groups (C-T6, D-T6, X-10)', () => {
    const { outputClaimToHeaders } = jwtRuleOf(appWith({ identityHeaders: { 'x-user': 'email' } }));

    expect(outputClaimToHeaders).toStrictEqual([
      { header: 'kubeflow-userid', claim: 'sub' },
      { header: 'kubeflow-groups', claim: 'groups' },
      { header: 'x-user', claim: 'email' },
    ]);
  });

  it.each(['kubeflow-userid', 'Kubeflow-UserId'])('may fill %s from another claim', (header) => {
    const { outputClaimToHeaders } = jwtRuleOf(appWith({ identityHeaders: { [header]: 'email' } }));

    expect(outputClaimToHeaders).toStrictEqual([
      { header: 'kubeflow-userid', claim: 'email' },
      { header: 'kubeflow-groups', claim: 'groups' },
    ]);
  });

  it('hands out its objects', () => {
    const login = appWith().node.findChild('login') as JwtLogin;

    const objects = [...login.requestAuthentications, ...login.authorizationPolicies];
    expect(objects.map(({ kind }) => kind)).toStrictEqual(['RequestAuthentication', 'AuthorizationPolicy']);
  });
});

describe('the props of JwtLogin', () => {
  const all: Required<JwtLoginProps> = {
    place: LoginPlace.models('staging'),
    issuer: 'kubernetes/serviceaccount',
    jwksUri: 'http://cluster-jwks-proxy.istio-system.svc.cluster.local/openid/v1/jwks',
    audiences: ['edge-inference', 'others'],
    subjects: ['system:serviceaccount:staging:*', 'system:serviceaccount:mosquitto:bridge'],
    identityHeaders: { 'x-caller': 'email' },
    name: 'tokens',
  };

  it('are all found in the manifests', () => {
    expect(unseenProps(all, synthesize(appWith(all)))).toStrictEqual([]);
  });

  it('subjects lets tokens of one tenant in, and no other of the same cluster (D-10)', () => {
    const app = appWith({ issuer: CLUSTER, subjects: ['system:serviceaccount:staging:*'] });
    const token = (subject: string) => passes(app, { requestPrincipal: `${CLUSTER}/${subject}` });

    expect(token('system:serviceaccount:staging:default')).toBe(true);
    expect(token('system:serviceaccount:staging-2:default')).toBe(false);
    expect(token('system:serviceaccount:prod:default')).toBe(false);
    expect(passes(app, { requestPrincipal: `${ISSUER}/system:serviceaccount:staging:default` })).toBe(false);
    expect(passes(app, {})).toBe(false);
  });

  it.each([
    ['issuer', { issuer: '' }, '""', 'without spaces and stars'],
    ['issuer', { issuer: 'https://a.example/*' }, '"https://a.example/*"', 'without spaces and stars'],
    ['issuer without jwksUri', { issuer: 'accounts' }, '"accounts"', 'only a URL says where the keys are'],
    ['jwksUri', { jwksUri: 'ftp://a' }, '"ftp://a"', 'begins with http:// or https://'],
    ['jwksUri', { jwksUri: 'https://' }, '"https://"', 'begins with http:// or https://'],
    ['audiences', { audiences: [] }, '"[]"', 'no token would count'],
    ['audiences', { audiences: ['a', ''] }, '""', 'it is empty'],
    ['subjects', { subjects: [] }, '"[]"', 'no token would count'],
    ['subjects', { subjects: [''] }, '""', 'at least one character'],
    ['subjects', { subjects: ['a b'] }, '"a b"', 'no spaces'],
    ['subjects', { subjects: ['system:*:default'] }, '"system:*:default"', 'only at the end'],
    ['identityHeaders', { identityHeaders: { 'a b': 'sub' } }, '"a b"', 'Istio sets no such header'],
    ['identityHeaders', { identityHeaders: { a: '' } }, '""', 'it is empty'],
  ] as [string, Partial<JwtLoginProps>, string, string][])('%s is refused: %o', (_, props, value, rule) => {
    expectRefusal(() => appWith(props), { code: 'EDGE_ERR_VALUE', value, rule });
  });

  it('subjects may be anybody, as long as it is said', () => {
    expect(() => appWith({ subjects: ['*'] })).not.toThrow();
  });

  it('an issuer without URL is fine when jwksUri says where its keys are', () => {
    expect(() => appWith({ issuer: 'accounts', jwksUri: 'https://keys.example.com' })).not.toThrow();
  });

  it.each([
    ['Login', 'only a-z'],
    ['a'.repeat(201), 'at most 200 characters, and this one has 201'],
  ])('name %j is refused', (name, rule) => {
    expectRefusal(() => appWith({ name }), { code: 'EDGE_ERR_NAME', value: `"${name}"`, rule });
  });

  it('name may have 200 characters', () => {
    expect(() => appWith({ name: 'a'.repeat(200), place: LoginPlace.models('staging') }).synthYaml()).not.toThrow();
  });
});

describe('LoginPlace.ingressGateway', () => {
  const all: Required<GatewayLoginOptions> = {
    namespace: 'ingress',
    labels: { app: 'outer' },
    hosts: ['iris.staging.example.com'],
    exceptHosts: ['*.dashboards.example.com'],
    exceptPaths: ['/dex/*'],
  };

  it('writes all its options into the objects', () => {
    expect(unseenProps(all, synthesize(atGateway(all)))).toStrictEqual([]);
  });

  it('asks for tokens at every host, so that none is forgotten', () => {
    expect(passes(appWith(), { host: 'anything.example.org' })).toBe(false);
  });

  it('hosts limits it to these, also when the client writes a port behind the host', () => {
    const app = atGateway({ hosts: [HOST] });

    expect(passes(app, { host: HOST })).toBe(false);
    expect(passes(app, { host: `${HOST}:443` })).toBe(false);
    expect(passes(app, { host: `${HOST}:31337` })).toBe(false);
    expect(passes(app, { host: 'kubeflow.example.com' })).toBe(true);
  });

  it('exceptHosts leaves others to a login of their own, and a port behind the host opens nothing', () => {
    const app = atGateway({ exceptHosts: ['kubeflow.example.com', '*.dashboards.example.com'] });

    expect(passes(app, { host: 'kubeflow.example.com' })).toBe(true);
    expect(passes(app, { host: 'a.dashboards.example.com' })).toBe(true);
    expect(passes(app, { host: HOST })).toBe(false);
    expect(passes(app, { host: `${HOST}:80` })).toBe(false);
  });

  it('exceptPaths leaves paths open', () => {
    const app = atGateway({ exceptPaths: ['/dex/*'] });

    expect(passes(app, { path: '/dex/auth' })).toBe(true);
    expect(passes(app, { path: '/v2/models/iris/ready' })).toBe(false);
  });

  it.each([
    ['hosts', { hosts: ['*.example.com'] }, 'EDGE_ERR_DOMAIN', '"*.example.com"', 'by adding a port to such a host'],
    ['hosts', { hosts: ['https://a.example'] }, 'EDGE_ERR_DOMAIN', '"https://a.example"', 'only a-z'],
    ['hosts', { hosts: [] }, 'EDGE_ERR_VALUE', '"[]"', 'it would be about nothing'],
    ['labels', { labels: {} }, 'EDGE_ERR_VALUE', '"{}"', 'it would be about nothing'],
    ['exceptHosts', { exceptHosts: ['*'] }, 'EDGE_ERR_DOMAIN', '"*"', 'only a-z'],
    ['exceptHosts', { exceptHosts: ['a.*.example'] }, 'EDGE_ERR_DOMAIN', '"a.*.example"', 'only a-z'],
    ['exceptPaths', { exceptPaths: ['*/ready'] }, 'EDGE_ERR_VALUE', '"*/ready"', 'a path begins with /'],
    ['namespace', { namespace: 'Istio' }, 'EDGE_ERR_NAME', '"Istio"', 'only a-z'],
  ] as [string, GatewayLoginOptions, 'EDGE_ERR_VALUE', string, string][])(
    '%s is refused: %o',
    (_, options, code, value, rule) => {
      expectRefusal(() => LoginPlace.ingressGateway(options), { code, value, rule });
    },
  );
});

describe('LoginPlace.localGateway', () => {
  it("is Kubeflow's gateway for callers from inside", () => {
    const app = appWith({ place: LoginPlace.localGateway() });

    for (const kind of ['RequestAuthentication', 'AuthorizationPolicy']) {
      expect(manifestOf(app, kind, 'login', 'istio-system').spec.selector).toStrictEqual({
        matchLabels: { istio: 'cluster-local-gateway' },
      });
    }
  });
});

describe('LoginPlace.models', () => {
  const app = () => appWith({ place: LoginPlace.models('staging'), issuer: CLUSTER });
  const pod = { namespace: 'staging', labels: { component: 'predictor' } };

  it('is a login at the pods of the models, whichever way a request took', () => {
    expect(namesOf(synthesize(app()))).toStrictEqual([
      'RequestAuthentication staging/login-predictor',
      'RequestAuthentication staging/login-transformer',
      'AuthorizationPolicy staging/login-predictor',
      'AuthorizationPolicy staging/login-transformer',
    ]);
  });

  it('refuses requests without a token, through the activator as well', () => {
    const principal = 'cluster.local/ns/knative-serving/sa/activator';

    expect(passes(app(), { ...pod, principal })).toBe(false);
    expect(passes(app(), { ...pod, principal, requestPrincipal: `${CLUSTER}/anybody` })).toBe(true);
  });

  it.each(['/healthz', '/metrics', '/wait-for-drain'])('leaves %s to Knative, which has no token', (path) => {
    expect(passes(app(), { ...pod, path, method: 'GET' })).toBe(true);
  });

  it('is about models and nothing else in the namespace', () => {
    expect(passes(app(), { ...pod, labels: { app: 'notebook' } })).toBe(true);
  });

  it('refuses what is no namespace', () => {
    expectRefusal(() => LoginPlace.models('*'), { code: 'EDGE_ERR_NAME', value: '"*"', rule: 'only a-z' });
  });
});
