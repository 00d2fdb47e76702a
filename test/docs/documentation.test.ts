import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { parseConfig } from '../../bridge/config';
import { parseGatewayConfig } from '../../bridge/config/gateway';
import { errorPage } from '../../scripts/error-page';
import { update } from '../pulumi/engine';
import { lookUps } from '../pulumi/support/aws';
import { clusterLookUps } from '../pulumi/support/eks';

const root = path.join(__dirname, '..', '..');
const pages = ['README.md', 'CONTRIBUTING.md', ...readdirSync(path.join(root, 'docs')).map((name) => `docs/${name}`)];
const text = (page: string) => readFileSync(path.join(root, page), 'utf8');
const blocks = (page: string, language: string) =>
  [...text(page).matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\``, 'gms'))].map(([, code]) => code ?? '');

/** What programs in the documentation ask their configuration for. */
const CONFIGURATION = {
  secrets: { apiToken: '0d9f3c5e7a1b28466f8e9a0b1c2d3e4f' },
  invoke: (token: string, args: Record<string, unknown>) => lookUps(token, args) ?? clusterLookUps(token, args),
};

describe('the documentation', () => {
  let folder: string;

  beforeAll(() => {
    // Inside the checkout, so that the stacks find cdk8s.
    mkdirSync(path.join(root, 'build'), { recursive: true });
    folder = mkdtempSync(path.join(root, 'build', 'snippets-'));
  });

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const stacks = pages.flatMap((page) => blocks(page, 'ts').map((code, i) => ({ page, i, code })));

  const isPulumi = ({ code }: { code: string }) => /'(@pulumi\/|cdk8s-edge-inference\/pulumi)/.test(code);

  /** Writes a program as a user would have it, but for the library being this one. */
  function write(name: string, code: string): string {
    const file = path.join(folder, `${name}.ts`);
    writeFileSync(
      file,
      code.replace(/'cdk8s-edge-inference(\/\w+)?'/g, (_, entry = '') => `'${root}/lib${entry}'`),
    );
    return file;
  }

  it.each(stacks.filter(isPulumi))('has a program in $page ($i) that Pulumi runs', async ({ page, i, code }) => {
    const file = write(`${page.replace(/\W/g, '-')}-${i}`, code);

    const { resources } = await update(path.relative(root, file), CONFIGURATION);

    expect(resources.length).toBeGreaterThan(0);
  });

  const others = stacks.filter((stack) => !isPulumi(stack));

  it.each(others)('has a stack in $page ($i) that runs', ({ page, i, code }) => {
    const name = `${page.replace(/\W/g, '-')}-${i}`;
    const file = write(name, code);
    const outdir = path.join(folder, name);

    execFileSync('tsx', [file], { env: { ...process.env, CDK8S_OUTDIR: outdir }, stdio: 'pipe' });

    if (code.includes('app.synth()')) expect(readdirSync(outdir).length).toBeGreaterThan(0);
  });

  const configurations = pages.flatMap((page) => blocks(page, 'yaml').map((code) => ({ page, code })));

  it.each(configurations)('has a configuration in $page that the bridge accepts', ({ code }) => {
    const config = parse(code);

    const { routes } = 'gateway' in config ? parseGatewayConfig(config).gateway : parseConfig(config);

    expect(routes.length).toBeGreaterThan(0);
  });

  it('lists every error code as the tables have them (npm run docs)', () => {
    expect(text('docs/errors.md')).toBe(errorPage());
  });

  const links = pages.flatMap((page) =>
    [...text(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)].map(([, target = '', anchor]) => ({
      page,
      target: target === '' ? path.basename(page) : target,
      anchor,
    })),
  );

  it.each(links)('has a link in $page to $target that leads somewhere', ({ page, target, anchor }) => {
    const file = path.join(root, path.dirname(page), target);

    expect(existsSync(file)).toBe(true);
    if (anchor) {
      const headings = [...readFileSync(file, 'utf8').matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) => slug(heading));
      expect(headings).toContain(anchor);
    }
  });

  it('names only npm scripts that exist', () => {
    const scripts = JSON.parse(text('package.json')).scripts;
    const named = pages.flatMap((page) => [...text(page).matchAll(/npm run ([\w:-]+)/g)].map(([, name = '']) => name));

    expect([...new Set(named)].filter((name) => !(name in scripts))).toStrictEqual([]);
  });
});

function slug(heading: string): string {
  return heading
    .toLowerCase()
    .replace(/[^\w\s-]/g, '')
    .trim()
    .replace(/\s/g, '-');
}
