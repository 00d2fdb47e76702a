import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT, temporaryFolder } from '../support/folders';
import { manifestOf } from '../support/manifests';
import { irisStack } from '../support/stacks';

const lines = (file: string) =>
  readFileSync(path.join(ROOT, file), 'utf8')
    .replaceAll(/\\\n/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'));
const instructions = lines('Dockerfile').map((line): [name: string, rest: string] => {
  const [name = '', ...rest] = line.split(/\s+/);
  return [name, rest.join(' ')];
});
const stages = instructions.flatMap(([name], i) => (name === 'FROM' ? [i] : []));
const last = instructions.slice(stages.at(-1));
const one = (name: string) => last.filter(([other]) => other === name).map(([, rest]) => rest);

/** What a stage takes from the checkout. */
const copied = instructions
  .filter(([name, rest]) => name === 'COPY' && !rest.includes('--from='))
  .flatMap(([, rest]) => rest.split(' ').slice(0, -1));

describe('the Dockerfile', () => {
  const pod = manifestOf(irisStack().app, 'StatefulSet', 'bridge').spec.template.spec;

  it('takes from the checkout what is there, and what .dockerignore lets through', () => {
    const allowed = lines('.dockerignore').filter((line) => line.startsWith('!'));

    expect(copied).not.toStrictEqual([]);
    expect(copied.filter((source) => !existsSync(path.join(ROOT, source)))).toStrictEqual([]);
    expect(allowed.map((line) => line.slice(1)).sort()).toStrictEqual([...copied].sort());
  });

  it('builds the program from nothing but that', () => {
    const checkout = temporaryFolder();
    for (const source of copied) cpSync(path.join(ROOT, source), path.join(checkout, source), { recursive: true });
    symlinkSync(path.join(ROOT, 'node_modules'), path.join(checkout, 'node_modules'));
    const { scripts } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));
    const [program = '', ...args] = scripts.bundle.split(' ');

    execFileSync(path.join(ROOT, 'node_modules/.bin', program), args, { cwd: checkout, stdio: 'pipe' });

    expect(existsSync(path.join(checkout, 'bundle/bridge.cjs'))).toBe(true);
  });

  it('leaves in the image the program and its licence only', () => {
    expect(one('COPY')).toStrictEqual([
      'LICENSE /opt/bridge/',
      '--from=build --chmod=0444 /src/bundle/bridge.cjs /opt/bridge/',
    ]);
    expect(one('RUN')).toStrictEqual([]);
  });

  it('runs as the user that the pod runs as, by number', () => {
    const { runAsUser, runAsGroup } = pod.securityContext;

    expect(one('USER')).toStrictEqual([`${runAsUser}:${runAsGroup}`]);
  });

  it('runs the bridge without a shell, so that it gets SIGTERM, and leaves the rest to the arguments of the pod', () => {
    const [entryPoint = ''] = one('ENTRYPOINT');

    expect(JSON.parse(entryPoint)).toStrictEqual(['/nodejs/bin/node', '/opt/bridge/bridge.cjs']);
    expect([pod.containers[0].command, pod.containers[0].args]).toStrictEqual([
      undefined,
      ['--config', '/etc/bridge/bridge.yaml'],
    ]);
  });

  it('uses memory as the pod is told to', () => {
    const told: { name: string; value: string }[] = pod.containers[0].env;

    expect(one('ENV')).toStrictEqual([
      ['NODE_ENV=production', ...told.map(({ name, value }) => `${name}=${value}`)].join(' '),
    ]);
  });

  it('exposes the port that the pod is probed at', () => {
    expect(one('EXPOSE')).toStrictEqual([String(pod.containers[0].ports[0].containerPort)]);
  });

  it('names no image without a tag, nor with one that means another image every day', () => {
    const images = instructions.filter(([name, rest]) => name === 'ARG' && rest.includes('_IMAGE='));

    expect(images.map(([, rest]) => rest.split('=')[1])).toStrictEqual([
      'docker.io/library/node:24-bookworm-slim',
      'gcr.io/distroless/nodejs24-debian12:nonroot',
    ]);
  });
});
