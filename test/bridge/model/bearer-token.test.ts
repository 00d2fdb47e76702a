import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BearerToken, TokenError } from '../../../bridge/model/bearer-token';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-token-'));
  file = join(folder, 'token');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a file in the place of another, as a kubelet does. */
function replace(content: string): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, content);
  renameSync(fresh, file);
}

function refusalOf(token: BearerToken): string {
  try {
    token.read();
  } catch (error) {
    expect(error).toBeInstanceOf(TokenError);
    return (error as TokenError).message;
  }
  throw new Error('there is a token');
}

describe('BearerToken', () => {
  it.each(['eyJhbGciOi.eyJpc3Mi-_.c2ln', 'abc+/=', 'a~b=='])('takes the token %s', (token) => {
    replace(token);

    expect(new BearerToken(file).read()).toBe(token);
  });

  it('leaves out the line end that editors and Secrets add', () => {
    replace('first\r\n');

    expect(new BearerToken(file).read()).toBe('first');
  });

  it('is the new one as soon as the file has been replaced (D-T7)', () => {
    replace('first');
    const token = new BearerToken(file);
    token.read();

    replace('fresh');

    expect(token.read()).toBe('fresh');
  });

  it('is the new one when a projected volume is switched to a new folder (D-T7)', () => {
    for (const version of ['one', 'two']) {
      mkdirSync(join(folder, version));
      writeFileSync(join(folder, version, 'token'), version);
    }
    symlinkSync('one', join(folder, '..data'));
    symlinkSync(join('..data', 'token'), file);
    const token = new BearerToken(file);
    const before = token.read();

    symlinkSync('two', join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));

    expect([before, token.read()]).toStrictEqual(['one', 'two']);
  });

  it('is the new one when it has been written into the same file', () => {
    replace('first');
    utimesSync(file, 1, 1);
    const token = new BearerToken(file);
    token.read();

    writeFileSync(file, 'fresh');

    expect(token.read()).toBe('fresh');
  });

  it('is not read again as long as the file is the same', () => {
    replace('first');
    utimesSync(file, 1, 1);
    const token = new BearerToken(file);
    token.read();

    writeFileSync(file, 'other');
    utimesSync(file, 1, 1);

    expect(token.read()).toBe('first');
  });

  it('is not the old one when the file is gone', () => {
    replace('first');
    const token = new BearerToken(file);
    token.read();

    rmSync(file);

    expect(refusalOf(token)).toBe(`cannot read ${file}: ENOENT`);
  });

  it('is there again when the file is', () => {
    const token = new BearerToken(file);
    const before = refusalOf(token);

    replace('first');

    expect([before, token.read()]).toStrictEqual([`cannot read ${file}: ENOENT`, 'first']);
  });

  it.each(['', '\n', ' \n\t'])('refuses %j, which is no token', (content) => {
    replace(content);

    expect(refusalOf(new BearerToken(file))).toBe(`${file} is empty`);
  });

  it.each(['two words', 'two\nlines', 'a\r\nx-injected: b', 'tøken', '{"token":"a"}', '='])(
    'refuses %j, and does not repeat what is in the file',
    (content) => {
      replace(content);

      expect(refusalOf(new BearerToken(file))).toBe(`${file} holds something that is no bearer token`);
    },
  );

  it('refuses once and again what has not become a token', () => {
    replace('');
    const token = new BearerToken(file);

    expect([refusalOf(token), refusalOf(token)]).toStrictEqual([`${file} is empty`, `${file} is empty`]);
  });

  it('refuses a folder', () => {
    mkdirSync(file);

    expect(refusalOf(new BearerToken(file))).toBe(`cannot read ${file}: EISDIR`);
  });
});
