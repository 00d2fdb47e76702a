import { describe, expect, it } from 'vitest';
import { nextStep, type Seen, type Step } from '../../../../bridge/model/login/dex-steps';
import { CredentialsRefused, LoginError } from '../../../../bridge/model/login/login';

const GATEWAY = 'https://kubeflow.example.com';

interface Sight extends Partial<Omit<Seen, 'url' | 'location'>> {
  readonly at: string;
  readonly to?: string;
}

function seen({ at, to, ...others }: Sight): Seen {
  const url = new URL(at, GATEWAY);
  const location = to === undefined ? undefined : new URL(to, url);
  return {
    url,
    location,
    status: to === undefined ? 200 : 302,
    sent: 'nothing',
    first: false,
    given: false,
    ...others,
  };
}

function stepAfter(sight: Sight, connector = 'local'): string {
  return written(nextStep(seen(sight), connector));
}

function written(step: Step): string {
  if (step.do === 'finish') return 'finish';
  const where = step.url.href.replace(GATEWAY, '');
  return step.do === 'get' ? `get ${where}` : `post ${step.form} to ${where}`;
}

function errorAfter(sight: Sight): LoginError {
  try {
    nextStep(seen(sight), 'local');
  } catch (error) {
    expect(error).toBeInstanceOf(LoginError);
    return error as LoginError;
  }
  throw new Error('there is a next step');
}

describe('what a login does next', () => {
  it.each<[Sight, string]>([
    [{ at: '/v1/models/iris:predict', first: true, status: 200 }, 'finish'],
    [{ at: '/v1/models/iris:predict', first: true, status: 405 }, 'finish'],
    [
      { at: '/v1/models/iris:predict', first: true, status: 403 },
      'get /oauth2/start?rd=%2Fv1%2Fmodels%2Firis%3Apredict',
    ],
    [{ at: '/api/x?a=b', first: true, status: 401 }, 'get /oauth2/start?rd=%2Fapi%2Fx'],
    [
      { at: '/v1/models/iris:predict', first: true, to: '/dex/auth?client_id=a&state=s' },
      'get /dex/auth?client_id=a&state=s',
    ],
    [{ at: '/dex/auth?client_id=a&state=s' }, 'get /dex/auth?client_id=a&state=s&connector_id=local'],
    [{ at: '/dex/auth/local?req=1' }, 'post credentials to /dex/auth/local?req=1'],
    [{ at: '/dex/auth/ldap/login?back=&state=1' }, 'post credentials to /dex/auth/ldap/login?back=&state=1'],
    [{ at: '/auth/local/login?state=1' }, 'post credentials to /auth/local/login?state=1'],
    [{ at: '/dex/auth/local?req=1', sent: 'credentials', to: '/dex/approval?req=1' }, 'get /dex/approval?req=1'],
    [{ at: '/dex/approval?req=1&hmac=h' }, 'post approval to /dex/approval?req=1&hmac=h'],
    [
      { at: '/dex/approval?req=1', sent: 'approval', to: '/login/oidc?code=c&state=s' },
      'get /login/oidc?code=c&state=s',
    ],
    [{ at: '/login/oidc?code=c&state=s', to: '/v1/models/iris:predict' }, 'finish'],
    [{ at: '/authservice/oidc/callback?code=c&state=s', to: '/' }, 'finish'],
    [{ at: '/oauth2/callback?code=c&state=s', to: '/' }, 'finish'],
  ])('after %o: %s', (sight, step) => {
    expect(stepAfter(sight)).toBe(step);
  });

  it('names the connector that the configuration does', () => {
    expect(stepAfter({ at: '/dex/auth?state=s' }, 'my ldap')).toBe('get /dex/auth?state=s&connector_id=my+ldap');
  });
});

describe('a login does not go on', () => {
  it.each([200, 401])('when credentials are answered %i, which is how versions of Dex refuse them', (status) => {
    const error = errorAfter({ at: '/dex/auth/local/login?state=1', sent: 'credentials', status });

    expect(error).toBeInstanceOf(CredentialsRefused);
    expect(error.message).toBe(
      'https://kubeflow.example.com/dex/auth/local/login does not accept the user name and password',
    );
  });

  it('when it is asked for the credentials a second time (D-T2)', () => {
    const error = errorAfter({ at: '/dex/auth/local/login?state=2', given: true });

    expect(error).toBeInstanceOf(CredentialsRefused);
    expect(error.message).toContain('/dex/auth/local/login asks for the user name and password a second time');
  });

  it.each<[Sight, boolean, string]>([
    [{ at: '/x', first: true, status: 503 }, true, '/x answers 503, which may work later'],
    [{ at: '/dex/auth/local?req=1', sent: 'credentials', status: 500 }, true, 'answers 500, which may work later'],
    [{ at: '/dex/auth/local?req=1', sent: 'credentials', status: 400 }, false, 'answers 400, which is not what'],
    [{ at: '/dex/approval?req=1', status: 401 }, false, '/dex/approval answers 401, which is not what'],
    [{ at: '/dex/approval?req=1', sent: 'approval', status: 200 }, false, 'answers 200, which is not what'],
    [{ at: '/dex/auth?connector_id=local' }, false, '/dex/auth answers 200, which is no page of Dex'],
    [{ at: '/login' }, false, '/login answers 200, which is no page of Dex, of oauth2-proxy or of authservice'],
    [{ at: '/oauth2/callback?code=c&state=s', status: 400 }, true, '/oauth2/callback answers 400, which does not give'],
    [
      { at: '/oauth2/callback?error=login_required&state=s', status: 403 },
      true,
      '/oauth2/callback answers 403, which comes with the error login_required',
    ],
    [{ at: '/oauth2/callback?error=%3Cb%3E&state=s', status: 403 }, true, 'answers 403, which does not give a session'],
  ])('after %o', (sight, retryable, says) => {
    const error = errorAfter(sight);

    expect(error.retryable).toBe(retryable);
    expect(error).not.toBeInstanceOf(CredentialsRefused);
    expect(error.message).toContain(says);
    expect(error.message).not.toMatch(/[?&](code|state|req)=/);
  });
});
