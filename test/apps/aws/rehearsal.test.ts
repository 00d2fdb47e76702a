import { describe, expect, it, vi } from 'vitest';
import { readConfig } from '../../../apps/aws/config';
import { rehearse } from '../../../apps/aws/rehearsal';
import { AlbAuth } from '../../../lib';
import { mocked } from '../../pulumi/support/mocks';
import { stackWith } from './account';

/** A topology with a host that is in none of the zones. */
vi.mock('../../../apps/edge-inference/topology', async (original) => {
  const topology = await original<typeof import('../../../apps/edge-inference/topology')>();
  return {
    ...topology,
    modelsForDevices: (...args: Parameters<typeof topology.modelsForDevices>) => {
      const stack = topology.modelsForDevices(...args);
      const certificateArn = 'arn:aws:acm:eu-west-1:123456789012:certificate/0c1d2e3f';
      const hosts = ['status.example.com'];
      stack.platform.exposeThroughAlb({ name: 'status', hosts, certificateArn, auth: AlbAuth.open() });
      return stack;
    },
  };
});

describe('the rehearsal of a stack', () => {
  it('refuses a host that no record would lead to, though the records are made last', async () => {
    const { result: config } = await mocked(() => readConfig(), stackWith('dex'));

    expect(() => rehearse(config)).toThrow(/EDGE_ERR_HOST_RECORD: .*"?status\.example\.com/);
  });
});
