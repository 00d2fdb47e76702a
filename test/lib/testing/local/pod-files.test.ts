import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Manifest } from '../../../../lib/testing';
import { mountVolumes } from '../../../../lib/testing/local/pod-files';
import { filesBelow, temporaryFolder } from '../../support/folders';

const MANIFESTS: Manifest[] = [
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'ns' },
    data: { 'a.conf': 'read /etc/app/a.conf and /etc/app/sub/b, not /etc/application' },
    binaryData: { 'a.bin': Buffer.from([0, 255, 1]).toString('base64') },
  },
  {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'settings', namespace: 'other' },
    data: { 'a.conf': 'of another namespace' },
  },
  {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'known', namespace: 'ns' },
    stringData: { token: 'of the manifests' },
  },
];

const POD: Manifest = {
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: { name: 'app', namespace: 'ns' },
  spec: {
    template: {
      spec: {
        initContainers: [{ volumeMounts: [{ name: 'nested', mountPath: '/etc/app/sub' }] }],
        containers: [
          {
            volumeMounts: [
              { name: 'settings', mountPath: '/etc/app' },
              { name: 'login', mountPath: '/var/run/login' },
              { name: 'token', mountPath: '/var/run/token' },
              { name: 'scratch', mountPath: '/tmp' },
            ],
          },
        ],
        volumes: [
          { name: 'settings', configMap: { name: 'settings' } },
          { name: 'nested', projected: { sources: [{ configMap: { name: 'settings' } }] } },
          { name: 'token', secret: { secretName: 'known', defaultMode: 0o440 } },
          {
            name: 'login',
            projected: {
              sources: [
                { secret: { name: 'known', items: [{ key: 'token', path: 'own/token' }] } },
                { secret: { name: 'outside', items: [{ key: 'password', path: 'camera/password' }] } },
              ],
            },
          },
          { name: 'scratch', emptyDir: { sizeLimit: '8Mi' } },
        ],
      },
    },
  },
};

describe('the volumes of a pod', () => {
  function mounted(edit?: (file: string, text: string) => string) {
    const folder = temporaryFolder();
    const asked: string[][] = [];
    const secrets = (...question: string[]) => {
      asked.push(question);
      return 'drawn';
    };
    const { localised } = mountVolumes(POD, MANIFESTS, folder, secrets, edit);
    const text = (file: string) => readFileSync(path.join(folder, file), 'utf8');
    return { folder, asked, localised, text };
  }

  it('become folders with the files of ConfigMaps and Secrets', () => {
    const { folder } = mounted();

    expect(filesBelow(folder)).toStrictEqual([
      'login/camera/password',
      'login/own/token',
      'nested/a.bin',
      'nested/a.conf',
      'settings/a.bin',
      'settings/a.conf',
      'token/token',
    ]);
    expect(statSync(path.join(folder, 'scratch')).isDirectory()).toBe(true);
  });

  it('have files that nobody may write to, as in a cluster', () => {
    const { folder } = mounted();

    const modes = filesBelow(folder).map((file) => statSync(path.join(folder, file)).mode & 0o777);

    expect(new Set(modes)).toStrictEqual(new Set([0o440]));
  });

  it('have texts in which the paths of the pod lead to this machine, the longest path first', () => {
    const { folder, text } = mounted();

    expect(text('settings/a.conf')).toBe(`read ${folder}/settings/a.conf and ${folder}/nested/b, not /etc/application`);
  });

  it('have binary content as it is', () => {
    const { folder } = mounted();

    expect(readFileSync(path.join(folder, 'settings/a.bin'))).toStrictEqual(Buffer.from([0, 255, 1]));
  });

  it('take a Secret from the manifests, and ask for those that only the cluster has', () => {
    const { text, asked } = mounted();

    expect([text('login/own/token'), text('token/token')]).toStrictEqual(['of the manifests', 'of the manifests']);
    expect(text('login/camera/password')).toBe('drawn');
    expect(asked).toStrictEqual([['ns', 'outside', 'password']]);
  });

  it('may be changed on their way', () => {
    const { text } = mounted((file, content) => (file === 'a.conf' ? content.toUpperCase() : content));

    expect(text('settings/a.conf')).toContain('NOT /ETC/APPLICATION');
    expect(text('token/token')).toBe('of the manifests');
  });

  it('tell where a path of the pod is on this machine', () => {
    const { folder, localised } = mounted();

    expect(['/etc/app/x', '/etc/app', '/etc', '/tmp'].map(localised)).toStrictEqual([
      `${folder}/settings/x`,
      `${folder}/settings`,
      '/etc',
      `${folder}/scratch`,
    ]);
  });
});
