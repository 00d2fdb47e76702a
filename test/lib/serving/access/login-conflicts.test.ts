import { describe, expect, it } from 'vitest';
import { AlbAuth, EdgeApp, JwtLogin, type JwtLoginProps, LoginPlace } from '../../../../lib';
import { synthesize } from '../../../../lib/testing';
import { CERTIFICATE } from '../../support/alb';
import { letsThrough } from '../../support/istio';
import { expectProblem, problemsOf } from '../../support/refusals';
import { platformIn } from '../../support/stacks';

const DEX = 'https://dex.example.com';
const CLUSTER = 'https://kubernetes.default.svc.cluster.local';
const HOST = 'iris.staging.platform.example.com';

type Login = Partial<JwtLoginProps>;

/** Two logins, at the ingress gateway unless told otherwise. */
function appWith(first: Login, second: Login): EdgeApp {
  const app = new EdgeApp();
  const place = LoginPlace.ingressGateway();
  new JwtLogin(app, 'first', { place, issuer: DEX, ...first });
  new JwtLogin(app, 'second', { place, issuer: CLUSTER, ...second });
  return app;
}

const warningsAbout = (app: EdgeApp, text: string) => {
  app.synthYaml();
  return app.warnings.filter((warning) => warning.includes(text));
};

const conflict = (rule: string) => ({ code: 'EDGE_ERR_LOGIN' as const, value: '"second"', rule });

describe('two logins at one place', () => {
  it('of two issuers let in the tokens of both, which is worth a warning: names of one may be names of the other', () => {
    const app = appWith({}, {});

    expect(warningsAbout(app, 'tokens of https://kubernetes.default.svc.cluster.local count')).toHaveLength(1);
    expect(warningsAbout(app, `those of ${DEX}`)).toHaveLength(1);
    const request = { namespace: 'istio-system', labels: { istio: 'ingressgateway' }, host: HOST, path: '/' };
    for (const issuer of [DEX, CLUSTER]) {
      expect(letsThrough(synthesize(app), { ...request, requestPrincipal: `${issuer}/x` })).toBe(true);
    }
  });

  it.each<[string, Login, Login]>([
    ['the first', { subjects: ['a'] }, {}],
    ['the second', {}, { subjects: ['b'] }],
    ['both', { subjects: ['a'] }, { subjects: ['b'] }],
  ])('of two issuers, with subjects of %s, let nobody in who is not a subject of all', (_, first, second) => {
    expectProblem(
      problemsOf(appWith(first, second)),
      'second',
      conflict('for the same requests [first] asks for tokens'),
    );
  });

  it('of one issuer with different subjects are refused', () => {
    const app = appWith({ subjects: ['a'] }, { issuer: DEX, subjects: ['b'] });

    expectProblem(problemsOf(app), 'second', conflict(`tokens of ${DEX} for b count there`));
  });

  it.each<[string, Login, Login]>([
    ['of one issuer', {}, { issuer: DEX }],
    ['of one issuer, one with subjects', { subjects: ['a'] }, { issuer: DEX }],
    ['of one issuer with the same subjects', { subjects: ['a'] }, { issuer: DEX, subjects: ['a'] }],
    ['at another gateway', { subjects: ['a'] }, { place: LoginPlace.localGateway() }],
    ['in another namespace', { subjects: ['a'] }, { place: LoginPlace.ingressGateway({ namespace: 'gateways' }) }],
    ['at the models', { subjects: ['a'] }, { place: LoginPlace.models('staging') }],
    [
      'for other hosts',
      { subjects: ['a'], place: LoginPlace.ingressGateway({ hosts: ['a.example.com'] }) },
      { place: LoginPlace.ingressGateway({ hosts: ['b.example.com'] }) },
    ],
    [
      'for hosts that the other leaves out',
      { subjects: ['a'], place: LoginPlace.ingressGateway({ exceptHosts: ['*.example.com'] }) },
      { place: LoginPlace.ingressGateway({ hosts: ['b.example.com'] }) },
    ],
    ['whose issuer is known only later', { subjects: ['a'] }, { issuer: '$' + '{pulumi:7}', jwksUri: DEX }],
  ])('may be there: %s', (_, first, second) => {
    expect(() => appWith(first, second).synthYaml()).not.toThrow('EDGE_ERR_LOGIN');
  });

  it('share a host if only one names its hosts', () => {
    const app = appWith({ subjects: ['a'] }, { place: LoginPlace.ingressGateway({ hosts: ['b.example.com'] }) });

    expectProblem(problemsOf(app), 'second', conflict('for the same requests [first] asks for'));
  });
});

describe('a load balancer that verifies tokens, and a login at the gateway behind it', () => {
  function exposedWith(login: Login, issuer = 'https://issuer.example.com'): EdgeApp {
    const app = new EdgeApp();
    platformIn(app).exposeThroughAlb({ certificateArn: CERTIFICATE, auth: AlbAuth.jwt({ issuer }) });
    new JwtLogin(app, 'login', { place: LoginPlace.ingressGateway(), issuer: DEX, ...login });
    return app;
  }

  it('ask for one token, so that of different issuers nobody would pass both', () => {
    expectProblem(problemsOf(exposedWith({})), 'platform/alb', {
      code: 'EDGE_ERR_LOGIN',
      value: '"https://issuer.example.com"',
      rule: `[login] asks for a token of ${DEX}, and a request has one`,
    });
  });

  it.each<[string, Login, string?]>([
    ['of one issuer', {}, DEX],
    ['at the gateway for callers from inside', { place: LoginPlace.localGateway() }],
    [
      'that leaves out the hosts of the models',
      {
        place: LoginPlace.ingressGateway({
          exceptHosts: ['*.staging.platform.example.com', '*.prod.platform.example.com'],
        }),
      },
    ],
    ['for another host', { place: LoginPlace.ingressGateway({ hosts: ['kubeflow.platform.example.com'] }) }],
    ['whose issuer is known only later', { issuer: '$' + '{pulumi:7}', jwksUri: DEX }],
  ])('may be there: %s', (_, login, issuer) => {
    expect(() => exposedWith(login, issuer).synthYaml()).not.toThrow('EDGE_ERR_LOGIN');
  });

  it('are about the same requests if the login names the host of a model', () => {
    const place = LoginPlace.ingressGateway({ hosts: [HOST] });

    expect(problemsOf(exposedWith({ place }))).toHaveLength(1);
  });

  it('may be of two issuers where a second login takes the tokens of the load balancer', () => {
    const app = exposedWith({});
    new JwtLogin(app, 'other', { place: LoginPlace.ingressGateway(), issuer: 'https://issuer.example.com' });

    expect(() => app.synthYaml()).not.toThrow();
  });
});
