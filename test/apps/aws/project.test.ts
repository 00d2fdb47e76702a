import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Config } from '@pulumi/pulumi';
import { describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { readConfig } from '../../../apps/aws/config';
import { ROOT } from '../../lib/support/folders';
import { mocked } from '../../pulumi/support/mocks';
import { KINDS, stackWith } from './account';

interface Declaration {
  readonly type: string;
  readonly description?: string;
  readonly default?: unknown;
  readonly secret?: boolean;
}

const text = (file: string) => readFileSync(path.join(ROOT, file), 'utf8');
const project = parse(text('Pulumi.yaml'));
const declared = Object.entries(project.config as Record<string, Declaration>);
const example: Record<string, unknown> = parse(text('Pulumi.dev.yaml')).config;
/** Secrets that not every stack has, and that Pulumi would not take a default for. */
const UNDECLARED = ['apiToken', 'nextApiToken', 'kubeconfig'];

/** What the program asks its configuration for, by any kind of auth. */
async function askedFor(): Promise<Set<string>> {
  const keys = new Set<string>();
  const noting = () => {
    const config = new Config();
    vi.spyOn(config, 'get').mockImplementation((key) => {
      keys.add(key);
      return Config.prototype.get.call(config, key);
    });
    return readConfig(config);
  };
  for (const kind of KINDS) await mocked(noting, stackWith(kind));
  return keys;
}

describe('Pulumi.yaml', () => {
  it('runs the program as the tests do', () => {
    expect([project.main, project.runtime]).toStrictEqual([
      'apps/aws/main.ts',
      { name: 'nodejs', options: { typescript: false, nodeargs: '--import tsx' } },
    ]);
  });

  it('declares what the program asks for, and names the secrets that cannot be declared', async () => {
    expect([...(await askedFor())].sort()).toStrictEqual([...declared.map(([key]) => key), ...UNDECLARED].sort());
    for (const key of UNDECLARED) expect(text('Pulumi.yaml')).toMatch(new RegExp(`^#   ${key} `, 'm'));
  });

  it('describes every key', () => {
    expect(declared.filter(([, { description = '' }]) => description === '')).toStrictEqual([]);
  });

  it('has no secret with a default, which Pulumi would refuse as not encrypted', () => {
    expect(declared.filter(([, { secret, default: value }]) => secret && value !== undefined)).toStrictEqual([]);
  });

  it('has defaults that the program would take itself', async () => {
    const defaults = Object.fromEntries(
      declared.filter(([, { default: value }]) => value !== undefined).map(([key, { default: value }]) => [key, value]),
    );
    const { config, secrets } = stackWith('jwt', { config: { loadBalancerController: '' } });
    const readWith = async (further: object) =>
      JSON.stringify((await mocked(() => readConfig(), { config: { ...further, ...config }, secrets })).result);

    expect(await readWith(defaults)).toBe(await readWith({}));
  });
});

describe('Pulumi.dev.yaml', () => {
  it('has all that a stack must say, but for its secrets', () => {
    const needed = declared.filter(([, { default: value, secret }]) => value === undefined && !secret);

    for (const [key] of needed) expect(Object.keys(example)).toContain(`edge-inference:${key}`);
    expect(JSON.stringify(example)).not.toContain('secure');
  });

  it('is accepted, once its secrets are set', async () => {
    const config = Object.fromEntries(Object.entries(example).map(([k, v]) => [k.replace('edge-inference:', ''), v]));
    const { secrets } = stackWith('header');

    const { result } = await mocked(() => readConfig(), { config, secrets });

    expect(result).toMatchObject({ domain: 'platform.example.com', scheme: 'internet-facing' });
  });
});
