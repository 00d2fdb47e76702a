import { describe, expect, it } from 'vitest';
import { CookieJar } from '../../../../bridge/model/login/cookie-jar';

const HOME = new URL('http://iris.staging.example.com/v1/models/iris:predict');

function jarWith(...lines: string[]): CookieJar {
  const jar = new CookieJar();
  jar.store(HOME, lines);
  return jar;
}

describe('a CookieJar', () => {
  it('returns all cookies, in the order they came', () => {
    const jar = jarWith('session_0=abc; Path=/; Secure; HttpOnly; SameSite=Lax', 'session_1=def; Path=/', 'other=x');

    expect(jar.header(HOME)).toBe('session_0=abc; session_1=def; other=x');
  });

  it.each(['a=b=c', 'a=%2Fb|c%7C', 'a="quoted"', 'a='])('returns %s as it came', (pair) => {
    expect(jarWith(`${pair}; Path=/`).header(HOME)).toBe(pair);
  });

  it('returns the last value of a cookie', () => {
    const jar = jarWith('a=1; Path=/');
    jar.store(HOME, ['a=2; Path=/']);

    expect(jar.header(HOME)).toBe('a=2');
  });

  it('returns nothing when there is nothing', () => {
    expect(jarWith().header(HOME)).toBeUndefined();
    expect(jarWith('=x', '').header(HOME)).toBeUndefined();
  });

  it.each([
    'a=; Max-Age=0',
    'a=; Max-Age=-1',
    'a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'a=; Expires=Fri, 31 Dec 9999 23:59:59 GMT; Max-Age=0',
  ])('forgets a cookie on %s', (line) => {
    const jar = jarWith('a=1', 'b=2');
    jar.store(HOME, [line]);

    expect(jar.header(HOME)).toBe('b=2');
  });

  it.each([
    'a=1; Max-Age=86400',
    'a=1; Max-Age=1200000000000',
    'a=1; Expires=Fri, 31 Dec 9999 23:59:59 GMT',
    'a=1; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT',
    'a=1; Max-Age=soon; Expires=whenever',
  ])('keeps a cookie on %s', (line) => {
    expect(jarWith(line).header(HOME)).toBe('a=1');
  });

  it.each([
    'http://other.staging.example.com/',
    'http://staging.example.com/',
    'http://iris.staging.example.com:8080/',
    'http://x.iris.staging.example.com/',
    'http://evil-iris.staging.example.com/',
  ])('gives none to %s (D-T3)', (url) => {
    expect(jarWith('a=1; Path=/').header(new URL(url))).toBeUndefined();
  });

  it.each(['.example.com', 'example.com', 'Staging.Example.Com'])(
    'gives those of the domain %s to its hosts, as they were set for them',
    (domain) => {
      const jar = jarWith(`a=1; Domain=${domain}`);

      expect(jar.header(new URL('http://other.staging.example.com/'))).toBe('a=1');
      expect(jar.header(new URL('http://example.org/'))).toBeUndefined();
      expect(jar.header(new URL('http://notexample.com/'))).toBeUndefined();
    },
  );

  it.each(['example.org', 'com', 'ample.com', 'x.iris.staging.example.com'])(
    'takes none for %s, which is not for this host to set',
    (domain) => {
      const jar = jarWith(`a=1; Domain=${domain}`);

      expect(jar.header(HOME)).toBeUndefined();
    },
  );

  it.each([
    ['/dex', '/dex', true],
    ['/dex', '/dex/auth', true],
    ['/dex/', '/dex/auth', true],
    ['/dex', '/dexter', false],
    ['/dex', '/v1/models/iris:predict', false],
    ['dex', '/v1/models/iris:predict', true],
  ])('returns those of the path %s at %s: %s', (path, pathname, returned) => {
    const jar = jarWith(`a=1; Path=${path}`);

    expect(jar.header(new URL(pathname, HOME))).toBe(returned ? 'a=1' : undefined);
  });
});
