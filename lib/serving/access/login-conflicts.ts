import { describe } from '../../errors';
import { isUnresolved } from '../../naming/unresolved';
import { type DeclaredLogin, declaredLogins } from './declared-logins';
import { placesMeet } from './login-reach';

/** Why nobody, or not everybody whom a login lets in, comes past those that were declared before it. */
export function loginConflicts(login: DeclaredLogin): string[] {
  return before(login)
    .filter((other) => excludes(other, login))
    .map((other) =>
      describe('EDGE_ERR_LOGIN', {
        at: 'a login',
        value: login.construct.node.path,
        rule: `${tokensOf(login)} count there, and for the same requests [${other.construct.node.path}] asks for ${tokensOf(other)}`,
        fix: 'Put all subjects of one issuer into one login, or give the logins different places or hosts',
      }),
    );
}

/** Logins of other issuers whose tokens count for the same requests. */
export function mixedIssuers(login: DeclaredLogin): DeclaredLogin[] {
  return before(login).filter(
    (other) => other.issuer !== login.issuer && known(other, login) && !excludes(other, login),
  );
}

function tokensOf({ issuer, subjects }: DeclaredLogin): string {
  return `tokens of ${issuer}${subjects ? ` for ${subjects.join(', ')}` : ''}`;
}

function before(login: DeclaredLogin): DeclaredLogin[] {
  const all = declaredLogins(login.construct);
  return all.slice(0, all.indexOf(login)).filter(({ place }) => placesMeet(place, login.place));
}

/** Each refuses whom it does not name; who names nobody lets in the tokens of all issuers. */
function excludes(a: DeclaredLogin, b: DeclaredLogin): boolean {
  if (!known(a, b) || (!a.subjects && !b.subjects)) return false;
  if (a.issuer !== b.issuer) return true;
  return a.subjects !== undefined && b.subjects !== undefined && String(a.subjects) !== String(b.subjects);
}

function known(a: DeclaredLogin, b: DeclaredLogin): boolean {
  return a.issuer === b.issuer || !(isUnresolved(a.issuer) || isUnresolved(b.issuer));
}
