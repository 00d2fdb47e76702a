import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { Manifest } from '../../../lib/testing';
import { synthesized } from '../../pulumi/support/renderings';
import { API_TOKEN, NEXT_API_TOKEN, stackWith } from './account';
import { plainApp } from './plain-app';

const VALUES = {
  certificateArn: 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f',
  login: () => expect.fail('nobody logs in'),
};

async function objectsWith(tokens: { apiToken: string; nextApiToken: string }): Promise<Map<string, Manifest>> {
  const app = await plainApp(stackWith('header', { secrets: tokens }), VALUES);
  return new Map(
    synthesized(app).map(([type, object]) => {
      const manifest = object as Manifest;
      return [`${type} ${manifest.metadata.name}`, manifest];
    }),
  );
}

beforeEach(() => {
  vi.spyOn(console, 'warn').mockReturnValue();
});

describe('tokens that take the place of others', () => {
  it.each([
    [
      'a second one comes',
      { apiToken: API_TOKEN, nextApiToken: '' },
      { apiToken: API_TOKEN, nextApiToken: NEXT_API_TOKEN },
    ],
    [
      'the first goes',
      { apiToken: API_TOKEN, nextApiToken: NEXT_API_TOKEN },
      { apiToken: NEXT_API_TOKEN, nextApiToken: '' },
    ],
  ])('change nothing but conditions of one Ingress when %s', async (_, before, after) => {
    const old = await objectsWith(before);
    const now = await objectsWith(after);

    const changed = [...old].filter(([key, object]) => JSON.stringify(object) !== JSON.stringify(now.get(key)));
    expect([...old.keys()]).toStrictEqual([...now.keys()]);
    expect(changed.map(([key]) => key)).toStrictEqual(['kubernetes:networking.k8s.io/v1:Ingress inference']);
  });
});
