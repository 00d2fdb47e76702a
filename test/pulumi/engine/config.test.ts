import { expect, it } from 'vitest';
import { programConfig } from './config';

it('keys without a project get it, and data becomes JSON', () => {
  const config = { domain: 'example.com', ports: [80], 'aws:region': 'eu-west-1' };

  expect(programConfig('edge', { config, secrets: { token: 'hush' } })).toStrictEqual({
    values: {
      'edge:domain': 'example.com',
      'edge:ports': '[80]',
      'aws:region': 'eu-west-1',
      'edge:token': 'hush',
    },
    secretKeys: ['edge:token'],
  });
});
