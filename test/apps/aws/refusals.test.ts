import { describe, expect, it } from 'vitest';
import { failure, preview, type RunOptions } from '../../pulumi/engine';
import { API_TOKEN, PROGRAM, secretsOf, stackWith } from './account';

type Change = Pick<RunOptions, 'config' | 'secrets'>;

/** A change of a stack that works, with the problems that it makes. */
const REFUSED: [what: string, options: RunOptions, problems: string[]][] = [
  refused('a domain that is not in the zone', { config: { hostedZone: 'example.org' } }, [
    'EDGE_ERR_ZONE: a name for the certificates of InferencePlatform.certificatePlan(..) is "*.platform.example.com", but',
    'the zones are example.org. Add the zone',
  ]),
  refused('no zone', { config: { hostedZone: '' } }, ['hostedZone: EDGE_ERR_VALUE: it is "missing"']),
  refused('a zone whose id is its name', { config: { hostedZoneId: 'example.com' } }, [
    'hostedZoneId: EDGE_ERR_VALUE: it is "example.com", but ids of hosted zones begin with Z',
  ]),
  refused('a namespace that is no label', { config: { namespaces: ['Staging_1'] } }, ['EDGE_ERR_NAME', '"Staging_1"']),
  refused('a namespace that is longer than a label', { config: { namespaces: ['n'.repeat(64)] } }, [
    `EDGE_ERR_NAME: InferencePlatform.namespaces`,
  ]),
  refused('namespaces that are no list', { config: { namespaces: 'staging' } }, [
    'namespaces: EDGE_ERR_VALUE: it is "staging", but it is a list of texts',
  ]),
  refused('a token that can be guessed', { secrets: { apiToken: 'token1' } }, [
    'apiToken: EDGE_ERR_ALB_AUTH: AlbAuth.header(.., values)[0] is "a text of 6 characters", but it has at most',
  ]),
  refused('a second token that is the first', { secrets: { nextApiToken: API_TOKEN.toUpperCase() } }, [
    'nextApiToken: EDGE_ERR_ALB_AUTH: it is "a token", but it takes the place of apiToken, and is the same',
  ]),
  refused('a certificate of another region', { config: { certificateArn: arnIn('us-east-1') } }, [
    'certificateArn: EDGE_ERR_REGION: it is "arn:aws:acm:us-east-1:',
    'but it is needed in eu-west-1, and this one is in us-east-1',
  ]),
  refused('two kinds of auth', { config: { loginPrefix: 'example-ml' } }, [
    'loginPrefix: EDGE_ERR_ALB_AUTH: it is "set", but auth is header, which has no part for it.',
    'Remove it, or set auth to jwt or cognito',
  ]),
  refused('a kind of auth that there is not', { config: { auth: 'header,jwt' } }, [
    'auth: EDGE_ERR_VALUE: it is "header,jwt", but it is one of header, jwt, cognito, dex',
  ]),
  refused('two ways to the cluster', { secrets: { kubeconfig: '{}' } }, [
    'clusterName: EDGE_ERR_VALUE: it is "given beside a kubeconfig", but the cluster is told in one way',
  ]),
  refused(
    'everything at once',
    { config: { clusterName: '', 'aws:region': '' }, secrets: { cameraPassword: 'short' } },
    [
      '3 problem(s) in the configuration of this stack',
      'certificateRegion: EDGE_ERR_VALUE: it is "missing"',
      'clusterName: EDGE_ERR_VALUE: it is "missing"',
      'cameraPassword: EDGE_ERR_VALUE: it is "a text of 5 characters"',
    ],
  ),
];

function refused(what: string, change: Change, problems: string[]): (typeof REFUSED)[number] {
  return [what, stackWith('header', change), problems];
}

function arnIn(region: string): string {
  return `arn:aws:acm:${region}:123456789012:certificate/0c1d2e3f-0000-1111-2222-333344445555`;
}

describe('apps/aws refuses, before anything is registered,', () => {
  it.each(REFUSED)('%s', async (_, options, problems) => {
    const run = await failure(preview(PROGRAM, options));

    const errors = run.log.filter(({ severity }) => severity === 'error').map(({ message }) => message);
    expect(errors).toHaveLength(1);
    for (const problem of problems) expect(errors[0]).toContain(problem);
    expect(run.resources).toStrictEqual([]);
    expect(run.invocations).toStrictEqual([]);
    for (const secret of secretsOf(options)) expect(JSON.stringify(run.log)).not.toContain(`"${secret}"`);
    expect(run.log.some(({ message }) => /^\s+at /m.test(message))).toBe(false);
  });
});
