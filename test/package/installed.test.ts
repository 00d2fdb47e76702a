import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = path.join(__dirname, '..', '..');
const readme = readFileSync(path.join(root, 'README.md'), 'utf8');

/** The package as a user gets it: packed, and installed into an empty project with what the README says. */
describe('the packed package, installed', () => {
  let project: string;
  const run = (command: string, ...args: string[]) =>
    execFileSync(command, args, { cwd: project, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  const write = (name: string, content: string) => {
    mkdirSync(path.dirname(path.join(project, name)), { recursive: true });
    writeFileSync(path.join(project, name), content);
  };

  beforeAll(() => {
    project = mkdtempSync(path.join(tmpdir(), 'edge-inference-user-'));
    execFileSync('npm', ['pack', '--pack-destination', project], { cwd: root, stdio: 'pipe' });
    const tarball = readdirSync(project).find((name) => name.endsWith('.tgz')) ?? '';
    for (const command of shellBlockWith('npm init')) {
      const [program = '', ...args] = command.split(' ');
      run(program, ...args.map((arg) => (arg === 'cdk8s-edge-inference' ? `./${tarball}` : arg)));
    }
  });

  afterAll(() => rmSync(project, { recursive: true, force: true }));

  it('synthesizes the stack of the README with the command of the README', () => {
    write('main.ts', /```ts\n(.*?)```/s.exec(readme)?.[1] ?? '');
    const [command = ''] = shellBlockWith('npx cdk8s synth');

    run('sh', '-c', command.replace('cdk8s synth', 'cdk8s synth --check-upgrade=false'));

    expect(readdirSync(path.join(project, 'dist')).sort()).toStrictEqual([
      '00-namespaces.k8s.yaml',
      '01-bridge.k8s.yaml',
      '01-broker.k8s.yaml',
      '01-platform.k8s.yaml',
      'patches',
      'traefik.helm-values',
    ]);
  });

  it('is importable from CommonJS', () => {
    const code = `for (const entry of ['', '/testing', '/bridge']) console.log(Object.keys(require('cdk8s-edge-inference' + entry)).join())`;

    expect(run('node', '-e', code)).toMatch(/Mosquitto[^\n]*\n[^\n]*startLocalLoop[^\n]*\n[^\n]*startBridge/);
  });

  it('is importable from ESM by name', () => {
    write(
      'names.mjs',
      `import { EdgeApp } from 'cdk8s-edge-inference';
import { synthesize } from 'cdk8s-edge-inference/testing';
import { parseBridgeConfig } from 'cdk8s-edge-inference/bridge';
console.log(typeof EdgeApp, typeof synthesize, typeof parseBridgeConfig);`,
    );

    expect(run('node', 'names.mjs')).toBe('function function function\n');
  });

  it('gives ESM and CommonJS the same classes', () => {
    write(
      'same.mjs',
      `import { createRequire } from 'node:module';
import { EdgeApp } from 'cdk8s-edge-inference';
console.log(createRequire(import.meta.url)('cdk8s-edge-inference').EdgeApp === EdgeApp);`,
    );

    expect(run('node', 'same.mjs')).toBe('true\n');
  });

  // node10 is gone from TypeScript 7, and is what projects made by `cdk8s init` still use.
  it.each([
    { resolution: 'node10', module: 'commonjs' },
    { resolution: 'node16', module: 'node16' },
    { resolution: 'bundler', module: 'esnext' },
  ])('has types under moduleResolution $resolution', ({ resolution, module }) => {
    write(
      'types.ts',
      `import { EdgeApp, Mosquitto } from 'cdk8s-edge-inference';
import { synthesize } from 'cdk8s-edge-inference/testing';
import { type BridgeConfig, parseBridgeConfig } from 'cdk8s-edge-inference/bridge';
const app = new EdgeApp();
export const host: string = new Mosquitto(app, 'broker').host;
export const kinds: string[] = synthesize(app).map(({ kind }) => kind);
export const config: BridgeConfig = parseBridgeConfig({});
// @ts-expect-error a port is a number
new Mosquitto(app, 'other').exposeThroughTraefik({ mqtt: 'x' });`,
    );
    if (!existsSync(path.join(project, 'node_modules', 'typescript'))) {
      run('npm', 'install', '--no-save', 'typescript@5', '@types/node@24');
    }

    run(
      'npx',
      'tsc',
      '--noEmit',
      '--strict',
      '--skipLibCheck',
      '--target',
      'es2022',
      '--module',
      module,
      '--moduleResolution',
      resolution,
      '--types',
      'node',
      'types.ts',
    );
  });

  it('brings the bridge along as a command', () => {
    expect(run('npx', 'edge-inference-bridge', '--help')).toContain('Usage: edge-inference-bridge');
  });

  describe('beside the packages of Pulumi', () => {
    // With TypeScript 7 beside them, Pulumi's own programs do not start.
    beforeAll(() => {
      const { devDependencies } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
      const packages = ['pulumi', 'kubernetes', 'aws', 'policy'].map((name) => `@pulumi/${name}`);
      run('npm', 'install', '--no-save', 'typescript@5', ...packages.map((name) => `${name}@${devDependencies[name]}`));
    });

    it('has the same classes in the entry for Pulumi', () => {
      const code = `
const { EdgeError } = require('cdk8s-edge-inference');
const { arnInRegion } = require('cdk8s-edge-inference/pulumi');
try { arnInRegion('certificateArn', 'no ARN', 'eu-west-1') } catch (error) { console.log(error instanceof EdgeError) }`;

      expect(run('node', '-e', code)).toBe('true\n');
    });

    it('has types in the entry for Pulumi', () => {
      write(
        'pulumi-types.ts',
        `import { EdgeApp } from 'cdk8s-edge-inference';
import { ClusterObjects } from 'cdk8s-edge-inference/pulumi';
import { edgePolicies } from 'cdk8s-edge-inference/pulumi/policy';
export const cluster = new ClusterObjects('cluster', { app: new EdgeApp() });
export const count: number = edgePolicies().length;
// @ts-expect-error there is no cluster without an app
new ClusterObjects('cluster', {});`,
      );

      const options = ['--noEmit', '--strict', '--skipLibCheck', '--target', 'es2022', '--module', 'node16'];
      run('npx', 'tsc', ...options, '--types', 'node', 'pulumi-types.ts');
    });

    it.each([
      { what: 'the policy pack', folder: 'apps/aws/policy', runner: 'run-policy-pack', args: ['127.0.0.1:1', '.'] },
      { what: 'the plugin', folder: 'apps/pulumi-plugin', runner: 'run-plugin', args: ['.', '127.0.0.1:1'] },
    ])('starts $what', async ({ folder, runner, args }) => {
      const cwd = path.join(project, 'node_modules', 'cdk8s-edge-inference', folder);
      const program = path.join(project, 'node_modules', '@pulumi', 'pulumi', 'cmd', runner);

      const child = spawn(process.execPath, [program, ...args], { cwd, stdio: ['ignore', 'pipe', 'inherit'] });
      const [words] = await once(child.stdout, 'data');
      child.kill('SIGKILL');

      expect(String(words)).toMatch(/^\d+\n/);
    });
  });

  function shellBlockWith(start: string): string[] {
    const block = [...readme.matchAll(/```sh\n(.*?)```/gs)]
      .map(([, text = '']) => text)
      .find((text) => text.startsWith(start));
    return (block ?? '').trim().split('\n');
  }
});
