import type { ModelRoute } from '../../config/model-route';
import { BridgeError } from '../../errors';
import type { Gateway } from '../gateway';
import { ClientCredentials } from './client-credentials';
import { DexForm } from './dex-form';
import { FileLogin } from './file-login';
import { type Login, type LoginError, NO_LOGIN } from './login';
import { RenewedLogin } from './renewed-login';
import { BEARER_TOKEN, HEADER_VALUE, ONE_LINE, SecretFile, type SecretKind } from './secret-file';

/** The login at a gateway. All models of a route share it, as far as it does not depend on the host. */
export type LoginFor = (gateway: Gateway) => Login;

type LoginConfig = NonNullable<ModelRoute['model']['login']>;

/**
 * The login that a route's configuration asks for.
 *
 * @throws BridgeError BRIDGE_ERR_CONFIG when a file holds no secret: a bridge that starts without one would answer every
 * request with an error; unstarted, it loses none
 */
export function openLogin({ name, model: { login, tls = {} } }: ModelRoute): LoginFor {
  if (!login) return () => NO_LOGIN;
  try {
    if (login.dexForm) return dexForm(login.dexForm, tls);
    const shared = headerLogin(login);
    return () => shared;
  } catch (error) {
    const reason = (error as LoginError).message;
    throw new BridgeError('BRIDGE_ERR_CONFIG', `model.login of route "${name}" is none: ${reason}`);
  }
}

function headerLogin({ bearerTokenFile, headerFile, clientCredentials }: LoginConfig): Login {
  if (bearerTokenFile !== undefined) {
    return new FileLogin(open(bearerTokenFile, BEARER_TOKEN), (token) => ({ authorization: `Bearer ${token}` }));
  }
  if (headerFile) {
    const name = headerFile.name.toLowerCase();
    return new FileLogin(open(headerFile.file, HEADER_VALUE), (value) => ({ [name]: value }));
  }
  if (!clientCredentials) return NO_LOGIN;
  const clientSecret = open(clientCredentials.clientSecretFile, ONE_LINE);
  return new RenewedLogin(new ClientCredentials({ ...clientCredentials, clientSecret }));
}

/** Cookies belong to a host, so that each gateway has a login of its own. */
function dexForm(config: NonNullable<LoginConfig['dexForm']>, tls: NonNullable<ModelRoute['model']['tls']>): LoginFor {
  const username = open(config.usernameFile, ONE_LINE);
  const password = open(config.passwordFile, ONE_LINE);
  return (gateway) => {
    const start = config.url === undefined ? gateway.url : new URL(config.url);
    const allowedHosts = [start.host, ...config.allowedHosts];
    return new RenewedLogin(new DexForm({ ...config, gateway, tls, start, username, password, allowedHosts }));
  };
}

function open(file: string, kind: SecretKind): SecretFile {
  const secret = new SecretFile(file, kind);
  secret.read();
  return secret;
}
