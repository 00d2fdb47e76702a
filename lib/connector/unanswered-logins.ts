import type { IConstruct } from 'constructs';
import { type DeclaredLogin, declaredLogins } from '../serving/access/declared-logins';
import { asksAt, asksFor } from '../serving/access/login-reach';
import type { InferenceModel } from '../serving/inference-model';
import type { BridgeRoute } from './bridge-route';

/** What to know of routes of a bridge without a login, a line for each that leads to one. */
export function loginWarnings(bridge: IConstruct, routes: readonly BridgeRoute[]): string[] {
  return routes.flatMap(({ name, model }) => {
    const login = loginBefore(bridge, model);
    if (!login) return [];
    return [
      `route ${name}: the bridge has no modelLogin, and [${login.construct.node.path}] refuses requests without a token on the way to its model: every request would get an error. Set modelLogin, to ModelLogin.serviceAccountToken(..) for instance`,
    ];
  });
}

/** The login that refuses whoever calls a model from inside the cluster without a token, if the app has one. */
function loginBefore(bridge: IConstruct, model: InferenceModel): DeclaredLogin | undefined {
  const { hostname, pathname } = new URL(model.predictUrl);
  return declaredLogins(bridge).find(({ place }) => {
    if (!asksAt(place, hostname) || !asksFor(place, pathname)) return false;
    const { namespace } = model;
    return (
      place._kind === 'local gateway' ||
      (place._kind === 'models' && place._targets.some((target) => target.namespace === namespace))
    );
  });
}
