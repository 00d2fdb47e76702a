import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { EdgeApp } from '../../lib';
import { type Manifest, readManifests } from '../../lib/testing';
import { appNames, synthesizeApp } from '../lib/support/apps';
import { filesIn, suiteFolder, temporaryFolder } from '../lib/support/folders';
import { ofKind } from '../lib/support/manifests';
import { PASSWORDS } from '../lib/support/maximal-stack';
import { MAXIMAL_STACKS } from '../lib/support/maximal-stacks';
import { findings, MISSING_VALIDATOR, SKIP_NOTE, validator } from './validator';

const KUBERNETES = ['v1.27', 'v1.33', 'v1.36'];

const { folder, remove } = suiteFolder();
const stacks: [name: string, manifests: () => Manifest[]][] = [
  ...appNames().map((name): [string, () => Manifest[]] => [`apps/${name}`, () => readManifests(appFolder(name))]),
  ...MAXIMAL_STACKS.map(([name, build]): [string, () => Manifest[]] => [name, () => maximalManifests(build)]),
];

function appFolder(name: string): string {
  return path.join(folder, name);
}

function maximalManifests(build: (app: EdgeApp) => unknown): Manifest[] {
  const app = new EdgeApp({ outdir: temporaryFolder() });
  build(app);
  app.synth();
  return readManifests(app.outdir);
}

/** OpenShift's Route has no schema here; test/lib/connector/gateway/openshift-exposure.test.ts says how it looks. */
const WITHOUT_SCHEMA = ['route.openshift.io/v1'];

function isBuiltIn({ apiVersion }: Manifest): boolean {
  const [group = ''] = apiVersion.split('/');
  return !group.includes('.') || group.endsWith('.k8s.io');
}

/** RabbitMQ's users are in a Secret for the hashes that may be among them; of users with a certificate there are none. */
function isWithoutHashes(content: unknown): boolean {
  const text = String(content);
  if (!text.startsWith('{"vhosts":')) return false;
  const { users }: { users: { name: string; password_hash: string }[] } = JSON.parse(text);
  return users.every(({ name, password_hash: hash }) => hash === '' || hash.startsWith(`{hash ${name} `));
}

/** A module that lets a process talk to nobody but its own parent and children. */
function withoutNetwork(): string {
  const file = path.join(folder, 'no-network.cjs');
  writeFileSync(
    file,
    `const { Socket } = require('node:net');
     const { connect } = Socket.prototype;
     Socket.prototype.connect = function (...args) {
       const { path } = args.flat().find((arg) => typeof arg === 'object') ?? { path: args[0] };
       if (typeof path !== 'string') throw new Error('synth tried to use the network');
       return connect.apply(this, args);
     };`,
  );
  return file;
}

beforeAll(async () => {
  const NODE_OPTIONS = `--require ${withoutNetwork()}`;
  await Promise.all(appNames().map((name) => synthesizeApp(name, appFolder(name), { NODE_OPTIONS })));
});
afterAll(remove);
afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the apps', () => {
  it('include the one of the README', () => {
    expect(appNames()).toContain('edge-inference');
  });

  it.each(appNames())('apps/%s is synthesized byte for byte the same again', async (name) => {
    const again = temporaryFolder();

    await synthesizeApp(name, again);

    expect(filesIn(again)).toStrictEqual(filesIn(appFolder(name)));
  });
});

describe.skipIf(MISSING_VALIDATOR)(`every object of a stack is valid${SKIP_NOTE}`, () => {
  it.each(KUBERNETES.flatMap((version) => stacks.map(([name, manifests]) => [version, name, manifests] as const)))(
    'to Kubernetes %s, of its own kinds in %s',
    async (kubernetes, _, manifests) => {
      expect(findings(manifests().filter(isBuiltIn), await validator(kubernetes))).toStrictEqual([]);
    },
  );

  it.each(stacks)('to the newest KServe, Traefik and k3s, of their kinds in %s', async (_, manifests) => {
    const others = manifests().filter(
      (manifest) => !isBuiltIn(manifest) && !WITHOUT_SCHEMA.includes(manifest.apiVersion),
    );

    expect(findings(others, await validator('v1.36'))).toStrictEqual([]);
  });

  it.each(KUBERNETES)('and a wrong one would be found for Kubernetes %s', async (kubernetes) => {
    const wrong = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'a' }, spec: { unknownField: 1 } };

    expect((await validator(kubernetes))(wrong).status).toBe('invalid');
  });
});

describe.each(stacks)('in %s', (_, manifests) => {
  const configMaps = () => ofKind(manifests(), 'ConfigMap');

  it('no ConfigMap has the hash of a password', () => {
    expect(JSON.stringify(configMaps())).not.toMatch(/\$(6|7|argon2id?)\$/);
  });

  it('no ConfigMap has a password, or the content of a Secret', () => {
    const text = JSON.stringify(configMaps());

    const contents = ofKind(manifests(), 'Secret').flatMap(({ stringData = {}, data = {} }) =>
      Object.values<string>({ ...stringData, ...data }).flatMap((content) => content.split('\n').filter(Boolean)),
    );
    for (const secret of [...contents, ...Object.values(PASSWORDS)]) {
      expect(text).not.toContain(secret);
      expect(text).not.toContain(Buffer.from(secret).toString('base64'));
    }
  });

  it('no ConfigMap sets something like a password but by the name of a file', () => {
    const settings = configMaps()
      .flatMap(({ data = {} }) => Object.values<string>(data))
      .flatMap((text) => text.match(/^\s*\S*(passw|secret|token|api-?key)\S*[:= ]\s*\S+$/gim) ?? [])
      .map((line) => line.trim());

    const fromFile =
      /^(((plugin_opt_)?password_file|passwordFile:|bearerTokenFile:|clientSecretFile:) \/\S+|password=\$\(cat "\$file"\)|tokenUrl: https:\S+)$/;
    expect(settings.filter((line) => !fromFile.test(line))).toStrictEqual([]);
  });

  it('only Secrets have what was given as a password, and only that of a client in the cluster', () => {
    const holders = manifests().filter((manifest) =>
      Object.values(PASSWORDS).some((password) => JSON.stringify(manifest).includes(password)),
    );

    expect(holders.map(({ kind, stringData }) => [kind, stringData])).toStrictEqual(
      holders.map(() => ['Secret', { password: PASSWORDS.MAXIMAL_BRIDGE_PASSWORD }]),
    );
  });

  it('no name belongs to the past: neither of Traefik 2 nor of Camel K 1', () => {
    expect(JSON.stringify(manifests())).not.toMatch(/containo\.us|KameletBinding/);
  });

  it('every route of Traefik names its entry points, and a server name only with TLS', () => {
    const routes = manifests().filter(({ kind }) => kind.startsWith('IngressRoute'));

    for (const { spec } of routes) {
      expect(spec.entryPoints.length).toBeGreaterThan(0);
      if (!spec.tls) expect(JSON.stringify(spec.routes)).not.toMatch(/HostSNI\(`[^*]/);
    }
  });
});

describe('all stacks together', () => {
  const kinds = () => new Set(stacks.flatMap(([, manifests]) => manifests()).map(({ kind }) => kind));

  it.each(['ConfigMap', 'Secret', 'IngressRoute', 'IngressRouteTCP', 'Ingress'])('have objects of kind %s', (kind) => {
    expect(kinds()).toContain(kind);
  });
});

describe('the Secrets of the apps', () => {
  it.each(appNames())('apps/%s has none with content: passwords are in the cluster', (name) => {
    const contents = ofKind(readManifests(appFolder(name)), 'Secret').flatMap(({ stringData }) =>
      Object.values(stringData),
    );

    expect(contents.filter((content) => content !== '' && !isWithoutHashes(content))).toStrictEqual([]);
  });
});
