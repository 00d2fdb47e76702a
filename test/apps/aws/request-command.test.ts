import { execFileSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AuthConfig } from '../../../apps/aws/config';
import { httpsCommand, mqttCommand } from '../../../apps/aws/request-command';
import { temporaryFolder } from '../../lib/support/folders';

const MODEL = 'https://sklearn-iris.staging.platform.example.com/v1/models/sklearn-iris:predict';
const BODY = '{"instances":[[6.8,2.8,4.8,1.4],[6.0,3.4,4.5,1.6]]}';

const header = { name: 'x-api-key', values: [] };
const pool = { prefix: 'example', isKept: true };

/** Says what it was asked for, as `<output clientId>`, so that it is seen where it goes. */
const PULUMI = 'echo "<$2 $3>"';
/** Answers as the login pages and the token endpoint do, and prints every other request. */
const CURL = `
case "$*" in
  *grant_type*) echo "$*" >> requests; echo '{"access_token":"eyJ.a-b_c","expires_in":3600,"token_type":"Bearer"}' ;;
  *oauth2/start*) printf 'https://kubeflow.platform.example.com/dex/auth/local/login?back=&state=abc' ;;
  *dex/auth*)
    echo "$*" >> requests
    printf '# Netscape HTTP Cookie File\\n' > jar
    printf '#HttpOnly_kubeflow.platform.example.com\\tFALSE\\t/\\tTRUE\\t0\\toauth2_proxy_kubeflow_0\\tone\\n' >> jar
    printf '#HttpOnly_kubeflow.platform.example.com\\tFALSE\\t/\\tTRUE\\t0\\toauth2_proxy_kubeflow_1\\ttwo\\n' >> jar
    printf 'kubeflow.platform.example.com\\tFALSE\\t/\\tTRUE\\t0\\tother\\tthree\\n' >> jar ;;
  *) for arg in "$@"; do echo "$arg"; done >> model ;;
esac`;
const NODE = 'for arg in "$@"; do if [ -p "$arg" ]; then cat "$arg"; else echo "$arg"; fi; done >> model';

/** Runs what a person would, where nobody answers but these. */
function runIn(folder: string, command: string): void {
  for (const [name, script] of Object.entries({ pulumi: PULUMI, curl: CURL, node: NODE })) {
    writeFileSync(path.join(folder, name), `#!/bin/sh\n${script}\n`);
    chmodSync(path.join(folder, name), 0o755);
  }
  const env = { PATH: `${folder}:${process.env.PATH}`, USERNAME: 'user@example.com', PASSWORD: 'p&ss' };
  execFileSync('bash', ['--norc', '-eo', 'pipefail', '-c', command], { cwd: folder, env });
}

function linesOf(folder: string, file: string): string[] {
  return execFileSync('cat', [path.join(folder, file)], { encoding: 'utf8' })
    .trim()
    .split('\n');
}

function asked(auth: AuthConfig): { model: string[]; login: string[] } {
  const folder = temporaryFolder();
  writeFileSync(path.join(folder, 'requests'), '');
  runIn(folder, httpsCommand(auth, MODEL, 'platform.example.com'));
  return { model: linesOf(folder, 'model'), login: linesOf(folder, 'requests') };
}

describe('the command that asks the model', () => {
  it.each([{ kind: 'header', header } as const, { kind: 'cognito', header, pool } as const])(
    'sends the token that Pulumi keeps, with auth $kind',
    (auth) => {
      expect(asked(auth).model).toStrictEqual(['--header', 'x-api-key: <get apiToken>', '--json', BODY, MODEL]);
    },
  );

  it('gets a token of Cognito first, with auth jwt', () => {
    const { model, login } = asked({ kind: 'jwt', pool });

    expect(login).toStrictEqual([
      [
        '--silent --user <output clientId>:<output clientSecret> --data grant_type=client_credentials',
        '--data scope=<output scope> <output tokenEndpoint>',
      ].join(' '),
    ]);
    expect(model).toStrictEqual(['--header', 'Authorization: Bearer eyJ.a-b_c', '--json', BODY, MODEL]);
  });

  it('logs in at the page that Dex shows first, and takes the whole session along, with auth dex', () => {
    const { model, login } = asked({ kind: 'dex' });

    expect(login).toStrictEqual([
      [
        '--silent --location --cookie jar --cookie-jar jar --output page --data-urlencode login=user@example.com',
        '--data-urlencode password=p&ss https://kubeflow.platform.example.com/dex/auth/local/login?back=&state=abc',
      ].join(' '),
    ]);
    const cookies = 'Cookie: oauth2_proxy_kubeflow_0=one; oauth2_proxy_kubeflow_1=two; ';
    expect(model).toStrictEqual(['--header', cookies, '--json', BODY, MODEL]);
  });

  it('asks over MQTT with the password that Pulumi keeps', () => {
    const folder = temporaryFolder();
    runIn(folder, mqttCommand('staging/sklearn-iris/input'));

    expect(linesOf(folder, 'model')).toStrictEqual([
      ...['bundle/bridge.cjs', 'request', '--broker', '<output mqttEndpoint>', '--username', 'camera-7'],
      ...['--password-file', '<get cameraPassword>', '--topic', 'staging/sklearn-iris/input', '--data', BODY],
    ]);
  });
});
