import { CredentialsRefused, LoginError } from './login';
import type { Page } from './login-browser';

/** A page, and what was done to get it. */
export interface Seen extends Page {
  readonly sent: 'nothing' | 'credentials' | 'approval';
  /** Whether it is the first page of all. */
  readonly first: boolean;
  /** Whether the credentials were given on the way here. */
  readonly given: boolean;
}

/** What a login does next. */
export type Step =
  | { readonly do: 'get'; readonly url: URL }
  | { readonly do: 'post'; readonly url: URL; readonly form: 'credentials' | 'approval' }
  /** The cookies there are by now let calls in. */
  | { readonly do: 'finish' };

/** Where Dex asks for user name and password: from 2.29 on at `/login` below the connector, with the state in the query. */
const PASSWORD_PAGE = /\/auth\/[^/]+(\/login)?$/;
const CONNECTOR_LIST = /\/auth$/;
const APPROVAL_PAGE = /\/approval$/;

/**
 * Recognises where a login is by what it sees, whatever the versions of Dex and of what stands in front of it.
 *
 * | seen | of | so |
 * |---|---|---|
 * | 403 or 401 at first | oauth2-proxy: its sign-in page, or an API path | begin at `/oauth2/start` |
 * | something else at first, and no redirect | nobody who asks for a login | there is none |
 * | `/auth` | Dex with several connectors | name one, as `connector_id`, which all versions know |
 * | `/auth/<connector>?req=` | Dex up to 2.28 | give the credentials, there |
 * | `/auth/<connector>/login?state=` | Dex from 2.29 on | give the credentials, there |
 * | credentials answered 200, from Dex 2.36 on 401 | Dex | they are wrong |
 * | the same page a second time | something else than Dex | they are wrong, or lead nowhere |
 * | `/approval?req=`, from Dex 2.35 on with `&hmac=` | Dex without `skipApprovalScreen` | approve, there |
 * | redirect from a URL with `code` and `state` | authservice or oauth2-proxy, with its cookie | finished |
 *
 * @throws LoginError when it is none of these
 */
export function nextStep(seen: Seen, connector: string): Step {
  const { url, status, location, sent, first, given } = seen;
  if (location) return isCallback(url) ? { do: 'finish' } : { do: 'get', url: location };
  if (status >= 500 || status === 429 || status === 408) throw problem(seen, 'may work later', true);
  if (sent === 'credentials' && (status === 200 || status === 401)) {
    throw new CredentialsRefused(`${where(url)} does not accept the user name and password`);
  }
  if (isCallback(url)) throw problem(seen, explainCallback(url), true);
  if (first) return status === 401 || status === 403 ? { do: 'get', url: signIn(url) } : { do: 'finish' };
  if (status !== 200 || sent !== 'nothing') throw problem(seen, 'is not what a login answers there', false);
  if (APPROVAL_PAGE.test(url.pathname)) return { do: 'post', url, form: 'approval' };
  if (PASSWORD_PAGE.test(url.pathname)) {
    if (given) throw new CredentialsRefused(`${where(url)} asks for the user name and password a second time`);
    return { do: 'post', url, form: 'credentials' };
  }
  if (CONNECTOR_LIST.test(url.pathname) && !url.searchParams.has('connector_id')) {
    return { do: 'get', url: withConnector(url, connector) };
  }
  throw problem(seen, 'is no page of Dex, of oauth2-proxy or of authservice', false);
}

/** Where a proxy is given the code that it changes for a session. */
function isCallback({ searchParams }: URL): boolean {
  return searchParams.has('state') && (searchParams.has('code') || searchParams.has('error'));
}

function explainCallback({ searchParams }: URL): string {
  const error = searchParams.get('error');
  if (error && /^\w{1,40}$/.test(error)) return `comes with the error ${error}`;
  return 'does not give a session: the code, the state, or the cookie that belongs to it is not accepted';
}

/** oauth2-proxy sends back to the path in the end; any does, as its cookie is for all of them. */
function signIn(url: URL): URL {
  return new URL(`/oauth2/start?rd=${encodeURIComponent(url.pathname)}`, url);
}

function withConnector(url: URL, connector: string): URL {
  const chosen = new URL(url);
  chosen.searchParams.set('connector_id', connector);
  return chosen;
}

/** Without the query, which has states and codes. */
function where({ origin, pathname }: URL): string {
  return origin + pathname;
}

function problem({ url, status }: Seen, what: string, retryable: boolean): LoginError {
  return new LoginError(`${where(url)} answers ${status}, which ${what}`, { retryable });
}
