import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LoginError } from '../../../../bridge/model/login/login';
import { BEARER_TOKEN, HEADER_VALUE, ONE_LINE, SecretFile } from '../../../../bridge/model/login/secret-file';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bridge-secret-'));
  file = join(folder, 'token');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Puts a file in the place of another, as a kubelet does. */
function replace(content: string): void {
  const fresh = `${file}.new`;
  writeFileSync(fresh, content);
  renameSync(fresh, file);
}

function refusalOf(token: SecretFile): string {
  try {
    token.read();
  } catch (error) {
    expect(error).toBeInstanceOf(LoginError);
    expect((error as LoginError).retryable).toBe(true);
    return (error as LoginError).message;
  }
  throw new Error('there is a token');
}

function tokenIn(file: string): SecretFile {
  return new SecretFile(file, BEARER_TOKEN);
}

describe('a bearer token in a file', () => {
  it.each(['eyJhbGciOi.eyJpc3Mi-_.c2ln', 'abc+/=', 'a~b=='])('takes the token %s', (token) => {
    replace(token);

    expect(tokenIn(file).read()).toBe(token);
  });

  it('leaves out the line end that editors and Secrets add', () => {
    replace('first\r\n');

    expect(tokenIn(file).read()).toBe('first');
  });

  it('is the new one as soon as the file has been replaced (D-T7)', () => {
    replace('first');
    const token = tokenIn(file);
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
    const token = tokenIn(file);
    const before = token.read();

    symlinkSync('two', join(folder, '..data.new'));
    renameSync(join(folder, '..data.new'), join(folder, '..data'));

    expect([before, token.read()]).toStrictEqual(['one', 'two']);
  });

  it('is the new one when it has been written into the same file', () => {
    replace('first');
    utimesSync(file, 1, 1);
    const token = tokenIn(file);
    token.read();

    writeFileSync(file, 'fresh');

    expect(token.read()).toBe('fresh');
  });

  it('is not read again as long as the file is the same', () => {
    replace('first');
    utimesSync(file, 1, 1);
    const token = tokenIn(file);
    token.read();

    writeFileSync(file, 'other');
    utimesSync(file, 1, 1);

    expect(token.read()).toBe('first');
  });

  it('is not the old one when the file is gone', () => {
    replace('first');
    const token = tokenIn(file);
    token.read();

    rmSync(file);

    expect(refusalOf(token)).toBe(`cannot read ${file}: ENOENT`);
  });

  it('is there again when the file is', () => {
    const token = tokenIn(file);
    const before = refusalOf(token);

    replace('first');

    expect([before, token.read()]).toStrictEqual([`cannot read ${file}: ENOENT`, 'first']);
  });

  it.each(['', '\n', ' \n\t'])('refuses %j, which is no token', (content) => {
    replace(content);

    expect(refusalOf(tokenIn(file))).toBe(`${file} is empty`);
  });

  it.each(['two words', 'two\nlines', 'a\r\nx-injected: b', 'tøken', '{"token":"a"}', '='])(
    'refuses %j, and does not repeat what is in the file',
    (content) => {
      replace(content);

      expect(refusalOf(tokenIn(file))).toBe(`${file} holds something that is no bearer token`);
    },
  );

  it('refuses once and again what has not become a token', () => {
    replace('');
    const token = tokenIn(file);

    expect([refusalOf(token), refusalOf(token)]).toStrictEqual([`${file} is empty`, `${file} is empty`]);
  });

  it('refuses a folder', () => {
    mkdirSync(file);

    expect(refusalOf(tokenIn(file))).toBe(`cannot read ${file}: EISDIR`);
  });
});

describe('a password in a file', () => {
  it.each(['p&ss=w%rd +ü@', ' with blanks around ', 'eins zwei\tdrei'])('is %j, as it is', (password) => {
    replace(`${password}\n`);

    expect(new SecretFile(file, ONE_LINE).read()).toBe(password);
  });

  it.each(['two\nlines', 'nul\0'])('is not %j', (content) => {
    replace(content);

    expect(refusalOf(new SecretFile(file, ONE_LINE))).toBe(`${file} holds something that is no single line of text`);
  });
});

describe('the value of a header in a file', () => {
  it.each(['k', 'Token abc', 'a:b;c'])('is %j', (value) => {
    replace(`${value}\r\n`);

    expect(new SecretFile(file, HEADER_VALUE).read()).toBe(value);
  });

  it.each([' k', 'k ', 'a\r\nx-injected: b', 'schlüssel', 'a\tb'])('is not %j', (content) => {
    replace(content);

    expect(refusalOf(new SecretFile(file, HEADER_VALUE))).toBe(`${file} holds something that is no header value`);
  });
});

describe('the version of a file', () => {
  it('is another as soon as the file is', () => {
    replace('first');
    const secret = tokenIn(file);
    const before = secret.version();

    replace('fresh');

    expect(secret.version()).not.toBe(before);
  });

  it('is the same for the same file', () => {
    replace('first');
    const secret = tokenIn(file);

    expect(secret.version()).toBe(secret.version());
  });

  it('is none without a file', () => {
    expect(() => tokenIn(file).version()).toThrow(`cannot read ${file}: ENOENT`);
  });
});
