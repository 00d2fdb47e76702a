import { describe, expect, it } from 'vitest';
import { JwtLogin, LoginPlace, ModelLogin } from '../../../lib';
import { irisStack } from '../support/stacks';

const ISSUER = 'https://kubernetes.default.svc.cluster.local';

function warningsWith(place: LoginPlace, modelLogin?: ModelLogin): string[] {
  const { app } = irisStack({}, { modelLogin });
  new JwtLogin(app, 'login', { place, issuer: ISSUER });
  app.synthYaml();
  return app.warnings.filter((warning) => warning.includes('modelLogin'));
}

describe('a bridge without a login', () => {
  it.each([
    ['at the local gateway', LoginPlace.localGateway()],
    ['there for the host of its model', LoginPlace.localGateway({ hosts: ['iris.staging.svc.cluster.local'] })],
    ['at its model', LoginPlace.models('staging')],
  ])('is warned of a login that it does not pass: %s', (_, place) => {
    expect(warningsWith(place)).toStrictEqual([
      expect.stringMatching(/^\[bridge\] route staging\/iris: the bridge has no modelLogin, and \[login\] refuses/),
    ]);
  });

  it.each([
    ['for other hosts', LoginPlace.localGateway({ hosts: ['other.staging.svc.cluster.local'] })],
    ['with an exception for its host', LoginPlace.localGateway({ exceptHosts: ['*.svc.cluster.local'] })],
    ['with an exception for its path', LoginPlace.localGateway({ exceptPaths: ['/v1/*'] })],
    ['for callers from outside', LoginPlace.ingressGateway()],
    ['at models of another namespace', LoginPlace.models('prod')],
  ])('is not warned of one that it does not meet: %s', (_, place) => {
    expect(warningsWith(place)).toStrictEqual([]);
  });
});

describe('a bridge with a login', () => {
  it('is not warned', () => {
    expect(warningsWith(LoginPlace.localGateway(), ModelLogin.serviceAccountToken())).toStrictEqual([]);
  });
});
