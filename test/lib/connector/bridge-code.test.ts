import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { BridgeCode } from '../../../lib';
import { type Manifest, synthesize } from '../../../lib/testing';
import { filesIn, temporaryFolder } from '../support/folders';
import { manifestOf, ofKind } from '../support/manifests';
import { containersOf } from '../support/pods';
import { expectRefusal } from '../support/refusals';
import { BRIDGE_IMAGE, irisStack } from '../support/stacks';

const bundle = vi.hoisted(() => ({ missing: false }));

vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  const isBundle = (file: unknown) => String(file).endsWith('bridge.cjs.br');
  return { ...fs, existsSync: (file: string) => fs.existsSync(file) && !(bundle.missing && isBundle(file)) };
});

afterEach(() => {
  bundle.missing = false;
});

/** What `kubectl apply` writes into an annotation may have this many bytes. */
const ANNOTATION_BYTES = 262_144;

/** The volume that the bridge's program is in, as a kubelet lays it out. */
function codeFolder(manifests: readonly Manifest[]): string {
  const folder = temporaryFolder();
  for (const { metadata, data = {}, binaryData = {} } of ofKind(manifests, 'ConfigMap')) {
    if (!metadata.name.startsWith('bridge-code-')) continue;
    for (const [name, text] of Object.entries(data)) writeFileSync(path.join(folder, name), String(text));
    for (const [name, base64] of Object.entries(binaryData)) {
      writeFileSync(path.join(folder, name), Buffer.from(String(base64), 'base64'));
    }
  }
  return folder;
}

function run(folder: string, ...args: string[]): string {
  return execFileSync(process.execPath, [path.join(folder, 'bridge.cjs'), ...args], { encoding: 'utf8' });
}

describe('BridgeCode.bundled', () => {
  const { app, bridge } = irisStack({}, { code: BridgeCode.bundled() });
  const manifests = synthesize(app);

  it('is carried in ConfigMaps that kubectl can annotate each', () => {
    const parts = ofKind(manifests, 'ConfigMap').filter(({ metadata }) => metadata.name.startsWith('bridge-code-'));

    const sizes = parts.map((part) => Buffer.byteLength(JSON.stringify(part)));
    expect(sizes.length).toBeGreaterThan(1);
    expect(sizes.filter((bytes) => bytes >= ANNOTATION_BYTES)).toStrictEqual([]);
    expect(bridge.codeConfigMaps.map(({ name }) => name)).toStrictEqual(parts.map(({ metadata }) => metadata.name));
  });

  it('is whole again when the parts are put together, and has the size of the bundle', () => {
    const files = filesIn(codeFolder(manifests));

    const parts = Object.keys(files).filter((name) => name !== 'bridge.cjs');
    expect(parts).toStrictEqual(parts.map((_, i) => `bridge.cjs.br.${i}`));
    expect(files['bridge.cjs']).toContain(JSON.stringify(parts));
  });

  it('runs from the files in its volume', () => {
    expect(run(codeFolder(manifests), '--help')).toMatch(/^Usage: edge-inference-bridge \[run\] --config FILE/);
  });

  it('takes the configuration that is rendered for it', () => {
    const folder = codeFolder(manifests);
    const file = path.join(folder, 'bridge.yaml');
    writeFileSync(file, manifestOf(app, 'ConfigMap', 'bridge-config').data['bridge.yaml']);

    expect(run(folder, '--config', file, '--check')).toBe(`${file} is a good configuration with 1 route(s)\n`);
  });

  it('is run by a stock Node image, from a volume of all its parts', () => {
    const [container] = containersOf(manifestOf(app, 'StatefulSet', 'bridge'));
    const { volumes } = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;

    const sources = bridge.codeConfigMaps.map(({ name }) => ({ configMap: { name } }));
    expect(container).toMatchObject({
      image: 'docker.io/library/node:24-alpine',
      command: ['node', '/opt/bridge/bridge.cjs'],
      args: ['--config', '/etc/bridge/bridge.yaml'],
    });
    expect(container?.volumeMounts).toContainEqual({ name: 'code', mountPath: '/opt/bridge', readOnly: true });
    expect(volumes).toContainEqual({ name: 'code', projected: { sources } });
  });

  it('may be run by another Node image', () => {
    expect(BridgeCode.bundled('registry.example.com/node:22').image).toBe('registry.example.com/node:22');
  });

  it('is refused when the bundle has not been made', () => {
    bundle.missing = true;

    expectRefusal(() => BridgeCode.bundled(), {
      code: 'EDGE_ERR_BUNDLE',
      value: `"${path.join(__dirname, '..', '..', '..', 'bundle', 'bridge.cjs.br')}"`,
      rule: 'there is no such file',
    });
  });
});

describe('BridgeCode.fromImage', () => {
  const { app, bridge } = irisStack({}, { code: BridgeCode.fromImage(BRIDGE_IMAGE) });
  const pod = manifestOf(app, 'StatefulSet', 'bridge').spec.template.spec;

  it('needs no ConfigMap and no volume for the program', () => {
    const named = [...pod.volumes, ...pod.containers[0].volumeMounts].map(({ name }: { name: string }) => name);

    expect(bridge.codeConfigMaps).toStrictEqual([]);
    expect(new Set(named)).toStrictEqual(new Set(['config', 'credentials']));
  });

  it('leaves the command to the image, and names the configuration', () => {
    const { image, command, args } = pod.containers[0];

    expect({ image, command, args }).toStrictEqual({
      image: BRIDGE_IMAGE,
      command: undefined,
      args: ['--config', '/etc/bridge/bridge.yaml'],
    });
  });

  it('does not ask for the bundle', () => {
    bundle.missing = true;

    expect(BridgeCode.fromImage(BRIDGE_IMAGE).image).toBe(BRIDGE_IMAGE);
  });
});

describe('the bundle', () => {
  it('is the compressed form of the program beside it', () => {
    const folder = path.join(__dirname, '..', '..', '..', 'bundle');
    const { readFileSync } = process.getBuiltinModule('node:fs');

    const program = brotliDecompressSync(readFileSync(path.join(folder, 'bridge.cjs.br')));

    expect(program.equals(readFileSync(path.join(folder, 'bridge.cjs')))).toBe(true);
  });
});
