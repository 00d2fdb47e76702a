import { describe, expect, it } from 'vitest';
import { createLog } from '../../../bridge/operations/log';

function logged(write: (log: ReturnType<typeof createLog>) => void, level = 'info'): Record<string, unknown>[] {
  const lines: Record<string, unknown>[] = [];
  write(createLog(level, { write: (text) => lines.push(JSON.parse(text)) }));
  return lines;
}

const SECRET = 'hunter2';

describe('the log', () => {
  it('has a line of JSON for each event, with a level by its name and a readable time', () => {
    const lines = logged((log) => log.warn({ route: 'iris' }, 'the model keeps failing'));

    expect(lines).toMatchObject([
      {
        level: 'warn',
        name: 'bridge',
        time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
        route: 'iris',
        msg: 'the model keeps failing',
      },
    ]);
  });

  it('leaves out what is below its level', () => {
    expect(logged((log) => log.info('connected'), 'warn')).toEqual([]);
  });

  it.each([
    'password',
    'passwd',
    'passphrase',
    'token',
    'access_token',
    'refreshToken',
    'authorization',
    'Authorization',
    'Proxy-Authorization',
    'cookie',
    'Set-Cookie',
    'clientSecret',
    'api_key',
    'x-api-key',
    'privateKey',
    'credentials',
  ])('does not say what is in a field named %s, however deep', (name) => {
    const lines = logged((log) => {
      log.info({ [name]: SECRET }, 'on top');
      log.info({ request: { options: [{ headers: { [name]: SECRET } }] } }, 'deep');
    });

    expect(JSON.stringify(lines)).not.toContain(SECRET);
    expect(lines).toMatchObject([
      { [name]: '[redacted]' },
      { request: { options: [{ headers: { [name]: '[redacted]' } }] } },
    ]);
  });

  it('does not say what an error of some library has with it, and still says what went wrong', () => {
    const error = Object.assign(new Error('socket hang up'), { options: { headers: { authorization: SECRET } } });

    const lines = logged((log) => log.error({ err: error, cause: error }, 'a call failed'));

    expect(JSON.stringify(lines)).not.toContain(SECRET);
    expect(lines).toMatchObject([{ err: { message: 'socket hang up', stack: expect.stringContaining('log.test') } }]);
  });

  it('leaves all other fields as they are', () => {
    const fields = { route: 'iris', topics: ['a', 'b'], nested: { attempts: 3, nothing: null } };

    expect(logged((log) => log.info(fields, 'event'))).toMatchObject([fields]);
  });
});
