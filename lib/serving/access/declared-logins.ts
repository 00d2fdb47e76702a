import type { IConstruct } from 'constructs';
import type { LoginPlace } from './login-place';

const LOGINS = Symbol.for('cdk8s-edge-inference.logins');

/** Tokens that somebody in the app asks for. */
export interface DeclaredLogin {
  readonly construct: IConstruct;
  readonly place: LoginPlace;
  readonly issuer: string;
  /** Nothing for everybody's. */
  readonly subjects: string[] | undefined;
}

interface WithLogins {
  [LOGINS]?: DeclaredLogin[];
}

export function declareLogin(login: DeclaredLogin): void {
  const root = login.construct.node.root as unknown as WithLogins;
  root[LOGINS] ??= [];
  root[LOGINS].push(login);
}

/** All logins that were declared in the tree, in their order. */
export function declaredLogins({ node }: IConstruct): DeclaredLogin[] {
  return [...((node.root as unknown as WithLogins)[LOGINS] ?? [])];
}
