import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { ROOT } from './support/folders';
import { importsOf, isWithin } from './support/sources';

/** The files of other packages that a process has loaded after it required a file of this one. */
function filesLoadedBy(file: string): string[] {
  const script = `require('./${file}'); console.log(JSON.stringify(Object.keys(require.cache)))`;
  const output = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return (JSON.parse(output) as string[])
    .map((loaded) => /.*\/node_modules\/(.*)/.exec(loaded)?.[1])
    .filter((name) => name !== undefined);
}

/** Their packages. */
function packagesLoadedBy(file: string): string[] {
  const names = filesLoadedBy(file).map((loaded) => /^(?:@[^/]+\/)?[^/]+/.exec(loaded)?.[0] ?? loaded);
  return [...new Set(names)].sort();
}

describe('requiring lib/index', () => {
  const loaded = packagesLoadedBy('lib/index');

  it('loads cdk8s', () => {
    expect(loaded).toContain('cdk8s');
  });

  it.each(['cdk8s-plus-27', '@pulumi/pulumi', 'mqtt', 'undici', 'zod', 'pino', 'prom-client', 'aedes', 'ws'])(
    'does not load %s',
    (name) => {
      expect(loaded).not.toContain(name);
      expect(loaded.filter((other) => other.startsWith('@pulumi/'))).toStrictEqual([]);
    },
  );
});

describe('requiring lib/pulumi', () => {
  const loaded = filesLoadedBy('lib/pulumi/index');

  it.each(['@pulumi/aws', '@pulumi/kubernetes'])('loads parts of %s, and not the whole', (name) => {
    expect(loaded.filter((file) => file.startsWith(`${name}/`))).not.toStrictEqual([]);
    expect(loaded).not.toContain(`${name}/index.js`);
  });

  it('does not load @pulumi/policy, which only policy packs need', () => {
    expect(loaded.filter((file) => file.startsWith('@pulumi/policy/'))).toStrictEqual([]);
  });
});

describe('requiring lib/testing', () => {
  it.each(['aedes', 'mqtt', '@pulumi/pulumi'])('does not load %s, which not everybody has', (name) => {
    expect(packagesLoadedBy('lib/testing/index')).not.toContain(name);
  });
});

function isPulumi(file: string): boolean {
  return file.startsWith('@pulumi') || isWithin('lib/pulumi', file);
}

describe('the sources', () => {
  const lib = importsOf('lib');
  const bridge = importsOf('bridge');

  it('of the bridge import nothing of the library, and nothing of cdk8s', () => {
    expect(bridge.length).toBeGreaterThan(0);
    expect(bridge.filter(({ to }) => isWithin('lib', to) || /^(cdk8s|constructs|@pulumi)/.test(to))).toStrictEqual([]);
  });

  it('of the library import from the bridge its configuration only', () => {
    const fromBridge = lib.filter(({ to }) => isWithin('bridge', to));

    expect(fromBridge.length).toBeGreaterThan(0);
    expect(fromBridge.filter(({ to }) => !isWithin('bridge/config', to))).toStrictEqual([]);
  });

  it('of the library import nothing of the apps and of the tests', () => {
    expect(lib.filter(({ to }) => isWithin('apps', to) || isWithin('test', to))).toStrictEqual([]);
  });

  it('of the library, but those for testing, import nothing for testing', () => {
    const refused = lib.filter(({ from, to }) => isWithin('lib/testing', to) && !isWithin('lib/testing', from));

    expect(refused).toStrictEqual([]);
  });

  it.each(['lib/naming', 'lib/crds'])('of %s stand on nothing else of the library', (folder) => {
    const refused = importsOf(folder).filter(({ to }) => isWithin('lib', to) && !isWithin(folder, to));

    expect(refused).toStrictEqual([]);
  });

  it('of names know neither Kubernetes libraries nor clouds', () => {
    expect(importsOf('lib/naming').filter(({ to }) => !isWithin('lib/naming', to))).toStrictEqual([]);
  });

  it('know cdk8s-plus in one file only', () => {
    const files = lib.filter(({ to }) => to.startsWith('cdk8s-plus')).map(({ from }) => from);

    expect([...new Set(files)]).toStrictEqual(['lib/kubernetes/plus.ts']);
  });

  it('know Pulumi nowhere but in its own folder', () => {
    const refused = [...lib, ...bridge].filter(({ from, to }) => isPulumi(to) && !isWithin('lib/pulumi', from));

    expect(refused).toStrictEqual([]);
  });

  it('for Pulumi import no cloud as a whole, which takes seconds to check', () => {
    const whole = lib.filter(({ to }) => /^@pulumi\/(aws|kubernetes)(\/index)?$/.test(to));

    expect(whole).toStrictEqual([]);
  });
});
